"""Hubert: the loss against a slow loop, and two iterations end to end."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from torch.nn import functional

from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.run import pretrain
from superb_lite_speech import hubert
from superb_lite_speech.hubert import Hubert, unit_logits
from superb_lite_speech.hubert_corpus import HubertCorpus
from superb_lite_speech.hubert_encoder import HubertEncoder, positions

SMALL = {"layers": 2, "width": 16, "heads": 2, "hidden": 32, "channels": 8, "kernel": 8, "groups": 2}
ARGUMENTS = [text for name, value in SMALL.items() for text in (f"--model.encoder.{name}", str(value))]
RUN = [*ARGUMENTS, "--trainer.max_steps", "2", "--data.batch_size", "2", "--data.crop", "0.5"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    path = tmp_path / "recordings"
    path.mkdir()
    for number, seconds in enumerate((0.4, 1.0, 1.3)):
        soundfile.write(path / f"{number}.wav", rng.standard_normal(round(16_000 * seconds)) * 0.1, 16_000)
    return path


@pytest.fixture
def objective() -> Hubert:
    torch.manual_seed(0)
    return Hubert(encoder=HubertEncoder(**SMALL), classes=5, code_size=4, alpha=0.7, feature_penalty=3.0)


def test_the_loss_is_that_of_a_slow_loop(objective: Hubert, monkeypatch: pytest.MonkeyPatch) -> None:
    waves, clusters = torch.randn(2, 4000) * 0.1, torch.randint(5, (2, positions(4000)))
    masked = torch.rand(clusters.shape) < 0.4
    monkeypatch.setattr(hubert, "draw_span_mask", lambda *_, **__: masked)
    monkeypatch.setattr(objective, "log", lambda *_, **__: None)
    convolved = objective.encoder.convolve(waves)
    embedded = objective.encoder.embed(convolved)
    for row, position in masked.nonzero().tolist():
        embedded[row, position] = objective.mask_embedding
    context = objective.encoder.contextualise(embedded)[-1]
    losses: dict[bool, list[float]] = {True: [], False: []}
    for row in range(2):
        for position in range(clusters.shape[1]):
            projected = objective.projection(context[row, position])
            scores = [
                math.exp(float(functional.cosine_similarity(projected, code, dim=0)) / 0.1) for code in objective.codes
            ]
            chance = scores[int(clusters[row, position])] / sum(scores)
            losses[bool(masked[row, position])].append(-math.log(chance))
    expected = 0.7 * np.mean(losses[True]) + 0.3 * np.mean(losses[False]) + 3.0 * float(convolved.square().mean())
    loss = objective.training_step({"waveform": waves, "clusters": clusters}, 0)
    assert float(loss) == pytest.approx(expected, rel=1e-4)


def test_cosines_do_not_depend_on_lengths() -> None:
    projected, codes = torch.randn(3, 4), torch.randn(5, 4)
    torch.testing.assert_close(
        unit_logits(projected, codes, temperature=0.5), unit_logits(7 * projected, 0.1 * codes, temperature=0.5)
    )


def test_the_gradient_of_the_convolutions_alone_is_smaller(folder: Path) -> None:
    corpus = HubertCorpus(path=folder, batch_size=2, crop=0.3, clusters=5)
    found = []
    for factor in (1.0, 0.1):
        torch.manual_seed(0)
        one = Hubert(encoder=HubertEncoder(**SMALL), classes=5, code_size=4, feature_gradient=factor)
        one.log = lambda *_, **__: None  # type: ignore[method-assign]
        torch.manual_seed(1)
        one.training_step(corpus.batch(0), 0).backward()
        found.append({name: parameter.grad for name, parameter in one.named_parameters()})
    for name, gradient in found[0].items():
        factor = 0.1 if "feature_extractor" in name else 1.0
        torch.testing.assert_close(found[1][name], factor * gradient, rtol=1e-4, atol=1e-7)


def test_the_probability_of_starts_is_the_papers() -> None:
    one = Hubert(encoder=HubertEncoder(**SMALL), classes=5)
    assert 1 - (1 - one.mask_share) ** (1 / one.mask_span) == pytest.approx(0.08)


@pytest.mark.parametrize("option", ["mask_start", "alpha", "temperature", "mask_span"])
def test_options_without_sense_are_refused(option: str) -> None:
    with pytest.raises(ValueError, match=option):
        Hubert(encoder=HubertEncoder(**SMALL), classes=5, **{option: -1})


def test_two_iterations_end_to_end(folder: Path, tmp_path: Path) -> None:
    first = pretrain("speech-hubert", tmp_path / "first", data=folder, arguments=[*RUN, "--data.clusters", "7"])
    options = ["--data.clusters", "9", "--data.clusters_from", str(first), "--data.clusters_layer", "1"]
    second = pretrain("speech-hubert", tmp_path / "second", data=folder, arguments=[*RUN, *options])
    config = json.loads((second / "config.json").read_text(encoding="utf-8"))
    assert config["pretraining"]["options"]["data.clusters_from"] == str(first)
    assert config["config"]["width"] == 16
    before = json.loads((first / "config.json").read_text(encoding="utf-8"))["pretraining"]
    assert config["pretraining"]["corpus_sha256"] != before["corpus_sha256"]
    assert config["pretraining"]["corpora"] == before["corpora"]
    encoder, twin = load_encoder(second), load_encoder(f"random:{second}")
    assert encoder.config() == twin.config()
    assert encoder.content_hash() not in (twin.content_hash(), load_encoder(first).content_hash())


def test_clusters_of_what_is_no_encoder_of_speech_are_one_line(folder: Path) -> None:
    with pytest.raises(SuperbLiteError, match="is an encoder of image"):
        HubertCorpus(path=folder, clusters_from="raw:pixels")
    with pytest.raises(SuperbLiteError, match="has no layer 9: give 0 to 0"):
        HubertCorpus(path=folder, clusters_from="raw:log-mel", clusters_layer=9)
