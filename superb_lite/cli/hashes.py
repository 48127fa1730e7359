"""`superb-lite hashes`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superb_lite import plugins
from superb_lite.cli.names import check_names
from superb_lite.cli.options import Root
from superb_lite.errors import SuperbLiteError, printable

if TYPE_CHECKING:
    from superb_lite.tasks.task import Task


def hashes(
    tasks: Annotated[
        list[str] | None, typer.Argument(metavar="[TASK|SET|GLOB]...", help="Without any: all embedded tasks.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the list here instead of printing it.")] = None,
    check: Annotated[
        Path | None, typer.Option(metavar="CORPUS.txt", help="A corpus of text, one document a line, to look through.")
    ] = None,
    root: Root = None,
) -> None:
    """List a hash of every test item, or say which test items are in a corpus of text.

    Of each item a line: SHA-256 of what it is made plain (docs/data.md), task, id.

    Example: superb-lite hashes clue-lite --check corpus.txt
    """
    check_names(tasks=tasks or [])
    if check is not None and out is not None:
        raise SuperbLiteError("--check prints what it finds: leave --out away")

    from superb_lite.paths import regular_size, write_text
    from superb_lite.tasks.contamination import contaminated, items_of_test, plain_sha256

    wanted = [task for name in tasks for task in plugins.tasks(name)] if tasks else _embedded()
    wanted = list({task.name: task for task in wanted}.values())
    if check is not None:
        regular_size(check)
        with check.open(encoding="utf-8", errors="replace") as lines:
            found = contaminated(lines, wanted, root)
        for name, (number, count) in found.items():
            print(f"{name}: {number} of {count} test items")
        return
    listed = (
        f"{plain_sha256(item)}\t{task.name}\t{printable(key)}\n"
        for task in wanted
        for key, item in items_of_test(task, root)
    )
    if out is not None:
        write_text(out, "".join(listed))
        return
    for line in listed:
        print(line, end="")


def _embedded() -> list[Task]:
    return [task for modality in plugins.modalities() for task in plugins.embedded_tasks(modality)]
