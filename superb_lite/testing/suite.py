"""Which checks a subject has, and how they are run: by a call, or as tests of pytest."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite.modality import EncoderSpec, Modality, ObjectiveSpec
from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import TaskSet
from superb_lite.testing.check import Check, CheckFailed, Finding, Options, Skipped, finding

if TYPE_CHECKING:
    from superb_lite.encoders.encoder import Encoder


def checks_of(subject: Any, options: Options | None = None) -> tuple[Check, ...]:
    """The checks of an encoder (also as a reference or an `EncoderSpec`), a `Task`, an `ObjectiveSpec` or a `Modality`.

    options: what they are run with.
    """
    found = _registered(subject)
    return found if options is None else tuple(check.with_options(options) for check in found)


def _registered(subject: Any) -> tuple[Check, ...]:
    # Late: what the checks of a kind import is heavy.
    if isinstance(subject, Task):
        from superb_lite.testing.task_checks import CHECKS
    elif isinstance(subject, ObjectiveSpec):
        from superb_lite.testing.objective_checks import CHECKS
    elif isinstance(subject, Modality):
        from superb_lite.testing.modality_checks import CHECKS
    elif isinstance(subject, str | EncoderSpec) or _is_encoder(subject):
        from superb_lite.testing.encoder_checks import CHECKS
    else:
        raise SuperbLiteError(
            f"nothing is checked of {subject!r:.60}: give an encoder, a Task, an ObjectiveSpec or a Modality"
        )
    return CHECKS


def _is_encoder(subject: Any) -> bool:
    from superb_lite.encoders.encoder import Encoder

    return isinstance(subject, Encoder)


def findings(subject: Any, options: Options | None = None) -> Iterator[Finding]:
    """What each check says of a subject, one after the other."""
    for check in checks_of(subject, options or Options()):
        yield finding(check, subject)


def _all_pass(subjects: Iterable[Any], options: Options) -> list[Finding]:
    found = [one for subject in subjects for one in findings(subject, options)]
    if failed := [one for one in found if one.outcome == "failed"]:
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        why, _, mend = failed[0].why.rpartition(". To mend: ")
        raise CheckFailed(f"{failed[0].subject} fails {failed[0].check}{more}", why, mend)
    return found


def check_encoder(
    encoder: Encoder | EncoderSpec | str,
    items: Mapping[str, Any] | None = None,
    *,
    root: Path | None = None,
    device: str | None = None,
    trust_code: bool = False,
) -> list[Finding]:
    """Ask everything of an encoder. Raises `CheckFailed`, in one line, with what is wrong first and how to mend it.

    Args:
        encoder: also as an architecture that is registered, or a reference ("ngram:2").
        items: raw items by name, of different sizes; None: test items of the tasks of its modality.
        root: where official releases lie.
        device: a device of this machine ("cuda") to try it on; None: one that only has shapes and types.
        trust_code: let a reference run code of its own.

    Returns what each check said; one that cannot be asked says why.
    """
    return _all_pass([encoder], Options(items=items, root=root, device=device, trust_code=trust_code))


def check_task(task: Task | TaskSet, *, core: bool = False, root: Path | None = None) -> list[Finding]:
    """Ask everything of a task, or of each task of a set; see `check_encoder`.

    core: ask for the finer power of a board that ranks. root: where official releases lie.
    """
    return _all_pass(expanded([task]), Options(core=core, root=root))


def check_objective(spec: ObjectiveSpec, *, data: Path | None = None, device: str | None = None) -> list[Finding]:
    """Ask everything of an objective; see `check_encoder`.

    data: a small corpus of a person's own, of another content than the embedded one.
    """
    return _all_pass([spec], Options(data=data, device=device))


def check_modality(modality: Modality, *, root: Path | None = None) -> list[Finding]:
    """Ask everything of a modality; see `check_encoder`."""
    return _all_pass([modality], Options(root=root))


def parametrize_with_checks(
    subjects: Iterable[Any],
    *,
    expected_failures: Mapping[str, str] | None = None,
    items: Mapping[str, Any] | None = None,
    core: bool = False,
    root: Path | None = None,
    device: str | None = None,
    data: Path | None = None,
) -> Callable[[Any], Any]:
    """A decorator of pytest: each check of each subject is a test, with an id such as "my-set/weekday-ids-are-unique".

        @parametrize_with_checks([MY_SET, "ngram:2", MY_OBJECTIVE, MY_MODALITY])
        def test_conforms(subject, check):
            check(subject)

    Args:
        subjects: encoders, references of encoders, `EncoderSpec`, `Task`, `TaskSet` (each of its tasks),
            `ObjectiveSpec`, `Modality`.
        expected_failures: by the name of a check, or the id of a test, why it fails and nobody mends it; such a test is
            an expected failure, and fails when the check passes.
        items, core, root, device, data: as in `check_encoder`, `check_task` and `check_objective`.

    A check that cannot be asked of a subject is a skipped test with its reason. Nothing is loaded before a test runs.
    Raises `SuperbLiteError` for an expected failure of a check that no subject has.
    """
    import pytest  # late: the package works without it

    options = Options(items=items, core=core, root=root, device=device, data=data)
    reasons = dict(expected_failures or {})
    used, params = set(), []
    for subject in expanded(subjects):
        for check in checks_of(subject, options):
            name = f"{name_of(subject)}-{check.name}"
            key = name if name in reasons else check.name
            used.add(key)
            marks = [pytest.mark.xfail(reason=reasons[key], raises=CheckFailed, strict=True)] if key in reasons else []
            params.append(pytest.param(subject, _Test(check), id=name, marks=marks))
    for key in reasons.keys() - used:
        raise UnknownNameError("check that may fail", key, used)
    return pytest.mark.parametrize(("subject", "check"), params)


@dataclasses.dataclass(frozen=True)
class _Test:
    """A check as pytest calls it: what cannot be asked is a skipped test."""

    check: Check

    def __call__(self, subject: Any) -> None:
        try:
            self.check(subject)
        except Skipped as reason:
            import pytest

            pytest.skip(str(reason))


def expanded(subjects: Iterable[Any]) -> Iterator[Any]:
    """The subjects, task sets as their tasks."""
    for subject in subjects:
        yield from subject.tasks if isinstance(subject, TaskSet) else (subject,)


def name_of(subject: Any) -> str:
    """What the ids of tests call a subject."""
    return subject if isinstance(subject, str) else getattr(subject, "name", None) or type(subject).__name__
