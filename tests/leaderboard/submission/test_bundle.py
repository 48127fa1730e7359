"""Entries that go from one board to another in a file, and files that are none."""

from __future__ import annotations

import contextlib
import hashlib
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from synthetic_results import BOARD, entry_results

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.entry import About, Submitted, Tier
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.submission import bundle as bundles
from superb_lite_leaderboard.submission.bundle import import_bundle, write_bundle


@pytest.fixture
def hers(tmp_path: Path) -> Leaderboard:
    board = Leaderboard(tmp_path / "hers.db", BOARD)
    board.submit("old", entry_results(0.3, label="older"))
    board.submit("old", [Submitted(r, Tier.RERUN) for r in entry_results(0.7, label="new")], About(licence="MIT"))
    board.submit("half", entry_results(0.5, label="half", modalities=["touch"]))
    board.submit("bare", [r.replace(predictions={}, cluster_index=()) for r in entry_results(0.4, label="bare")])
    mixed = [
        r.replace(encoder=f"raw:{r.task}", encoder_hash=hashlib.sha256(r.task.encode()).hexdigest())
        for r in entry_results(0.2, label="x", modalities=["touch"])
    ]
    board.merge("baselines", mixed, several=True)
    return board


def scores(board: Leaderboard) -> dict[str, object]:
    return {
        row.name: (row.overall, row.modalities, {k: t.normalised for k, t in row.tasks.items()})
        for row in board.standings().rows
    }


def test_another_board_shows_the_same_cells(hers: Leaderboard, tmp_path: Path) -> None:
    path = tmp_path / "out" / "hers.zip"
    assert write_bundle(hers, path) == 4
    mine = Leaderboard(tmp_path / "mine.db", BOARD)
    outcomes = import_bundle(mine, path)
    assert [(o.name, o.refused, o.stored and o.stored.ref) for o in outcomes] == [
        ("old", False, "old@1"),
        ("half", False, "half@1"),
        ("bare", False, "bare@1"),
        ("baselines", False, "baselines@1"),
    ]
    assert scores(mine) == scores(hers)
    assert mine.entry("old").about == About(licence="MIT")
    assert all(entry.tier < Tier.RERUN for entry in mine.entries())  # it was not run here
    measured = mine.entry("old").results[0]
    assert mine.predictions(measured) == hers.predictions(hers.entry("old").results[0])


def test_the_same_content_twice_is_one_entry(hers: Leaderboard, tmp_path: Path) -> None:
    path = tmp_path / "hers.zip"
    write_bundle(hers, path)
    mine = Leaderboard(tmp_path / "mine.db", BOARD)
    mine.submit("the same as old", entry_results(0.7, label="new"))
    mine.submit("half", entry_results(0.9, label="other", modalities=["touch"]))
    first = {o.name: o for o in import_bundle(mine, path)}
    assert first["old"].reason == "is here already, as 'the same as old@1'"
    assert first["half"].stored is not None
    assert first["half"].stored.ref == "half@2"
    before = mine.entries()
    assert all(outcome.stored is None and not outcome.refused for outcome in import_bundle(mine, path))
    assert mine.entries() == before


def test_the_same_entries_make_the_same_bytes(hers: Leaderboard, tmp_path: Path) -> None:
    write_bundle(hers, tmp_path / "a.zip")
    write_bundle(hers, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_some_entries_are_taken_and_others_refused_by_name(hers: Leaderboard, tmp_path: Path) -> None:
    path = tmp_path / "hers.zip"
    write_bundle(hers, path)
    mine = Leaderboard(tmp_path / "mine.db", BOARD)
    elsewhere = [r.replace(data_sha256="f" * 64) for r in entry_results(0.6, label="mine", modalities=["smell"])]
    mine.submit("mine", [Submitted(r, Tier.RERUN) for r in elsewhere])
    outcomes = {o.name: o for o in import_bundle(mine, path, names=["half", "old"])}
    assert outcomes["old"].refused
    assert "other data" in outcomes["old"].reason
    assert outcomes["half"].stored is not None
    assert {entry.name for entry in mine.entries()} == {"mine", "half"}
    with pytest.raises(SuperbLiteError, match="has no entry 'nobody'"):
        import_bundle(mine, path, names=["nobody"])
    other = Leaderboard(tmp_path / "other.db", Board("other", 1, BOARD.columns))
    with pytest.raises(SuperbLiteError, match="holds entries of board 'senses'"):
        import_bundle(other, path)


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
ENTRY = {"name": "x", "about": {}, "submitted": "", "files": ["entries/000001.json"]}


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
        (lambda z: z.writestr("board.json", json.dumps({**INDEX, "format": 2})), "board.json", "field 'format'"),
        (lambda z: z.writestr("board.json", json.dumps({**INDEX, "code": "x"})), "board.json", "field 'code'"),
        (
            lambda z: z.writestr("board.json", json.dumps({**INDEX, "entries": [{**ENTRY, "files": ["/etc/passwd"]}]})),
            "board.json",
            "field 'entries.0.files.0'",
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
    monkeypatch.setattr(bundles, "LARGEST_FILE", 2**22)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("board.json", b"\0" * 2**25)
    assert bomb.stat().st_size < 2**17
    with pytest.raises(SuperbLiteError, match="larger than what is read"):
        import_bundle(Leaderboard(tmp_path / "mine.db", BOARD), bomb)
    monkeypatch.setattr(bundles, "MOST_FILES", 3)
    with pytest.raises(SuperbLiteError, match="at most 3 are read"):
        import_bundle(Leaderboard(tmp_path / "mine.db", BOARD), tmp_path / "hers.zip")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    with contextlib.suppress(SuperbLiteError):
        assert all(str(outcome.reason).isprintable() for outcome in import_bundle(mine, damaged))
    right = scores(hers)
    assert all(row == right.get(name, row) for name, row in scores(mine).items() if set(scores(mine)) == set(right))
