"""docs/train_references.py makes encoders of known worth out of all labels of several tasks."""

import dataclasses
import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch

from superb_lite import plugins
from superb_lite.encoders.provenance import in_domain
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.run import Evaluator
from superb_lite.protocols.finetune_settings import FinetuneSettings
from superb_lite.protocols.frozen import Frozen
from superb_lite.tasks.labels import Example, TaskData, cluster_of
from tests.superb_lite.toy_tasks import ReadCounter, ToyEncoder, tag_data, toy_task

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def references():
    spec = importlib.util.spec_from_file_location("train_references", DOCS / "train_references.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class BentEncoder(ToyEncoder):
    """The second layer is bent; as it starts, no sum of its numbers says whether two signs are the same."""

    def forward(self, batch):
        features = super().forward(batch)
        return dataclasses.replace(features, layers=(features.layers[0], features.layers[1].relu()))


def signs_data(*, train=400, test=200, nonsense=False):
    """The class is whether two numbers have the same sign. nonsense: in the test, infinite numbers of any class."""
    rng = np.random.default_rng(0)
    items, parts = {}, {}
    for part, size in (("train", train), ("test", test)):
        examples = []
        for i in range(size):
            row = rng.choice([-1.0, 1.0], size=(1, 4)) + 0.1 * rng.standard_normal((1, 4))
            label = int(row[0, 0] * row[0, 1] > 0)
            items[f"{part}-{i}"] = row.astype(np.float32)
            examples.append(Example(f"{part}-{i}", (f"{part}-{i}",), label, cluster=f"{part}-{i // 2}"))
        parts[part] = examples
    if nonsense:
        parts["test"] = [dataclasses.replace(e, label=i % 2) for i, e in enumerate(parts["test"])]
        items.update({e.items[0]: np.full((3, 4), np.inf, dtype=np.float32) for e in parts["test"]})
    return TaskData(items, tuple(parts["train"]), tuple(parts["test"]))


def signs_task(data, **changes):
    return toy_task(data, name="toy/signs", labels=("differ", "same"), budget=20, **changes)


def tag_task(**changes):
    return toy_task(tag_data(copies=4), form="tag", name="toy/tag", budget=10, **changes)


FAST = FinetuneSettings(learning_rates=(3e-2,), batch_size=32)


def trained(references, tasks, *, width=4, seed=0, steps=200):
    encoder = BentEncoder(width)
    return encoder, references.train(encoder, tasks, steps=steps, seed=seed, settings=FAST)


def frozen_accuracy(encoder, task):
    problem = make_problem(task, seeds=range(3), limit=None, root=None)
    outcomes = Evaluator(encoder, reference="toy").outcomes(problem, Frozen())
    return np.mean([problem.score(outcome.predictions, problem.test) for outcome in outcomes])


def test_a_trained_encoder_beats_an_untrained_one_with_few_labels(references):
    task = signs_task(signs_data())
    encoder, scores = trained(references, [task])
    assert scores["toy/signs"] > 0.95
    assert frozen_accuracy(BentEncoder(4), task) < 0.65
    assert frozen_accuracy(encoder, task) > 0.9
    assert not any(parameter.requires_grad for parameter in encoder.parameters())


def test_several_tasks_share_the_encoder(references):
    wide = toy_task(tag_data(copies=2), form="tag", name="toy/more", budget=10)
    also = toy_task(tag_data(copies=2, seed=1), form="tag", budget=10)
    _, scores = trained(references, [wide, also], width=6, steps=100)
    assert scores == {"toy/more": pytest.approx(1.0, abs=0.05), "toy/tag": pytest.approx(1.0, abs=0.05)}


class SideEncoder(BentEncoder):
    """A further layer, the first, which nothing else is computed from."""

    def __init__(self, width: int = 3) -> None:
        super().__init__(width)
        self.side = torch.nn.Linear(width, width)

    def forward(self, batch):
        features = super().forward(batch)
        return dataclasses.replace(features, layers=(self.side(features.layers[0]), *features.layers))


def test_a_layer_beside_the_others_learns_too(references):
    encoder = SideEncoder(4)
    before = encoder.side.weight.detach().clone()
    references.train(encoder, [signs_task(signs_data())], steps=3, seed=0)
    assert not torch.equal(encoder.side.weight, before)
    batch = encoder.collate([np.zeros((2, 4), dtype=np.float32)])
    assert len(encoder(batch).layers) == 3  # as before: only the heads of training read the layers as one


def test_the_same_seed_gives_the_same_weights_and_another_one_others(references):
    task = signs_task(signs_data())
    first, again, other = (trained(references, [task], seed=seed, steps=20)[0].state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert any(not torch.equal(first[key], other[key]) for key in first)


def test_nothing_but_the_check_of_the_data_reads_test_items(references):
    data = signs_data(nonsense=True)
    counted = ReadCounter(data.items)
    task = signs_task(dataclasses.replace(data, items=counted))
    encoder, _ = trained(references, [task], steps=40)
    plain, _ = trained(references, [signs_task(signs_data())], steps=40)
    assert all(torch.equal(value, plain.state_dict()[key]) for key, value in encoder.state_dict().items())
    (problem,) = references.problems_of([task], seed=0)
    assert problem.test == ()
    assert all(reads <= 1 for key, reads in counted.reads.items() if key.startswith("test-"))
    assert all(counted.reads[example.items[0]] > 1 for example in problem.train[0])


def test_all_labels_are_used_and_a_cluster_is_held_out_of_all_tasks_or_of_none(references):
    data = signs_data()
    half = dataclasses.replace(data, train=data.train[::2])
    problems = references.problems_of([signs_task(data), toy_task(half, labels=("differ", "same"))], seed=0)
    assert [len(problem.labels_of(0)) for problem in problems] == [400, 200]
    held_out = {cluster_of(e) for problem in problems for e in problem.validation[0]}
    learnt = {cluster_of(e) for problem in problems for e in problem.train[0]}
    assert not held_out & learnt
    assert len(held_out) == pytest.approx(len(learnt) / 4, abs=1)


@pytest.mark.parametrize(("corpus", "expected"), [("toys", True), ("", None)])
def test_a_reference_never_looks_clean_on_what_it_learnt(references, corpus, expected):
    tasks = [signs_task(signs_data(), corpus="toys"), tag_task(corpus=corpus)]
    encoder = BentEncoder(4)
    encoder.pretraining = references.provenance(tasks, steps=1, seed=0, seconds=0.0)
    assert [in_domain(encoder, task) for task in tasks] == [expected, expected]


def test_a_loss_that_is_not_finite_is_refused(references):
    data = signs_data()
    data.items.update({e.items[0]: np.full((1, 4), np.inf, dtype=np.float32) for e in data.train})
    with pytest.raises(SuperbLiteError, match="the loss of 'toy/signs' is nan at step 0"):
        trained(references, [signs_task(data)], steps=1)


def test_the_tasks_are_those_that_labels_teach_something_about(references):
    learnt = {m: {task.name for task in references.learnt_tasks(m)} for m in ("image", "speech", "text")}
    assert learnt["image"] == {task.name for task in plugins.embedded_tasks("image")}  # each is one of rows
    assert {"superb-lite/ks", "superb-lite/phone"} < learnt["speech"]
    assert not {"superb-lite/asr", "superb-lite/asv"} & learnt["speech"]
    assert learnt["text"] == {"clue-lite/pos", "clue-lite/ner", "clue-lite/seg"}
