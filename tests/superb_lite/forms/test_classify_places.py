import numpy as np
import pytest

from superb_lite.evaluation.problems import make_problem
from superb_lite.features.store import FeatureStore
from superb_lite.protocols.finetune import Finetune
from superb_lite.protocols.finetune_settings import FinetuneSettings
from superb_lite.protocols.frozen import Frozen
from superb_lite.protocols.knn import Knn
from superb_lite.tasks.labels import Example, TaskData
from tests.superb_lite.toy_tasks import ToyEncoder, toy_task

CORNERS = (0, 3, 12)
"""The position of the mark in a map of 4 x 4, by class."""


def places_data():
    """Maps that are the same but for the place of one marked position."""
    items, parts = {}, {}
    rng = np.random.default_rng(0)
    for part in ("train", "test"):
        examples = []
        for n in range(60):
            key = f"{part}-{n}"
            items[key] = (0.1 * rng.standard_normal((16, 3))).astype(np.float32)
            items[key][CORNERS[n % 3]] += 4.0
            examples.append(Example(key, (key,), n % 3))
        parts[part] = tuple(examples)
    return TaskData(items, parts["train"], parts["test"])


@pytest.mark.parametrize("how", [Frozen(), Knn(), Finetune(FinetuneSettings(epochs=8, learning_rates=(3e-2,)))])
def test_places_are_told_by_the_quarters_and_not_by_the_mean(how):
    accuracy = {}
    for form in ("classify", "classify-places"):
        task = toy_task(places_data(), form=form, metrics=("accuracy",), budget=10)
        problem = make_problem(task, seeds=range(2), limit=None, root=None)
        assert [len(part) for part in problem.train] == [24, 24]  # by class, as for classify
        encoder = ToyEncoder()
        outcomes = how.run(FeatureStore(encoder, None), problem)
        right = [outcome.predictions[e.id] == e.label for outcome in outcomes for e in problem.test]
        accuracy[form] = np.mean(right)
    assert accuracy["classify-places"] > 0.95
    assert accuracy["classify"] < 0.6
