"""Unlabelled speech for pretraining: features and cluster ids, made once, and crops of them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from superb_lite.corpus import Corpus, epoch_indices
from superb_lite.objective import step_seed
from superb_lite.sources import espeak
from superb_lite.sources.sentences import sentences
from superb_lite.sources.utterance import Utterance, varied
from superb_lite_speech.audio_files import read_folder
from superb_lite_speech.clusters import fit_clusters, spliced_mfcc
from superb_lite_speech.front_end import POSITION, LogMel, normalise
from superb_lite_speech.items import SAMPLE_RATE

UTTERANCES = 516
"""Of two sentences each: about 52 minutes, every pretraining voice 12 times."""


def recipe() -> list[Utterance]:
    """The embedded corpus: pretraining voices and sentences, in all manners, rooms and channels."""
    rng = random.Random("speech-pretraining")
    said = sentences("pretraining", 2 * UTTERANCES, seed=0)
    voices = espeak.PRETRAINING_VOICES
    return [
        varied(rng, text=f"{first}. {second}.", voice=voices[i % len(voices)])
        for i, (first, second) in enumerate(zip(said[::2], said[1::2], strict=True))
    ]


def prepare(progress: Callable[[int, int], None] | None = None) -> None:
    """Synthesise the embedded corpus into the cache. `progress` is called with (utterances done, all utterances)."""
    espeak.synthesise(recipe(), name="pretraining", progress=progress)


class SpeechCorpus(Corpus):
    """Random crops of utterances, all of the same length.

    An epoch shows every utterance once for every whole crop that fits in it (at least once); where a crop begins is
    drawn anew each time. Utterances shorter than a crop are padded.

    Args:
        path: a folder of audio files of any rate and number of channels; None for the embedded corpus.
        batch_size: crops in a batch. crop: seconds in a crop.
        clusters: how many k-means clusters to make; mels: mel bands, the same as the encoder's.
    """

    def __init__(
        self,
        *,
        path: Path | None = None,
        batch_size: int = 32,
        seed: int = 0,
        crop: float = 2.0,
        clusters: int = 100,
        mels: int = 40,
    ) -> None:
        super().__init__(path=path, batch_size=batch_size, seed=seed)
        self.mels = mels
        self.crop = max(1, round(crop * SAMPLE_RATE / POSITION))
        self.sources = (espeak.SOURCE,) if path is None else (str(path),)
        front_end = LogMel(mels)
        self._digest = hashlib.sha256()
        self.features: list[Tensor] = []
        spliced = []
        for waveform in _embedded() if path is None else read_folder(path):
            self._digest.update(waveform.tobytes())
            log_mel = front_end(torch.from_numpy(waveform))
            self.features.append(normalise(log_mel))
            spliced.append(spliced_mfcc(log_mel))
        # The targets belong to the corpus, so they do not change with the pretraining seed.
        self.ids = fit_clusters(spliced, clusters=clusters, seed=0)
        self.counts: list[int] = np.bincount(np.concatenate(self.ids)).tolist()
        crops = [max(1, len(features) // self.crop) for features in self.features]
        self.entries: NDArray[np.int64] = np.repeat(np.arange(len(crops)), crops)

    def batch(self, step: int) -> dict[str, Tensor]:
        """features (B, T, 2 * mels), clusters (B, T) int64, mask (B, T); padding is zero and False."""
        drawn = epoch_indices(step, size=len(self.entries), batch_size=self.batch_size, seed=self.seed)
        rng = np.random.default_rng(step_seed(self.seed, step))
        width = self.features[0].shape[1]
        batch = {
            "features": torch.zeros(self.batch_size, self.crop, width),
            "clusters": torch.zeros(self.batch_size, self.crop, dtype=torch.int64),
            "mask": torch.zeros(self.batch_size, self.crop, dtype=torch.bool),
        }
        for row, utterance in enumerate(self.entries[drawn]):
            features = self.features[utterance]
            start = int(rng.integers(max(1, len(features) - self.crop + 1)))
            piece = features[start : start + self.crop]
            batch["features"][row, : len(piece)] = piece
            batch["clusters"][row, : len(piece)] = torch.from_numpy(self.ids[utterance][start : start + self.crop])
            batch["mask"][row, : len(piece)] = True
        return batch

    def content_hash(self) -> str:
        return self._digest.hexdigest()


def _embedded() -> list[NDArray[np.float32]]:
    return [speech.waveform for speech in espeak.synthesise(recipe(), name="pretraining")]
