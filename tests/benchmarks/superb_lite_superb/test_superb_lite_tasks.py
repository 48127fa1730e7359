from __future__ import annotations

import collections
import hashlib
from pathlib import Path

import numpy as np
import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite.plugins import modalities
from superb_lite.results import scale
from superb_lite_sources import espeak, voices
from superb_lite_sources.utterance import Segment, Speech, Utterance
from superb_lite_superb import PHONES, SUPERB_LITE, superb_lite
from superb_lite_superb.phones import phone_label
from superb_lite_superb.spoken import VOICES
from superb_lite_superb.vocabularies import SPEAKERS

TASKS = {task.name: task for task in SUPERB_LITE}


def test_keyword_tests_have_voices_of_their_own_and_every_word_is_said_equally_often():
    train, test = superb_lite.ks_recipe("train"), superb_lite.ks_recipe("test")
    assert {u.voice for u in train}.isdisjoint(u.voice for u in test)
    assert len({u.voice for u in test}) == 240
    for part in (train, test):
        assert set(collections.Counter(u.text for u in part).values()) == {60}
        assert len({(u.voice, u.text) for u in part}) == len(part)
        assert max(u.before for u in part) > 0.6 > 0.1 > min(u.before for u in part)


def test_speakers_are_low_pitched_and_their_test_sentences_are_unseen():
    assert {voices.register_of(voice) for voice in SPEAKERS} == {"low"}
    assert len(SPEAKERS) == 140
    train, test = superb_lite.sid_recipe("train"), superb_lite.sid_recipe("test")
    assert {u.text for u in train}.isdisjoint(u.text for u in test)
    for part in (train, test):
        counts = collections.Counter(u.voice for u in part)
        assert set(counts) == set(SPEAKERS)
        assert len(set(counts.values())) == 1
        assert {(u.rate, u.pitch) for u in part} == {(175, 50)}
    assert len(test) == 700
    assert max(abs(u.tilt) for u in train) <= min(abs(u.tilt) for u in test)


def test_phone_tests_have_voices_and_sentences_of_their_own():
    train, test = superb_lite.phone_recipe("train"), superb_lite.phone_recipe("test")
    assert {u.voice for u in train}.isdisjoint(u.voice for u in test)
    texts = [u.text for u in (*train, *test)]
    assert len(texts) == len(set(texts))
    assert len({u.voice for u in test}) == len(test) == 100


def test_phones_are_40_and_silence_and_each_can_be_reached():
    assert len(PHONES) == len(set(PHONES)) == 41
    from superb_lite_superb.phones import _ARPABET

    assert {phone_label(phoneme) for phoneme in _ARPABET} == set(range(41))
    assert PHONES[phone_label("")] == "SIL"
    with pytest.raises(SuperbLiteError, match="'qq'"):
        phone_label("qq")


def test_units_are_those_of_a_slow_loop():
    phones = (Segment(0, 230, ""), Segment(230, 241, "t"), Segment(241, 700, "i:"), Segment(700, 1005, "s"))
    speech = Speech(Utterance(text="", voice=""), np.zeros(1005, np.int16), phones, ())
    units = superb_lite.phone_units(speech)
    assert [(u.start, u.end) for u in units] == [(160 * i, 160 * i + 160) for i in range(6)]
    for unit in units:
        middle = (unit.start + unit.end) // 2
        (name,) = [p.name for p in phones if p.start <= middle < p.end]
        assert unit.label == phone_label(name)


def test_small_data_go_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The whole way from recipe to `TaskData`, for a few utterances of each task."""
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path))
    for name, recipe in list(superb_lite._RECIPES.items()):
        few = {part: recipe(part)[:2] for part in ("train", "test")}
        monkeypatch.setattr(superb_lite, f"{name}_recipe", few.__getitem__)
        monkeypatch.setitem(superb_lite._RECIPES, name, few.__getitem__)
    seen: list[tuple[int, int]] = []
    superb_lite.prepare(lambda done, total: seen.append((done, total)))
    assert seen == [(i, 16) for i in range(1, 17)]
    monkeypatch.setattr(espeak, "_render", lambda *a, **k: pytest.fail("prepare missed something"))
    for load in (superb_lite.ks, superb_lite.sid, superb_lite.phone):
        data = load()
        assert (len(data.train), len(data.test), len(data.items)) == (2, 2, 4)
        for item in data.items.values():
            modalities()["speech"].check_item("x", item)
    assert all(e.cluster in VOICES["test"] for e in superb_lite.ks().test)
    # Each voice is a class of sid: none may be held out whole for validation, and a cluster is all of a voice.
    assert all(e.cluster == "" for e in superb_lite.sid().train)
    assert all(e.cluster == SPEAKERS[e.label] for e in superb_lite.sid().test)


@pytest.mark.slow
def test_no_waveform_is_in_two_places():
    """Items of pretraining and of all tasks, compared by content."""
    from superb_lite_speech.corpus import recipe

    places: dict[bytes, set[str]] = collections.defaultdict(set)
    for speech in espeak.synthesise(recipe(), name="pretraining"):
        places[hashlib.sha256(speech.waveform.tobytes()).digest()].add("pretraining")
    for task in SUPERB_LITE:
        data = task.data()
        for part in ("train", "validation", "test"):
            for example in getattr(data, part):
                for key in example.items:
                    places[hashlib.sha256(data.items[key].tobytes()).digest()].add(f"{task.name} {part}")
    assert all(len(where) == 1 for where in places.values())
    assert len(places) > 3500


@pytest.mark.slow
@pytest.mark.parametrize("name", list(TASKS))
def test_every_class_of_a_task_occurs_in_training_and_the_budget_can_be_drawn(name: str):
    task = TASKS[name]
    train, validation = task.train(0)
    if task.form in ("verify", "search"):
        assert len(train) == (task.budget or len(train))
        assert {e.label for e in validation} == {0, 1}
    elif task.form == "transcribe":
        assert len(train) + len(validation) == task.budget
        used = {symbol for example in train for symbol in example.label}
        assert len(used) >= len(task.labels) - 4  # not every letter is in every vocabulary
    elif task.form == "diarize":
        assert len(train) + len(validation) == task.budget
        assert {turn.speaker for example in train for turn in example.label.turns} == {0, 1}
    elif task.form == "classify":
        assert task.budget is not None
        counts = collections.Counter(e.label for e in (*train, *validation))
        assert set(counts.values()) == {task.budget}
        assert len(counts) == len(task.labels)
    else:
        assert len(train) + len(validation) == task.budget
        tagged = collections.Counter(unit.label for example in train for unit in example.label)
        assert len(tagged) == len(task.labels)
        assert max(tagged.values()) / sum(tagged.values()) < 0.2


def test_every_task_has_a_measured_scale():
    for task in SUPERB_LITE:
        found = scale.scale(task, task.protocols[0])
        assert found is not None, task.name
        assert found.floor.keys() == found.ceiling.keys() == set(task.metrics)
