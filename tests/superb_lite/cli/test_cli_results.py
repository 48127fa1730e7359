"""evaluate --out, verify and table, as commands."""

from __future__ import annotations

import csv
import io
import json
import sys

import pytest

from superb_lite.cli import main


@pytest.fixture
def superb_lite(monkeypatch, capsys, tmp_path):
    """Run a command in this process: (exit code, standard output, standard error)."""
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "workspace"))
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["superb-lite", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as error:
            code = error.code or 0
        return code, *capsys.readouterr()

    return run


EVALUATE = ("evaluate", "majority", "--tasks", "clue-lite/sentiment", "--seeds", 3, "--limit", 40)


@pytest.fixture
def file(superb_lite, tmp_path):
    code, _, err = superb_lite(*EVALUATE, "--out", tmp_path / "out")
    assert code == 0
    (path,) = (tmp_path / "out").glob("*.json")
    assert f"wrote {path} and {path.stem}.parquet" in err
    return path


def test_what_was_written_is_verified(superb_lite, file):
    assert file.name.startswith("majority-")
    assert file.name.endswith(".clue-lite.json")
    code, out, err = superb_lite("verify", file)
    assert (code, out, err) == (0, f"{file}: clue-lite/sentiment frozen: ok\n", "")


def test_what_differs_is_exit_2_and_named(superb_lite, file):
    content = json.loads(file.read_text(encoding="utf-8"))
    content["results"][0]["score"] = 0.75
    file.write_text(json.dumps(content), encoding="utf-8")
    code, out, err = superb_lite("verify", file)
    assert code == 2
    assert "clue-lite/sentiment frozen: score 0.75, but " in out
    assert err == "superb-lite: 1 of 1 results differ from what their predictions say\n"
    code, out, _ = superb_lite("verify", file, "--json")
    assert code == 2
    (row,) = json.loads(out)
    assert (row["file"], row["task"], row["protocol"], row["ok"]) == (str(file), "clue-lite/sentiment", "frozen", False)
    assert row["differences"][0].startswith("score 0.75, but ")


@pytest.mark.parametrize("command", ["verify", "table"])
def test_a_file_that_is_missing_is_one_line(superb_lite, command):
    code, out, err = superb_lite(command, "nowhere.json")
    assert (code, out) == (2, "")
    assert err == "superb-lite: cannot read 'nowhere.json': No such file or directory\n"


def test_tables(superb_lite, file):
    code, out, _ = superb_lite("table", file)
    assert code == 0
    assert "clue-lite/sentiment" in out
    assert "majority" in out
    assert superb_lite("table", file, "--format", "latex")[1].startswith(r"\begin{tabular}")
    markdown = superb_lite("table", file, "--format", "markdown")[1]
    assert [cell.strip() for cell in markdown.splitlines()[0].split("|")] == ["", "task", "protocol", "majority", ""]
    (row,) = csv.DictReader(io.StringIO(superb_lite("table", file, "--format", "csv")[1]))
    (same,) = json.loads(superb_lite("table", file, "--format", "json")[1])
    assert float(row["score"]) == same["score"]
    code, _, err = superb_lite("table", file, "--format", "word")
    assert code == 2
    assert "word" in err


def test_what_was_evaluated_is_known_the_second_time(superb_lite, monkeypatch):
    arguments = ("evaluate", "majority", "--tasks", "clue-lite/sentiment", "--seeds", 1, "--json")
    code, first, _ = superb_lite(*arguments)
    assert code == 0
    monkeypatch.setattr("superb_lite.protocols.frozen.Frozen.run", lambda *arguments: pytest.fail("computed again"))
    code, second, err = superb_lite(*arguments)
    assert code == 0
    assert second == first
    assert "known" in err


def test_a_directory_stands_for_its_result_files(superb_lite, file, tmp_path):
    for command in (["table"], ["verify"], ["table", "--format", "csv"]):
        code, out, err = superb_lite(*command, file.parent)
        assert (code, err) == (0, "")
        assert out == superb_lite(*command, file)[1]
    code, _, err = superb_lite("chart", file.parent, "--out", tmp_path / "chart.svg")
    assert code == 0, err
    (tmp_path / "nothing").mkdir()
    for command in ("table", "verify"):
        code, _, err = superb_lite(command, tmp_path / "nothing")
        assert (code, err) == (
            2,
            f"superb-lite: '{tmp_path / 'nothing'}' is a directory without result files (.json)\n",
        )


def test_what_is_no_result_file_is_said(superb_lite, file, tmp_path):
    code, _, err = superb_lite("table", file.with_suffix(".parquet"))
    assert code == 2
    assert f"give the .json next to it, '{file.name}'" in err
    (tmp_path / "broken.json").write_text("{,", encoding="utf-8")
    code, _, err = superb_lite("verify", tmp_path / "broken.json")
    assert code == 2
    assert "broken.json' is not a result file: not JSON (Expecting property name" in err
