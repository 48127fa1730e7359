from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

from superb_lite.errors import SuperbLiteError
from superb_lite_sources import espeak
from superb_lite_sources.sentences import sentences
from superb_lite_sources.voices import is_drawn
from superb_lite_speech import corpus as corpus_module
from superb_lite_speech.audio_files import AudioReader
from superb_lite_speech.clustered_corpus import ClusteredSpeechCorpus
from superb_lite_speech.clusters import fit_clusters
from superb_lite_speech.corpus import SpeechCorpus, recipe
from superb_lite_speech.front_end import Mfcc, finish, normalise


def tone(seconds: float, rate: int, frequency: float = 440.0) -> np.ndarray:
    time = np.arange(round(seconds * rate)) / rate
    noise = np.random.default_rng(0).standard_normal(len(time)) * 0.01
    return (0.3 * np.sin(2 * np.pi * frequency * time) * (np.sin(9 * time) > 0) + noise).astype(np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "a.wav", tone(3.0, 16_000), 16_000)
    (tmp_path / "deep").mkdir()
    soundfile.write(tmp_path / "deep" / "b.flac", np.stack([tone(5.0, 44_100)] * 2, axis=1), 44_100)
    soundfile.write(tmp_path / "c.ogg", tone(1.0, 8_000), 8_000)
    (tmp_path / "notes.txt").write_text("not audio")
    return tmp_path


def make(folder: Path, **options: int) -> ClusteredSpeechCorpus:
    return ClusteredSpeechCorpus(
        path=folder, batch_size=4, clusters=8, **{"crop": 2.0, "channel": 0.0, "views": 1, **options}
    )


def plain(folder: Path, **options: Any) -> SpeechCorpus:
    """Crops of two seconds, one of a recording, through no channel."""
    return SpeechCorpus(path=folder, **{"batch_size": 4, "crop": 2.0, "channel": 0.0, "views": 1, **options})


def test_files_of_any_rate_and_channels_are_converted(folder: Path):
    corpus = make(folder)
    assert sorted(len(f) for f in corpus.features) == [50, 150, 250]
    assert corpus.sources == (str(folder),)
    assert len(corpus.counts) == 8


def test_the_embedded_speech_in_files_is_known_by_its_sound(folder: Path, monkeypatch: pytest.MonkeyPatch):
    pcm = np.round(tone(1.0, 16_000) * 32_767).astype(np.int16)
    known = SimpleNamespace(waveform=pcm.astype(np.float32) / 32_768)
    monkeypatch.setattr(espeak, "synthesised", lambda utterances, *, name: [known])
    corpus_module._pieces.cache_clear()
    try:
        assert SpeechCorpus(path=folder, batch_size=2).sources == (str(folder),)
        soundfile.write(folder / "any name.wav", pcm, 16_000)
        assert SpeechCorpus(path=folder, batch_size=2).sources == ("espeak-ng", str(folder))
    finally:
        corpus_module._pieces.cache_clear()


def test_resampling_keeps_a_tone_where_it_was(tmp_path: Path):
    time = np.arange(44_100) / 44_100
    soundfile.write(tmp_path / "a.wav", 0.5 * np.sin(2 * np.pi * 1000 * time), 44_100)
    wave = AudioReader()(tmp_path / "a.wav")
    assert len(wave) == 16_000
    np.testing.assert_allclose(
        wave[500:-500], 0.5 * np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000)[500:-500], atol=0.01
    )


def read(crop: torch.Tensor) -> torch.Tensor:
    return finish(crop, normalised=True, voiced=True)


def test_crops_are_pieces_of_utterances_with_their_clusters(folder: Path):
    corpus = make(folder)
    batches = [corpus.batch(step) for step in range(32)]
    for batch in batches:
        assert batch["features"].shape == (*batch["mask"].shape, 160)
        assert batch["clusters"].shape == batch["mask"].shape == (4, batch["mask"].sum(dim=1).max())
    rows = [row for b in batches for row in zip(b["features"], b["clusters"], b["mask"], strict=True)]
    assert {int(mask.sum()) for _, _, mask in rows} == {50, 100}
    for features, clusters, mask in rows:
        length = int(mask.sum())
        assert not features[length:].any()
        places = [
            (u, start)
            for u, whole in enumerate(corpus.features)
            for start in range(len(whole) - length + 1)
            if torch.allclose(read(whole[start : start + length]), features[:length], atol=1e-4)
        ]
        assert any(clusters[:length].tolist() == corpus.ids[u][s : s + length].tolist() for u, s in places)


