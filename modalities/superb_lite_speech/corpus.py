"""Unlabelled speech for pretraining: features, made once, and crops of them."""

from __future__ import annotations

import copy
import functools
import hashlib
import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from superb_lite.pretraining.corpus import WINDOW, Corpus
from superb_lite.pretraining.sources import sources_in
from superb_lite.pretraining.streams.stream import Piece
from superb_lite.seeds import step_seed
from superb_lite.tasks.item_hashes import item_hash
from superb_lite_sources import espeak, voices
from superb_lite_sources.sentences import sentences
from superb_lite_sources.utterance import Utterance, varied
from superb_lite_speech.audio_files import read_folder, read_pieces
from superb_lite_speech.channels import draw_responses
from superb_lite_speech.crops import Crop, Crops
from superb_lite_speech.front_end import POSITION, STACK, FrontEndName, finish, make_front_end
from superb_lite_speech.items import SAMPLE_RATE

UTTERANCES = 516
"""Of two sentences each: about 52 minutes. Every other one has a voice of its own, the rest share the voices that
eSpeak NG ships."""


def recipe() -> list[Utterance]:
    """The embedded corpus: pretraining voices and sentences, in all manners, rooms and channels."""
    rng = random.Random("speech-pretraining")
    said = sentences("pretraining", 2 * UTTERANCES, seed=0)
    chosen = pretraining_voices()
    return [
        varied(rng, text=f"{first}. {second}.", voice=voice)
        for voice, first, second in zip(chosen, said[::2], said[1::2], strict=True)
    ]


def pretraining_voices() -> list[str]:
    """One for each utterance: by turns one that eSpeak NG ships and a drawn one, a quarter of these high-pitched."""
    shipped = espeak.PRETRAINING_VOICES
    high = UTTERANCES // 8
    drawn = [*voices.drawn("pretraining", "low", UTTERANCES // 2 - high), *voices.drawn("pretraining", "high", high)]
    return [voice for i, own in enumerate(drawn) for voice in (shipped[i % len(shipped)], own)]


def prepare(progress: Callable[[int, int], None] | None = None) -> None:
    """Synthesise the embedded corpus into the cache. `progress` is called with (utterances done, all utterances)."""
    espeak.synthesise(recipe(), name="pretraining", progress=progress)


class SpeechCorpus(Corpus):
    """Random crops of utterances as features, see `Crops`.

    Args:
        path: a folder of audio files of any rate and number of channels, or a stream of recordings; None for the
            embedded corpus.
        batch_size: crops in a batch.
        seed, workers: see `Corpus`.
        share: of the utterances; see `Corpus`.
        window: see `Corpus`.
        crop: seconds in a crop.
        front_end, mels, normalised, voiced: of the features, the same as the encoder's. Normalisation and statistics
            are those of the crop, as if it were an utterance.
        views: crops of one recording that stand in a batch together; a multiple of it is the batch size.
        channel: standard deviation, in dB, of the random frequency response that each crop is heard through (see
            `channels`); 0: as it was recorded.
    """

    streamed = "audio"

    def __init__(
        self,
        *,
        path: Path | None = None,
        batch_size: int = 64,
        seed: int = 0,
        workers: int = 0,
        share: float = 1.0,
        window: int = WINDOW,
        crop: float = 1.0,
        front_end: FrontEndName = "log-mel",
        mels: int = 40,
        normalised: bool = True,
        voiced: bool = True,
        views: int = 2,
        channel: float = 4.0,
    ) -> None:
        super().__init__(path=path, batch_size=batch_size, seed=seed, workers=workers, share=share, window=window)
        if views < 1 or batch_size % views:
            raise ValueError(f"views {views}: it must be at least 1 and divide the batch size {batch_size}")
        if channel < 0.0:
            raise ValueError(f"channel {channel} is no standard deviation: it must be at least 0")
        self.front_end = front_end
        self.mels = mels
        self.normalised = normalised
        self.voiced = voiced
        self.views = views
        self.channel = channel
        self.crop = max(1, round(crop * SAMPLE_RATE / POSITION))
        self._digest = hashlib.sha256()
        self._pieces: set[str] = set()
        self._first = 0
        self.features = list(self._extract())
        self.sources = (espeak.SOURCE,) if path is None else (*sources_in(self._pieces, EMBEDDED), str(path))
        self.make_targets()
        self.plan = self._plan()

    def _plan(self) -> Crops:
        return Crops([len(features) for features in self.features], crop=self.crop, seed=self.seed)

    def _extract(self) -> Iterator[Tensor]:
        front_end = make_front_end(self.front_end, self.mels)
        if self.shards is not None:
            waveforms = list(read_pieces(self.first_pieces(self.shards)))
        else:
            waveforms = self.part(embedded() if self.path is None else list(read_folder(self.path)))
        for waveform in waveforms:
            self._digest.update(waveform.tobytes())
            if self.path is not None:
                self._pieces.add(item_hash(waveform))
            yield front_end(torch.from_numpy(waveform))

    def make_targets(self) -> None:
        """What a subclass makes of `self.features`, (T, D) of each utterance; again for each window of a stream."""

    def renewed(self, pieces: Iterable[Piece], *, first: int, seed: int) -> Self:
        window = copy.copy(self)
        window.seed, window._first = seed, first
        front_end = make_front_end(self.front_end, self.mels)
        window.features = [front_end(torch.from_numpy(waveform)) for waveform in read_pieces(pieces)]
        window.make_targets()
        window.plan = window._plan()
        return window

    def batches_an_epoch(self) -> int:
        return max(1, len(self.plan.entries) * self.views // self.batch_size)

    def crops(self, step: int) -> list[Crop]:
        """The crops in the batch of a step; those of one recording follow each other."""
        return self.plan.draw(step, recordings=self.batch_size // self.views, views=self.views)

    def batch(self, step: int) -> dict[str, Tensor]:
        """features (B, T, D), mask (B, T), recording (B,); padding is zero and False."""
        crops = self.crops(step)
        pieces = [self.features[crop.utterance][crop.start : crop.end] for crop in crops]
        if self.channel:
            generator = torch.Generator().manual_seed(step_seed(self.seed, step))
            responses = draw_responses(len(pieces), pieces[0].shape[1] // STACK, self.channel, generator)
            pieces = [piece + response.repeat(STACK) for piece, response in zip(pieces, responses, strict=True)]
        lengths = torch.tensor([len(piece) for piece in pieces])
        # Rows of one length are finished together, which is many times as fast.
        rows = [torch.stack(pieces)] if len(set(lengths.tolist())) == 1 else [piece[None] for piece in pieces]
        finished = [finish(row, normalised=self.normalised, voiced=self.voiced) for row in rows]
        features = pad_sequence([piece for row in finished for piece in row], batch_first=True)
        return {
            "features": features,
            "mask": torch.arange(features.shape[1]) < lengths[:, None],
            "recording": torch.tensor([self._first + crop.utterance for crop in crops]),
        }

    def content_hash(self) -> str:
        return self._digest.hexdigest()


def embedded() -> list[NDArray[np.float32]]:
    """The waveforms of the embedded corpus."""
    return [speech.waveform for speech in espeak.synthesise(recipe(), name="pretraining")]


@functools.cache
def _pieces() -> frozenset[str]:
    """The hashes of the embedded utterances, as far as they were ever synthesised here: nobody else has them."""
    return frozenset(item_hash(speech.waveform) for speech in espeak.synthesised(recipe(), name="pretraining"))


EMBEDDED = {espeak.SOURCE: _pieces}
"""As `sources_in` takes it."""
