"""The speech objectives as `superb-lite pretrain` runs them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.run import pretrain

SMALL = ["--trainer.max_steps", "2", "--model.layers", "1", "--model.width", "16", "--data.batch_size", "4"]
OBJECTIVES = ["speech-masked", "speech-reconstruction", "speech-next-frame"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    path = tmp_path / "recordings"
    path.mkdir()
    for number, seconds in enumerate((0.5, 3.0, 4.0)):
        soundfile.write(path / f"{number}.wav", rng.standard_normal(round(16_000 * seconds)) * 0.1, 16_000)
    return path


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_run_saves_an_encoder_whose_twin_has_the_same_shape(name: str, folder: Path, tmp_path: Path) -> None:
    out = pretrain(name, tmp_path / "out", data=folder, arguments=SMALL)
    encoder, twin = load_encoder(out), load_encoder(f"random:{out}")
    assert encoder.config() == twin.config()
    assert encoder.content_hash() != twin.content_hash()
    wave = soundfile.read(folder / "0.wav", dtype="float32")[0]
    features = encoder(encoder.collate([wave]))
    assert [layer.shape for layer in features.layers] == [(1, 25, 16)] * 3


@pytest.mark.parametrize("name", OBJECTIVES[1:])
def test_the_encoder_gets_the_front_end_of_the_corpus(name: str, folder: Path, tmp_path: Path) -> None:
    options = ["--data.front_end", "mfcc", "--data.normalised", "false"]
    encoder = load_encoder(pretrain(name, tmp_path / "out", data=folder, arguments=[*SMALL, *options]))
    assert encoder.config()["front_end"] == "mfcc"
    assert encoder.config()["normalised"] is False


def test_a_network_that_is_none_is_one_line(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SuperbLiteError, match="lstm"):
        pretrain("speech-next-frame", tmp_path / "out", data=folder, arguments=[*SMALL, "--model.network", "lstm"])


@pytest.mark.parametrize("name", OBJECTIVES)
def test_the_untrained_architecture_is_that_of_the_lite_recipe(name: str) -> None:
    twin = load_encoder(f"random:{name}")
    assert sum(p.numel() for p in twin.parameters()) > 100_000
    assert twin.config()["voiced"]


def test_another_architecture_is_trained_and_saved_under_its_name(folder: Path, tmp_path: Path) -> None:
    options = ["--model.encoder", "speech-next-frame", "--network", "transformer", "--data.workers=1"]
    out = pretrain("speech-masked", tmp_path / "out", data=folder, arguments=[*SMALL, *options])
    config = json.loads((out / "config.json").read_text(encoding="utf-8"))
    assert (config["encoder"], config["pretraining"]["objective"]) == ("speech-next-frame", "speech-masked")
    assert config["config"]["network"] == "transformer"
    assert load_encoder(out).config() == config["config"]
