"""Metrics of slot filling: a transcription in which markers stand around what fills a slot (SUPERB, Yang et al. 2021).

The symbols of a transcription are characters, "B-city" where what fills the slot `city` begins, and "E-city" where it
ends. Both metrics are those of Lai et al. 2021 (Semi-supervised spoken language understanding, section 4.2), which
SUPERB took over.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from superb_lite.metrics.base import CountMetric, Counts, Prediction, index, share
from superb_lite.tasks.labels import Example

BEGIN, END = "B-", "E-"


def filled(symbols: Sequence[str]) -> dict[str, list[str]]:
    """For each slot the texts that fill it, in order, with single spaces and without markers.

    A slot ends at the first END of its own name. One that never ends, or holds no character, is not a slot.
    """
    found: dict[str, list[str]] = {}
    start = 0
    while start < len(symbols):
        name = symbols[start].removeprefix(BEGIN)
        end = -1
        if name != symbols[start]:
            end = next((i for i in range(start + 1, len(symbols)) if symbols[i] == END + name), -1)
        value = " ".join("".join(s for s in symbols[start + 1 : end] if not is_marker(s)).split()) if end > 0 else ""
        if value:
            found.setdefault(name, []).append(value)
        start = end + 1 if value else start + 1
    return found


def is_marker(symbol: str) -> bool:
    """Whether a symbol begins or ends a slot."""
    return symbol.startswith((BEGIN, END))


def _both(example: Example, prediction: Prediction, labels: Sequence[str]) -> tuple[dict[str, list[str]], ...]:
    """What fills the slots in the label and in the prediction."""
    if not isinstance(example.label, tuple) or not isinstance(prediction, tuple):
        raise TypeError(f"example '{example.id}': a slot metric needs a tuple of symbols as label and prediction")
    return tuple(filled([labels[index(s)] for s in symbols]) for symbols in (example.label, prediction))


def _type_f1_counts(example: Example, prediction: Prediction, labels: Sequence[str]) -> Counts:
    """F1 of the names of the filled slots, and 1; where none is filled on either side the F1 is 1."""
    gold, predicted = _both(example, prediction, labels)
    total = len(gold) + len(predicted)
    return np.array([2 * len(gold.keys() & predicted.keys()) / total if total else 1.0, 1.0])


def _value_counts(example: Example, prediction: Prediction, labels: Sequence[str]) -> Counts:
    """Edits and characters of what fills the slots of the reference.

    Each filler is compared with the nearest of those that were predicted for its slot; one whose slot is missing counts
    as deleted.
    """
    from torchaudio.functional import edit_distance

    gold, predicted = _both(example, prediction, labels)
    edits = sum(
        min(edit_distance(value, other) for other in predicted.get(name, [""]))
        for name, values in gold.items()
        for value in values
    )
    return np.array([float(edits), float(sum(len(value) for values in gold.values() for value in values))])


def _accuracy(counts: Counts) -> Counts:
    return 1.0 - share(counts)


_SYMBOLS = frozenset({"symbols"})

SLOT_F1 = CountMetric("slot_f1", _SYMBOLS, True, _type_f1_counts, share)
# SUPERB's slot value CER is 1 minus this: the metrics of a task point one way.
SLOT_ACCURACY = CountMetric("slot_accuracy", _SYMBOLS, True, _value_counts, _accuracy, bounds=(-math.inf, 1.0))
