"""What is there to be compared with: entries of references, and rows that others published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from superb_lite import plugins
from superb_lite.imports import resolve
from superb_lite.tasks.published import PublishedRow
from superb_lite_leaderboard.board import Column
from superb_lite_leaderboard.entry import Measured

KINDS = ("majority", "raw", "untrained")


def reference(results: Iterable[Measured]) -> str:
    """What kinds of references the results of an entry are of, with ", " between them; empty where one is of none.

    majority: the encoder that says nothing of its input. raw: features without weights (`raw:NAME`). untrained: an
    encoder whose weights were drawn at random.
    """
    found = {_kind(result) for result in results}
    return "" if "" in found else ", ".join(kind for kind in KINDS if kind in found)


def _kind(result: Measured) -> str:
    if result.encoder == "majority":
        return "majority"
    if result.encoder.startswith("raw:"):
        return "raw"
    untrained = result.architecture is not None and result.architecture.untrained
    return "untrained" if untrained or result.encoder.startswith("random:") else ""


def published(columns: Sequence[Column]) -> dict[str, tuple[PublishedRow, ...]]:
    """By task set, what others published on the sets whose tasks stand on a board, with the figures of these tasks.

    They were measured by their authors with heads and training of their own: they are shown, never ranked.
    """
    names = {column.task.name for column in columns}
    found = {}
    for taskset in plugins.tasksets().values():
        if taskset.published is not None and any(task.name in names for task in taskset):
            rows: tuple[PublishedRow, ...] = resolve(taskset.published)
            found[taskset.name] = tuple(
                replace(row, figures=tuple(f for f in row.figures if names.issuperset(f.tasks))) for row in rows
            )
    return found


def is_twin(twin: Measured, result: Measured) -> bool:
    """Whether `twin` is of the same architecture as the trained encoder of `result`, with weights as they were drawn.

    Equal names say nothing, nor do other ones: what is compared is the encoder's class and configuration. The twin of a
    checkpoint DIR is `random:DIR`, and `random:NAME` where DIR has the configuration that NAME has by default.
    """
    mine, other = result.architecture, twin.architecture
    return (
        mine is not None
        and other is not None
        and other.untrained
        and not mine.untrained
        and (mine.name, mine.config_sha256) == (other.name, other.config_sha256)
    )
