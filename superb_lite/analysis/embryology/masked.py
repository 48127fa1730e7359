"""Masked accuracy by part of speech: all pieces of a word are masked, and it is right where all of them are.

As in section 3 of arXiv:2010.02480, but word by word: the rest of the sentence is always there to be read.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from superb_lite.analysis.kept import Kept, encoder_key
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.masked import MaskedLanguageModel
from superb_lite.metrics.statistics import Sample, jackknife
from superb_lite.tasks.tagged_words import TaggedWord, WordSource


def right_words(
    model: MaskedLanguageModel,
    words: Sequence[TaggedWord],
    *,
    batch_size: int = 32,
) -> list[bool]:
    """For each word whether it is predicted right when it is masked."""
    found = [False] * len(words)
    # Sentences of one length go together, so that little is padding.
    ranked = sorted(range(len(words)), key=lambda number: len(words[number].text))
    for start in range(0, len(ranked), batch_size):
        part = ranked[start : start + batch_size]
        texts = [words[number].text for number in part]
        spans = [[(words[number].start, words[number].end)] for number in part]
        for number, each in zip(part, model.predict_masked(texts, spans), strict=True):
            found[number] = all(each.right_spans())
    return found


def kept_right_words(
    encoder: Encoder,
    source: WordSource,
    words: Sequence[TaggedWord],
    *,
    kept: Kept,
    batch_size: int = 32,
) -> list[bool]:
    """As `right_words`, computed once. encoder: one that is a `MaskedLanguageModel`."""
    assert isinstance(encoder, MaskedLanguageModel)
    model = encoder
    key = {
        "analysis": "embryology",
        "source": source.name,
        "words": [[word.text, word.start, word.end] for word in words],
        **encoder_key(encoder),
    }
    found: list[bool] = kept.get_or_compute(key, lambda: right_words(model, words, batch_size=batch_size))
    return found


def accuracies(source: WordSource, words: Sequence[TaggedWord], right: Sequence[bool]) -> dict[str, Sample]:
    """The accuracy of every tag, and of every class of several tags, by the names of questions: SOURCE:TAG.

    Clusters are documents. Tags have as many words each, so that a class is the mean of its tags.
    """
    found = {}
    for tag in source.tags:
        found[f"{source.name}:{tag}"] = _accuracy([(w, r) for w, r in zip(words, right, strict=True) if w.tag == tag])
    for kind in dict.fromkeys(source.tags.values()):
        tags = [tag for tag, its in source.tags.items() if its == kind]
        if len(tags) > 1:
            among = [(w, r) for w, r in zip(words, right, strict=True) if w.tag in tags]
            found[f"{source.name}:all {kind}"] = _accuracy(among)
    return {name: sample for name, sample in found.items() if sample is not None}


def _accuracy(answers: Sequence[tuple[TaggedWord, bool]]) -> Sample | None:
    """None where there are too few words to say anything."""
    clusters = sorted({word.cluster for word, _ in answers})
    if len(clusters) < 2:
        return None
    counts = np.zeros((1, len(clusters), 2))
    place = {cluster: number for number, cluster in enumerate(clusters)}
    for word, right in answers:
        counts[0, place[word.cluster]] += (right, 1)
    pseudo = jackknife(counts, lambda each: each[..., 0] / each[..., 1])
    total = counts.sum(axis=(0, 1))
    return Sample(float(total[0] / total[1]), pseudo, tuple(clusters), 1.0 / float(total[1]))
