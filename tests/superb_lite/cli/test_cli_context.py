"""`superb-lite analyze context` on tiny checkpoints, in a person's own sentences."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from superb_lite.cli.app import app
from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.errors import SuperbLiteError
from tests.superb_lite.analysis.tiny_texts import tiny_bert

SENTENCES = "".join(
    f"{sense}\tthe {word} fox told {n} {word} tales\n"
    for n in range(3)
    for sense, word in (("animal", "brown"), ("knave", "lazy"))
)


@pytest.fixture
def analyze(monkeypatch, tmp_path):
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path / "cache"))

    def run(*arguments: object):
        out = ("--device", "cpu", "--out", str(tmp_path / "out"))
        result = CliRunner().invoke(app, ["analyze", "context", *map(str, arguments), *out])
        if isinstance(result.exception, SuperbLiteError):
            raise result.exception
        assert result.exit_code == 0, (result.output, result.exception)
        return result

    return run


def test_own_sentences_are_asked_of_encoders_and_of_their_random_twins(analyze, tmp_path):
    (tmp_path / "fox.tsv").write_text(SENTENCES)
    for seed in range(2):
        about = {"seed": seed, "objective": "text-bert"}
        save_checkpoint(tiny_bert(seed), tmp_path / f"bert-{seed}", name="text-bert", pretraining=about)
    checkpoints = [tmp_path / f"bert-{seed}" for seed in range(2)]
    options = ("--word", "fox", "--sentences", tmp_path / "fox.tsv", "--pieces", "--json")
    result = analyze(*checkpoints, *options)
    section = json.loads(result.stdout)
    assert [row[1] for row in section["tables"][0]["rows"]] == ["company", "random twin", "layer 0", "layer 1"]
    assert section["encoders"] == [str(path) for path in checkpoints]
    assert "fox.tsv" in section["notes"][0]
    assert f"random:{checkpoints[1]}" in result.stderr  # each is told as it begins
    assert json.loads(analyze(*checkpoints, *options).stdout) == section
    with pytest.raises(SuperbLiteError, match="--sentences goes with one --word"):
        analyze(*checkpoints, "--sentences", tmp_path / "fox.tsv")
