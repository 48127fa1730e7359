import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats

from superb_lite.encoders.encoder import Features
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import Evaluator, evaluate
from superb_lite.features.store import FeatureStore
from superb_lite.forms import form
from superb_lite.heads.linear import ProbeSettings
from superb_lite.metrics import metric
from superb_lite.protocols import PROTOCOLS
from superb_lite.protocols.base import Problem
from superb_lite.protocols.frozen import Frozen
from superb_lite.results.files import read_results, write_result_file
from superb_lite.results.result import predictions_hash
from superb_lite.results.store import ResultStore
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task

DATA = {"classify": classify_data, "tag": tag_data}


@pytest.fixture(autouse=True)
def _short_probes(monkeypatch):
    """Toy tasks need neither the whole grid nor all the steps."""
    probe = ProbeSettings(learning_rate=1e-1, weight_decays=(1e-3, 1e-1), steps=100)
    monkeypatch.setitem(PROTOCOLS, "frozen", Frozen(probe))


@pytest.mark.parametrize("protocol", ["frozen", "finetune"])
@pytest.mark.parametrize("kind", ["classify", "tag"])
def test_an_oracle_reaches_the_ceiling(kind, protocol):
    task = toy_task(DATA[kind](train=120, test=60, copies=64), form=kind)
    (result,) = evaluate(ToyEncoder(width=192), task, protocol=protocol, seeds=2)
    assert result.score == 1.0
    # Wilson's (1927) interval of 60 right answers of 60, with the quantile of a t.
    assert result.ci == (pytest.approx(1 / (1 + stats.t.ppf(0.975, 59) ** 2 / 60)), 1.0)
    assert result.metrics == {task.metrics[0]: 1.0}


@pytest.mark.parametrize("protocol", ["frozen", "finetune"])
@pytest.mark.parametrize("kind", ["classify", "tag"])
def test_shuffled_labels_give_chance(kind, protocol):
    task = toy_task(DATA[kind](scale=3.0, noise=1.0, test=150, shuffle=True), form=kind)
    (result,) = evaluate(ToyEncoder(), task, protocol=protocol, seeds=3)
    lo, hi = result.ci
    assert lo <= 1 / 3 <= hi
    assert hi - lo < 0.25


@pytest.mark.parametrize("protocol", ["frozen", "finetune"])
def test_the_test_labels_decide_nothing_but_the_score(protocol):
    data = classify_data(train=120, noise=1.0, copies=64)
    wrong = tuple(dataclasses.replace(e, label=(e.label + 1) % 3) for e in data.test)
    (right,) = evaluate(ToyEncoder(width=192), toy_task(data), protocol=protocol, seeds=2)
    (other,) = evaluate(
        ToyEncoder(width=192), toy_task(dataclasses.replace(data, test=wrong)), protocol=protocol, seeds=2
    )
    assert right.predictions == other.predictions
    assert [row.chosen for row in right.seeds] == [row.chosen for row in other.seeds]
    assert right.score > 0.5 > other.score


def test_the_grid_point_is_the_best_on_validation():
    data = classify_data(noise=1.0)
    task = toy_task(data)
    train, validation = task.train(0)
    problem = Problem(task, form("classify"), data, [0], [train], [validation], data.test)

    def chosen(*decays):
        probe = ProbeSettings(weight_decays=decays, steps=60)
        found = Frozen(probe).run(FeatureStore(ToyEncoder(), None), problem)[0].chosen
        return found["validation_score"], -found["validation_loss"]

    decays = (1e-3, 1e-1, 3.0, 10.0)
    alone = [chosen(decay) for decay in decays]
    assert len(set(alone)) == 4
    assert chosen(*decays) == pytest.approx(max(alone), abs=2e-4)


