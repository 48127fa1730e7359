"""The library of the Hugging Face Hub reads what is written for it, with the numbers of the entry."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
import yaml
from synthetic_results import BOARD, SMELL, TOUCH, entry_results

from superb_lite import plugins
from superb_lite.cli import main
from superb_lite.errors import SuperbLiteError
from superb_lite_leaderboard.entry import About, Submitted, Tier
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.submission.hub import eval_results, model_index
from superb_lite_leaderboard.views.entry import EntryView

hub = pytest.importorskip("huggingface_hub")


@pytest.fixture
def board(leaderboard: Leaderboard) -> Leaderboard:
    leaderboard.submit("good", entry_results(0.8, label="good"), About(url="https://example.org/a_b"))
    leaderboard.submit("poor", [Submitted(result, Tier.RERUN) for result in entry_results(0.5, label="poor")])
    leaderboard.submit("half", entry_results(0.6, label="half", modalities=["touch"]))
    return leaderboard


@pytest.fixture
def on_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every task of one set is a data set on the hub."""
    ids = ("flora/smells:rose", "flora/soap")
    tasks = tuple(replace(task, hub=ids[number]) if number < 2 else task for number, task in enumerate(SMELL.tasks))
    monkeypatch.setattr(plugins, "tasksets", lambda: {SMELL.name: replace(SMELL, tasks=tasks), TOUCH.name: TOUCH})


def view(board: Leaderboard, ref: str) -> EntryView:
    return EntryView.of(board, board.entry(ref))


@pytest.mark.usefixtures("on_the_hub")
def test_the_library_reads_the_file_of_results(board: Leaderboard) -> None:
    text, left_out = eval_results(view(board, "good"))
    data = yaml.safe_load(text)
    entries = hub.parse_eval_result_entries(data)
    assert hub.eval_result_entries_to_yaml(entries) == data
    names = [task.name for task in SMELL.tasks[:2]]
    measured = [result for name in names for result in board.entry("good").results if result.task == name]
    assert len(measured) == len(entries)
    words = [entry.notes.replace(",", "").replace(":", "").split() for entry in entries]
    by_column = {(said[1], said[4]): entry for said, entry in zip(words, entries, strict=True)}
    for result in measured:
        entry = by_column[result.task, result.protocol]
        expected = {names[0]: ("flora/smells", "rose"), names[1]: ("flora/soap", "default")}[result.task]
        assert (entry.dataset_id, entry.task_id) == expected
        assert entry.value == pytest.approx(100 * result.score, abs=1e-4)
        assert entry.source_url == "https://example.org/a_b"
        assert entry.date == view(board, "good").submitted[:10]
        assert "accuracy in %" in entry.notes
        assert entry.notes.endswith("reported")
    assert left_out.startswith("left out ")
    assert TOUCH.tasks[0].name in left_out
    assert hub.parse_eval_result_entries(yaml.safe_load(eval_results(view(board, "poor"))[0]))[0].source_url is None


def test_tasks_that_are_nowhere_on_the_hub_are_refused_with_what_to_do(board: Leaderboard) -> None:
    with pytest.raises(
        SuperbLiteError, match=r"'good@1': none of its tasks \(smell-lite/.*take --model-index"
    ) as error:
        eval_results(view(board, "good"))
    assert len(str(error.value)) <= 300


@pytest.mark.usefixtures("on_the_hub")
def test_the_command_says_what_it_leaves_out(board: Leaderboard, monkeypatch, capsys, tmp_path) -> None:
    path = str(tmp_path / "board.db")
    monkeypatch.setattr(sys, "argv", ["superb-lite", "leaderboard", "eval-results", "good", "--board", path])
    main()
    out, err = capsys.readouterr()
    text, left_out = eval_results(view(board, "good"))
    assert out == text
    assert " ".join(err.split()) == left_out


def test_withdrawn_entries_are_not_published(board: Leaderboard) -> None:
    board.withdraw("good", "wrong")
    for write in (eval_results, lambda found: model_index(found, board.board)):
        with pytest.raises(SuperbLiteError, match="was withdrawn"):
            write(view(board, "good@1"))


@pytest.mark.parametrize("name", ["good", "poor", "half"])
def test_hugging_face_reads_the_results(board: Leaderboard, name: str) -> None:
    text = model_index(view(board, name), board.board)
    read = hub.ModelCard(f"---\n{text}---\n# {name}\n").data
    assert read.model_name == name
    found = {(r.dataset_type, r.metric_config): r for r in read.eval_results if r.dataset_type != BOARD.name}
    results = board.entry(name).results
    assert set(found) == {(measured.task, measured.protocol) for measured in results}
    for measured in results:
        one = found[measured.task, measured.protocol]
        assert (one.metric_type, one.dataset_split) == ("accuracy", "test")
        assert one.metric_value == pytest.approx(100 * measured.score, abs=1e-4)
        assert one.metric_args["interval_95"] == pytest.approx([100 * each for each in measured.ci], abs=1e-4)
        assert one.metric_args["seeds"] == len(measured.seeds)
        assert one.metric_args["checked"] == measured.tier.label
        assert one.dataset_args == {
            "version": measured.task_version,
            "board": BOARD.name,
            "board_version": BOARD.version,
        }
    row = next(row for row in board.standings().rows if row.name == name)
    means = {r.metric_config: r.metric_value for r in read.eval_results if r.dataset_type == BOARD.name}
    assert means.get("overall") == (None if row.overall is None else pytest.approx(row.overall.score, abs=1e-4))
    assert {key: means[key] for key in row.modalities} == pytest.approx(
        {key: each.score for key, each in row.modalities.items()}, abs=1e-4
    )
    # What the library writes of what it read is what was printed.
    assert yaml.safe_load(read.to_yaml())["model-index"] == yaml.safe_load(text)["model-index"]
