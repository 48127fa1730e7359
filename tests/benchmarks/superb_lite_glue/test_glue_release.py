"""`glue`: the tables of the release become tasks, and results become the score of GLUE."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import pytest
import tiny_releases
from tiny_releases import HEADERS, sentence, write_glue

from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.features.data_checks import check_data
from superb_lite.results.result import Result
from superb_lite.results.set_scores import set_score
from superb_lite.tasks.task import Task
from superb_lite_glue import GLUE
from tests.superb_lite.made_up_results import made_up

TASKS = {task.name.removeprefix("glue/"): task for task in GLUE}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_glue(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", TASKS)
def test_each_task_is_read_and_sound(root: Path, name: str) -> None:
    task = TASKS[name]
    data = task.data(root)
    check_data(task, data)
    assert [len(part) for part in (data.train, data.validation, data.test)] == [36, 4, 12]
    assert len(data.test[0].items) == (1 if name in ("cola", "sst-2") else 2)


def first(task: Task, root: Path) -> tuple[list[str], object]:
    """The texts and the label of the third row of the development table."""
    data = task.data(root)
    example = data.test[2]
    return [data.items[key] for key in example.items], example.label


def test_the_right_columns_are_read(root: Path) -> None:
    """The third row is number 1002, so that its label is word 0 of two, 0 of three and 2 of four."""
    assert first(TASKS["cola"], root) == ([sentence(1002)], 0)
    assert first(TASKS["sst-2"], root) == ([sentence(1002)], 0)
    assert first(TASKS["mrpc"], root) == ([sentence(501), sentence(1002)], 0)
    assert first(TASKS["sts-b"], root) == ([sentence(501), sentence(1002, 2)], 3.8)
    assert first(TASKS["qqp"], root) == ([sentence(501), sentence(1002)], 0)
    assert first(TASKS["mnli"], root) == ([sentence(501), sentence(1002)], 0)
    assert first(TASKS["mnli-mm"], root) == ([sentence(551), sentence(1102, 1)], 1)
    assert first(TASKS["qnli"], root) == ([sentence(501), sentence(1002)], 0)
    assert first(TASKS["rte"], root) == ([sentence(501), sentence(1002)], 0)
    assert first(TASKS["wnli"], root) == ([sentence(501), sentence(1002)], 0)


def test_labels_are_the_classes_that_the_words_of_the_files_mean(root: Path) -> None:
    def label(name: str, word: str) -> str:
        path = root / "glue" / {"mnli": "MNLI", "qnli": "QNLI", "wnli": "WNLI"}[name] / "train.tsv"
        header = path.read_text().split("\n")[0]
        cells = ["x"] * (len(header.split("\t")) - 1)
        path.write_text("\n".join([header, *("\t".join([*cells[:-1], f"x{i}", word]) for i in range(9))]) + "\n")
        task = dataclasses.replace(TASKS[name])
        return task.labels[task.data(root).train[0].label]  # type: ignore[index]

    assert label("mnli", "contradiction") == "contradiction"
    assert label("qnli", "not_entailment") == "not_entailment"
    assert label("wnli", "1") == "entailment"


@pytest.mark.parametrize("above", ["", "GLUE", "glue_data"])
def test_the_folder_itself_and_that_of_the_download_script_do_as_well(tmp_path: Path, above: str) -> None:
    write_glue(tmp_path, above=above)
    assert len(TASKS["rte"].data(tmp_path).test) == 12


def test_the_two_tests_of_mnli_share_their_training_data(root: Path) -> None:
    matched, mismatched = TASKS["mnli"].data(root), TASKS["mnli-mm"].data(root)
    texts = [[data.items[key] for e in data.train for key in e.items] for data in (matched, mismatched)]
    assert texts[0] == texts[1]
    assert {e.cluster for e in matched.test}.isdisjoint(e.cluster for e in mismatched.test)


def test_no_two_tasks_share_a_cluster(root: Path) -> None:
    """`statistics.mean_interval` takes clusters of one name for the same examples."""
    seen: set[str] = set()
    for task in GLUE:
        clusters = {e.cluster for e in task.data(root).test}
        assert clusters.isdisjoint(seen)
        seen |= clusters


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("qqp", "{n}\t0\t0\t{one}\t{two}\t{label}"),
        ("mrpc", "{label}\t0\t0\t{one}\t{two}"),
        ("sts-b", "{n}\tg\tf\ty\to\ts\ts\t{one}\t{two}\t{label}.0"),
    ],
)
def test_texts_that_are_joined_by_others_are_on_one_side_of_the_split(root: Path, name: str, row: str) -> None:
    """Pairs (t0, t1), (t1, t2), ... in chains: a text recurs as the second of one pair and the first of the next."""
    path = root / "glue" / name.upper() / "train.tsv"
    header = path.read_text(encoding="utf-8-sig").splitlines()[0]
    rows = [
        row.format(n=n, label=n % 2, one=f"chain {n // 8} no {n}", two=f"chain {n // 8} no {n + 1}")
        for n in range(160)
        if n % 8 < 7
    ]
    path.write_text("\n".join([header, *rows]) + "\n")
    data = TASKS[name].data(root)
    texts = [{data.items[key] for e in part for key in e.items} for part in (data.train, data.validation)]
    assert texts[0].isdisjoint(texts[1])
    assert len(data.validation) == 14  # a tenth of 140, two whole chains
    assert len({e.cluster for e in data.validation}) == 2


def test_a_folder_that_is_missing_is_one_line_with_the_layout_and_what_was_found(tmp_path: Path) -> None:
    (tmp_path / "CoLA_v2").mkdir()
    with pytest.raises(SuperbLiteError) as caught:
        TASKS["cola"].data(tmp_path)
    assert str(caught.value) == (
        f"--root '{tmp_path}': expected DIR/glue/CoLA/train.tsv and dev.tsv (gluebenchmark.com/tasks); found: CoLA_v2"
    )
    with pytest.raises(SuperbLiteError, match=r"--root '.*none' is not a directory; expected in it: DIR/glue/CoLA"):
        TASKS["cola"].data(tmp_path / "none")


def test_a_file_that_is_missing_is_named(root: Path) -> None:
    (root / "glue" / "MNLI" / "dev_mismatched.tsv").unlink()
    assert len(TASKS["mnli"].data(root).test) == 12
    with pytest.raises(SuperbLiteError, match=r"MNLI' holds no 'dev_mismatched.tsv'; found: dev_matched.tsv, test_"):
        TASKS["mnli-mm"].data(root)


@pytest.mark.parametrize(
    ("folder", "line", "words"),
    [
        ("SST-2", "fine", r"row 42: 1 column\(s\) instead of 2"),
        ("SST-2", " \t1", "row 42: an empty 'sentence'"),
        ("SST-2", "fine\t2", "row 42, column 'label': '2' is not one of the labels 0, 1"),
        ("SST-2", "fine\tpositive", "row 42, column 'label': 'positive' is not one of"),
        ("RTE", "1\ta\tb\tneutral", "row 42, column 'label': 'neutral' is not one of the labels entailment, not_ent"),
        ("STS-B", "\t".join(["x"] * 9 + ["5.5"]), "row 42, column 'score': '5.5' is not a number from 0 to 5"),
        ("CoLA", "gj04\t1\tHe left.", r"row 41: 3 column\(s\) instead of 4"),
    ],
)
def test_a_bad_row_is_one_line_with_file_row_and_column(root: Path, folder: str, line: str, words: str) -> None:
    path = root / "glue" / folder / "train.tsv"
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(SuperbLiteError, match=words) as caught:
        TASKS[folder.lower()].data(root)
    assert str(path) in str(caught.value)


def test_a_table_of_another_data_set_is_refused(root: Path) -> None:
    shutil.copy(root / "glue" / "RTE" / "train.tsv", root / "glue" / "QNLI" / "train.tsv")
    with pytest.raises(SuperbLiteError, match=r"row 1: the column 'question' is missing; the columns are index, sent"):
        TASKS["qnli"].data(root)


def test_the_rows_that_line_breaks_cut_in_two_are_left_out_and_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_glue(tmp_path, train=4000)
    path = tmp_path / "glue" / "QQP" / "train.tsv"
    path.write_text(path.read_text().replace("no. 1234 well", "no. 1234\nwell", 1))
    data = TASKS["qqp"].data(tmp_path)
    assert len(data.train) + len(data.validation) == 3999
    assert capsys.readouterr().err == (
        f"superb-lite: '{path}': 4001 rows, 3999 kept; left out: 1 with 5 column(s) instead of 6 (first in row 1236), "
        "1 with 2 column(s) instead of 6 (first in row 1237)\n"
    )


def result(name: str, score: float, **changes: Any) -> Result:
    """A result of four clusters, symmetric about its score."""
    table = [[score + d for d in (-0.1, 0.1, -0.2, 0.2)] for _ in range(3)]
    return made_up(name, values=table, encoder="e", **changes)


SCORES = {
    "glue/cola": 0.5,
    "glue/sst-2": 0.9,
    "glue/mrpc": 0.86,  # the mean of accuracy 0.84 and F1 0.88
    "glue/sts-b": 0.85,
    "glue/qqp": 0.8,
    "glue/mnli": 0.84,
    "glue/mnli-mm": 0.82,
    "glue/qnli": 0.9,
    "glue/rte": 0.66,
    "glue/wnli": 0.56,
}


def test_the_score_of_glue_counts_mnli_once() -> None:
    """By hand: (0.5 + 0.9 + 0.86 + 0.85 + 0.8 + (0.84 + 0.82) / 2 + 0.9 + 0.66 + 0.56) / 9 = 6.86 / 9."""
    score = set_score(GLUE, {name: result(name, value) for name, value in SCORES.items()})
    assert score is not None
    assert score.estimate == pytest.approx(6.86 / 9)
    assert score.lo < score.estimate < score.hi
    # Nine tasks of equal noise, one of them with half the variance: the variance of a mean of independent parts.
    one = 0.1 / 3 / 4  # variance of (-0.1, 0.1, -0.2, 0.2), over four clusters
    assert score.noise.examples == pytest.approx(one * (8 + 0.5) / 81)


def test_there_is_no_score_where_a_task_is_missing_or_was_limited() -> None:
    results = {name: result(name, value) for name, value in SCORES.items()}
    assert set_score(GLUE, {k: v for k, v in results.items() if k != "glue/rte"}) is None
    assert set_score(GLUE, {**results, "glue/rte": result("glue/rte", 0.7, limit=3)}) is None


def test_a_task_of_it_is_evaluated_end_to_end(root: Path) -> None:
    one, two = evaluate("raw:characters", ["glue/rte", "glue/sts-b"], seeds=3, root=root)
    assert one.task == "glue/rte"
    assert set(two.metrics) == {"pearson", "spearman"}
    assert two.score == pytest.approx((two.metrics["pearson"] + two.metrics["spearman"]) / 2)
    assert one.normalised is None
    assert two.ci[0] <= two.score <= two.ci[1]
    assert two.score > 0.5  # the ends of the sentences say how alike they are


@pytest.mark.slow
def test_the_whole_set_ends_with_the_score_of_glue(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from superb_lite.cli import main

    monkeypatch.setenv("SUPERB_LITE_OUT", str(root / "out"))
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(root / "cache"))
    command = ["superb-lite", "evaluate", "raw:characters", "--tasks", "glue", "--root", str(root), "--seeds", "3"]
    monkeypatch.setattr("sys.argv", [*command, "--out", str(root / "results")])
    main()
    printed = capsys.readouterr().out
    assert "glue (mean)" in printed
    (file,) = (root / "results").glob("*.json")
    monkeypatch.setattr("sys.argv", ["superb-lite", "table", str(file), "--format", "markdown"])
    main()
    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines()]
    assert [row[0].strip("| ") for row in rows[2:]] == [*(task.name for task in GLUE), "glue (mean)"]
    scores = {row[0].strip("| "): float(row[2].split()[0]) for row in rows[2:]}
    mnli = (scores.pop("glue/mnli") + scores.pop("glue/mnli-mm")) / 2
    total = scores.pop("glue (mean)")
    assert total == pytest.approx((sum(scores.values()) + mnli) / 9, abs=0.1)
    monkeypatch.setattr("sys.argv", ["superb-lite", "verify", str(file), "--root", str(root)])
    main()
    assert capsys.readouterr().out.count(": ok") == 10


def test_the_tiny_release_holds_every_data_set() -> None:
    assert {*HEADERS, "AX"} == set(tiny_releases.TEST_HEADERS)
