"""The test examples on which two results of a board differ most, from kept predictions and this machine's data."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.examples import Difference, ShownExample, different, scored_examples
from superb_lite.media import Media, Text
from superb_lite.surrogates import hashed_bytes
from superb_lite.tasks.task import Task
from superb_lite_leaderboard.entry import Measured
from superb_lite_leaderboard.store.leaderboard import Leaderboard

LONGEST_ITEM = 1500
"""Characters of a text that are shown; of a longer one the end is left out."""

LONGEST_ANSWER = 300
"""Characters of a label or an answer."""


@dataclass(frozen=True)
class Answered:
    """What one side said to an example."""

    score: float | None
    """The mean over evaluation seeds of what the answers are worth alone, 1 the best; None where nobody can say."""
    right: int | None
    """Under so many seeds it was right; None where an answer is never just right or wrong."""
    seeds: int
    answers: tuple[tuple[str, int], ...]
    """(answer, number of seeds that gave it), the most frequent first."""


@dataclass(frozen=True)
class DifferingExample:
    """A test example about which the two do not agree."""

    id: str
    text: str | None
    """Its items, a line each; None where one of them is no text."""
    gold: str
    a: Answered
    b: Answered
    _shown: ShownExample

    def media(self) -> tuple[Media, ...]:
        """What people see and hear of it; made when it is asked for."""
        found = self._shown.media()
        return tuple(Text(_cut(each.text, LONGEST_ITEM)) if isinstance(each, Text) else each for each in found)


@dataclass(frozen=True)
class Differing:
    """The examples on which two results differ."""

    a_lost: tuple[DifferingExample, ...]
    """Those that B is better on, the clearest first."""
    b_lost: tuple[DifferingExample, ...]
    a_better: int
    """How many test examples A is better on, over all seeds."""
    b_better: int
    total: int
    """How many test examples there are."""
    reason: str
    """Why there are none; empty where there are."""


@dataclass
class ExampleReader:
    """The scored examples of results of a board; those that were read last are kept, so that an entry that is compared
    with several others is read once."""

    board: Leaderboard
    root: Path | None = None
    """Where official releases lie, if the tasks read them."""
    most: int = 48
    """So many results are kept."""
    _kept: dict[tuple[str, int, str], list[ShownExample] | None] = field(default_factory=dict)

    def of(self, task: Task, measured: Measured) -> list[ShownExample] | None:
        """None where its predictions are not kept here. Raises `SuperbLiteError` as `scored_examples` does."""
        key = (task.name, task.version, measured.predictions_sha256)
        if key not in self._kept:
            predicted = self.board.predictions(measured)
            self._kept[key] = None if predicted is None else scored_examples(task, predicted, self.root)
        self._kept[key] = found = self._kept.pop(key)  # the last one again
        while len(self._kept) > self.most:
            del self._kept[next(iter(self._kept))]
        return found


def differing_examples(reader: ExampleReader, task: Task, a: Measured, b: Measured, *, most: int) -> Differing:
    """The examples of a task on which two results differ. most: so many at most, half of them for either side."""
    try:
        if {a.data_sha256, b.data_sha256} != {task.data(reader.root).content_hash()}:
            return _none("the results are of other data than this machine has", a.n_test)
        of_a, of_b = reader.of(task, a), reader.of(task, b)
        if of_a is None or of_b is None:
            missing = " and ".join(side for side, found in (("A", of_a), ("B", of_b)) if found is None)
            return _none(f"the predictions of {missing} are not kept here", a.n_test)
        return _differing(different(of_a, of_b), a.n_test, max(1, most // 2))
    except SuperbLiteError as error:
        return _none(str(error), a.n_test)


def _differing(found: Sequence[Difference], total: int, half: int) -> Differing:
    # Equally clear ones in an order that says nothing, so that not all that is shown is of the class that comes first.
    clear = sorted((pair for pair in found if pair.gap), key=lambda pair: (-abs(pair.gap), _draw(pair.a.id)))
    a_lost, b_lost = ([pair for pair in clear if (pair.gap < 0) is lost] for lost in (True, False))
    return Differing(
        a_lost=tuple(map(_example, a_lost[:half])),
        b_lost=tuple(map(_example, b_lost[:half])),
        a_better=len(b_lost),
        b_better=len(a_lost),
        total=total,
        reason="" if clear else "none of the two is better on any example",
    )


def _none(reason: str, total: int) -> Differing:
    return Differing((), (), 0, 0, total, reason)


def _draw(name: str) -> str:
    return hashlib.sha256(hashed_bytes(name)).hexdigest()


def _example(pair: Difference) -> DifferingExample:
    text = pair.a.text
    return DifferingExample(
        id=pair.a.id,
        text=None if text is None else _cut(text, LONGEST_ITEM),
        gold=_cut(pair.a.label, LONGEST_ANSWER),
        a=_answered(pair.a),
        b=_answered(pair.b),
        _shown=pair.a,
    )


def _answered(shown: ShownExample) -> Answered:
    rights: Sequence[bool | None] = list(shown.right.values())
    known = [right for right in rights if right is not None]
    answers = Counter(_cut(said, LONGEST_ANSWER) for said in shown.predictions.values()).most_common()
    return Answered(shown.score, sum(known) if known else None, len(rights), tuple(answers))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
