"""1,000 random cases of each speech metric against an implementation that others wrote.

jiwer (word and character error rates), scikit-learn (the ROC), pyannote.metrics (diarisation error rate) and s3prl
(slot filling). Nobody but NIST's own tools computes the maximum term-weighted value, so it is compared with a loop.
"""

from __future__ import annotations

import random
import sys
import types

import jiwer
import pytest
from pyannote.core import Annotation, Segment
from pyannote.metrics.diarization import DiarizationErrorRate
from rapidfuzz.distance import Levenshtein
from sklearn.metrics import roc_curve

from superb_lite.metrics import metric
from superb_lite.metrics.sequences import frames, speakers
from superb_lite.tasks.labels import Diarization, Example, Turn
from superb_lite_superb.term_weighted import BETA

CASES = 1000
CHARACTERS = ("a", "b", "c", " ")
SLOT_NAMES = ("x", "y", "z")
SLOT_SYMBOLS = (*CHARACTERS, *(f"{edge}-{name}" for name in SLOT_NAMES for edge in "BE"))


@pytest.fixture
def rng():
    return random.Random(0)


def transcription(rng, least):
    """Letters and spaces; with `least` 1 the first is a letter, so that there is something to get wrong."""
    symbols = [rng.randrange(4) for _ in range(rng.randint(least, 12))]
    return tuple([rng.randrange(3), *symbols[1:]] if least else symbols)


def text(symbols):
    return "".join(CHARACTERS[s] for s in symbols)


@pytest.mark.parametrize("name", ["per", "wer", "cer"])
def test_error_rates_are_jiwers(name, rng):
    for _ in range(CASES):
        gold, predicted = transcription(rng, 1), transcription(rng, 0)
        found = metric(name).score([Example("x", ("x",), gold)], [predicted], CHARACTERS)
        if name == "per":  # a word for each symbol
            expected = jiwer.wer(*(" ".join("abcd"[s] for s in symbols) for symbols in (gold, predicted)))
        elif name == "wer":
            expected = jiwer.wer(text(gold), text(predicted))
        else:  # jiwer strips what it compares; here spaces at the ends count
            expected = jiwer.cer(*(text(symbols).replace(" ", "_") for symbols in (gold, predicted)))
        assert found == pytest.approx(expected), (gold, predicted)


def test_eer_lies_on_scikit_learns_roc(rng):
    for _ in range(CASES):
        n = rng.randint(2, 40)
        labels = [1, 0, *(rng.randrange(2) for _ in range(n))]
        scores = [rng.randint(0, 12) / 4 for _ in labels]
        found = metric("eer").score([Example("x", ("a", "b"), y) for y in labels], scores, ())
        alarm, hit, _ = roc_curve(labels, scores, drop_intermediate=False)
        assert found == pytest.approx(crossing(alarm, 1 - hit))


def crossing(alarm, miss):
    """Where two piecewise linear curves of the same parameter meet, the one rising and the other falling."""
    for i in range(1, len(alarm)):
        before, after = alarm[i - 1] - miss[i - 1], alarm[i] - miss[i]
        if after >= 0:
            return alarm[i - 1] + (alarm[i] - alarm[i - 1]) * -before / (after - before)
    raise AssertionError("the curves do not meet")


def test_mtwv_is_the_best_of_all_thresholds(rng):
    for _ in range(CASES):
        trials = [(rng.randrange(3), rng.randrange(2), rng.randint(0, 8)) for _ in range(rng.randint(1, 30))]
        examples = [Example(str(i), (f"q{q}", "u"), y) for i, (q, y, _) in enumerate(trials)]
        best = 0.0  # the threshold above all scores
        for threshold in range(9):
            values = []
            for query in range(3):
                hits = [s for q, y, s in trials if q == query and y]
                others = [s for q, y, s in trials if q == query and not y]
                if hits:
                    miss = sum(s < threshold for s in hits) / len(hits)
                    alarm = sum(s >= threshold for s in others) / len(others) if others else 0.0
                    values.append(1 - miss - BETA * alarm)
            best = max(best, sum(values) / len(values)) if values else best
        assert metric("mtwv").score(examples, [s for *_, s in trials], ()) == pytest.approx(best)


