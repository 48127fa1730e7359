import dataclasses

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from superb_lite.encoders.encoder import Features
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.problems import make_problem
from superb_lite.features.store import FeatureStore
from superb_lite.features.table import FeatureTable
from superb_lite.heads import sequence_heads
from superb_lite.heads.sequence_heads import BiLSTM, SequenceHead
from superb_lite.heads.training import SequenceSettings
from superb_lite.metrics import metric
from superb_lite.tasks.labels import Example
from tests.superb_lite.toy_sequences import METRIC, PairEncoder, sequence_data, sequence_task
from tests.superb_lite.toy_tasks import ToyEncoder

SHORT = SequenceSettings(
    learning_rates=(1e-2,), linear_rates=(1e-2,), steps=120, linear_steps=120, epochs=1, looks=3, width=16
)
COPIES = 8


def encoder_for(kind):
    return PairEncoder() if kind == "span" else ToyEncoder(width=3 * COPIES)


def fitted(task, encoder, *, head="linear", settings=SHORT, seeds=1, **options):
    problem = make_problem(task, seeds=range(seeds), limit=None, root=None)
    store = FeatureStore(encoder, None)  # its folder lives as long as it does
    return problem, sequence_heads.fit(store.table(problem.views()), problem, head, settings, **options)


@pytest.mark.parametrize("head", ["linear", "bilstm"])
@pytest.mark.parametrize("kind", list(METRIC))
def test_features_that_say_the_label_reach_the_ceiling(kind, head):
    problem, (outcome,) = fitted(sequence_task(kind), encoder_for(kind), head=head)
    ceiling = 1.0 if metric(METRIC[kind]).higher_is_better else 0.0
    assert problem.score(outcome.predictions, problem.test) == pytest.approx(ceiling, abs=0.05)
    assert outcome.chosen["validation_score"] == pytest.approx(ceiling, abs=0.05)
    assert outcome.parameters["encoder"] == 0


@pytest.mark.parametrize(("kind", "chance"), [("span", 0.2), ("transcribe", 0.5), ("diarize", 0.4)])
def test_shuffled_labels_give_chance(kind, chance):
    problem, (outcome,) = fitted(sequence_task(kind, shuffle=True), encoder_for(kind))
    score = problem.score(outcome.predictions, problem.test)
    assert score < chance if metric(METRIC[kind]).higher_is_better else score > chance


@pytest.mark.parametrize("kind", list(METRIC))
def test_the_same_numbers_every_time_and_other_ones_for_other_seeds(kind):
    few = dataclasses.replace(SHORT, steps=20, linear_steps=20, looks=2)
    runs = []
    for noise in range(2):
        torch.manual_seed(noise)
        runs.append(fitted(sequence_task(kind), encoder_for(kind), settings=few, seeds=2)[1])
    assert runs[0] == runs[1]
    assert runs[0][0].chosen != runs[0][1].chosen


@pytest.mark.parametrize("kind", list(METRIC))
def test_test_labels_decide_nothing(kind):
    data = sequence_data(kind)
    # Every test example gets the label of another one; a label of diarize also says how many units there are.
    same = [e for e in data.test if e.label.length == data.test[0].label.length] if kind == "diarize" else data.test
    few = dataclasses.replace(SHORT, steps=20, linear_steps=20, looks=2)
    found = []
    for shift in (0, 1):
        moved = np.roll(np.arange(len(same)), shift)
        test = tuple(dataclasses.replace(e, label=same[i].label) for e, i in zip(same, moved, strict=True))
        if kind == "span":  # an answer must stand in its document
            test = tuple(e if not shift else other_answer(e, data.items[e.items[0]][1]) for e in same)
        task = sequence_task(kind, dataclasses.replace(data, test=test))
        found.append(fitted(task, encoder_for(kind), settings=few)[1])
    assert found[0] == found[1]


def other_answer(example, document):
    answer = example.label[0]._replace(start=0, end=1, text=document[0])
    return dataclasses.replace(example, label=(answer,))


class ThreeLayers(ToyEncoder):
    """The item is the middle one of three layers; the others are noise, which differs from item to item."""

    def forward(self, batch):
        features = super().forward(batch)
        x = features.layers[0]
        column = torch.arange(x.shape[-1])
        noise = [torch.sin(x.mul(column + 1).sum(dim=-1, keepdim=True) * (column + 1) * k) for k in (12.9898, 78.233)]
        return dataclasses.replace(features, layers=(noise[0], x, noise[1]))


def test_the_layer_that_knows_gets_the_largest_weight():
    _, (outcome,) = fitted(sequence_task("transcribe"), ThreeLayers(width=3 * COPIES))
    weights = outcome.chosen["layers"]
    assert sum(weights) == pytest.approx(1, abs=1e-3)
    assert max(weights) == weights[1]


class Stages(ToyEncoder):
    """A second layer with half the positions, and a third that is narrower, as in a convolutional network."""

    def forward(self, batch):
        f = super().forward(batch)
        x = f.layers[0]
        half = torch.zeros_like(x[:, ::2])
        spans = torch.stack([f.spans[:, ::2, 0], f.spans[:, ::2, 0] + 4], dim=-1)
        mask = f.mask[:, ::2]
        return Features((half, x[..., :3]), (mask, f.mask), f.item, spans=(spans, f.spans))


def test_of_layers_that_differ_one_is_chosen_on_validation():
    problem, (outcome,) = fitted(sequence_task("transcribe"), Stages(width=3 * COPIES), head="bilstm")
    assert outcome.chosen["layers"] == 1
    assert problem.score(outcome.predictions, problem.test) < 0.1


