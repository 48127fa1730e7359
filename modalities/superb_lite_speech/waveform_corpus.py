"""Unlabelled speech as raw waveforms, read from disk batch by batch, so that a corpus need not fit in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from superb_lite.errors import SuperbLiteError, note
from superb_lite.pretraining.corpus import Corpus
from superb_lite.pretraining.sources import sources_in
from superb_lite.tasks.item_hashes import item_hash
from superb_lite.tasks.lazy_items import LazyItems
from superb_lite_sources import espeak
from superb_lite_speech.audio_files import AudioReader, audio_paths
from superb_lite_speech.corpus import EMBEDDED, embedded
from superb_lite_speech.crops import Crop, Crops
from superb_lite_speech.hubert_encoder import RECEPTIVE_FIELD, STRIDE, positions
from superb_lite_speech.items import SAMPLE_RATE


class WaveformCorpus(Corpus):
    """Random crops of waveforms, see `Crops`, all of one length within a batch: that of its shortest.

    So no row is padded, which a network with group norm would notice. A crop begins where a position of 20 ms does.

    Args:
        path: a folder of audio files of any rate and number of channels; None for the embedded corpus.
        batch_size: crops in a batch.
        seed, workers: see `Corpus`. share: of the recordings.
        crop: seconds in a crop.
        shortest: seconds; shorter recordings are left out.
    """

    def __init__(
        self,
        *,
        path: Path | None = None,
        batch_size: int = 32,
        seed: int = 0,
        workers: int = 0,
        share: float = 1.0,
        crop: float = 1.0,
        shortest: float = 0.0,
    ) -> None:
        super().__init__(path=path, batch_size=batch_size, seed=seed, workers=workers, share=share)
        waveforms: Mapping[str, Any]
        if path is None:
            waveforms = {str(number): waveform for number, waveform in enumerate(embedded())}
        else:
            waveforms = LazyItems({str(file): file for file in audio_paths(path)}, AudioReader())
        self._waveforms = waveforms
        digest, pieces = hashlib.sha256(), set()
        self.names: list[str] = []
        """Of the recordings, in order."""
        self.samples: list[int] = []
        """In each of them."""
        read = self.part(list(waveforms))
        for name in read:
            waveform = waveforms[name]
            digest.update(waveform.tobytes())
            if path is not None:
                pieces.add(item_hash(waveform))
            if len(waveform) >= shortest * SAMPLE_RATE:
                self.names.append(name)
                self.samples.append(len(waveform))
        if not self.names:
            raise SuperbLiteError(f"--data.shortest {shortest:g}: no recording is as long as {shortest:g} s")
        if left := len(read) - len(self.names):
            note(f"{left} of {len(read)} recordings are shorter than {shortest:g} s: they are left out")
        self._digest = digest.hexdigest()
        self.sources = (espeak.SOURCE,) if path is None else (*sources_in(pieces, EMBEDDED), str(path))
        size = max(RECEPTIVE_FIELD, round(crop * SAMPLE_RATE))
        self.plan = Crops([positions(samples) for samples in self.samples], crop=positions(size), seed=seed)

    def waveform(self, utterance: int) -> NDArray[np.float32]:
        """(samples,) of one of the `names`, by its number."""
        whole: NDArray[np.float32] = self._waveforms[self.names[utterance]]
        return whole

    def crops(self, step: int) -> list[Crop]:
        """The crops in the batch of a step, all of one length."""
        drawn = self.plan.draw(step, recordings=self.batch_size)
        shortest = min(crop.end - crop.start for crop in drawn)
        return [crop._replace(end=crop.start + shortest) for crop in drawn]

    def batch(self, step: int) -> dict[str, Tensor]:
        """waveform (B, S): `positions(S)` is the number of positions in each crop."""
        pieces = []
        for crop in self.crops(step):
            first, last = crop.start * STRIDE, (crop.end - 1) * STRIDE + RECEPTIVE_FIELD
            pieces.append(torch.from_numpy(self.waveform(crop.utterance)[first:last]))
        return {"waveform": torch.stack(pieces)}

    def content_hash(self) -> str:
        return self._digest
