"""`superb-lite analyze transfer` from the command line, on a task of strings and a tiny checkpoint."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from superb_lite import plugins
from superb_lite.cli.app import app
from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.errors import SuperbLiteError
from tests.superb_lite.analysis.tiny_texts import strings_task, tiny_bert

TASK = strings_task("toy/strings")


@pytest.fixture
def analyze(monkeypatch):
    known = plugins.tasks
    monkeypatch.setattr(plugins, "tasks", lambda name: (TASK,) if name == TASK.name else known(name))

    def run(*arguments: object):
        result = CliRunner().invoke(app, ["analyze", "transfer", *map(str, arguments)])
        if isinstance(result.exception, SuperbLiteError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result

    return run


@pytest.fixture
def checkpoints(tmp_path):
    for seed in range(2):
        save_checkpoint(tiny_bert(seed), tmp_path / f"bert-{seed}", name="text-bert", pretraining={"seed": seed})
    return [tmp_path / f"bert-{seed}" for seed in range(2)]


def test_tables_and_pictures_are_written_and_a_second_run_gives_the_same(analyze, checkpoints, tmp_path):
    out = tmp_path / "out"
    first = analyze(*checkpoints, "--tasks", TASK.name, "--epochs", 1, "--out", out, "--device", "cpu", "--json")
    assert {path.name for path in out.iterdir()} == {
        "results",
        "transfer.json",
        "transfer.md",
        "transfer.csv",
        "transfer.svg",
        "losses.svg",
    }
    report = json.loads(first.stdout)
    assert [(score["row"], score["task"]) for score in report["scores"]] == [
        (row, TASK.name) for row in ("BERT", "re-emb", "rand")
    ]
    files = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    again = analyze(*checkpoints, "--tasks", TASK.name, "--epochs", 1, "--out", out, "--device", "cpu")
    assert "undecided" in again.stdout or "better" in again.stdout
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()} == files


def test_an_encoder_that_is_given_twice_is_refused(analyze, checkpoints):
    with pytest.raises(SuperbLiteError, match="given twice"):
        analyze(checkpoints[0], checkpoints[0], "--tasks", TASK.name)


def test_a_file_for_a_directory_is_refused(analyze, checkpoints, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SuperbLiteError, match="is a file: name a directory"):
        analyze(checkpoints[0], "--tasks", TASK.name, "--out", tmp_path / "file")
