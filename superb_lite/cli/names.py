"""Names that a command is given, checked before anything heavy is imported, computed or created."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from superb_lite import plugins
from superb_lite.encoders.references import check_trust, decide, modality_of
from superb_lite.errors import SuperbLiteError, UnknownNameError, counted, one_line
from superb_lite.evaluation.request import select_tasks
from superb_lite.paths import install_hint

LONGEST_NAME = 100
"""Characters of a name that is shown, as on a board."""

_DEVICE = re.compile(r"auto|cpu|mps|cuda(:[0-9]{1,3})?")


def check_names(
    *,
    encoders: Sequence[str] = (),
    tasks: Sequence[str] | None = None,
    protocol: str | None = None,
    device: str = "auto",
    trust_code: bool = False,
) -> None:
    """Raise `SuperbLiteError` for the first name that nothing here has, for code that may not run, and for a task that
    an encoder cannot take.

    Imports no torch, unless a task is made of a person's own files. Whether a device can be
    used is only known where torch is imported.
    """
    modalities = {}
    for reference in encoders:
        found = decide(reference)
        check_trust(found, trust_code=trust_code)
        modalities[reference] = modality_of(found)
    if protocol is not None and protocol not in (known := plugins.points(plugins.PROTOCOLS)):
        raise UnknownNameError("protocol", protocol, known)
    if not _DEVICE.fullmatch(device):
        raise SuperbLiteError(f"unknown device '{one_line(device, LONGEST_NAME)}': auto, cpu, cuda, cuda:N or mps")
    for pattern in tasks or ():
        _check_task(pattern)
    for reference, modality in modalities.items():
        select_tasks(list(tasks or ()), modality, reference)


def _check_task(pattern: str) -> None:
    try:
        plugins.tasks(pattern)
    except UnknownNameError:
        path = Path(pattern).expanduser()
        if not path.exists():
            raise
        schemes = sorted(plugins.own_task_schemes())
        if not schemes:
            raise
        kind = "file" if path.is_file() else "directory"
        if (suffix := path.suffix.removeprefix(".").lower()) in schemes and path.is_file():
            schemes = [suffix]
        written = f"{schemes[0]}:{pattern}" if len(schemes) == 1 else f"SCHEME:{pattern}, SCHEME being {_any(schemes)}"
        shown = one_line(pattern, LONGEST_NAME)
        raise SuperbLiteError(f"'{shown}' is a {kind}, not a task: write {written}{install_hint(path)}") from None


def _any(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def check_one_modality(encoders: Sequence[str]) -> None:
    """Refuse encoders of different modalities, as far as their names tell: no task is there for both."""
    found = [(reference, modality_of(decide(reference))) for reference in encoders]
    refuse_two_modalities([(reference, modality) for reference, modality in found if modality is not None])


def refuse_two_modalities(encoders: Sequence[tuple[str, str]]) -> None:
    """Raise `SuperbLiteError` where (name, modality) of two encoders differ in the modality."""
    for other, theirs in encoders[1:]:
        first, modality = encoders[0]
        if theirs != modality:
            raise SuperbLiteError(
                f"'{first}' takes {modality} and '{other}' takes {theirs}: they have no task in common"
            )


def shown_names(encoders: Sequence[str], given: Sequence[str] | None) -> list[str]:
    """What each encoder is called in tables, charts, boards and file names: what --as says, else its reference."""
    if not given:
        return list(encoders)
    if len(given) != len(encoders):
        raise SuperbLiteError(
            f"--as is given {counted(len(given), 'time')} for {counted(len(encoders), 'encoder')}: "
            "once for each, in order"
        )
    for name in given:
        if not name.strip() or name != name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
            raise SuperbLiteError(
                f"--as '{one_line(name, LONGEST_NAME)}': a name is one printable line of 1 to {LONGEST_NAME} "
                "characters without space around it"
            )
    if len(set(given)) < len(given):
        raise SuperbLiteError(f"--as gives two encoders one name: {', '.join(given)}")
    return list(given)
