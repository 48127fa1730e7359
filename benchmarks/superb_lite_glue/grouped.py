"""Metrics of SuperGLUE that count the examples of one question, or of one pair, together (Wang et al. 2019, section 3).

`Example.group` names the question or the pair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from superb_lite.metrics import Prediction, WholeMetric
from superb_lite.tasks.labels import Example

Answered = Sequence[tuple[Example, Prediction]]


def _share_of_groups(holds: Callable[[Answered], bool], least: int) -> Callable[..., float]:
    """The share of the groups of at least so many examples for which something holds; 0 where there are none."""

    def whole(examples: Sequence[Example], predictions: Sequence[Prediction], labels: Sequence[str]) -> float:
        groups: dict[str, list[tuple[Example, Prediction]]] = {}
        for example, prediction in zip(examples, predictions, strict=True):
            if example.group:
                groups.setdefault(example.group, []).append((example, prediction))
        asked = [group for group in groups.values() if len(group) >= least]
        return sum(map(holds, asked)) / len(asked) if asked else 0.0

    return whole


def _all_right(group: Answered) -> bool:
    return all(prediction == example.label for example, prediction in group)


def _all_alike(group: Answered) -> bool:
    return len({prediction for _, prediction in group}) == 1


_CLASSES = frozenset({"class"})

# MultiRC's EM (Khashabi et al. 2018, section 5): the questions all of whose answers are judged right.
QUESTION_EXACT_MATCH = WholeMetric("question_exact_match", _CLASSES, True, _share_of_groups(_all_right, 1))
# Winogender's (Rudinger et al. 2018): the pairs, alike but for a pronoun's gender, that are answered alike. That is
# all of them where every answer is the same.
GENDER_PARITY = WholeMetric("gender_parity", _CLASSES, True, _share_of_groups(_all_alike, 2))