@pytest.mark.parametrize("protocol", ["frozen", "finetune"])
@pytest.mark.parametrize("kind", ["classify", "tag"])
def test_the_encoder_is_left_as_it_was_and_so_is_the_random_state(kind, protocol):
    encoder = ToyEncoder()
    before, state = encoder.content_hash(), torch.get_rng_state()
    evaluate(encoder, toy_task(DATA[kind](noise=0.5, train=30, test=20), form=kind), protocol=protocol, seeds=1)
    assert encoder.content_hash() == before
    assert torch.equal(torch.get_rng_state(), state)


class TwoWidths(ToyEncoder):
    """A stage that says nothing, and one of another width that says all."""

    def forward(self, batch):
        features = super().forward(batch)
        x = features.layers[0]
        return dataclasses.replace(features, layers=(torch.zeros_like(x[..., :2]), x))


@pytest.mark.parametrize("kind", ["classify", "tag"])
def test_of_layers_that_differ_in_width_one_is_chosen(kind):
    (result,) = evaluate(TwoWidths(), toy_task(DATA[kind](), form=kind), seeds=2)
    assert result.score == 1.0
    assert [row.chosen["layers"] for row in result.seeds] == [1, 1]


class NoParameters(ToyEncoder):
    def __init__(self):
        super().__init__()
        self.weight = torch.eye(3)
        del self.map

    def config(self):
        return {}

    def collate(self, items):
        longest = max(len(item) for item in items)
        x = torch.zeros(len(items), longest, 3)
        for row, item in enumerate(items):
            x[row, : len(item)] = torch.from_numpy(item)
        return {"x": x, "length": torch.tensor([len(i) for i in items]), "item": torch.arange(len(items))}

    def forward(self, batch):
        x = batch["x"]
        mask = torch.arange(x.shape[1])[None, :] < batch["length"][:, None]
        return Features(layers=(x,), mask=mask, item=batch["item"])


def test_without_parameters_finetuning_trains_the_head_alone(monkeypatch):
    monkeypatch.setitem(PROTOCOLS, "frozen", Frozen())
    task = toy_task(classify_data(noise=0.7))
    frozen, finetuned = (evaluate(NoParameters(), task, protocol=p, seeds=2)[0] for p in ("frozen", "finetune"))
    assert frozen.predictions == finetuned.predictions


def test_finetuning_changes_what_the_encoder_says():
    """Features on which no linear head works: the classes differ in what the encoder throws away at first."""

    class Blind(ToyEncoder):
        def forward(self, batch):
            features = super().forward(batch)
            return dataclasses.replace(features, layers=(0 * batch["x"], self.map(batch["x"])))

    encoder = Blind(width=192)
    torch.nn.init.zeros_(encoder.map.weight)
    task = toy_task(classify_data(train=120, copies=64))
    frozen, finetuned = (evaluate(encoder, task, protocol=p, seeds=1)[0] for p in ("frozen", "finetune"))
    assert frozen.score == pytest.approx(1 / 3, abs=0.01)
    assert finetuned.score > 0.9


def test_limit_uses_some_of_the_test_examples_and_marks_the_result():
    task = toy_task(classify_data(noise=0.7))
    (whole,) = evaluate(ToyEncoder(), task, seeds=1)
    (some,) = evaluate(ToyEncoder(), task, seeds=1, limit=25)
    assert (whole.n_test, whole.limit) == (120, None)
    assert (some.n_test, some.limit) == (25, 25)
    assert some.predictions.items() <= whole.predictions.items()


def test_one_seed_has_an_interval_of_the_examples_alone():
    (result,) = evaluate(ToyEncoder(), toy_task(classify_data(noise=0.7)), seeds=1)
    assert len(result.seeds) == 1
    p, n = result.score, result.n_test
    z = stats.t.ppf(0.975, n - 1)
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)  # Wilson (1927)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert result.ci == pytest.approx((centre - half, centre + half), abs=0.002)


