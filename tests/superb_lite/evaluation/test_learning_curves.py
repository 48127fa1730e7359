import json

import numpy as np
import pytest
import torch
from scipy import stats

from superb_lite.encoders.majority import MajorityEncoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.learning_curves import Curve
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.run import Evaluator
from superb_lite.features.store import FeatureStore
from superb_lite.protocols.finetune import Epoch, Finetune
from superb_lite.protocols.finetune_settings import FinetuneRule, FinetuneSettings
from tests.superb_lite.toy_sequences import sequence_task
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, toy_task

SHORT = FinetuneSettings(learning_rates=(1e-3, 1e-2), epochs=4)


def blank(width=24):
    """Scratch: its map lets nothing through at first."""
    encoder = ToyEncoder(width)
    torch.nn.init.normal_(encoder.map.weight, std=0.01, generator=torch.Generator().manual_seed(0))
    return encoder


def curve_of(encoder, task, name="x", *, seeds=1):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FinetuneRule, "settings", lambda self, encoder: SHORT)
        return Evaluator(encoder, reference=name, seeds=seeds).learning_curve(task)


@pytest.fixture(scope="module")
def curves():
    task = toy_task(classify_data(train=100, copies=8, noise=0.3))
    models = {"tuned": ToyEncoder(24), "scratch": blank()}
    return [curve_of(model, task, name, seeds=3) for name, model in models.items()]


def test_a_curve_has_every_epoch_of_every_seed(curves):
    for curve in curves:
        assert [len(seed) for seed in curve.epochs] == [4, 4, 4]
        assert [epoch.step for epoch in curve.epochs[0]] == [5, 10, 15, 20]  # 80 training examples, 16 at a time
        assert set(curve.learning_rates) <= {1e-3, 1e-2}
    tuned, scratch = curves
    assert tuned.loss[0].value < scratch.loss[0].value
    assert tuned.loss[-1].value < tuned.loss[0].value


def test_the_record_is_that_of_the_protocol():
    """What `finetune` chooses is the best epoch of the curve, and the loss is that of a loop written out."""
    task = toy_task(classify_data(train=100, copies=8, noise=0.3))
    problem = make_problem(task, seeds=[0], limit=None, root=None)
    protocol = Finetune(SHORT)
    (outcome,) = protocol.run(FeatureStore(ToyEncoder(24), None), problem)
    trained = protocol.train(ToyEncoder(24), problem, 0)
    assert trained.learning_rate == outcome.chosen["learning_rate"]
    best = trained.curve[outcome.chosen["epoch"] - 1]
    assert round(best.rating, 4) == outcome.chosen["validation_score"]
    assert best.rating == max(epoch.rating for epoch in trained.curve)


def test_means_and_intervals_over_seeds(curves):
    for curve in curves:
        losses = np.array([[epoch.loss for epoch in seed] for seed in curve.epochs])
        for number, point in enumerate(curve.loss):
            lo, hi = stats.t.interval(
                0.95, 2, losses[:, number].mean(), stats.sem(losses[:, number])
            )  # the textbook interval of a mean of three
            assert point.value == pytest.approx(losses[:, number].mean())
            assert point.ci == (pytest.approx(max(0.0, lo)), pytest.approx(hi))
        assert all(0.0 <= point.ci[0] <= point.value <= point.ci[1] <= 1.0 for point in curve.score)


def test_one_seed_has_no_interval(curves):
    one = Curve("one", curves[0].task, (1e-3,), curves[0].epochs[:1])
    assert all(point.ci == (point.value, point.value) for point in one.score)


def test_an_error_is_drawn_as_an_error():
    curve = Curve("x", sequence_task("diarize"), (1e-3,), ((Epoch(5, 1.0, -0.25),),))
    assert curve.score[0].value == 0.25
    assert curve.to_dict()["seeds"][0]["epochs"] == [{"step": 5, "loss": 1.0, "validation_score": 0.25}]
    json.dumps(curve.to_dict())


def test_what_is_refused():
    task = toy_task(classify_data(train=100))
    with pytest.raises(SuperbLiteError, match="encoder x has no parameters, so there is nothing to fine-tune"):
        curve_of(MajorityEncoder(), task)
    with pytest.raises(SuperbLiteError, match="protocol 'finetune' does not go with form 'choose'"):
        curve_of(ToyEncoder(), toy_task(classify_data(), form="choose"))

    class Explodes(ToyEncoder):
        def forward(self, batch):
            found = super().forward(batch)
            object.__setattr__(found, "layers", tuple(layer * float("nan") for layer in found.layers))
            return found

    with pytest.raises(SuperbLiteError, match="encoder x: training on 'toy/classify' diverges at every learning rate"):
        curve_of(Explodes(), task)
