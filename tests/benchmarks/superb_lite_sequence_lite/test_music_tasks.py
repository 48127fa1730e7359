"""The tasks on music, checked against the tunes themselves."""

from collections import Counter

import numpy as np
import pytest

from superb_lite.tasks.labels import cluster_of, members_of
from superb_lite_sequence_lite.labelled import on_validation
from superb_lite_sequence_lite.music_tasks import COMPOSER, DEGREE, MEASURES, NEXT, PHRASE, TASKS
from superb_lite_sources.music.alphabet import APART, PITCHES
from superb_lite_sources.music.tunes import tunes_of
from superb_lite_sources.music.works import movements

BY_ID = {tune.id: tune for part in ("train", "validation", "test") for tune in tunes_of(part)}


def pitches(text):
    return [PITCHES.index(symbol) for symbol in text[::2]]


def clusters(examples):
    return {name for e in examples for name in members_of(cluster_of(e))}


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_clusters_are_on_one_side(task):
    data, validation = task.data(), on_validation(task).data()
    parts = [clusters(part) for part in (data.train, validation.test, data.test)]
    assert len(set.union(*parts)) == sum(map(len, parts))
    assert len(parts[2]) >= 150
    train, held = task.train(0)
    labels = {e.label for e in data.test} if task.form == "classify" else {0}
    assert len(train) + len(held) == task.budget * len(labels)
    assert "z" not in "".join("".join(data.items[key]) for key in list(data.items)[:500])


def test_a_phrase_ends_where_a_line_of_the_source_does():
    data = PHRASE.data()
    for example in data.test[::20]:
        voice = BY_ID[example.id].voice.sounding
        ends = [unit.start // 2 for unit in example.label if unit.label]
        assert ends == [i for i in range(min(40, len(voice) - 1)) if voice.line[i + 1] != voice.line[i]]
        assert max(unit.end for unit in example.label) <= len(data.items[example.id])
        assert [(unit.start, unit.end) for unit in example.label] == [
            (2 * i, 2 * i + 2) for i in range(len(example.label))
        ]
    share = np.mean([unit.label for e in data.test for unit in e.label])
    assert 0.05 < share < 0.15


def test_degrees_are_relative_to_the_tonic_and_no_symbol_tells_one():
    data = DEGREE.data()
    told = Counter()
    for example in data.test:
        tune, heights = BY_ID[example.id], pitches(data.items[example.id])
        labels = [unit.label for unit in example.label]
        assert labels == [(int(pitch) - tune.tonic) % 12 for pitch in tune.voice.sounding.pitch[:16]]
        told.update(zip(heights, labels, strict=True))
        if min(heights) > 0 and max(heights) < 36:  # not clipped
            assert len({(height - label) % 12 for height, label in zip(heights, labels, strict=True)}) == 1
    best = Counter()
    for (height, _), count in told.items():
        best[height] = max(best[height], count)
    assert sum(best.values()) / sum(told.values()) < 0.27


def test_bars_are_whole_and_only_their_order_differs():
    data = MEASURES.data()
    assert 0.45 < np.mean([e.label for e in data.test]) < 0.55
    for example in data.test[::25]:
        voice = BY_ID[example.id].voice.sounding
        bars = [voice[voice.bar == number] for number in np.unique(voice.bar)][1:9]
        expected = [int(pitch) for bar in bars for pitch in bar.pitch]
        middle = sorted(expected)[(len(expected) - 1) // 2]
        steps = [min(max(pitch - middle, -18), 18) + 18 for pitch in expected]
        assert sorted(pitches(data.items[example.id])) == sorted(steps)
        assert (pitches(data.items[example.id]) == steps) or example.label == 0


def test_the_next_phrase_and_one_of_another_tune():
    data = NEXT.data()
    lengths = {0: [], 1: []}
    for example in data.test:
        first, second = (pitches(text) for text in data.items[example.id])
        lengths[example.label].append(len(second) - len(first))
        heights = "".join(map(chr, np.diff(first + second) + 100))
        tune = BY_ID[example.id].voice.sounding.pitch
        in_tune = heights in "".join(map(chr, np.diff(tune).clip(-50, 50) + 100))
        if example.label and max(*first, *second) < 36 and min(*first, *second) > 0:
            assert in_tune
        assert len(members_of(cluster_of(example))) == 2 - example.label
    assert 0.45 < np.mean([e.label for e in data.test]) < 0.55
    assert abs(np.mean(lengths[0]) - np.mean(lengths[1])) < 0.3


def test_excerpts_of_composers_are_alike_in_form():
    data = COMPOSER.data()
    groups = {movement.id: movement.group for part in ("train", "test") for movement in movements(part)}
    for example in (*data.train, *data.test):
        melody, apart, bass = data.items[example.id].partition(APART)
        assert (len(melody), apart, len(bass)) == (24, APART, 24)
        assert set(melody[1::2] + bass[1::2]) == {"4"}
        assert groups[example.id.rpartition("/")[0]] == example.cluster
        assert example.cluster.startswith(COMPOSER.labels[example.label])
    assert len(set(Counter(e.label for e in data.test).values())) == 1
    assert max(Counter(e.cluster for e in data.test).values()) <= 12
