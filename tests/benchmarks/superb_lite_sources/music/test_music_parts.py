"""Who may see which tune and work, and the corpus, on the installed music21."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from superb_lite.errors import MissingPackageError, SuperbLiteError
from superb_lite_sources import music
from superb_lite_sources.music import tunes, works
from superb_lite_sources.music.alphabet import APART, written
from superb_lite_sources.music.notes import Note, Voice
from superb_lite_sources.music.related import related_to
from superb_lite_sources.music.tunes import MUSIC21, tunes_of
from superb_lite_sources.music.works import COMPOSERS, Movement, excerpts, movements

PARTS = ("pretrain", "train", "validation", "test")


def test_every_tune_is_in_one_part_and_no_cluster_in_two():
    found = {part: tunes_of(part) for part in PARTS}
    ids = [tune.id for part in PARTS for tune in found[part]]
    assert len(ids) == len(set(ids)) == 12_903
    clusters = [{tune.cluster for tune in found[part]} for part in PARTS]
    assert len(set.union(*clusters)) == sum(map(len, clusters))
    assert 1_800 < sum(tune.collection == "essenFolksong" for tune in found["test"]) < 2_000


def test_every_composer_has_half_of_his_groups_in_the_test():
    groups = {part: {movement.group for movement in movements(part)} for part in PARTS}
    assert len(set.union(*groups.values())) == sum(map(len, groups.values()))
    for composer in COMPOSERS:
        counts = {part: sum(group.startswith(composer) for group in groups[part]) for part in PARTS}
        assert counts["test"] == pytest.approx(sum(counts.values()) / 2, abs=1)
        assert min(counts.values()) >= 4


def test_a_mass_and_the_settings_of_a_hymn_are_one_group():
    by_group = {}
    for part in PARTS:
        for movement in movements(part):
            by_group.setdefault(movement.group, []).append(movement.id)
    assert max(len(ids) for group, ids in by_group.items() if group.startswith("Palestrina")) > 10
    assert max(len(ids) for group, ids in by_group.items() if group.startswith("Bach")) > 10
    assert sum(group.startswith("Palestrina") for group in by_group) == 101


@pytest.mark.parametrize("part", ["pretrain", "held-out"])
def test_nothing_of_the_corpus_is_a_variant_of_what_tasks_have(part):
    strings = music.corpus(part)
    assert set("".join(strings)) <= set(music.ALPHABET)
    tasks = ("validation", "test") if part == "held-out" else ("train", "validation", "test")
    melodies = [tune.voice for other in tasks for tune in tunes_of(other)]
    melodies += [movement.melody for other in tasks for movement in movements(other)]
    assert len(strings) > 2_000
    # Read back from the string: the corpus itself is compared, not the parts that it is made of.
    read = [
        Voice.of(Note(60 + music.ALPHABET.index(p), 1.0, 0) for p in string.partition(APART)[0][::2] if p != "z")
        for string in strings[::7]
    ]
    clipped = [sum(c in "Ak" for c in string) > 0 for string in strings[::7]]
    known = related_to(read, melodies)
    assert not [number for number, (found, cut) in enumerate(zip(known, clipped, strict=True)) if found and not cut]


def test_the_corpus_is_two_kinds_of_strings():
    strings = music.corpus()
    assert sum(map(len, strings)) > 900_000
    assert 100 < sum(APART in string for string in strings) < len(strings) / 2
    assert not set(strings) & {written(tune.voice) for tune in tunes_of("test")}


def movement(melody, bass):
    melody, bass = (Voice.of(Note(pitch, length, 0) for pitch, length in notes) for notes in (melody, bass))
    return Movement("X/y", "X/z", melody, bass)


def test_excerpts_are_aligned_in_time():
    ours = movement(
        [(None, 1), *((60 + n, 1) for n in range(6))],
        [(40, 0.5), (41, 0.5), (None, 0.5), *((50 + n, 0.5) for n in range(12))],
    )
    pairs = [(top.pitch.tolist(), below.pitch.tolist()) for top, below in excerpts(ours, 3)]
    assert pairs == [([60, 61, 62], [50, 51, 52]), ([63, 64, 65], [55, 56, 57])]


def test_no_excerpt_where_the_bass_ends():
    assert list(excerpts(movement([(60, 1)] * 6, [(40, 1)] * 4), 3)) != []
    assert len(list(excerpts(movement([(60, 1)] * 6, [(40, 1)] * 4), 3))) == 1


def test_where_the_package_is_missing_or_another_one(tmp_path, monkeypatch):
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path))
    for name, error, said in (
        ("no_such_package", MissingPackageError, "superb-lite\\[sequence\\]"),
        ("email", SuperbLiteError, "0 files, and not those that are meant"),
    ):
        package = dataclasses.replace(MUSIC21, name=name)
        monkeypatch.setattr(tunes, "MUSIC21", package)
        monkeypatch.setattr(works, "MUSIC21", package)
        for function in (tunes._all, works._all):
            function.cache_clear()
            with pytest.raises(error, match=said):
                function()


def test_a_damaged_file_of_the_package_is_named(tmp_path, monkeypatch):
    damaged = tmp_path / "damaged"
    (damaged / "corpus" / "miscFolk").mkdir(parents=True)
    (damaged / "corpus" / "miscFolk" / "a.abc").write_text("X:1\nK:C\nC")
    (damaged / "__init__.py").write_text("raise SystemExit('it is not imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(tunes, "MUSIC21", dataclasses.replace(MUSIC21, name="damaged"))
    monkeypatch.setattr(tunes, "COLLECTIONS", {"miscFolk": tunes.COLLECTIONS["miscFolk"]})
    tunes._all.cache_clear()
    with pytest.raises(SuperbLiteError, match=r"corpus/miscFolk.*1 files, and not those that are meant"):
        tunes._all()


@pytest.fixture(autouse=True)
def fresh():
    yield
    tunes._all.cache_clear()
    works._all.cache_clear()


def test_music21_is_not_imported():
    code = "import sys, superb_lite_sources.music as m; m.corpus('held-out'); sys.exit('music21' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=200)


def test_moves_are_spread_over_an_octave():
    found = np.bincount([music.moved(tune.id) + 6 for tune in tunes_of("test")], minlength=12)
    assert len(found) == 12
    assert found.min() > len(tunes_of("test")) / 24
