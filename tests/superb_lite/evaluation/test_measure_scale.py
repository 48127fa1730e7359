"""calibrate: what stands in a calibration file, and what it is made of."""

import dataclasses
import json

import numpy as np
import pytest

from superb_lite import SuperbLiteError, plugins
from superb_lite.evaluation import ceilings, marks, measure_scale
from superb_lite.evaluation.measure_scale import CalibrationOptions
from superb_lite.heads.linear import ProbeSettings
from superb_lite.protocols import PROTOCOLS
from superb_lite.protocols.finetune_settings import FinetuneSettings
from superb_lite.protocols.frozen import Frozen
from superb_lite.results import scale
from tests.superb_lite.heads.test_matching import search_task, utterances
from tests.superb_lite.toy_sequences import sequence_task
from tests.superb_lite.toy_speakers import speakers, verify_task
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, toy_task

FEW = CalibrationOptions(untrained=3)


class Blind(ToyEncoder):
    """Sees nothing of an item."""

    def forward(self, batch):
        features = super().forward(batch)
        return dataclasses.replace(features, layers=tuple(0.0 * layer for layer in features.layers))


class Dim(ToyEncoder):
    """Sees an item through noise that belongs to the encoder."""

    def forward(self, batch):
        features = super().forward(batch)
        noise = 2.0 * np.random.default_rng(5).standard_normal(features.layers[0].shape[-1]).astype(np.float32)
        layers = tuple(layer[..., :1] * layer.new_tensor(noise) for layer in features.layers)
        return dataclasses.replace(features, layers=layers)


@pytest.fixture(autouse=True)
def toy(monkeypatch):
    """A modality whose untrained encoders are blind, with baselines that see a part and checkpoints that see all."""

    def load(reference):
        return Blind() if reference.startswith("random:") else Dim() if reference.startswith("raw:") else ToyEncoder()

    objective = type("Spec", (), {"name": "toy", "encoder": "toy"})()
    modality = type("Toy", (), {"name": "toy", "objective": "toy", "baselines": ("raw:toy", "raw:other")})()
    monkeypatch.setattr(plugins, "modality", lambda name: modality)
    monkeypatch.setattr(plugins, "objective", lambda name: objective)
    monkeypatch.setattr(ceilings, "load_encoder", load)
    short = Frozen(ProbeSettings(learning_rate=1e-1, weight_decays=(1e-3, 1e-1), steps=50))
    monkeypatch.setattr(ceilings, "Frozen", lambda: short)
    monkeypatch.setitem(PROTOCOLS, "frozen", short)
    monkeypatch.setattr(ceilings, "CEILING_TRAINING", FinetuneSettings(learning_rates=(1e-2,), epochs=2, patience=1))


def rule_task(**changes):
    data = classify_data(noise=1.0, test=300)
    return toy_task(data, protocols=("frozen",), rule="the largest column", **changes)


def test_a_sheet_holds_ends_marks_and_the_verdict():
    lines = []
    task = rule_task()
    options = dataclasses.replace(FEW, references=("/some/where/hour-checkpoint/",))
    content = measure_scale.calibrate([task], report=lines.append, options=options)
    content = scale.read(json.dumps(content), "x")
    sheet = content["tasks"]["toy/classify"]["protocols"]["frozen"]
    assert sheet["floor"] == {"accuracy": pytest.approx(1 / 3, abs=1e-4)}
    assert sheet["floor_is"] == "always 'a'"
    assert sheet["ceiling"] == {"accuracy": 1.0}
    assert sheet["ceiling_is"] == "the rule: the largest column"
    assert sheet["standard_error"]["ceiling"] == {"accuracy": 0.0}
    assert sheet["standard_error"]["floor"]["accuracy"] == pytest.approx((2 / 9 / 299) ** 0.5, rel=1e-3)
    assert list(sheet["marks"]) == ["untrained toy", "raw:toy", "raw:other", "hour-checkpoint"]
    assert set(sheet["standard_error"]["marks"]) == set(sheet["marks"])
    assert sheet["marks"]["untrained toy"]["accuracy"] == pytest.approx(1 / 3, abs=0.02)
    assert sheet["marks"]["hour-checkpoint"]["accuracy"] > sheet["marks"]["raw:toy"]["accuracy"]
    order = sheet["admission"]["order"]
    assert [pair["worse"] for pair in order] == ["floor", "untrained", "untrained"]
    assert order[-1]["better"] == "hour-checkpoint"
    assert order[-1]["holds"]
    assert "/some" not in json.dumps(content)
    assert any(line.startswith("toy/classify: ") and "(frozen)" in line for line in lines)
    refused = measure_scale.refused(content, [task])
    assert refused == ([] if sheet["admission"]["verdict"].startswith("admitted") else ["toy/classify"])