def test_one_layer_can_be_asked_for():
    _, (outcome,) = fitted(sequence_task("diarize"), ToyEncoder(width=3 * COPIES), layer=1)
    assert outcome.chosen["layers"] == 1
    assert outcome.parameters["head"] == 3 * COPIES * 2 + 2


def test_examples_with_too_few_positions_are_counted_and_kept():
    data = sequence_data("transcribe")
    label = (0, 0, 0, 0)
    longer = [dataclasses.replace(e, label=label) for e in data.train]
    task = sequence_task("transcribe", dataclasses.replace(data, train=tuple(longer)))
    few = dataclasses.replace(SHORT, steps=4, linear_steps=4, looks=2)
    problem, (outcome,) = fitted(task, encoder_for("transcribe"), settings=few)
    expected = sum(len(data.items[e.items[0]]) < 7 for e in longer)
    assert expected > 5
    assert outcome.chosen["too_short"] == expected
    assert set(outcome.predictions) == {e.id for e in problem.test}


def test_a_head_reads_no_padding():
    generator = torch.Generator().manual_seed(0)
    for kind in ("linear", "bilstm", "lstm"):
        head = SequenceHead(kind, layers=2, width=3, hidden=4, outputs=5)
        x = torch.randn(2, 6, 2, 3, generator=generator)
        mask = torch.tensor([[True] * 6, [True] * 4 + [False] * 2])
        alone = head(x[1:, :4], mask[1:, :4])
        assert torch.allclose(head(x, mask)[1, :4], alone[0], atol=1e-6)


def test_the_bilstm_is_that_of_torch_on_packed_sequences():
    torch.manual_seed(0)
    reference = torch.nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True)
    ours = BiLSTM(3, 4)
    for layer in range(2):
        for part, suffix in ((ours.forwards[layer], ""), (ours.backwards[layer], "_reverse")):
            for name, parameter in part.named_parameters():
                parameter.data.copy_(getattr(reference, name.replace("l0", f"l{layer}{suffix}")))
    x = torch.randn(4, 9, 3)
    lengths = torch.tensor([9, 1, 5, 8])
    mask = torch.arange(9) < lengths[:, None]
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    expected, _ = pad_packed_sequence(reference(packed)[0], batch_first=True, total_length=9)
    found = ours(x, mask)
    assert torch.allclose(found[mask], expected[mask], atol=1e-6)
    found[mask].square().sum().backward()
    expected[mask].square().sum().backward()
    for layer in range(2):
        back = ours.backwards[layer].weight_ih_l0.grad
        assert torch.allclose(back, getattr(reference, f"weight_ih_l{layer}_reverse").grad, atol=1e-5)
        assert torch.allclose(
            ours.forwards[layer].bias_hh_l0.grad, getattr(reference, f"bias_hh_l{layer}").grad, atol=1e-5
        )


def test_items_that_find_no_room_in_memory_are_read_again(monkeypatch):
    few = dataclasses.replace(SHORT, linear_rates=(1e-2, 1e-3), steps=20, linear_steps=20, looks=2)
    reads, found = [], []
    read = FeatureTable.item
    monkeypatch.setattr(FeatureTable, "item", lambda table, key: reads.append(key) or read(table, key))
    for room in (512 * 2**20, 3000, 0):
        reads.append(None)
        monkeypatch.setattr("superb_lite.features.sequences.FEATURE_BUDGET", room)
        problem, outcomes = fitted(sequence_task("transcribe"), encoder_for("transcribe"), settings=few)
        found.append(outcomes)
    first, second, third = (i for i, key in enumerate(reads) if key is None)
    assert found[0] == found[1] == found[2]
    # With room for all, every item is read once: what training and validation read, and the test items.
    assert len(reads[first + 1 : second]) == len(set(reads[first + 1 : second])) <= len(problem.examples())
    assert len(reads[first:second]) < len(reads[second:third]) < len(reads[third:])


def test_progress_counts_grid_points():
    calls = []
    two = dataclasses.replace(SHORT, linear_rates=(1e-3, 1e-2), steps=2, linear_steps=2, looks=2)
    fitted(sequence_task("diarize"), encoder_for("diarize"), settings=two, seeds=2, progress=lambda *c: calls.append(c))
    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_learning_rate_with_the_better_validation_score_is_chosen():
    two = dataclasses.replace(SHORT, linear_rates=(1e-7, 1e-2))
    _, (outcome,) = fitted(sequence_task("transcribe"), encoder_for("transcribe"), settings=two)
    assert outcome.chosen["learning_rate"] == 1e-2


def test_an_unknown_head_is_refused_by_name():
    with pytest.raises(SuperbLiteError, match="no head 'gru'"):
        fitted(sequence_task("diarize"), encoder_for("diarize"), head="gru")


def test_training_that_diverges_everywhere_is_one_line():
    with pytest.raises(SuperbLiteError, match="diverged at every learning rate"):
        fitted(
            sequence_task("diarize"),
            encoder_for("diarize"),
            settings=dataclasses.replace(SHORT, linear_rates=(float("inf"),), steps=4, linear_steps=4, looks=2),
        )


def test_items_that_examples_share_are_standardised_once():
    data = sequence_data("transcribe", train=30)
    twice = (*data.train, *(Example(f"{e.id}-again", e.items, e.label) for e in data.train))
    task = sequence_task("transcribe", dataclasses.replace(data, train=twice))
    few = dataclasses.replace(SHORT, steps=4, linear_steps=4, looks=2)
    problem, _ = fitted(task, encoder_for("transcribe"), settings=few)
    assert len(problem.train[0]) > 30
