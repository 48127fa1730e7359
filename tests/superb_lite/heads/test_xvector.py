"""x-vectors: the network against s3prl's layers, the loss against s3prl's, oracles and chance."""

import dataclasses

import numpy as np
import pytest
import torch
from s3prl.nn.speaker_loss import amsoftmax
from s3prl.nn.speaker_model import TDNN

from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.run import evaluate
from superb_lite.features.store import FeatureStore
from superb_lite.heads import xvector
from superb_lite.heads.pairs import Cosines
from superb_lite.heads.training import SequenceSettings
from superb_lite.heads.xvector import CONTEXTS, MARGIN, SCALE, XVector, additive_margin_loss, pool_statistics
from superb_lite.protocols import PROTOCOLS
from superb_lite.protocols.frozen import Frozen
from tests.superb_lite.toy_speakers import speakers, verify_task
from tests.superb_lite.toy_tasks import ToyEncoder

SHORT = SequenceSettings(learning_rates=(1e-2,), steps=60, epochs=1, looks=3, width=16)


@pytest.fixture(autouse=True)
def _short_training(monkeypatch):
    monkeypatch.setitem(PROTOCOLS, "frozen", Frozen(sequence=SHORT))


@pytest.fixture
def _networks_only(monkeypatch):
    """The plain cosine is worse than every network."""

    def worst(problem, *_):
        return [Cosines((-1.0, 0.0), 0, np.zeros(len(problem.test))) for _ in problem.seeds]

    monkeypatch.setattr(xvector, "best_cosines", worst)


def fitted(data, encoder, *, settings=SHORT, **options):
    problem = make_problem(verify_task(data, head="xvector"), seeds=range(2), limit=None, root=None)
    store = FeatureStore(encoder, None)  # its folder lives as long as it does
    return problem, xvector.fit(store.table(problem.views()), problem, settings, **options)


def test_an_oracle_of_speakers_makes_no_error():
    (result,) = evaluate(ToyEncoder(width=192), verify_task(speakers(copies=64), head="xvector"), seeds=2)
    assert result.score == 0.0
    assert result.settings["steps"] == SHORT.steps
    tdnn = 192 * 5 * 16 + 16 + 2 * (16 * 3 * 16 + 16) + 16 * 16 + 16 + 16 * 48 + 48
    assert result.seeds[0].parameters == {"encoder": 0, "head": tdnn + 96 * 16 + 16 + 3 * 16 + 2}


def test_items_that_know_nothing_of_the_speaker_give_chance():
    data = speakers(shuffle=True, noise=0.5, pairs=300)
    (result,) = evaluate(ToyEncoder(), verify_task(data, head="xvector"), seeds=2)
    assert 0.4 < result.score < 0.6


def test_the_layers_are_those_of_s3prl():
    torch.manual_seed(0)
    network = XVector(layers=1, width=6, hidden=8)
    x = torch.randn(2, 40, 1, 6)
    frames = []
    network.delays[-1].register_forward_hook(lambda module, given, found: frames.append(found.relu()))
    network(x, torch.ones(2, 40, dtype=torch.bool))
    expected = x[:, :, 0]
    with torch.no_grad():
        for delay, (size, apart) in zip(network.delays, CONTEXTS, strict=True):
            layer = TDNN(delay.in_channels, delay.out_channels, size, apart, batch_norm=False)
            layer.kernel.weight.copy_(delay.weight.permute(0, 2, 1).flatten(1))
            layer.kernel.bias.copy_(delay.bias)
            expected = layer(expected)
    assert expected.shape[1] == 40 - 14  # s3prl's lose the positions whose context is not whole
    assert torch.allclose(frames[0].transpose(1, 2)[:, 7:-7], expected, atol=1e-5)


def test_pooling_is_that_of_each_row_alone():
    x = torch.randn(3, 5, 9, generator=torch.Generator().manual_seed(0))
    lengths = (9, 4, 1)
    real = (torch.arange(9) < torch.tensor(lengths)[:, None]).float()[:, None]
    for row, length in enumerate(lengths):
        values = x[row, :, :length].numpy()
        expected = np.concatenate([values.mean(axis=1), values.std(axis=1)])
        assert pool_statistics(x, real)[row].numpy() == pytest.approx(expected, abs=2e-4)


def test_the_loss_is_that_of_s3prl():
    generator = torch.Generator().manual_seed(0)
    embeddings = torch.randn(7, 5, generator=generator, requires_grad=True)
    label = torch.randint(3, (7,), generator=generator)
    reference = amsoftmax(5, 3, margin=MARGIN, scale=SCALE)
    expected, _ = reference(embeddings, label)
    loss = additive_margin_loss(embeddings, reference.W.T, label)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    (ours,), (theirs,) = (torch.autograd.grad(value, embeddings, retain_graph=True) for value in (loss, expected))
    assert torch.allclose(ours, theirs, atol=1e-5)


@pytest.mark.parametrize("length", [1, 4, 30])
def test_an_embedding_does_not_depend_on_padding(length):
    torch.manual_seed(0)
    network = XVector(layers=2, width=3, hidden=4)
    x = torch.randn(2, 40, 2, 3)
    mask = torch.ones(2, 40, dtype=torch.bool)
    mask[1, length:] = False
    x[1, length:] = 0.0
    alone = network(x[1:, :length], mask[1:, :length])
    assert torch.allclose(network(x, mask)[1], alone[0], atol=1e-5)


@pytest.mark.usefixtures("_networks_only")
def test_the_same_numbers_every_time_and_other_ones_for_other_seeds():
    data = speakers(noise=1.5)
    runs = []
    for noise in range(2):
        torch.manual_seed(noise)
        runs.append(fitted(data, ToyEncoder())[1])
    assert runs[0] == runs[1]
    assert runs[0][0].predictions != runs[0][1].predictions


@pytest.mark.usefixtures("_networks_only")
def test_the_learning_rate_is_the_best_on_validation_and_one_layer_may_be_asked_for():
    grid = dataclasses.replace(SHORT, learning_rates=(1e-9, 1e-2))
    problem, (outcome, _) = fitted(speakers(noise=0.5), ToyEncoder(), settings=grid, layer=0)
    assert outcome.chosen["learning_rate"] == 1e-2
    assert outcome.chosen["layers"] == 0
    assert set(outcome.predictions) == {e.id for e in problem.test}


def test_training_that_diverges_is_one_line():
    wild = dataclasses.replace(SHORT, learning_rates=(float("inf"),))
    with pytest.raises(SuperbLiteError, match="diverged at every learning rate"):
        fitted(speakers(), ToyEncoder(), settings=wild)


def test_the_cosine_of_means_is_taken_where_a_network_does_worse_on_validation():
    """A network that learns nothing, and features that hold the speaker: the plain cosine, and its numbers."""
    still = dataclasses.replace(SHORT, learning_rates=(1e-9,), width=2)
    data = speakers(noise=0.5)
    problem, outcomes = fitted(data, ToyEncoder(), settings=still)
    (expected,) = evaluate(ToyEncoder(), verify_task(data, head="cosine"), seeds=2)
    for number, outcome in enumerate(outcomes):
        assert outcome.chosen["head"] == "cosine"
        assert outcome.parameters == {"encoder": 0, "head": 0}
        for example in problem.test:
            assert outcome.predictions[example.id] == pytest.approx(
                expected.predictions[example.id][number], abs=2e-3
            )  # sequences are kept in half precision
