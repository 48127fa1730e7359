import numpy as np
import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.problems import make_problem
from superb_lite.features.data_checks import check_data
from superb_lite.features.store import FeatureStore
from superb_lite.protocols.finetune import Finetune
from superb_lite.protocols.finetune_settings import FinetuneSettings
from superb_lite.protocols.frozen import Frozen
from superb_lite.protocols.knn import Knn
from superb_lite.tasks.labels import Example, TaskData
from tests.superb_lite.toy_tasks import ToyEncoder, one_hot, toy_task


def stretches_data(*, items: int):
    """Sequences whose rows are of three kinds in turn, from a random one on.

    With one item the class is the kind of the row that is asked about, with two whether both rows are of one kind. The
    mean over a whole sequence is always the same.
    """
    rng = np.random.default_rng(0)
    found, parts = {}, {}
    for part in ("train", "test"):
        examples = []
        for n in range(90):
            keys, places, kinds = [], [], []
            for place in range(items):
                key, first, row = f"{part}-{n}-{place}", int(rng.integers(3)), int(rng.integers(6))
                found[key] = one_hot([(first + t) % 3 for t in range(6)], scale=1.0, noise=0.05, rng=rng, copies=4)
                keys.append(key)
                places.append((2 * row, 2 * row + 2))
                kinds.append((first + row) % 3)
            label = kinds[0] if items == 1 else int(kinds[0] == kinds[1])
            examples.append(Example(f"{part}-{n}", tuple(keys), label, places=tuple(places)))
        parts[part] = tuple(examples)
    return TaskData(found, parts["train"], parts["test"])


@pytest.mark.parametrize("items", [1, 2])
@pytest.mark.parametrize("how", [Frozen(), Knn(), Finetune(FinetuneSettings(epochs=8, learning_rates=(3e-2,)))])
def test_the_stretch_decides_and_not_the_item(how, items):
    accuracy = {}
    for form in ("classify", "classify-spans"):
        task = toy_task(stretches_data(items=items), form=form, metrics=("accuracy",))
        problem = make_problem(task, seeds=range(1), limit=None, root=None)
        (outcome,) = how.run(FeatureStore(ToyEncoder(12), None), problem)
        accuracy[form] = np.mean([outcome.predictions[e.id] == e.label for e in problem.test])
    assert accuracy["classify-spans"] > 0.95
    assert accuracy["classify"] < (0.6 if items == 1 else 0.85)


def test_two_stretches_of_one_item():
    rng = np.random.default_rng(0)
    items = {"a": one_hot([0, 1, 0], scale=1.0, noise=0.0, rng=rng, copies=1)}
    pairs = {((0, 2), (4, 6)): 1, ((0, 2), (2, 4)): 0, ((2, 4), (4, 6)): 0}
    examples = [
        Example(f"e{n}-{m}", ("a", "a"), label, f"c{n}", places=p)
        for n in range(10)
        for m, (p, label) in enumerate(pairs.items())
    ]
    data = TaskData(items, tuple(examples[:15]), tuple(examples[15:]))
    problem = make_problem(
        toy_task(data, form="classify-spans", metrics=("accuracy",)), seeds=range(1), limit=None, root=None
    )
    (outcome,) = Frozen().run(FeatureStore(ToyEncoder(), None), problem)
    assert all(outcome.predictions[e.id] == e.label for e in problem.test)


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ((), "asks about 0 places of 1 items"),
        (((3, 3),), r"asks about \[3, 3\), which is empty or outside its item 't' \(5\)"),
        (((2, 6),), r"asks about \[2, 6\), which is empty or outside its item 't' \(5\)"),
    ],
)
def test_a_place_that_is_none_is_refused(places, words):
    examples = (Example("good", ("t",), 0, places=((0, 2),)), Example("bad", ("t",), 1, places=places))
    task = toy_task(TaskData({"t": "hello"}, examples[1:], examples[:1]), form="classify-spans", metrics=("accuracy",))
    with pytest.raises(SuperbLiteError, match=words):
        check_data(task, task.data())


def test_places_are_a_part_of_what_data_is():
    def content(**places):
        return TaskData({"t": "hello"}, (Example("e", ("t",), 0, **places),), ()).content_hash()

    assert content() == content(places=())
    assert len({content(), content(places=((0, 2),)), content(places=((0, 3),))}) == 3
