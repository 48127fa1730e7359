import dataclasses

import numpy as np
import pytest
import torch

from superb_lite.evaluation.problems import make_problem
from superb_lite.features.store import FeatureStore
from superb_lite.forms.transcribe import Transcribe
from superb_lite.heads.joint_models import RowModel, SequenceModel
from superb_lite.metrics import metric
from superb_lite.protocols.finetune import Finetune
from superb_lite.protocols.finetune_settings import FinetuneSettings
from superb_lite.tasks.labels import Example, TaskData
from tests.superb_lite.toy_sequences import METRIC, PairEncoder, sequence_data, sequence_task
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, toy_task

COPIES = 8
SHORT = FinetuneSettings(learning_rates=(1e-2,), epochs=15, patience=15)


def tuned(task, encoder, settings=SHORT, seeds=1):
    problem = make_problem(task, seeds=range(seeds), limit=None, root=None)
    return problem, Finetune(settings).run(FeatureStore(encoder, None), problem)


def encoder_for(kind):
    return PairEncoder() if kind == "span" else ToyEncoder(width=3 * COPIES)


@pytest.mark.parametrize("kind", list(METRIC))
def test_features_that_say_the_label_reach_the_ceiling(kind):
    encoder = encoder_for(kind)
    before = encoder.content_hash()
    problem, (outcome,) = tuned(sequence_task(kind), encoder)
    ceiling = 1.0 if metric(METRIC[kind]).higher_is_better else 0.0
    assert problem.score(outcome.predictions, problem.test) == pytest.approx(ceiling, abs=0.05)
    assert outcome.chosen["validation_score"] == pytest.approx(ceiling, abs=0.05)
    assert outcome.chosen["too_short"] == 0
    assert outcome.parameters["encoder"] == sum(p.numel() for p in encoder.parameters())
    assert encoder.content_hash() == before


@pytest.mark.parametrize(("kind", "chance"), [("span", 0.2), ("transcribe", 0.5), ("diarize", 0.4)])
def test_shuffled_labels_give_chance(kind, chance):
    problem, (outcome,) = tuned(
        sequence_task(kind, shuffle=True), encoder_for(kind), dataclasses.replace(SHORT, epochs=5)
    )
    score = problem.score(outcome.predictions, problem.test)
    assert score < chance if metric(METRIC[kind]).higher_is_better else score > chance


@pytest.mark.parametrize("kind", list(METRIC))
def test_the_last_layer_is_read_as_the_feature_table_reads_it(kind):
    """Two roads to the positions of an item: rows that are still to be trained, and features on disk."""
    problem = make_problem(sequence_task(kind), seeds=[0], limit=None, root=None)
    encoder = encoder_for(kind)
    store = FeatureStore(encoder, None)
    table = store.table(problem.views())
    model = SequenceModel(encoder, problem, problem.form, 0)
    examples = problem.test[:5]
    outputs, positions = model._outputs(examples)
    for row, example in enumerate(examples):
        item, mask = table.item(problem.keys(example)[0]), positions.mask[row]
        assert torch.allclose(outputs[row, mask], model.head(item.layers[-1]), atol=1e-2)  # half precision on disk
        for name in ("spans", "segment", "window"):
            assert torch.equal(getattr(positions, name)[row, mask], getattr(item, name)[-1])


def test_examples_with_too_few_positions_are_counted_once_each():
    data = sequence_data("transcribe")
    longer = [dataclasses.replace(e, label=(0, 0, 0, 0)) for e in data.train]
    task = sequence_task("transcribe", dataclasses.replace(data, train=tuple(longer)))
    _, (outcome,) = tuned(task, encoder_for("transcribe"), FinetuneSettings(learning_rates=(1e-3,), epochs=2))
    short = [e for e in longer if Transcribe().too_short(len(data.items[e.items[0]]), e)]
    assert outcome.chosen["too_short"] == len(short) > 5


def number_data(*, train=120, test=60):
    """The number of an item is a linear function of its rows, far from 0 and with a large spread."""
    rng = np.random.default_rng(0)
    items, parts = {}, {}
    for part, size in (("train", train), ("test", test)):
        examples = []
        for i in range(size):
            key = f"{part}-{i}"
            items[key] = np.tile(rng.standard_normal((1, 3)), (1 + i % 4, 1)).astype(np.float32)
            examples.append(Example(key, (key,), 500.0 + 80.0 * float(items[key][0] @ [1.0, -2.0, 0.5])))
        parts[part] = tuple(examples)
    return TaskData(items, parts["train"], parts["test"])