def test_der_is_pyannotes(rng):
    theirs = DiarizationErrorRate(collar=0.0, skip_overlap=False)
    for _ in range(CASES):
        frame, units = rng.randint(2, 5), rng.randint(1, 12)
        length = frame * units - rng.randrange(2)
        turns = []
        for _ in range(rng.randint(1, 4)):
            start = rng.randrange(length)
            turns.append(Turn(start, rng.randint(start + 1, length), rng.randrange(3)))
        label = Diarization(frame, length, tuple(turns))
        spans = frames(label)
        predicted = tuple(tuple(sorted(rng.sample(range(3), rng.randrange(3)))) for _ in spans)
        gold = speakers(label)
        counts = metric("der").counts(Example("x", ("x",), label), predicted, ("a", "b", "c"))
        if not any(gold):
            assert counts[1] == 0
            continue
        components = theirs.compute_components(
            annotation(spans, gold), annotation(spans, predicted), uem=Segment(0, length)
        )
        errors = components["missed detection"] + components["false alarm"] + components["confusion"]
        assert counts.tolist() == pytest.approx([errors, components["total"]]), (label, predicted)


def annotation(spans, active):
    """Who talks in each unit, as pyannote has it."""
    found = Annotation()
    for (start, end), names in zip(spans, active, strict=True):
        for name in names:
            found[Segment(start, end), name] = str(name)
    return found.support()


def command(rng, least):
    """Characters and slots with characters in them, as symbols; slots are sometimes left open or not begun."""
    symbols = []
    for _ in range(rng.randint(least, 4)):
        symbols += [rng.choice(CHARACTERS[:3]) for _ in range(rng.randint(1, 3))]
        if rng.random() < 0.7:
            name = rng.choice(SLOT_NAMES)
            value = [rng.choice(CHARACTERS) for _ in range(rng.randint(0, 3))]
            whole = [f"B-{name}", rng.choice(CHARACTERS[:3]), *value, f"E-{name}"]
            symbols += whole if least or rng.random() < 0.8 else [s for s in whole if s[:2] != rng.choice(["B-", "E-"])]
    return tuple(map(SLOT_SYMBOLS.index, symbols))


def decoded(symbols):
    """As s3prl's tokenizer writes it: a space on the inner side of each marker."""
    names = [SLOT_SYMBOLS[s] for s in symbols]
    return "".join(f"{s} " if s[:2] == "B-" else f" {s}" if s[:2] == "E-" else s for s in names)


@pytest.fixture
def s3prl_slots(monkeypatch):
    """s3prl's module, which asks for the package editdistance where rapidfuzz is installed."""
    monkeypatch.setitem(sys.modules, "editdistance", types.SimpleNamespace(eval=Levenshtein.distance))
    from s3prl.metric import slot_filling

    return slot_filling


def test_slot_metrics_are_s3prls(rng, s3prl_slots):
    valued = 0
    for _ in range(CASES):
        gold, predicted = command(rng, 1), command(rng, 0)
        theirs = [decoded(predicted)], [decoded(gold)]
        example = [Example("x", ("x",), gold)]
        assert metric("slot_f1").score(example, [predicted], SLOT_SYMBOLS) == pytest.approx(
            s3prl_slots.slot_type_f1(*theirs)
        )
        if any(SLOT_SYMBOLS[s][0] == "B" and SLOT_SYMBOLS[s] != "b" for s in gold):
            found = metric("slot_accuracy").score(example, [predicted], SLOT_SYMBOLS)
            assert 1 - found == pytest.approx(s3prl_slots.slot_value_cer(*theirs)), theirs
            valued += 1
    assert valued > CASES / 2
