"""`superb-lite check`: is what somebody made sound?"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superb_lite.cli.names import check_names
from superb_lite.cli.options import Root, TrustCode, check_root
from superb_lite.errors import SuperbLiteError

if TYPE_CHECKING:
    from superb_lite.testing.check import Finding


def check(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="A name that is registered, an encoder's reference, a task or a set."),
    ],
    kind: Annotated[
        str | None,
        typer.Option(metavar="encoder|task|objective|modality", help="Where several things have the name."),
    ] = None,
    core: Annotated[bool, typer.Option("--core", help="Of a task: ask for the power of a board that ranks.")] = False,
    root: Root = None,
    device: Annotated[
        str | None,
        typer.Option(metavar="cuda|mps", help="Try it on this device; without: on one that has shapes and no numbers."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Of an objective: a small corpus of your own, of other content.")
    ] = None,
    trust_code: TrustCode = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Check an encoder, a task, an objective or a modality: what is wrong, and how to mend it.

    The exit code is 1 where a check fails. In your own tests: superb_lite.testing.parametrize_with_checks.

    Example: superb-lite check raw:characters
    """
    check_root(root)
    check_names(device=device or "cpu")
    if data is not None and not data.exists():
        raise SuperbLiteError(f"--data '{data}' does not exist")

    from superb_lite.testing.registered import registered

    subjects = registered(name, kind)

    from superb_lite.evaluation.devices import device_named
    from superb_lite.testing.check import Options
    from superb_lite.testing.suite import findings

    where = None if device is None else str(device_named(device))
    options = Options(core=core, root=root, device=where, data=data, trust_code=trust_code)
    found: list[Finding] = []
    for subject in subjects:
        for number, finding in enumerate(findings(subject, options)):
            found.append(finding)
            if not as_json:
                _show(finding, first=number == 0)
    if as_json:
        print(json.dumps([dataclasses.asdict(finding) for finding in found], indent=1, ensure_ascii=False))
    else:
        print(_summary(found))
    if any(finding.outcome == "failed" for finding in found):
        sys.exit(1)


_MARKS = {"passed": "passed", "failed": "FAILED", "not applicable": "-"}


def _show(finding: Finding, *, first: bool) -> None:
    from superb_lite.cli.progress import stdout

    lines = [finding.subject] if first else []
    lines.append(f"  {_MARKS[finding.outcome]:6}  {finding.check}{finding.why and ': '}{finding.why}")
    for line in lines:
        stdout().print(line, soft_wrap=True)


def _summary(found: list[Finding]) -> str:
    """How many findings have which outcome."""
    counts = Counter(finding.outcome for finding in found)
    return f"{counts['passed']} passed, {counts['failed']} failed, {counts['not applicable']} not applicable"
