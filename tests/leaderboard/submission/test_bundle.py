"""Entries that go from one board to another in a file, and files that are none."""

from __future__ import annotations

import contextlib
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from synthetic_results import BOARD, scores

from superb_lite.errors import SuperbLiteError
from superb_lite_leaderboard.store.incoming import Outcome
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.submission import unpacking
from superb_lite_leaderboard.submission.bundle import write_bundle
from superb_lite_leaderboard.submission.importing import import_bundle


def test_the_same_entries_make_the_same_bytes(hers: Leaderboard, tmp_path: Path) -> None:
    write_bundle(hers, tmp_path / "a.zip")
    write_bundle(hers, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def rewritten(path: Path, change: Callable[[zipfile.ZipFile], None], *, without: str = "") -> Path:
    """A copy of a bundle to which something was added."""
    copy = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w") as target:
        for member in source.infolist():
            if member.filename != without:
                target.writestr(member, source.read(member))
        change(target)
    return copy


def link(target: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo("entries/000099.json")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    target.writestr(info, "/etc/passwd")


INDEX = {"format": 1, "board": "senses", "version": 7, "entries": []}
ENTRY = {"name": "x", "about": {}, "submitted": "2026-01-01T00:00:00+00:00", "files": ["entries/000001.json"]}


@pytest.mark.parametrize(
    ("change", "without", "words"),
    [
        (lambda z: z.writestr("../evil.json", "{}"), "", "no bundle has a file '../evil.json'"),
        (lambda z: z.writestr("/etc/cron.d/evil", "{}"), "", "no bundle has a file"),
        (lambda z: z.writestr("entries/../000001.json", "{}"), "", "no bundle has a file"),
        (lambda z: z.writestr("entries\\000001.json", "{}"), "", "no bundle has a file"),
        (lambda z: z.writestr("entries/000001.pkl", "{}"), "", "no bundle has a file"),
        (lambda z: z.writestr("entries/\x1b[2J.json", "{}"), "", "no bundle has a file"),
        (link, "", "is a link"),
        (lambda z: None, "board.json", "it has no board.json"),
        (lambda z: z.writestr("board.json", "{ half"), "board.json", "Invalid JSON"),
        (lambda z: z.writestr("board.json", "[" * 100_000), "board.json", "is not a bundle"),
        (lambda z: z.writestr("board.json", b"\xff\xfe"), "board.json", "is not a bundle"),
        (lambda z: z.writestr("board.json", json.dumps({**INDEX, "format": 3})), "board.json", "field 'format'"),
        (lambda z: z.writestr("board.json", json.dumps({**INDEX, "code": "x"})), "board.json", "field 'code'"),
        (
            lambda z: z.writestr("board.json", json.dumps({**INDEX, "entries": [{**ENTRY, "files": ["/etc/passwd"]}]})),
            "board.json",
            "field 'entries.0.files.0'",
        ),
        *(
            (
                lambda z, date=date: z.writestr(
                    "board.json", json.dumps({**INDEX, "entries": [{**ENTRY, "submitted": date}]})
                ),
                "board.json",
                f"field 'entries.0.submitted': {words}",
            )
            for date, words in (
                ("9999-01-01T00:00:00+00:00", "it lies in the future"),
                ("2026-01-01T00:00:00", "a date says its time zone"),
                ("yesterday", "Invalid isoformat string"),
            )
        ),
        (
            lambda z: z.writestr("board.json", json.dumps({**INDEX, "entries": [ENTRY, ENTRY]})),
            "board.json",
            "a version stands twice",
        ),
    ],
)
def test_what_is_no_bundle_is_refused_in_one_line(
    hers: Leaderboard, tmp_path: Path, change: Callable[[zipfile.ZipFile], None], without: str, words: str
) -> None:
    write_bundle(hers, tmp_path / "hers.zip")
    mine = Leaderboard(tmp_path / "mine.db", BOARD)
    with pytest.raises(SuperbLiteError) as error:
        import_bundle(mine, rewritten(tmp_path / "hers.zip", change, without=without))
    assert words in str(error.value)
    assert str(error.value).isprintable()
    assert mine.entries() == ()
    assert not (tmp_path / "evil.json").exists()


def test_a_bomb_is_not_unpacked(hers: Leaderboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_bundle(hers, tmp_path / "hers.zip")
    monkeypatch.setattr(unpacking, "LARGEST_FILE", 2**22)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("board.json", b"\0" * 2**25)
    assert bomb.stat().st_size < 2**17
    with pytest.raises(SuperbLiteError, match="larger than what is read"):
        import_bundle(Leaderboard(tmp_path / "mine.db", BOARD), bomb)
    monkeypatch.setattr(unpacking, "MOST_FILES", 3)
    with pytest.raises(SuperbLiteError, match="at most 3 are read"):
        import_bundle(Leaderboard(tmp_path / "mine.db", BOARD), tmp_path / "hers.zip")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 2**20), byte=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_bundle_is_one_line_and_never_a_wrong_number(
    hers: Leaderboard, tmp_path: Path, place: int, byte: int, cut: bool
) -> None:
    path = tmp_path / "hers.zip"
    if not path.exists():
        write_bundle(hers, path)
    content = bytearray(path.read_bytes())
    place %= len(content)
    content[place] = byte
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(content[:place] if cut else content)
    mine = Leaderboard("sqlite://", BOARD, predictions=tmp_path / "kept")
    outcomes: list[Outcome] = []
    with contextlib.suppress(SuperbLiteError):
        outcomes = import_bundle(mine, damaged)
    assert all(outcome.reason.isprintable() for outcome in outcomes)
    if outcomes and not any(outcome.refused for outcome in outcomes):
        assert scores(mine.standings()) == scores(hers.standings())