def test_numbers_are_learnt_in_their_own_units():
    task = toy_task(number_data(), form="regress", metrics=("pearson",))
    problem, (outcome,) = tuned(task, ToyEncoder(), dataclasses.replace(SHORT, learning_rates=(5e-2,)))
    assert problem.score(outcome.predictions, problem.test) > 0.99
    errors = [abs(outcome.predictions[e.id] - e.label) for e in problem.test]
    assert np.mean(errors) < 0.15 * np.std([e.label for e in problem.test])
    assert outcome.parameters["head"] == 4


class Together(ToyEncoder):
    """Reads pairs jointly: the second item follows the first, in segment 1. It records what it was given."""

    pairs = True
    seen = frozenset()

    def length(self, item):
        return sum(map(len, item))

    def collate(self, items):
        self.seen |= {type(item) for item in items}
        batch = super().collate([np.concatenate(item) for item in items])
        firsts = torch.tensor([len(first) for first, _ in items])
        batch["second"] = (torch.arange(batch["x"].shape[1]) >= firsts[:, None]).long()
        return batch

    def forward(self, batch):
        found = super().forward(batch)
        real = found.mask[..., None]
        mean = (found.layers[-1] * real).sum(dim=1) / real.sum(dim=1)
        return dataclasses.replace(found, segment=batch["second"], summary=mean)


def pair_data(*, train=150, test=60):
    """Class 1 where both items show the same of two classes: neither item alone says anything."""
    rng = np.random.default_rng(0)
    shapes = {f"item-{c}-{n}": np.tile(np.eye(3)[[c] * n], 8).astype(np.float32) for c in range(2) for n in (1, 2, 3)}
    parts = {}
    for part, size in (("train", train), ("test", test)):
        chosen = [tuple(rng.choice(sorted(shapes), 2)) for _ in range(size)]
        parts[part] = tuple(
            Example(f"{part}-{i}", (str(a), str(b)), int(a[5] == b[5]), cluster=f"{part}-{i}")
            for i, (a, b) in enumerate(chosen)
        )
    return TaskData(shapes, parts["train"], parts["test"])


def test_two_items_that_are_encoded_apart_are_compared():
    problem, (outcome,) = tuned(toy_task(pair_data(), labels=("other", "same")), ToyEncoder(width=24))
    assert problem.score(outcome.predictions, problem.test) == 1.0
    assert outcome.parameters["head"] == 4 * 24 * 2 + 2


def test_an_encoder_that_takes_pairs_gets_them_whole():
    encoder = Together(width=24)
    problem = make_problem(toy_task(pair_data(), labels=("other", "same")), seeds=[0], limit=None, root=None)
    model = RowModel(encoder, problem, problem.form, 0)
    assert encoder.seen == {tuple}
    assert model.head.in_features == 24
    example = problem.train[0][0]
    first, second = (problem.data.items[key] for key in example.items)
    assert model.length(example) == len(first) + len(second)
    (outputs,) = model._outputs([example])
    mean = torch.from_numpy(np.concatenate([first, second])).mean(dim=0)
    assert torch.allclose(outputs[0], model.head(encoder.map(mean)), atol=1e-5)


class Apart(ToyEncoder):
    """Takes pairs, too, and has no summary of them."""

    pairs = True

    def collate(self, items):
        return super().collate([np.concatenate(item) if isinstance(item, tuple) else item for item in items])


def test_an_encoder_that_takes_pairs_but_has_no_summary_gets_them_one_by_one():
    problem = make_problem(toy_task(pair_data(), labels=("other", "same")), seeds=[0], limit=None, root=None)
    model = RowModel(Apart(width=24), problem, problem.form, 0)
    assert model.head.in_features == 4 * 24
    assert len(model._items(problem.train[0][:3])) == 6


def test_both_orders_of_a_batch_give_each_pair_its_own_rows():
    problem = make_problem(toy_task(pair_data(), labels=("other", "same")), seeds=[0], limit=None, root=None)
    model = RowModel(ToyEncoder(width=24), problem, problem.form, 0)
    examples = problem.test[:6]
    together = torch.cat(model._outputs(examples))
    alone = torch.cat([model._outputs([e])[0] for e in examples])
    assert torch.allclose(together, alone, atol=1e-5)


def test_an_encoder_without_parameters_trains_its_head_alone():
    class Still(ToyEncoder):
        def __init__(self):
            super().__init__()
            del self.map

        def config(self):
            return {}

        def collate(self, items):
            self.__dict__["map"] = torch.nn.Identity()
            self.map.in_features = 3
            return super().collate(items)

    problem, (outcome,) = tuned(toy_task(classify_data(train=120, scale=4.0)), Still())
    assert outcome.parameters["encoder"] == 0
    assert problem.score(outcome.predictions, problem.test) == 1.0