def test_a_scale_that_is_too_short_is_written_but_gives_no_normalised_scores():
    noise = toy_task(classify_data(shuffle=True), protocols=("frozen",))
    content = measure_scale.calibrate([noise], report=lambda line: None, options=FEW)
    sheet = content["tasks"]["toy/classify"]["protocols"]["frozen"]
    assert sheet["normalised"] is False
    assert sheet["admission"]["verdict"].startswith("refused: the ceiling of accuracy")
    assert measure_scale.refused(content, [noise]) == ["toy/classify"]
    scale.read(json.dumps(content, allow_nan=False), "x")


def test_what_is_known_of_other_tasks_is_kept_and_each_task_is_saved_when_it_is_finished():
    first = rule_task()
    second = dataclasses.replace(first, name="toy/second")
    broken = dataclasses.replace(first, name="toy/broken", load="nowhere:nothing")
    earlier = {"how": "", "tasks": {"toy/other": {"version": 3}, "toy/broken": {"version": 1}}}
    saved, lines = [], []
    found = measure_scale.calibrate(
        [first, second, broken],
        report=lines.append,
        earlier=earlier,
        save=lambda content: saved.append(set(content["tasks"])),
        options=FEW,
    )
    assert found["tasks"]["toy/other"] == {"version": 3}
    assert saved == [
        {"toy/other", "toy/broken", "toy/classify"},
        {"toy/other", "toy/broken", "toy/classify", "toy/second"},
        {"toy/other", "toy/classify", "toy/second"},  # it could not be measured this time
    ]
    assert any(line.startswith("left out: ") and "nowhere" in line for line in lines)
    assert earlier["tasks"].keys() == {"toy/other", "toy/broken"}


def test_floors_alone_need_no_encoder_and_keep_measured_ceilings(monkeypatch):
    monkeypatch.setattr(ceilings, "load_encoder", lambda reference: pytest.fail("an encoder was loaded"))
    ruled, measured = rule_task(), dataclasses.replace(rule_task(), name="toy/measured", rule="")
    known = {"ceiling": {"accuracy": 0.9}, "ceiling_is": "a reference", "floor": {"accuracy": 0.5}, "floor_is": "x"}
    known["standard_error"] = {"accuracy": 0.1}  # as it was written when there was one for both ends
    unknown = dataclasses.replace(measured, name="toy/unknown")
    old = dataclasses.replace(measured, name="toy/old", version=2)
    sheets = {"version": 1, "protocols": {"frozen": known}}
    found = measure_scale.calibrate(
        [ruled, measured, unknown, old],
        report=lambda line: None,
        earlier={"tasks": {"toy/measured": sheets, "toy/old": sheets}},
        only_floors=True,
    )["tasks"]
    assert set(found) == {"toy/classify", "toy/measured"}
    kept = found["toy/measured"]["protocols"]["frozen"]
    assert kept["floor"] == {"accuracy": pytest.approx(1 / 3, abs=1e-4)}
    assert (kept["ceiling"], kept["ceiling_is"]) == ({"accuracy": 0.9}, "a reference")
    assert set(kept["standard_error"]) == {"floor"}
    assert found["toy/classify"]["protocols"]["frozen"]["ceiling"] == {"accuracy": 1.0}


