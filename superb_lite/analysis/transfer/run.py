"""Running the experiment, cell by cell; what is finished is in the store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from superb_lite.analysis.transfer.design import Cell, Design
from superb_lite.analysis.transfer.rows import BERT, SPECIFIC, row_encoder
from superb_lite.encoders.encoder import Lexical
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.columns import load_data
from superb_lite.evaluation.run import Evaluator, TaskProgress
from superb_lite.results.result import Result
from superb_lite.results.store import ResultStore
from superb_lite.tasks.task import Task


@dataclass(frozen=True)
class Measured:
    """A finished cell."""

    cell: Cell
    result: Result
    """Of one evaluation seed."""


def run(
    design: Design,
    *,
    results: ResultStore,
    device: str = "auto",
    batch_size: int = 32,
    root: Path | None = None,
    progress: TaskProgress | None = None,
    begins: Callable[[Cell], None] | None = None,
    only: Collection[int] | None = None,
) -> Iterator[Measured]:
    """Each cell as soon as it is there.

    Args:
        only: the numbers of cells, in the order of the design; None: all.
        results: where finished cells are found and kept. It holds those of this experiment alone.
        device, batch_size, root, progress: see `superb_lite.evaluate`.
        begins: told about each cell before.

    Raises:
        SuperbLiteError: what cannot be measured; items that are no strings of symbols.
    """
    load_data(design.tasks, root)
    alphabets = {task.name: alphabet(task, root) for task in design.tasks}
    how, texts, specific = design.how(), list(design.texts.items()), list(design.specific.items())
    words = [encoder.words() for _, encoder in texts if isinstance(encoder, Lexical)]
    for task in design.tasks:  # what is wrong with the last one should not be found after an hour of the others
        task.train(0, root)
        for (name, _), each in zip(texts, words, strict=True):
            if len(alphabets[task.name]) > len(each):
                raise SuperbLiteError(
                    f"task '{task.name}' has {len(alphabets[task.name])} symbols, but '{name}' has only {len(each)} "
                    "words for them"
                )
    for number, cell in enumerate(design.cells()):
        if only is not None and number not in only:
            continue
        if begins is not None:
            begins(cell)
        name, encoder = (specific if cell.row == SPECIFIC else texts)[cell.checkpoint]
        if cell.row != SPECIFIC:
            encoder = row_encoder(cell.row, encoder, words[cell.checkpoint], alphabets[cell.task.name], cell.seed)
        evaluator = Evaluator(
            encoder,
            reference=shown_name(cell, name),
            device=device,
            batch_size=batch_size,
            seeds=1,
            first_seed=cell.seed,
            root=root,
            protocols={design.protocol: how},
            results=results,
            progress=progress,
        )
        (result,) = evaluator.evaluate([(cell.task, design.protocol)])
        yield Measured(cell, result)


def shown_name(cell: Cell, encoder: str) -> str:
    """What results call the encoder of a cell."""
    if cell.row == SPECIFIC:
        return encoder
    return f"{encoder} {'' if cell.row == BERT else cell.row + ' '}(mapping {cell.seed})"


def alphabet(task: Task, root: Path | None) -> str:
    """The symbols of a task, in order. Raises `SuperbLiteError` where an item is no string, or pair of strings."""
    found: set[str] = set()
    items = task.data(root).items
    for key in items:
        item = items[key]
        for part in item if isinstance(item, tuple) else (item,):
            if not isinstance(part, str):
                raise SuperbLiteError(
                    f"task '{task.name}': item '{key}' is a {type(part).__name__}: only strings of symbols can be "
                    "written in words"
                )
            found.update(part)
    return "".join(sorted(found))
