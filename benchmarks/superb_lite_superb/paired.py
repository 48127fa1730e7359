"""Sentences with how they sound, for comparisons of encoders of text and of speech."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from superb_lite.tasks.labels import Item
from superb_lite_sources import espeak
from superb_lite_sources.sentences import sentences
from superb_lite_superb.spoken import clear, speakers

NUMBER = 512


def spoken_sentences() -> Mapping[str, Sequence[Item]]:
    """Texts and waveforms, the i-th of each belonging together: each sentence by a voice of its own.

    Sentences and voices are none of pretraining.
    """
    rng = random.Random("paired")
    texts = sentences("train", NUMBER, seed=1)
    voices = speakers("test", 256)
    said = [clear(rng, text, voices[number % len(voices)]) for number, text in enumerate(texts)]
    return {"text": texts, "speech": [made.waveform for made in espeak.synthesise(said, name="paired")]}
