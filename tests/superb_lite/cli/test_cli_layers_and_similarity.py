"""`superb-lite analyze layers` and `similarity` from the command line, on tiny checkpoints."""

from __future__ import annotations

import dataclasses
import json

import pytest
import torch
from typer.testing import CliRunner

from superb_lite import plugins
from superb_lite.cli.app import app
from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.errors import SuperbLiteError
from superb_lite_text.bert import BertEncoder
from tests.superb_lite.analysis.tiny_texts import SPECIFICATION, strings_task, tiny_bert

TASK = dataclasses.replace(strings_task("toy/texts"), modality="text")


@pytest.fixture
def analyze(monkeypatch, tmp_path):
    known = plugins.tasks
    monkeypatch.setattr(plugins, "tasks", lambda name: (TASK,) if name == TASK.name else known(name))
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path / "cache"))

    def run(*arguments: object):
        result = CliRunner().invoke(app, ["analyze", *map(str, arguments), "--out", str(tmp_path / "out")])
        if isinstance(result.exception, SuperbLiteError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result

    return run


@pytest.fixture
def checkpoints(tmp_path):
    for seed in range(2):
        about = {"seed": seed, "objective": "text-bert"}
        save_checkpoint(tiny_bert(seed), tmp_path / f"bert-{seed}", name="text-bert", pretraining=about)
    return [tmp_path / f"bert-{seed}" for seed in range(2)]


def test_layers_are_probed_and_a_second_run_gives_the_same(analyze, checkpoints, tmp_path):
    command = ["layers", *checkpoints, "--tasks", TASK.name, "--seeds", 2, "--device", "cpu"]
    first = json.loads(analyze(*command, "--json").stdout)
    assert first["seeds"] == 2
    assert [row[1] for row in first["tables"][1]["rows"]] == ["0", "1", "all"]
    files = {path: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.is_file()}
    assert {path.name for path in files} >= {"report.html", "layers-text.scores.svg", "layers-text.summary.csv"}
    again = analyze(*command)
    assert {path: path.read_bytes() for path in files} == files
    assert "Best layer of each task" in again.stdout
    assert "2 pretraining seeds: a finding needs at least 3" in again.stdout


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"seed": 1, "objective": "text-bert"}, "deeper' have other configuration: give encoders that differ in their"),
        ({}, "was pretrained here and .*deeper' does not say how"),
    ],
)
def test_encoders_of_other_depths_are_no_seeds_of_one_thing(about, said, analyze, checkpoints, tmp_path):
    torch.manual_seed(0)
    deeper = BertEncoder(SPECIFICATION, layers=2, width=16, heads=2, hidden=16, max_length=24)
    save_checkpoint(deeper, tmp_path / "deeper", name="text-bert", pretraining=about)
    with pytest.raises(SuperbLiteError, match=said):
        analyze("layers", checkpoints[0], tmp_path / "deeper", "--tasks", TASK.name, "--seeds", 1, "--device", "cpu")


def test_encoders_are_compared(analyze, checkpoints, tmp_path):
    shown = analyze(
        "similarity", *checkpoints, "--items", TASK.name, "--number", 20, "--permutations", 9, "--device", "cpu"
    )
    assert "Two pretraining runs of" in shown.stdout
    section = json.loads((tmp_path / "out" / "similarity-text.json").read_text())
    assert section["settings"]["number"] == 20
    assert {row[2] for row in section["tables"][0]["rows"]} == {"CKA", "neighbours"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["layers", "{0}", "--tasks", "toy/texts", "--order", "texts,nothing"], "unknown task of --order 'nothing'"),
        (["layers", "{0}", "--tasks", "toy/texts", "--order", "texts"], "names one task: give at least two"),
        (["layers", "{0}", "{0}", "--tasks", "toy/texts"], "is given twice"),
        (["similarity", "{0}"], "give two or more"),
        (["similarity", "{0}", "{1}", "--items", "toy/texts", "--pairs", "captions"], "exclude each other"),
        (["similarity", "{0}", "{1}", "--pairs", "caption"], "did you mean 'captions'"),
        (["similarity", "{0}", "{1}", "--permutations", "0"], "at least 1 is needed"),
        (["similarity", "{0}", "{1}", "--number", "-5"], "--number -5: at least 1 item is needed"),
        (["similarity", "{0}", "{1}", "--items", "toy/texts", "--number", "3"], "only 3 items to compare on"),
        (["similarity", "{0}", "raw:pixels"], "image and text have no items in common: name what belongs"),
        (["similarity", "raw:log-mel", "{0}", "--pairs", "captions"], "takes speech, but captions has no such items"),
    ],
)
def test_bad_input_is_one_line(analyze, checkpoints, arguments, message):
    with pytest.raises(SuperbLiteError) as error:
        analyze(*(part.format(*checkpoints) for part in arguments))
    assert message in str(error.value)
    assert len(str(error.value)) <= 300
