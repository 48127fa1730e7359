"""`superb-lite submit` with result files, with encoders, and with both."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

import pytest
from synthetic_results import BOARD as SENSES
from synthetic_results import entry_results

from superb_lite import plugins
from superb_lite.cli import main
from superb_lite.encoders.references import Reference
from superb_lite.evaluation.run import evaluate
from superb_lite.results.files import write_results
from superb_lite.tasks.taskset import Board, TaskSet
from superb_lite_leaderboard.board import BUILT_IN
from superb_lite_leaderboard.entry import About
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task

CLASSIFY = toy_task(classify_data(noise=1.0, test=40))
TAG = toy_task(tag_data(noise=0.8, test=20), form="tag")
SMELL = dataclasses.replace(CLASSIFY, name="toy/smell", modality="smell")
BOARD = Board("toys", 1, (("toy/classify", "knn"), ("toy/smell", "knn")))


class Nose(ToyEncoder):
    modality = "smell"


@pytest.fixture
def superb_lite(superb_lite_command, monkeypatch, tmp_path):
    """Run `submit` in this process on a board of its own; returns the exit code, standard output and error."""
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "workspace"))
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(plugins, "tasksets", lambda: {"toy": TaskSet("toy", (CLASSIFY, TAG, SMELL))})
    known = {"toy:nose": Nose, "toy:other": ToyEncoder}
    monkeypatch.setattr("superb_lite.cli.names.decide", lambda reference: Reference("plugin", "toy"))
    monkeypatch.setattr(
        "superb_lite.encoders.references.load_encoder", lambda reference, **_: known[reference]().eval()
    )
    monkeypatch.setattr("superb_lite.features.preflight.preflight", lambda *_, **__: None)

    def run(*arguments: object) -> tuple[int, str, str]:
        named = arguments if arguments[0] == "leaderboard" else ("submit", *arguments)
        board = () if "--board" in arguments else ("--board", tmp_path / "b.db")
        return superb_lite_command(*named, *board)

    return run


@pytest.fixture
def file(superb_lite, tmp_path) -> Path:
    """Results of one encoder on a task of the board and on another one."""
    results = [
        *evaluate(ToyEncoder(), CLASSIFY, protocol="knn", seeds=3),
        *evaluate(ToyEncoder(), TAG, protocol="frozen", seeds=3),
    ]
    (path,) = write_results(results, tmp_path / "out")
    other = evaluate(Nose(), SMELL, protocol="knn", seeds=3)
    Leaderboard(tmp_path / "b.db", BOARD).submit("first", other)
    return path


def entries(tmp_path: Path) -> dict[str, dict[str, str]]:
    return {entry.name: dict(entry.encoders) for entry in Leaderboard(tmp_path / "b.db").entries()}


def test_a_result_file_is_checked_and_stored(superb_lite, file, tmp_path):
    code, out, err = superb_lite(file, "--name", "mine")
    assert code == 0, err
    assert err.splitlines() == [
        f"left out: toy/tag (frozen) of '{file}' is not on this board",
        f"stored 'mine@1' in board '{tmp_path / 'b.db'}' (1 of 2 columns), recomputed",
    ]
    assert "mine" in out
    assert entries(tmp_path)["mine"] == {"toy": "ToyEncoder"}


def test_a_file_that_came_by_mail_is_reported_and_its_encoder_is_known(superb_lite, file, tmp_path):
    assert superb_lite(file, "--name", "mine")[0] == 0
    mail = tmp_path / "mail"
    mail.mkdir()
    (mail / "hers.json").write_bytes(file.read_bytes())
    code, _, err = superb_lite(mail, "--name", "hers", "--url", "https://example.org", "--tag", "small", "--tag", "toy")
    assert code == 0, err
    assert "the toy encoder of 'hers@1' is also that of 'mine': the same weights" in err
    assert err.splitlines()[-1].endswith("(1 of 2 columns), reported")
    assert "came without its predictions ('hers.parquet')" in err
    about = Leaderboard(tmp_path / "b.db").entry("hers").about
    assert (about.url, about.tags) == ("https://example.org", ("small", "toy"))
    code, _, err = superb_lite(mail, "--name", "long", "--licence", "x" * 301)
    assert (code, err.count("\n")) == (2, 1)
    assert "field 'licence': " in err


def test_an_entry_is_renamed_and_withdrawn(superb_lite, file, monkeypatch, capsys, tmp_path):
    def leaderboard(*arguments: str) -> str:
        command = ["superb-lite", "leaderboard", *arguments, "--board", str(tmp_path / "b.db")]
        monkeypatch.setattr(sys, "argv", command)
        main()
        return capsys.readouterr().err

    assert leaderboard("rename", "first", "nose").startswith("renamed 'first' to 'nose'")
    assert set(entries(tmp_path)) == {"nose"}
    assert leaderboard("withdraw", "nose@1", "--reason", "a mistake").startswith("withdrew 'nose@1'")
    assert entries(tmp_path) == {}
    with pytest.raises(SystemExit):
        leaderboard("withdraw", "nose")
    assert "'nose@1' was withdrawn already" in capsys.readouterr().err


def test_files_and_encoders_make_one_entry(superb_lite, file, tmp_path):
    code, _, err = superb_lite(file, "toy:nose", "--name", "mine")
    assert code == 0, err
    assert entries(tmp_path)["mine"] == {"toy": "ToyEncoder", "smell": "toy:nose"}
    (nose,) = write_results(evaluate(Nose(), SMELL, protocol="knn", seeds=5), tmp_path / "more")
    code, _, err = superb_lite(file, nose, "--name", "mine")
    assert code == 0, err
    assert entries(tmp_path)["mine"] == {"toy": "ToyEncoder", "smell": "Nose"}


def test_what_does_not_follow_is_refused_before_anything_is_computed_or_stored(superb_lite, file, tmp_path):
    content = json.loads(file.read_text(encoding="utf-8"))
    content["results"][0]["score"] = 0.999
    file.write_text(json.dumps(content), encoding="utf-8")
    code, out, err = superb_lite(file, "toy:nose", "--name", "mine")
    assert (code, out) == (2, "")
    assert err.startswith(f"superb-lite: '{file}': toy/classify (knn): score 0.999, but 0.")
    assert err.count("\n") == 1
    assert set(entries(tmp_path)) == {"first"}
    assert not (tmp_path / "workspace").exists()


def test_two_encoders_of_a_modality_are_refused(superb_lite, file, tmp_path):
    code, _, err = superb_lite(file, "toy:other", "--name", "mine")
    assert code == 2
    assert "'ToyEncoder' and 'toy:other' both encode toy: an entry holds one encoder a modality" in err
    code, _, err = superb_lite(tmp_path / "none.json", "--name", "mine")
    assert code == 2
    assert "No such file" in err


def test_an_encoder_of_one_language_is_evaluated_in_it(superb_lite, monkeypatch, tmp_path):
    english = dataclasses.replace(CLASSIFY, name="toy/english", language="en")
    chinese = dataclasses.replace(CLASSIFY, name="toy/chinese", language="zh")
    monkeypatch.setattr(plugins, "tasksets", lambda: {"toy": TaskSet("toy", (CLASSIFY, english, chinese))})
    Leaderboard(
        tmp_path / "b.db", Board("toys", 1, tuple((t.name, "knn") for t in (CLASSIFY, english, chinese)))
    ).create()
    code, _, err = superb_lite("toy:other", "--name", "mine", "--language", "en")
    assert code == 0, err
    (entry,) = Leaderboard(tmp_path / "b.db").entries()
    assert [result.task for result in entry.results] == ["toy/classify", "toy/english"]
    code, _, err = superb_lite("toy:other", "--name", "other", "--language", "fr")
    assert (code, err) == (2, "superb-lite: unknown language on board 'toys' 'fr': known: en, zh\n")


def test_a_board_is_shown_by_the_columns_of_another(monkeypatch, capsys, tmp_path):
    part = Board("senses-en", 7, SENSES.columns[:1])
    monkeypatch.setitem(BUILT_IN, part.name, part)
    path = tmp_path / "b.db"
    Leaderboard(path, SENSES).submit("rosy", [r for r in entry_results(0.6, label="r") if r.task == "smell-lite/rose"])

    def shown(*more):
        monkeypatch.setattr(sys, "argv", ["superb-lite", "leaderboard", "show", "--json", "--board", str(path), *more])
        main()
        return json.loads(capsys.readouterr().out)["rows"][0]["scores"]

    assert "overall" not in shown()
    assert shown("--rank-by", "senses-en")["overall"]["rank"] == [1, 1]
    with pytest.raises(SystemExit):
        shown("--rank-by", "sense-en")
    assert capsys.readouterr().err == "superb-lite: unknown board 'sense-en': did you mean 'senses-en'?\n"


@pytest.mark.parametrize("arguments", [["show"], ["show", "--json"], ["export", "site"]])
def test_a_board_that_is_named_but_not_there_is_refused(monkeypatch, capsys, tmp_path, arguments):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["superb-lite", "leaderboard", *arguments, "--board", "nope.sqlite"])
    with pytest.raises(SystemExit) as error:
        main()
    captured = capsys.readouterr()
    assert (error.value.code, captured.out) == (2, "")
    assert captured.err.startswith("superb-lite: no board at 'nope.sqlite'")
    assert captured.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_board_of_the_workspace_may_be_yet_to_come(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("superb_lite_leaderboard.store.leaderboard.CORE", SENSES)
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "workspace"))
    monkeypatch.setattr(sys, "argv", ["superb-lite", "leaderboard", "show"])
    main()
    assert "the board is empty" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_a_lab_mate_sends_is_scored_again_and_run_again(superb_lite, file, tmp_path):
    board = tmp_path / "b.db"
    code, _, err = superb_lite(file, "--name", "hers")
    assert code == 0, err
    bundle = tmp_path / "hers.zip"
    assert superb_lite("leaderboard", "export", bundle)[0] == 0
    mine = tmp_path / "mine.db"
    Leaderboard(mine, BOARD).create()
    code, _, err = superb_lite("leaderboard", "import", bundle, "--board", mine)
    assert code == 0, err
    assert "'hers@1': stored as 'hers@1', re" in err
    assert [row.name for row in Leaderboard(mine).standings().rows] == [
        row.name for row in Leaderboard(board).standings().rows
    ]
    code, _, err = superb_lite("leaderboard", "merge", board, "--board", mine)
    assert code == 0, err
    assert "'hers@1' is here already, as 'hers@1'" in err
    code, out, err = superb_lite("leaderboard", "rerun", "hers", "--encoder", "toy:other", "--board", mine)
    assert code == 0, err
    assert "1 of 1 results have the same predictions; 'hers@1' is rerun" in out
    assert superb_lite("leaderboard", "rename", "hers", "ours", "--board", mine)[0] == 0
    assert superb_lite("leaderboard", "withdraw", "ours", "--reason", "a test", "--board", mine)[0] == 0
    assert [entry.name for entry in Leaderboard(mine).entries()] == ["first"]
    for refused in (("rename", "nobody", "x"), ("withdraw", "ours"), ("rerun", "nobody"), ("import", file)):
        code, _, err = superb_lite("leaderboard", *refused, "--board", mine)
        assert code == 2
        assert len(err.splitlines()) == 1


def test_a_manifest_says_what_options_would(superb_lite, file, monkeypatch, tmp_path):
    monkeypatch.setattr("superb_lite_leaderboard.submission.inside.is_name", lambda reference: True)
    said = file.parent / "submission.yaml"
    said.write_text(
        f"name: mine\nurl: https://example.org\ntags: [toy]\nresults: [{file.name}]\nencoders: ['toy:nose']\n",
        encoding="utf-8",
    )
    code, _, err = superb_lite(said)
    assert code == 0, err
    assert entries(tmp_path)["mine"] == {"toy": "ToyEncoder", "smell": "toy:nose"}
    assert Leaderboard(tmp_path / "b.db").entry("mine").about == About(url="https://example.org", tags=("toy",))
    assert superb_lite(said, "--name", "other", "--tag", "small")[0] == 0
    assert Leaderboard(tmp_path / "b.db").entry("other").about.tags == ("small",)
    code, _, err = superb_lite("toy:nose")
    assert (code, err) == (2, "superb-lite: name the entry: --name NAME, or 'name: NAME' in a manifest\n")
    assert set(entries(tmp_path)) == {"first", "mine", "other"}
