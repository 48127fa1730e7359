"""superb_s gives the published scores, and local results stand beside the published rows."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from rich.console import Console

from superb_lite.evaluation.run import evaluate
from superb_lite.metrics import METRICS as ENGINE_METRICS
from superb_lite.results.files import write_results
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.task import Task
from superb_lite_superb import published
from superb_lite_superb.published import COLUMNS, FOLDS, METRICS, PUBLISHED, TASKS, THOUSAND, local, superb_s
from superb_lite_superb.superb import SUPERB


@pytest.mark.parametrize(
    ("upstream", "score"),
    [("HuBERT-Base", 941), ("HuBERT-Large", 919), ("wav2vec-2.0-Base", 818), ("APC", 392), ("TERA", 150), ("FBANK", 0)],
)
def test_superb_s_is_the_published_one(upstream, score):
    assert round(superb_s(PUBLISHED[upstream])) == score


def test_the_reference_scores_a_thousand_and_a_missing_column_leaves_it_open():
    assert superb_s(THOUSAND) == pytest.approx(1000)
    for column in COLUMNS:
        assert superb_s({c: v for c, v in THOUSAND.items() if c != column}) is None


def test_the_two_columns_of_slot_filling_count_half_each():
    better = {**THOUSAND, "SF-F1": THOUSAND["SF-F1"] + (THOUSAND["SF-F1"] - PUBLISHED["FBANK"]["SF-F1"])}
    assert superb_s(better) == pytest.approx(1000 + 1000 / 2 / 10)


def test_the_table_is_whole():
    assert len(TASKS) == 10
    assert tuple(column for task in TASKS for column in task) == COLUMNS == tuple(METRICS)
    for row in PUBLISHED.values():
        assert all(0 < value < 100 for value in row.values())
    known = {task.name: task.metrics for task in SUPERB}
    for tasks, metric in METRICS.values():
        assert metric in ENGINE_METRICS
        for task in tasks:
            assert metric in known[task]


@pytest.fixture(scope="module")
def result():
    """A real result, whose task and metrics the tests replace."""
    rng = np.random.default_rng(0)
    items = {str(n): rng.uniform(-1, 1, 500).astype(np.float32) for n in range(24)}
    examples = [Example(key, (key,), n % 2) for n, key in enumerate(items)]
    task = Task(
        name="made/up",
        version=1,
        modality="speech",
        form="classify",
        metrics=("accuracy",),
        labels=("a", "b"),
        load=lambda root: TaskData(items, tuple(examples[:16]), tuple(examples[16:])),
    )
    return evaluate("majority", task, seeds=1)[0]


def results(result, **figures):
    """One for each column that is given, as a fraction of the task's own metric."""
    found = []
    for column, value in figures.items():
        tasks, metric = METRICS[column.replace("_", "-")]
        found += [result.replace(task=task, metrics={metric: value}) for task in tasks]
    return found


def test_local_results_become_percentages(result):
    sf = result.replace(task="superb/sf", metrics={"slot_f1": 0.7, "slot_accuracy": 0.55})
    (row,) = local([*results(result, PR=0.25, ASV=0.1), sf]).values()
    assert row == pytest.approx({"PR": 25.0, "ASV": 10.0, "SF-F1": 70.0, "SF-CER": 45.0})


def test_emotion_is_the_mean_of_all_five_folds(result):
    folds = [result.replace(task=t, metrics={"accuracy": n / 10}) for n, t in enumerate(FOLDS)]
    assert local(folds)["majority"] == pytest.approx({"ER": 20.0})
    assert local(folds[:4])["majority"] == {}


def test_limited_and_fine_tuned_results_do_not_count(result):
    (ks,) = results(result, KS=0.5)
    assert local([ks.replace(limit=10)]) == {}
    assert local([ks.replace(protocol="finetune")]) == {}


def test_the_command_sets_local_results_beside_the_published_ones(result, tmp_path):
    ks = results(result, KS=0.5)
    (file,) = write_results(ks, tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "superb_lite_superb.published", str(file)], capture_output=True, text=True, check=True
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    by_name = {line[0]: line for line in lines if line}
    assert by_name["HuBERT-Base"][1:4] == ["published", "941", "5.41"]
    assert by_name["majority"] == ["majority", "this", "machine", "–", "–", "50.00", *["–"] * 9]
    assert "superbbenchmark.org" in done.stdout
    names = [line[0] for line in lines[1:-1] if line]
    assert names.index("HuBERT-Base") < names.index("APC") < names.index("majority")


def test_a_file_that_is_missing_is_one_line(capsys):
    assert published.main(["nowhere.json"]) == 2
    assert "cannot read 'nowhere.json'" in capsys.readouterr().err


def test_a_name_in_the_table_is_shown_as_it_is_written(capsys):
    Console(width=160).print(published.table({"[bold]a\x1b[2J": {}}))
    assert "[bold]a\\x1b[2J" in capsys.readouterr().out
