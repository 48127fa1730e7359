"""Waveforms with hidden units: crops of one length, and units on the positions of the convolutions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
import torchaudio

from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite_speech.clusters import fit_kmeans, mfcc
from superb_lite_speech.hidden_units import HiddenUnits
from superb_lite_speech.hubert_corpus import HubertCorpus
from superb_lite_speech.hubert_encoder import positions

SECONDS = (0.3, 1.0, 0.7, 2.1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    for number, seconds in enumerate(SECONDS):
        soundfile.write(tmp_path / f"{number}.wav", rng.standard_normal(round(16_000 * seconds)) * 0.1, 16_000)
    return tmp_path


@pytest.mark.parametrize("samples", [400, 719, 720, 16_000, 16_321])
def test_there_is_a_frame_of_mfcc_for_each_position(samples: int) -> None:
    assert mfcc(torch.randn(samples)).shape == (positions(samples), 39)


def test_frames_of_mfcc_are_every_second_one_of_10_ms() -> None:
    wave = torch.randn(4000)
    static = torchaudio.compliance.kaldi.mfcc(wave[None], use_energy=False)
    torch.testing.assert_close(mfcc(wave)[:, :13], static[::2])


def test_a_batch_is_cut_to_its_shortest_and_its_units_with_it(folder: Path) -> None:
    corpus = HubertCorpus(path=folder, batch_size=2, clusters=6, crop=0.8)
    for step in range(6):
        batch, crops = corpus.batch(step), corpus.crops(step)
        assert batch["waveform"].shape == (2, (batch["clusters"].shape[1] - 1) * 320 + 400)
        for wave, ids, crop in zip(batch["waveform"], batch["clusters"], crops, strict=True):
            whole = corpus.waveform(crop.utterance)
            np.testing.assert_array_equal(wave, whole[320 * crop.start :][: len(wave)])
            assert ids.tolist() == corpus.ids[crop.utterance][crop.start : crop.end].tolist()


def test_units_are_the_clusters_of_mfcc(folder: Path) -> None:
    corpus = HubertCorpus(path=folder, clusters=6)
    points = [mfcc(torch.from_numpy(corpus.waveform(number))) for number in range(4)]
    kmeans = fit_kmeans(points, clusters=6, seed=0)
    for ids, of_utterance in zip(corpus.ids, points, strict=True):
        assert ids.tolist() == kmeans.predict(of_utterance.numpy()).tolist()
    assert corpus.classes == 6


def test_other_units_are_another_corpus(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = HubertCorpus(path=folder, clusters=6).content_hash()
    assert HubertCorpus(path=folder, clusters=6).content_hash() == first
    monkeypatch.setattr(
        "superb_lite_speech.hubert_corpus.fit_kmeans",
        lambda points, *, clusters, seed, starts: fit_kmeans(points, clusters=clusters, seed=seed + 1, starts=starts),
    )
    assert HubertCorpus(path=folder, clusters=6).content_hash() != first


@pytest.mark.parametrize(("device", "expected"), [("auto", "cuda:0"), ("cpu", "cpu")])
def test_an_encoder_is_clustered_where_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, device: str, expected: str
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("superb_lite.encoders.encoder.Encoder.to", lambda self, place: self)
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    assert HiddenUnits("raw:log-mel", 0, device).device == torch.device(expected)


def test_clusters_are_fitted_on_a_part_and_found_in_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("superb_lite_speech.hubert_corpus.FITTED", 20)
    corpus = HubertCorpus(path=folder, clusters=500)
    assert corpus.classes < sum(corpus.plan.positions)
    assert [len(ids) for ids in corpus.ids] == corpus.plan.positions.tolist()


def test_hidden_units_are_those_that_cover_the_first_sample(folder: Path) -> None:
    encoder = load_encoder("raw:log-mel")
    wave = torch.randn(8000) * 0.1
    expected = encoder(encoder.collate([wave.numpy()])).layers[0][0]
    torch.testing.assert_close(HiddenUnits("raw:log-mel", 0)(wave, positions(8000)), expected[: positions(8000)])


def test_short_recordings_are_left_out_and_it_is_said(folder: Path, capsys: pytest.CaptureFixture) -> None:
    corpus = HubertCorpus(path=folder, clusters=3, shortest=0.8)
    assert [Path(name).name for name in corpus.names] == ["1.wav", "3.wav"]
    assert "2 of 4 recordings are shorter than 0.8 s" in capsys.readouterr().err
    with pytest.raises(SuperbLiteError, match="no recording is as long as 9 s"):
        HubertCorpus(path=folder, shortest=9.0)


@pytest.mark.parametrize(("option", "value"), [("clusters", 0), ("clusters", 40_000), ("starts", 0)])
def test_numbers_without_sense_are_refused(folder: Path, option: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"{option} {value}: give 1 to 32767"):
        HubertCorpus(path=folder, **{option: value})
