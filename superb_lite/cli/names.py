"""Names that a command is given, checked before anything heavy is imported, computed or created."""

from __future__ import annotations

import re
from collections.abc import Sequence

from superb_lite import plugins
from superb_lite.encoders.references import check_trust, decide
from superb_lite.errors import SuperbLiteError, UnknownNameError, one_line

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
    """Raise `SuperbLiteError` for the first name that nothing here has, and for code that may not run.

    Imports no torch, unless a task is made of a person's own files. Whether a device can be
    used is only known where torch is imported.
    """
    for reference in encoders:
        check_trust(decide(reference), trust_code=trust_code)
    if protocol is not None and protocol not in (known := plugins.points(plugins.PROTOCOLS)):
        raise UnknownNameError("protocol", protocol, known)
    if not _DEVICE.fullmatch(device):
        raise SuperbLiteError(f"unknown device '{one_line(device, LONGEST_NAME)}': auto, cpu, cuda, cuda:N or mps")
    for pattern in tasks or ():
        plugins.tasks(pattern)


def shown_names(encoders: Sequence[str], given: Sequence[str] | None) -> list[str]:
    """What each encoder is called in tables, charts, boards and file names: what --as says, else its reference."""
    if not given:
        return list(encoders)
    if len(given) != len(encoders):
        raise SuperbLiteError(f"--as is given {len(given)} times for {len(encoders)} encoders: once for each, in order")
    for name in given:
        if not name.strip() or name != name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
            raise SuperbLiteError(
                f"--as '{one_line(name, LONGEST_NAME)}': a name is one printable line of 1 to {LONGEST_NAME} "
                "characters without space around it"
            )
    if len(set(given)) < len(given):
        raise SuperbLiteError(f"--as gives two encoders one name: {', '.join(given)}")
    return list(given)