def test_the_score_is_the_mean_of_the_metrics_over_seeds():
    data = tag_data(noise=0.6)
    task = toy_task(data, form="tag", metrics=("unit_accuracy", "span_f1"), labels=("O", "B-x", "I-x"))
    (result,) = evaluate(ToyEncoder(), task, seeds=2)
    values = {}
    for name in task.metrics:
        of_seeds = []
        for number in range(2):
            counts = [metric(name).counts(e, result.predictions[e.id][number], task.labels) for e in data.test]
            of_seeds.append(float(metric(name).value(np.sum(counts, axis=0))))
        values[name] = np.mean(of_seeds)
    assert result.metrics == pytest.approx(values)
    assert result.score == pytest.approx(np.mean(list(values.values())))


def test_examples_of_a_cluster_are_one_observation():
    data = classify_data(noise=0.7)
    clustered = tuple(dataclasses.replace(e, cluster=f"k{i // 10}") for i, e in enumerate(data.test))
    (result,) = evaluate(ToyEncoder(), toy_task(dataclasses.replace(data, test=clustered)), seeds=2)
    assert result.clusters == tuple(f"k{i}" for i in range(12))
    assert np.shape(result.pseudo_values) == (2, 12)


def test_evaluating_twice_gives_the_same_hash_and_other_seeds_another():
    task = toy_task(classify_data(noise=1.0))
    one, two = (evaluate(ToyEncoder(), task, seeds=2)[0] for _ in range(2))
    assert one.predictions_sha256 == two.predictions_sha256 == predictions_hash(one.predictions)
    assert evaluate(ToyEncoder(), task, seeds=3)[0].predictions_sha256 != one.predictions_sha256


def test_a_result_survives_its_file_and_is_not_computed_twice(tmp_path, monkeypatch):
    encoder, task = ToyEncoder(), toy_task(classify_data(noise=1.0))
    store = ResultStore(tmp_path)
    (first,) = Evaluator(encoder, reference="one", seeds=2, results=store).evaluate([(task, "frozen")])
    write_result_file([first], tmp_path / "r.json")
    assert read_results(tmp_path / "r.json", predictions=True) == [first]

    monkeypatch.setattr(Frozen, "run", lambda *arguments: pytest.fail("computed again"))
    (again,) = Evaluator(encoder, reference="two", seeds=2, results=store).evaluate([(task, "frozen")])
    assert again == first.replace(encoder="two")


def test_a_limited_result_is_not_kept(tmp_path):
    task = toy_task(classify_data(noise=1.0))
    store = ResultStore(tmp_path / "results")
    list(Evaluator(ToyEncoder(), reference="x", seeds=1, limit=10, results=store).evaluate([(task, "frozen")]))
    assert not (tmp_path / "results").exists()


def test_all_data_that_is_missing_is_named_at_once():
    def gone(name):
        def load(root):
            raise SuperbLiteError(f"no {name} below {root}")

        return dataclasses.replace(toy_task(classify_data()), name=f"toy/{name}", load=load)

    started = []
    columns = [gone("one"), toy_task(classify_data()), gone("two")]
    with pytest.raises(SuperbLiteError, match=r"^2 tasks have no data: no one below /x; no two below /x$"):
        evaluate(ToyEncoder(), columns, seeds=2, root=Path("/x"), progress=lambda *task: started.append(task))
    with pytest.raises(SuperbLiteError, match=r"^no one below /x$"):
        evaluate(ToyEncoder(), columns[:2], seeds=2, root=Path("/x"))
    assert not started


def test_a_function_of_items_is_an_encoder():
    task = toy_task(classify_data(train=120, test=60, copies=64))

    def mean_row(items):
        return np.stack([item.mean(axis=0) for item in items])

    (result,) = evaluate(mean_row, task, seeds=2)
    assert result.encoder == "mean_row"
    assert result.score == 1.0


def test_a_function_that_returns_no_features_is_named():
    task = toy_task(classify_data(train=120, test=60))
    with pytest.raises(SuperbLiteError, match="'nothing' returned features"):
        evaluate(nothing, task, seeds=2)


def nothing(items):
    return None
