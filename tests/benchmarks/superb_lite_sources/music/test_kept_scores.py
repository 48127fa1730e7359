"""What was read of scores, in the cache."""

import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite_sources.music.kept import kept
from superb_lite_sources.music.notes import Note, Voice

TOP = Voice.of([Note(60, 0.5, 0, 1), Note(None, 1 / 3, 1, 2)])
BASS = Voice.of([Note(48, 2.0, 0)])
ROWS = [({"id": "one", "tonic": None}, (TOP, BASS)), ({"id": "two", "tonic": 3}, (Voice.of([]),))]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path))
    return tmp_path / "music"


def refuse():
    raise AssertionError("read again")


def plain(rows):
    columns = ("pitch", "duration", "bar", "line")
    return [(said, [[getattr(voice, name).tolist() for name in columns] for voice in voices]) for said, voices in rows]


def test_rows_come_back_and_are_read_once(cache):
    assert plain(kept("ours", "a", lambda: ROWS)) == plain(ROWS)
    again = kept("ours", "a", refuse)
    assert plain(again) == plain(ROWS)
    assert again[0][1][0].pitch.dtype == ROWS[0][1][0].pitch.dtype
    assert [path.suffix for path in cache.iterdir()] == [".npz"]


def test_rows_without_voices(cache):
    rows = [({"string": "S4"}, ()), ({"string": "é\n"}, ())]
    kept("ours", "a", lambda: rows)
    assert kept("ours", "a", refuse) == rows


def test_other_content_is_read(cache):
    kept("ours", "a", lambda: ROWS)
    assert kept("ours", "b", lambda: []) == []


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-200], lambda data: data[:90] + b"x" + data[91:], lambda data: b""]
)
def test_a_damaged_entry_is_made_again(cache, damage):
    kept("ours", "a", lambda: ROWS)
    [path] = cache.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(AssertionError, match="read again"):
        kept("ours", "a", refuse)
    assert plain(kept("ours", "a", lambda: ROWS)) == plain(kept("ours", "a", refuse))


def test_where_nothing_can_be_written(cache):
    cache.mkdir(parents=True)
    (cache / "not-a-folder").write_text("")
    cache.rename(cache.with_name("elsewhere"))
    cache.write_text("")
    with pytest.raises(SuperbLiteError, match="cannot create"):
        kept("ours", "a", lambda: ROWS)