def test_views_of_a_recording_stand_together_and_differ(folder: Path):
    corpus = make(folder, views=2)
    for step in range(8):
        recording = corpus.batch(step)["recording"].tolist()
        crops = corpus.crops(step)
        assert recording == [crop.utterance for crop in crops]
        assert recording[::2] == recording[1::2]
    assert len({crop for step in range(8) for crop in corpus.crops(step) if crop.utterance == 2}) > 4
    with pytest.raises(ValueError, match="views 3"):
        make(folder, views=3)


def test_a_channel_is_added_to_the_statistics_and_leaves_normalised_frames_alone(folder: Path):
    clean, heard = plain(folder).batch(0), plain(folder, channel=6.0)
    batch = heard.batch(0)
    assert all(torch.equal(batch[key], heard.batch(0)[key]) for key in batch)
    torch.testing.assert_close(batch["features"][..., :80], clean["features"][..., :80], atol=1e-4, rtol=1e-4)
    difference = (batch["features"] - clean["features"])[:, 0, 80:]
    assert (difference[:, :40].abs().mean(dim=1) > 0.1).all()
    torch.testing.assert_close(difference[:, 40:], torch.zeros(4, 40), atol=1e-4, rtol=1e-4)
    assert not torch.allclose(difference[0, :40], difference[1, :40])
    with pytest.raises(ValueError, match="channel -1"):
        SpeechCorpus(path=folder, channel=-1.0)


def test_an_epoch_shows_every_utterance_as_often_as_crops_fit_in_it(folder: Path):
    corpus = make(folder)
    assert np.bincount(corpus.plan.entries).tolist() == [max(1, len(f) // 100) for f in corpus.features]


def test_crops_of_one_length_are_drawn_epoch_by_epoch(folder: Path):
    corpus = plain(folder, batch_size=3, crop=1.0)  # no utterance is shorter
    drawn = [crop.utterance for step in range(3) for crop in corpus.crops(step)]
    assert sorted(drawn) == corpus.plan.entries.tolist() == [0, 0, 0, 1, 2, 2, 2, 2, 2]


def test_the_corpus_without_targets_has_the_same_features_and_crops(folder: Path):
    batch, wanted = plain(folder).batch(5), make(folder).batch(5)
    assert set(wanted) - set(batch) == {"clusters"}
    assert all(torch.equal(batch[key], wanted[key]) for key in batch)


def test_the_front_end_and_its_normalisation_are_options(folder: Path):
    wave = torch.from_numpy(AudioReader()(folder / "a.wav"))
    corpus = plain(folder, front_end="mfcc", normalised=False, voiced=False)
    torch.testing.assert_close(corpus.features[0], Mfcc(40)(wave))
    crop = corpus.crops(0)[0]
    raw = corpus.features[crop.utterance][crop.start : crop.end]
    length = len(raw)
    torch.testing.assert_close(corpus.batch(0)["features"][0, :length], raw)
    normalised = plain(folder, front_end="mfcc", voiced=False).batch(0)["features"][0, :length]
    torch.testing.assert_close(normalised, normalise(raw))
    assert plain(folder, mels=20, voiced=False).batch(0)["features"].shape[2] == 40


def padding_share(corpus: SpeechCorpus, steps: int) -> float:
    masks = [corpus.batch(step)["mask"] for step in range(steps)]
    return 1 - sum(int(mask.sum()) for mask in masks) / sum(mask.numel() for mask in masks)


def test_at_most_a_tenth_of_a_batch_is_padding_however_unequal_the_lengths_are(tmp_path: Path):
    rng = np.random.default_rng(0)
    for number, seconds in enumerate([*rng.uniform(0.05, 2.0, 50), 20.0, 9.0]):
        wave = rng.standard_normal(round(16_000 * seconds)) * 0.1
        soundfile.write(tmp_path / f"{number}.wav", wave, 16_000)
    corpus = plain(tmp_path, batch_size=16)
    assert padding_share(corpus, steps=96) <= 0.1
    # Without buckets, most of a batch of these lengths would be padding.
    assert 1 - corpus.plan.lengths.mean() / corpus.crop > 0.3


def test_nothing_of_a_batch_of_the_embedded_corpus_is_padding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path))
    few = recipe()[:24]
    monkeypatch.setattr(corpus_module, "recipe", lambda: few)
    assert padding_share(SpeechCorpus(batch_size=8), steps=16) <= 0.1


