"""The scale of a task: how far its ceiling must be above its floor."""

import dataclasses

import numpy as np
import pytest

from superb_lite import SuperbLiteError, plugins
from superb_lite.encoders.majority import MajorityEncoder
from superb_lite.evaluation import measure_scale
from superb_lite.heads.linear import ProbeSettings
from superb_lite.metrics.statistics import Sample, interval
from superb_lite.protocols import PROTOCOLS
from superb_lite.protocols.finetune_settings import FinetuneSettings
from superb_lite.protocols.frozen import Frozen
from tests.superb_lite.heads.test_matching import search_task, speakers, utterances, verify_task
from tests.superb_lite.toy_sequences import sequence_task
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, toy_task


def table(values):
    values = np.asarray(values, dtype=float)
    return Sample(float(values.mean()), values, tuple(f"c{j}" for j in range(values.shape[1])))


def slow_error(floor, ceiling):
    """The standard error of mean(ceiling) - mean(floor), with loops over floor runs and clusters."""
    rows, n = floor.shape
    cells = [[ceiling[:, j].mean() - floor[i, j] for j in range(n)] for i in range(rows)]
    grand = np.mean(cells)
    columns = [np.mean([cells[i][j] for i in range(rows)]) for j in range(n)]
    by_row = [np.mean(cells[i]) for i in range(rows)]
    examples = sum((c - grand) ** 2 for c in columns) / (n - 1) / n
    between = sum((r - grand) ** 2 for r in by_row) / (rows - 1) / rows
    rest = sum((cells[i][j] - columns[j] - by_row[i] + grand) ** 2 for i in range(rows) for j in range(n))
    return np.sqrt(examples + max(0.0, between - rest / ((rows - 1) * (n - 1)) / n / rows))


def test_the_standard_error_is_that_of_a_hand_written_table():
    rng = np.random.default_rng(0)
    floor = 0.3 + 0.05 * rng.standard_normal((10, 1)) + rng.standard_normal((10, 50))
    ceiling = 0.9 + rng.standard_normal((1, 50))
    found = measure_scale.separation(table(floor), table(ceiling))
    assert found.estimate == pytest.approx(ceiling.mean() - floor.mean())
    assert np.sqrt(found.variance) == pytest.approx(slow_error(floor, ceiling))


def test_the_noise_that_floor_and_ceiling_share_drops_out():
    rng = np.random.default_rng(0)
    ease = rng.standard_normal(50)
    floor, ceiling = table(ease + 0.1 * rng.standard_normal((10, 50))), table(1.0 + ease[None, :])
    apart = measure_scale.separation(floor, ceiling)
    assert apart.variance < 0.01 * (interval(floor).variance + interval(ceiling).variance)


def test_a_ceiling_close_to_the_floor_is_refused_with_numbers():
    rng = np.random.default_rng(1)
    floor = table(rng.integers(0, 2, (10, 100)))
    error = np.sqrt(measure_scale.separation(floor, table(np.ones((1, 100)))).variance)

    def check(standard_errors):
        ceiling = table(np.full((1, 100), floor.estimate + standard_errors * error))
        measure_scale.check_separation("a/b", "frozen", "accuracy", floor=floor, ceiling=ceiling)

    check(5.01)
    for too_few in (4.99, 0.0, -9.0):
        with pytest.raises(SuperbLiteError, match=r"'a/b' \(frozen\): the ceiling of accuracy") as refused:
            check(too_few)
        assert f"{100 * floor.estimate:.1f}" in str(refused.value)
        assert f"{100 * error:.1f} (standard error)" in str(refused.value)
        assert "\n" not in str(refused.value)


def test_of_errors_the_ceiling_is_the_smaller_one():
    few, many = table(np.full((1, 100), 0.1)), table(np.full((10, 100), 0.4))
    measure_scale.check_separation("a/b", "frozen", "eer", floor=many, ceiling=few)
    with pytest.raises(SuperbLiteError, match=r"the ceiling of eer \(40.0\) is \+30.0"):
        measure_scale.check_separation("a/b", "frozen", "eer", floor=few, ceiling=many)


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize("shuffle", [False, True])
def test_the_floor_of_errors_is_the_smaller_one(shuffle):
    floor, kind = measure_scale._floor(verify_task(speakers(shuffle=shuffle, noise=0.5)), PROTOCOLS["frozen"], "toy")
    assert floor["eer"].estimate <= 0.5
    if not shuffle:
        assert kind == "mean of 3 untrained toy"
        assert floor["eer"].estimate < 0.2


@pytest.fixture
def toy(monkeypatch):
    """A modality whose every encoder, random ones too, hands over the item itself."""

    def load(reference):
        return MajorityEncoder() if reference == "majority" else ToyEncoder()

    objective = type("Spec", (), {"name": "toy", "encoder": "toy"})()
    modality = type("Toy", (), {"objective": "toy", "baselines": ("raw:toy",)})()
    monkeypatch.setattr(plugins, "modality", lambda name: modality)
    monkeypatch.setattr(plugins, "objective", lambda name: objective)
    monkeypatch.setattr(measure_scale, "load_encoder", load)
    short = Frozen(ProbeSettings(learning_rates=(1e-1,), weight_decays=(1e-3, 1e-1), steps=50))
    monkeypatch.setattr(measure_scale, "Frozen", lambda: short)
    monkeypatch.setitem(PROTOCOLS, "frozen", short)
    monkeypatch.setattr(measure_scale, "RANDOM_ENCODERS", 3)
    monkeypatch.setattr(
        measure_scale, "CEILING_TRAINING", FinetuneSettings(learning_rates=(1e-2,), epochs=2, patience=1)
    )


