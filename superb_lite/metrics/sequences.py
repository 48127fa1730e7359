"""Metrics of what is read from sequences: answers, transcriptions and who talks when."""

from __future__ import annotations

import math
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Sequence

import numpy as np

from superb_lite.metrics.base import CountMetric, Counts, Prediction, index, share
from superb_lite.tasks.labels import Answer, Diarization, Example


def normalise_answer(text: str) -> str:
    """Lower case without punctuation, English articles and repeated spaces.

    As in the evaluation of SQuAD (Rajpurkar et al. 2016, section 6.1), where only ASCII has punctuation; here all that
    Unicode calls punctuation goes as well.
    """
    kept = (c for c in text.lower() if c not in string.punctuation and not unicodedata.category(c).startswith("P"))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", "".join(kept)).split())


def _exact(gold: str, predicted: str) -> float:
    return float(gold == predicted)


def _bag_f1(gold: Sequence[str], predicted: Sequence[str]) -> float:
    """Harmonic mean of precision and recall of bags; two empty ones are equal."""
    if not gold or not predicted:
        return float(len(gold) == len(predicted))
    common = (Counter(gold) & Counter(predicted)).total()
    return 2 * common / (len(gold) + len(predicted))


def _char_f1(gold: str, predicted: str) -> float:
    return _bag_f1(gold.replace(" ", ""), predicted.replace(" ", ""))


def _word_f1(gold: str, predicted: str) -> float:
    return _bag_f1(gold.split(), predicted.split())


def _best_answer(compare: Callable[[str, str], float]) -> Callable[[Example, Prediction, Sequence[str]], Counts]:
    """The contributions of an example: its best value over the answers that count as right, and 1."""

    def counts(example: Example, prediction: Prediction, labels: Sequence[str]) -> Counts:
        label = example.label if isinstance(example.label, tuple) else ()
        golds = [normalise_answer(answer.text) for answer in label if isinstance(answer, Answer)]
        # What was read back from a file is a plain tuple (start, end, text).
        text = prediction[2] if isinstance(prediction, tuple) and len(prediction) == 3 else None
        if not golds or not isinstance(text, str):
            raise TypeError(f"example '{example.id}': an answer metric needs answers as label and prediction")
        return np.array([max(compare(gold, normalise_answer(text)) for gold in golds), 1.0])

    return counts


def _edit_counts(
    split: Callable[[Sequence[str]], Sequence[Hashable]],
) -> Callable[[Example, Prediction, Sequence[str]], Counts]:
    """The contributions of an example: edit distance (Levenshtein 1966) and length of the reference.

    split: the symbols of a transcription -> what is counted.
    """

    def counts(example: Example, prediction: Prediction, labels: Sequence[str]) -> Counts:
        from torchaudio.functional import edit_distance

        if not isinstance(example.label, tuple) or not isinstance(prediction, tuple):
            raise TypeError(f"example '{example.id}': an error rate needs a tuple of symbols as label and prediction")
        gold, predicted = (split([labels[index(s)] for s in symbols]) for symbols in (example.label, prediction))
        return np.array([float(edit_distance(gold, predicted)), float(len(gold))])

    return counts


def _characters(symbols: Sequence[str]) -> Sequence[Hashable]:
    return "".join(symbols)


def _words(symbols: Sequence[str]) -> Sequence[Hashable]:
    return "".join(symbols).split()


def frames(label: Diarization) -> tuple[tuple[int, int], ...]:
    """The units of a diarization: stretches of `frame` samples, the last of which may be shorter."""
    return tuple((start, min(start + label.frame, label.length)) for start in range(0, label.length, label.frame))


def speakers(label: Diarization) -> list[set[int]]:
    """For each unit of `frames` who talks at its middle."""
    return [
        {turn.speaker for turn in label.turns if 2 * turn.start <= start + end < 2 * turn.end}
        for start, end in frames(label)
    ]


def _der_counts(example: Example, prediction: Prediction, labels: Sequence[str]) -> Counts:
    """Samples of error and samples of reference speech (those of two speakers count twice).

    The diarization error rate of NIST's Rich Transcription: misses, false alarms and confusions, under the mapping of
    predicted to true speakers that gives the fewest. Here with a collar of 0, overlapping speech included, and the
    reference rounded to units. The mapping is chosen for each example.
    """
    from scipy.optimize import linear_sum_assignment

    if not isinstance(example.label, Diarization) or not isinstance(prediction, tuple):
        raise TypeError(f"example '{example.id}': der needs a Diarization, and a tuple of speakers for each unit")
    both = np.zeros((len(labels), len(labels)))  # samples in which the one is predicted and the other is true
    errors, speech = 0.0, 0.0
    units = zip(frames(example.label), speakers(example.label), prediction, strict=True)
    for (start, end), gold, predicted in units:
        if not isinstance(predicted, tuple) or len(set(predicted)) != len(predicted):
            raise TypeError(f"example '{example.id}': der needs a tuple of different speakers for each unit")
        for i in predicted:
            for j in gold:
                both[index(i), j] += end - start
        errors += (end - start) * max(len(gold), len(predicted))
        speech += (end - start) * len(gold)
    rows, columns = linear_sum_assignment(both, maximize=True)
    return np.array([errors - both[rows, columns].sum(), speech])


_SYMBOLS = frozenset({"symbols"})
_ANSWERS = frozenset({"answer"})

EXACT_MATCH = CountMetric("exact_match", _ANSWERS, True, _best_answer(_exact), share, all_or_nothing=True)
CHAR_F1 = CountMetric("char_f1", _ANSWERS, True, _best_answer(_char_f1), share)
WORD_F1 = CountMetric("word_f1", _ANSWERS, True, _best_answer(_word_f1), share)
PER = CountMetric("per", _SYMBOLS, False, _edit_counts(tuple), share, bounds=(0.0, math.inf))
CER = CountMetric("cer", _SYMBOLS, False, _edit_counts(_characters), share, bounds=(0.0, math.inf))
WER = CountMetric("wer", _SYMBOLS, False, _edit_counts(_words), share, bounds=(0.0, math.inf))
DER = CountMetric("der", frozenset({"speakers"}), False, _der_counts, share, bounds=(0.0, math.inf))
