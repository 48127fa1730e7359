"""The accuracy on one part of MNLI's test split."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score

from superb_lite.metrics import metric
from superb_lite.tasks.labels import Example

TAGS = ("a", "b", "c")


def test_matched_accuracy_is_accuracy_of_the_matched_examples_and_of_those_without_a_group():
    rng = np.random.default_rng(0)
    groups = rng.choice(["matched", "mismatched"], 60)
    gold, predicted = rng.integers(0, 3, (2, 60)).tolist()
    examples = [
        Example(str(i), ("x",), g, group=str(group)) for i, (g, group) in enumerate(zip(gold, groups, strict=True))
    ]
    for name in ("matched", "mismatched"):
        chosen = [i for i in range(60) if groups[i] == name]
        expected = accuracy_score([gold[i] for i in chosen], [predicted[i] for i in chosen])
        value, pseudo = metric(f"{name}_accuracy").jackknife(examples, predicted, TAGS, np.arange(60))
        assert value == pytest.approx(expected)
        assert pseudo.mean() == pytest.approx(expected)
        ungrouped = [Example(e.id, e.items, e.label) for e in examples]
        found = metric(f"{name}_accuracy").score(ungrouped, predicted, TAGS)
        assert found == pytest.approx(accuracy_score(gold, predicted))