@pytest.mark.usefixtures("toy")
def test_a_task_that_its_untrained_encoders_solve_is_left_out_by_name_and_the_others_are_kept():
    solved = toy_task(classify_data(noise=0.7), protocols=("frozen",))
    other = dataclasses.replace(
        toy_task(classify_data(noise=2.0), protocols=("frozen",), rule="the largest column"), name="toy/other"
    )
    lines = []
    found = measure_scale.calibrate([solved, other], report=lines.append)
    assert list(found["tasks"]) == ["toy/other"]
    assert any("left out: task 'toy/classify' (frozen)" in line for line in lines)


@pytest.mark.usefixtures("toy")
def test_what_is_known_of_other_tasks_is_kept_and_each_task_is_saved_when_it_is_finished():
    first = toy_task(classify_data(noise=2.0), protocols=("frozen",), rule="the largest column")
    second = dataclasses.replace(first, name="toy/second")
    solved = dataclasses.replace(toy_task(classify_data(noise=0.7), protocols=("frozen",)), name="toy/solved")
    earlier = {"how": "", "tasks": {"toy/other": {"version": 3}, "toy/solved": {"version": 1}}}
    saved = []
    found = measure_scale.calibrate(
        [first, second, solved],
        report=lambda line: None,
        earlier=earlier,
        save=lambda content: saved.append(set(content["tasks"])),
    )
    assert found["tasks"]["toy/other"] == {"version": 3}
    assert saved == [
        {"toy/other", "toy/solved", "toy/classify"},
        {"toy/other", "toy/solved", "toy/classify", "toy/second"},
        {"toy/other", "toy/classify", "toy/second"},  # it was refused this time
    ]
    assert earlier["tasks"].keys() == {"toy/other", "toy/solved"}


@pytest.mark.usefixtures("toy")
def test_the_ceiling_of_a_rule_is_its_own_score_and_nothing_is_trained_for_it(monkeypatch):
    def never(*_):
        raise AssertionError("the ceiling was measured")

    monkeypatch.setattr(measure_scale, "_measured_ceiling", never)
    task = toy_task(classify_data(noise=2.0), protocols=("frozen",), rule="the largest column")
    found = measure_scale.calibrate([task], report=lambda line: None)
    measured = found["tasks"]["toy/classify"]["protocols"]["frozen"]
    assert measured["ceiling"] == {"accuracy": 1.0}
    assert measured["ceiling_is"] == "the rule: the largest column"
    assert measured["floor"]["accuracy"] < 0.9
    assert measured["standard_error"]["accuracy"] > 0


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize("metric", ["pearson", "spearman"])
def test_a_rule_for_numbers_correlates_perfectly(metric):
    data = classify_data(noise=3.0)
    task = toy_task(data, form="regress", metrics=(metric,), rule="the column's number")
    ceiling, _ = measure_scale._rule(task)
    assert ceiling[metric].estimate == pytest.approx(1.0)


def test_a_rule_for_matches_makes_no_error():
    ceiling, _ = measure_scale._rule(search_task(utterances(shuffle=True), rule="the query is in it"))
    assert ceiling["mtwv"].estimate == 1.0


def test_a_small_pool_is_gone_through_more_often():
    twelve = measure_scale._ceiling_training(5000)
    assert (twelve.epochs, twelve.patience) == (12, 3)
    longer = measure_scale._ceiling_training(300)
    assert longer.epochs * 300 / longer.batch_size >= measure_scale.CEILING_STEPS
    assert longer.epochs == 36
    assert longer.patience == 9


@pytest.mark.usefixtures("toy")
def test_pairs_that_cannot_be_fine_tuned_end_at_the_best_head_of_the_baseline():
    _, reference = measure_scale._measured_ceiling(verify_task(speakers()), "toy", ("raw:toy",))
    assert reference in {f"{head} head on raw:toy, all labels" for head in ("linear", "cosine", "xvector")}


def test_a_rule_does_not_go_with_labels_that_are_no_predictions():
    rule = dataclasses.replace(sequence_task("span"), rule="reading")
    with pytest.raises(SuperbLiteError, match=r"'toy/span'.*leave out Task.rule"):
        measure_scale._rule(rule)


@pytest.mark.parametrize(("form", "metric"), [("transcribe", "per"), ("diarize", "der")])
def test_a_rule_for_sequences_makes_no_error(form, metric):
    ceiling, _ = measure_scale._rule(dataclasses.replace(sequence_task(form), rule="as it was made"))
    assert ceiling[metric].estimate == 0.0


@pytest.mark.usefixtures("toy")
def test_a_task_with_a_long_scale_is_measured(monkeypatch):
    """The untrained encoders are blind, the reference sees."""

    class Blind(ToyEncoder):
        def forward(self, batch):
            features = super().forward(batch)
            return dataclasses.replace(features, layers=tuple(0.0 * layer for layer in features.layers))

    load = measure_scale.load_encoder
    monkeypatch.setattr(measure_scale, "load_encoder", lambda r: Blind() if r.startswith("random:toy:") else load(r))
    lines: list[str] = []
    task = toy_task(classify_data(noise=0.5), protocols=("frozen",))
    found = measure_scale.calibrate([task], report=lines.append)
    measured = found["tasks"]["toy/classify"]["protocols"]["frozen"]
    assert measured["floor"]["accuracy"] == pytest.approx(1 / 3, abs=0.01)
    assert measured["ceiling"]["accuracy"] > 0.6
    assert 0 < measured["standard_error"]["accuracy"] < 0.1
    assert len(lines) == 2
