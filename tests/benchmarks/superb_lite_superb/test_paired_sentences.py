"""Sentences with how they sound, without synthesising all of them."""

from __future__ import annotations

import numpy as np

from superb_lite_sources.sentences import _shared_split
from superb_lite_superb import paired


class Made:
    def __init__(self, utterance):
        self.utterance = utterance
        self.waveform = np.zeros(3, dtype=np.float32)


def test_sentence_and_utterance_belong_together_and_none_is_of_pretraining(monkeypatch):
    asked = []

    def synthesise(utterances, *, name):
        asked.extend(utterances)
        return [Made(each) for each in utterances]

    monkeypatch.setattr(paired.espeak, "synthesise", synthesise)
    made = paired.spoken_sentences()
    assert [each.text for each in asked] == made["text"]
    assert len(made["speech"]) == len(set(made["text"])) == paired.NUMBER
    assert all(_shared_split(text) == "train" for text in made["text"])
    assert not any(each.voice.startswith("pretraining") for each in asked)
