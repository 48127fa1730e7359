"""The experiment on tiny encoders: which cells there are, what is reused, and what the report says."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
import torch

from superb_lite.analysis.mapped_encoder import MappedEncoder
from superb_lite.analysis.transfer.design import Design, with_labels
from superb_lite.analysis.transfer.report import make_report
from superb_lite.analysis.transfer.rows import BERT, RAND, RE_EMB, ROWS, row_encoder
from superb_lite.analysis.transfer.run import run
from superb_lite.analysis.transfer.text import differences, markdown, notes, scores, to_csv
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation import run as evaluation_run
from superb_lite.results.store import ResultStore
from tests.superb_lite.analysis.tiny_texts import strings_task, tiny_bert

TASKS = (strings_task(), strings_task("toy/others", letters="XYZ"))


def a_design(**changes) -> Design:
    texts = {f"bert-{seed}": tiny_bert(seed) for seed in range(2)}
    return Design(**{"texts": texts, "specific": {}, "tasks": TASKS, "mappings": 2, "epochs": 1, **changes})


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return ResultStore(tmp_path_factory.mktemp("transfer"))


@pytest.fixture(scope="module")
def measured(store):
    return list(run(a_design(), results=store, device="cpu"))


@pytest.fixture(scope="module")
def report(measured):
    return make_report(a_design(), measured)


def test_every_row_has_a_cell_for_each_task_checkpoint_and_mapping(measured):
    found = {(m.cell.row, m.cell.task.name, m.cell.checkpoint, m.cell.draw) for m in measured}
    assert len(found) == len(measured) == 3 * 2 * 2 * 2
    assert {m.result.seeds[0].seed for m in measured} == {0, 1, 100, 101}
    assert all(m.result.seeds[0].seed == m.cell.seed for m in measured)


def test_no_two_cells_share_an_encoder_but_of_one_task_and_draw(measured):
    assert len({m.result.encoder_hash for m in measured}) == len(measured)


def test_what_is_finished_is_not_computed_again(measured, store, monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("computed again")

    monkeypatch.setattr(evaluation_run, "make_problem", refuse)
    again = list(run(a_design(), results=store, device="cpu"))
    assert [m.result for m in again] == [m.result for m in measured]
    fewer = a_design(tasks=TASKS[1:], mappings=1)  # other tasks and mappings leave the cells what they were
    assert len(list(run(fewer, results=store, device="cpu"))) == 6


def test_all_rows_train_with_the_same_settings_and_to_the_end(measured):
    assert len({json.dumps(m.result.settings, sort_keys=True) for m in measured}) == 1
    assert measured[0].result.settings["learning_rates"] == [1e-3, 3e-3]
    lengths = {len(m.result.seeds[0].chosen["training_loss"]["means"]) for m in measured}
    assert lengths == {2}  # 32 examples, 16 in an update


def test_a_model_from_elsewhere_and_its_redrawn_twins_try_the_rates_of_both():
    foreign = tiny_bert()
    foreign.pretraining = {"source": "hf:somewhere"}
    settings = a_design(texts={"hf:somewhere": foreign}, epochs=None).settings()
    assert settings.learning_rates == (1e-4, 3e-4, 1e-3, 3e-3)
    assert settings.epochs == settings.patience == 10


def test_rows_differ_in_what_is_drawn_anew():
    bert = tiny_bert()
    made = {row: row_encoder(row, bert, bert.words(), "ACGT", 3).encoder for row in ROWS[1:]}
    assert made[BERT] is bert
    for name, weight in bert.state_dict().items():
        same = torch.equal(made[RE_EMB].state_dict()[name], weight)
        assert same == (name != "embedding.weight"), name
    redrawn = made[RAND].state_dict()
    body = "transformer.blocks.0.mlp.0.weight"
    assert not torch.equal(redrawn[body], bert.state_dict()[body])
    assert not torch.equal(redrawn["embedding.weight"], made[RE_EMB].state_dict()["embedding.weight"])
    again = row_encoder(RAND, bert, bert.words(), "ACGT", 3)
    assert again.content_hash() == MappedEncoder(made[RAND], again.config()["mapping"]).content_hash()


def test_scores_are_means_over_checkpoints_and_mappings(measured, report):
    for score in report.scores:
        mine = [m for m in measured if (m.cell.row, m.cell.task.name) == (score.row, score.task)]
        assert score.value == pytest.approx(np.mean([m.result.score for m in mine]))
        assert score.ci[0] <= score.value <= score.ci[1]
        for checkpoint, value in enumerate(score.by_checkpoint):
            of_it = [m.result.score for m in mine if m.cell.checkpoint == checkpoint]
            assert value == pytest.approx(np.mean(of_it))


def test_differences_are_paired_and_adjusted(report):
    assert [(d.a, d.b, d.task) for d in report.differences] == [
        (a, b, task) for a, b in ((BERT, RAND), (BERT, RE_EMB)) for task in ("toy/strings", "toy/others", None)
    ]
    for each in report.differences:
        tasks = [each.task] if each.task else [task.name for task in TASKS]
        gaps = [report.score(each.a, task).value - report.score(each.b, task).value for task in tasks]
        assert each.value == pytest.approx(np.mean(gaps))
        assert each.ci[0] <= each.value <= each.ci[1]
        assert each.verdict == "undecided" or each.p < 0.05


def test_tables_hold_every_row_and_difference(report):
    assert [row[0] for row in scores(report)] == ["row", "BERT", "re-emb", "rand"]
    assert len(differences(report)) == 1 + len(report.differences)
    page = markdown(report)
    assert "Kao & Lee 2021" in page
    assert "mean over tasks" in page
    lines = list(csv.reader(io.StringIO(to_csv(report))))
    assert {len(line) for line in lines} == {6}
    assert json.loads(json.dumps(report.to_dict()))["mappings"] == 2


def test_few_pretraining_seeds_are_said(report):
    assert any("two pretraining seeds" in line for line in notes(report))
    assert "95% intervals over pretraining seeds and test examples" in markdown(report)


def test_the_size_is_said(report):
    size = sum(p.numel() for p in tiny_bert().parameters())
    assert report.parameters == (size, size)
    assert f"BERT has {size / 1e6:.1f} million parameters" in list(notes(report))


def test_one_checkpoint_is_compared_over_its_mappings(store):
    design = a_design(texts={"bert-0": tiny_bert(0)}, tasks=TASKS[:1])
    report = make_report(design, list(run(design, results=store, device="cpu")))
    assert any("say nothing of other runs" in line for line in notes(report))
    page = markdown(report)
    assert "95% intervals over mappings and test examples" in page
    assert "intervals over pretraining seeds" not in page
    assert all(len(curve.by_unit) == 2 for curve in report.curves)


def test_a_specific_encoder_is_a_row_of_its_own(store):
    random = load_encoder("majority")
    design = a_design(specific={"majority": random}, tasks=TASKS[:1], protocol="frozen", epochs=None)
    report = make_report(design, list(run(design, results=store, device="cpu")))
    assert report.rows == ROWS
    assert [(d.a, d.b) for d in report.differences] == [(BERT, RAND), (BERT, RE_EMB), ("specific", BERT)]
    assert report.curves == ()
    assert any("specific has 1 of them" in line for line in notes(report))


def test_other_numbers_of_labels_are_tasks_of_their_own():
    assert with_labels(TASKS[0], None) is TASKS[0]
    some, every = with_labels(TASKS[0], "8"), with_labels(TASKS[0], "all")
    assert (some.name, every.name) == ("toy/strings, 8 labels", "toy/strings, all labels")
    assert [sum(map(len, task.train(0))) for task in (some, every)] == [16, 40]  # 8 of each class
    for wrong in ("1", "-3", "many", "", "9" * 20):
        with pytest.raises(SuperbLiteError, match="a whole number from 2 on, or all"):
            with_labels(TASKS[0], wrong)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mappings": 0}, "--mappings 0: a number from 1 to 100"),
        ({"epochs": 0}, "--epochs 0: at least 1"),
        ({"protocol": "frozen"}, "--epochs is for --protocol finetune"),
        ({"specific": {"m": load_encoder("majority")}}, "--specific m: no weights to fine-tune"),
        ({"texts": {"majority": load_encoder("majority")}}, "'majority' has no words that symbols could be mapped to"),
        ({"texts": {}, "specific": {"x": tiny_bert()}}, "1 specific encoders for 0 of texts"),
        ({"specific": {"b": tiny_bert()}}, "'b' takes text, but 'toy/strings' has bits"),
        ({"protocol": "incontext"}, "--protocol incontext: finetune or frozen"),
    ],
)
def test_what_cannot_be_measured_is_refused(changes, message):
    with pytest.raises(SuperbLiteError, match=message):
        a_design(**changes)


def test_items_that_are_no_strings_are_refused(tmp_path, monkeypatch):
    design = a_design(tasks=(strings_task(item=np.zeros(3, dtype=np.float32)),))
    monkeypatch.setattr("superb_lite.analysis.transfer.run.load_data", lambda tasks, root: None)
    with pytest.raises(SuperbLiteError, match="item 's0' is a ndarray: only strings of symbols"):
        next(iter(run(design, results=ResultStore(tmp_path), device="cpu")))


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (strings_task("toy/many", letters="".join(map(chr, range(65, 65 + 50)))), "'toy/many' has 50 symbols, but 'b"),
        (with_labels(strings_task("toy/few"), "39"), "'toy/few, 39 labels': class 'more' has .* the budget is 39"),
    ],
)
def test_what_the_last_task_lacks_is_said_before_the_first_cell(tmp_path, task, message):
    design = a_design(tasks=(TASKS[0], task))
    begun = []
    with pytest.raises(SuperbLiteError, match=message):
        list(run(design, results=ResultStore(tmp_path), device="cpu", begins=begun.append))
    assert begun == []


def test_one_pair_of_runs_has_no_verdict(store):
    design = a_design(
        mappings=1, specific={"majority": load_encoder("majority")}, tasks=TASKS[:1], protocol="frozen", epochs=None
    )
    found = make_report(design, list(run(design, results=store, device="cpu")))
    verdicts = {(each.a, each.b): (each.p, each.verdict) for each in found.differences}
    assert verdicts["specific", BERT] == (None, "one run")
    assert verdicts[BERT, RAND][0] is not None
    assert any("there is no verdict" in line for line in notes(found))