def test_batches_depend_on_seed_and_step_alone(folder: Path):
    first, again, other = make(folder), make(folder), make(folder, seed=1)
    again.batch(0)
    for key, value in first.batch(3).items():
        assert torch.equal(value, again.batch(3)[key])
    assert not torch.equal(first.batch(3)["features"], other.batch(3)["features"])
    assert first.content_hash() == other.content_hash()


def test_one_changed_sample_changes_the_content_hash(folder: Path):
    before = make(folder).content_hash()
    wave = tone(3.0, 16_000)
    wave[100] += 0.01
    soundfile.write(folder / "a.wav", wave, 16_000)
    assert make(folder).content_hash() != before


def test_nan_is_one_line_that_names_the_file(folder: Path):
    wave = tone(1.0, 16_000)
    wave[5] = np.nan
    soundfile.write(folder / "broken.wav", wave, 16_000, subtype="FLOAT")
    with pytest.raises(SuperbLiteError, match=r"broken\.wav.*NaN"):
        make(folder)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"\x00" * 1000])
def test_an_unreadable_file_is_one_line_that_names_it(folder: Path, content: bytes):
    (folder / "broken.wav").write_bytes(content)
    with pytest.raises(SuperbLiteError, match=r"broken\.wav") as caught:
        make(folder)
    assert "\n" not in str(caught.value)


def test_a_folder_without_audio_and_a_missing_folder_are_named(tmp_path: Path):
    with pytest.raises(SuperbLiteError, match="no audio file"):
        make(tmp_path)
    with pytest.raises(SuperbLiteError, match="nowhere"):
        make(tmp_path / "nowhere")


def test_clusters_separate_what_is_far_apart_and_are_few_for_little_data():
    points = torch.cat([torch.zeros(30, 3), torch.ones(20, 3) * 9.0]) + torch.randn(50, 3) * 0.1
    ids = np.concatenate(fit_clusters([points[:10], points[10:]], clusters=2, seed=0))
    assert len(set(ids[:30])) == len(set(ids[30:])) == 1
    assert ids[0] != ids[-1]
    assert max(fit_clusters([points[:3]], clusters=100, seed=0)[0]) < 3


def test_the_embedded_corpus_has_no_downstream_voice_and_no_test_sentence():
    said = recipe()
    shipped = {u.voice for u in said if not is_drawn(u.voice)}
    assert shipped == set(espeak.PRETRAINING_VOICES)
    own = [u.voice for u in said if is_drawn(u.voice)]
    assert len(own) == len(set(own)) == len(said) // 2
    assert all(voice.startswith("pretraining-") for voice in own)
    pretrained = {sentence.strip(".") for u in said for sentence in u.text.split(". ")}
    assert pretrained.isdisjoint([*sentences("test", 500, seed=2), *sentences("train", 500, seed=2)])


def test_prepare_synthesises_the_corpus_with_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path))
    few = recipe()[:2]
    monkeypatch.setattr(corpus_module, "recipe", lambda: few)
    seen: list[tuple[int, int]] = []
    corpus_module.prepare(lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
    corpus = SpeechCorpus(batch_size=2)
    assert corpus.sources == ("espeak-ng",)
    assert len(corpus.features) == 2
