"""Check: one thing that is asked of what a package adds, with its name, what is wrong and how to mend it.

A check is called with its subject (an encoder, a task, an objective, a modality); it returns nothing where all is well,
raises `CheckFailed` in one line where not, and `Skipped` with a reason where it cannot be asked of this subject.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from superb_lite.errors import MESSAGE_LIMIT, SuperbLiteError, foreign_errors, one_line


class CheckFailed(SuperbLiteError):  # noqa: N818  # as the checks say it: passed, failed, skipped
    """A subject fails a check.

    Args:
        before: which subject fails which check.
        why: what is wrong.
        mend: how to mend it.
    """

    def __init__(self, before: str, why: str, mend: str) -> None:
        room = max(60, MESSAGE_LIMIT - len(before) - len(mend) - len(": . To mend: "))
        self.why = f"{one_line(why.rstrip('.'), room)}. To mend: {mend}"
        super().__init__(f"{before}: {self.why}")


class Skipped(Exception):  # noqa: N818
    """A check cannot be asked of a subject, or tells nothing because of another fault; the message says why."""


@dataclass(frozen=True)
class Options:
    """What the author of a subject may add to what the checks find by themselves."""

    items: Mapping[str, Any] | None = None
    """Raw items by name for an encoder; None: test items of the tasks of its modality."""
    core: bool = False
    """Of a task: ask for the finer power of a board that ranks."""
    root: Path | None = None
    """A directory of official releases."""
    device: str | None = None
    """A device of this machine ("cuda") on which encoders and steps are tried as well; None: a make-believe one."""
    data: Path | None = None
    """Of an objective: a small corpus of a person's own in a format that its corpus reads (`--data`)."""
    trust_code: bool = False
    """Let a reference of an encoder run code of its own."""


class Case(Protocol):
    """A subject under test."""

    name: str
    """What lines call it ("task 'my-set/weekday'")."""


KEPT = 2
"""Cases that are kept: the checks of one subject run one after the other."""

_cases: list[tuple[Any, Options, Case]] = []


@dataclass(frozen=True)
class Check:
    """One thing that is asked."""

    name: str
    """In kebab-case, unique among the checks of its kind ("padding-changes-nothing")."""
    about: str
    """What is asked, in one line."""
    mend: str
    """How to mend what fails, in one line."""
    run: Callable[[Any], str | None] = field(repr=False)
    """Called with the case; returns what is wrong, or None."""
    case: Callable[[Any, Options], Case] = field(repr=False)
    """Makes the case of a subject: what its checks need of it, loaded once for all of them."""
    options: Options = Options()

    def with_options(self, options: Options) -> Check:
        """The same check, run with other options."""
        return dataclasses.replace(self, options=options)

    def __call__(self, subject: Any) -> None:
        """Raises `CheckFailed` or `Skipped`."""
        case = self.case_of(subject)
        try:
            with foreign_errors("it raises"):
                fault = self._fault(case)
        except SuperbLiteError as error:
            fault = str(error)
        if isinstance(fault, Skipped):
            raise fault
        if fault is not None:
            raise CheckFailed(f"{case.name} fails {self.name}", fault, self.mend)

    def case_of(self, subject: Any) -> Case:
        """The case of a subject, the same one for all its checks."""
        for known, options, case in _cases:
            if known is subject and options is self.options:
                return case
        case = self.case(subject, self.options)
        _cases.append((subject, self.options, case))
        del _cases[:-KEPT]
        return case

    def _fault(self, case: Any) -> str | Skipped | None:
        try:
            return self.run(case)
        except Skipped as reason:  # is no error of the subject
            return reason


Outcome = Literal["passed", "failed", "not applicable"]


@dataclass(frozen=True)
class Finding:
    """What a check said of a subject."""

    subject: str
    """In words ("task 'my-set/weekday'")."""
    check: str
    """The name of the check."""
    about: str
    """What it asks."""
    outcome: Outcome
    why: str = ""
    """What is wrong and how to mend it, or why it cannot be asked; empty where it passed."""

    def __str__(self) -> str:
        return f"{self.subject} {_VERBS[self.outcome]} {self.check}{self.why and ': '}{self.why}"


_VERBS: dict[Outcome, str] = {"passed": "passes", "failed": "fails", "not applicable": "is not asked for"}


def finding(check: Check, subject: Any) -> Finding:
    """Run a check. With $SUPERB_LITE_DEBUG an error that the subject raises comes through, with its traceback.

    Raises `SuperbLiteError` for a subject that cannot be loaded at all.
    """
    name = check.case_of(subject).name
    try:
        check(subject)
    except Skipped as reason:
        return Finding(name, check.name, check.about, "not applicable", str(reason))
    except CheckFailed as error:
        return Finding(name, check.name, check.about, "failed", error.why)
    return Finding(name, check.name, check.about, "passed")
