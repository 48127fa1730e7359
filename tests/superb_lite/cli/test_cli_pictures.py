"""chart and curves, as commands."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from superb_lite.cli import main
from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.encoders.references import load_encoder
from superb_lite.results.files import read_results, write_results


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


@pytest.fixture
def table(tmp_path):
    """A task of a person's own that takes seconds."""
    rows = [f"{'猫' if number % 2 else '狗'}在第{number}号房间\t{'ab'[number % 2]}" for number in range(40)]
    path = tmp_path / "own.tsv"
    path.write_text("\n".join(["text\tlabel", *rows]) + "\n", encoding="utf-8")
    return f"tsv:{path}"


@pytest.fixture
def checkpoint(tmp_path):
    save_checkpoint(load_encoder("random:text-bert"), tmp_path / "my-bert", name="text-bert", pretraining={})
    return tmp_path / "my-bert"


def words(path):
    return [text.text for text in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")]


def test_the_random_twin_of_a_checkpoint_joins_it(superb_lite, checkpoint, table, tmp_path):
    out = tmp_path / "fig.svg"
    code, printed, err = superb_lite("curves", checkpoint, "--task", table, "--seeds", 2, "--out", out, "--json")
    assert code == 0, err
    assert f"the picture: {out}" in err
    found = json.loads(printed)
    assert found["task"] == table
    assert [curve["encoder"] for curve in found["curves"]] == [str(checkpoint), f"random:{checkpoint}"]
    assert [len(curve["seeds"]) for curve in found["curves"]] == [2, 2]
    assert {str(checkpoint), f"random:{checkpoint}"} <= set(words(out))


def test_curves_of_what_cannot_be_fine_tuned(superb_lite, checkpoint, table):
    code, _, err = superb_lite("curves", "raw:characters", "--task", table)
    assert (code, err) == (
        2,
        "superb-lite: encoder raw:characters has no parameters, so there is nothing to fine-tune\n",
    )
    code, _, err = superb_lite("curves", checkpoint, "--task", "clue-lite")
    assert code == 2
    assert "--task 'clue-lite' stands for" in err
    code, _, err = superb_lite("curves", checkpoint, "--task", "vision-lite/digits-5")
    assert (code, "takes text, but 'vision-lite/digits-5' is a task of modality image" in err) == (2, True)
    code, _, err = superb_lite("curves", checkpoint, "--task", table, "--out", "curves.gif")
    assert (code, "its name must end in .svg, .pdf or .png" in err) == (2, True)
    code, _, err = superb_lite("curves", checkpoint, "--task", table, "--seeds", 0)
    assert (code, "at least 1 evaluation seed" in err) == (2, True)


def test_a_chart_of_result_files(superb_lite, tmp_path):
    code, _, err = superb_lite(
        *("evaluate", "majority", "--tasks", "clue-lite/sentiment", "--seeds", 3, "--limit", 40, "--out", tmp_path)
    )
    assert code == 0, err
    (file,) = tmp_path.glob("*.json")
    (other,) = write_results([result.replace(encoder="another") for result in read_results(file)], tmp_path)
    out = tmp_path / "chart.svg"
    assert superb_lite("chart", file, other, "--out", out) == (0, f"{out}\n", "")
    for suffix, start in (("png", b"\x89PNG"), ("pdf", b"%PDF-")):
        assert superb_lite("chart", file, "--out", out.with_suffix(f".{suffix}"))[0] == 0
        assert out.with_suffix(f".{suffix}").read_bytes().startswith(start)
    code, _, err = superb_lite("chart", file, "--out", tmp_path / "chart.jpg")
    assert (code, "its name must end in .svg, .pdf or .png" in err) == (2, True)
    assert {"majority", "another", "sentiment", "ceiling"} <= set(words(out))


def test_results_without_a_ceiling_are_refused_by_name(superb_lite, table, tmp_path):
    code, _, err = superb_lite("evaluate", "raw:characters", "--tasks", table, "--seeds", 3, "--out", tmp_path / "out")
    assert code == 0, err
    (file,) = (tmp_path / "out").glob("*.json")
    code, _, err = superb_lite("chart", file, "--out", tmp_path / "chart.svg")
    assert code == 2
    assert "has no ceiling" in err
    assert table in err
    assert not (tmp_path / "chart.svg").exists()