def test_checkpoints_of_one_name_are_told_apart_by_their_folders(tmp_path):
    paths = ["out/minute/bert", "/tmp/out/hour/bert/", "raw:toy"]
    assert list(marks.names_of(paths)) == ["minute/bert", "hour/bert", "raw:toy"]
    assert list(marks.names_of(paths[1:])) == ["bert", "raw:toy"]
    assert marks.names_of([]) == {}
    assert list(marks.names_of([f"hf:{tmp_path},layer=3", "hf:org/name"])) == [
        f"hf:{tmp_path.name},layer=3",
        "hf:org/name",
    ]
    with pytest.raises(SuperbLiteError, match="given twice"):
        marks.names_of(["a/bert", "a/bert"])


def test_an_encoder_of_another_modality_is_named(monkeypatch):
    monkeypatch.setattr(ToyEncoder, "modality", "smell")
    with pytest.raises(SuperbLiteError, match="'raw:nose' encodes smell, but 'toy/classify' is a toy task"):
        ceilings.encoder_for(rule_task(), "raw:nose")


def test_two_untrained_encoders_are_the_fewest():
    with pytest.raises(SuperbLiteError, match="1 untrained encoders are too few"):
        CalibrationOptions(untrained=1)


@pytest.mark.parametrize("name", ["pearson", "spearman"])
def test_a_rule_for_numbers_correlates_perfectly(name):
    task = toy_task(classify_data(noise=3.0), form="regress", metrics=(name,), rule="the column's number")
    assert ceilings.rule_ceiling(task).samples[name].estimate == pytest.approx(1.0)


def test_a_rule_for_matches_makes_no_error():
    found = ceilings.rule_ceiling(search_task(utterances(shuffle=True), rule="the query is in it"))
    assert found.samples["mtwv"].estimate == 1.0


@pytest.mark.parametrize(("form", "name"), [("transcribe", "per"), ("diarize", "der")])
def test_a_rule_for_sequences_makes_no_error(form, name):
    found = ceilings.rule_ceiling(dataclasses.replace(sequence_task(form), rule="as it was made"))
    assert found.samples[name].estimate == 0.0


def test_a_rule_does_not_go_with_labels_that_are_no_predictions():
    with pytest.raises(SuperbLiteError, match=r"'toy/span'.*leave out Task.rule"):
        ceilings.rule_ceiling(dataclasses.replace(sequence_task("span"), rule="reading"))


def ceiling(task, **changes):
    return ceilings.ceiling_of(task, **{"architecture": "toy", "baselines": ("raw:toy", "raw:other"), **changes})


def test_pairs_that_cannot_be_fine_tuned_end_at_the_best_head_of_a_baseline():
    heads = {f"{head} head on raw:toy, all labels" for head in ("linear", "cosine", "xvector")}
    assert ceiling(verify_task(speakers())).words in heads


def test_a_better_encoder_that_is_given_raises_the_ceiling():
    task = toy_task(classify_data(noise=0.5, test=300))
    plain, better = ceiling(task), ceiling(task, others=("/some/where/better",))
    assert better.words in {"linear head on better, all labels", "better fine-tuned, all labels"}
    assert better.samples["accuracy"].estimate > plain.samples["accuracy"].estimate + 0.1


def test_a_small_pool_is_gone_through_more_often(monkeypatch):
    monkeypatch.undo()
    twelve = ceilings._training(5000)
    assert (twelve.epochs, twelve.patience) == (12, 3)
    longer = ceilings._training(300)
    assert longer.epochs * 300 / longer.batch_size >= ceilings.CEILING_STEPS
    assert longer.epochs == 36
    assert longer.patience == 9
