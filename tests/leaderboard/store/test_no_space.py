"""A full disk, and one that is read-only: one line, exit code 2, and the board is as it was."""

from __future__ import annotations

import os
import pwd
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import old_boards
import pytest
from synthetic_results import BOARD, entry_results

from superb_lite import SuperbLiteError
from superb_lite.cli import main
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.submission.bundle import write_bundle

NOBODY = 65534
KB = 1024


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Entries that a command stores."""
    hers = Leaderboard(tmp_path / "hers.db", BOARD)
    hers.submit("hers", entry_results(0.6, label="hers"))
    write_bundle(hers, tmp_path / "hers.zip")
    return tmp_path / "hers.zip"


def command(*arguments: object, before: Callable[[], None] = lambda: None) -> tuple[int, str, str]:
    """Run `superb-lite leaderboard` in a process of its own, which keeps the made-up tasks."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = os.fork()
        if child == 0:
            code = 70
            try:
                os.dup2(out.fileno(), 1)
                os.dup2(err.fileno(), 2)
                sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
                sys.argv = ["superb-lite", "leaderboard", *map(str, arguments)]
                before()
                main()
                code = 0
            except SystemExit as error:
                code = int(error.code or 0)
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        out.seek(0)
        err.seek(0)
        return os.waitstatus_to_exitcode(status), out.read(), err.read()


def check_refused(found: tuple[int, str, str]) -> str:
    """The one line of a command that failed as it should."""
    code, out, err = found
    assert (code, out) == (2, ""), err
    (line,) = err.splitlines()
    assert line.startswith("superb-lite: ")
    assert len(line) <= 330
    return line


def check_whole(path: Path, names: set[str]) -> None:
    """The board holds these entries and nothing is damaged; nothing half-made lies beside it."""
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    board = Leaderboard(path)
    entries = board.entries()
    assert {entry.name for entry in entries} == names
    assert board.standings().notes == ()
    assert all(board.predictions(result) is not None for entry in entries for result in entry.results)
    assert [p.name for p in path.parent.rglob(".*")] == []


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 1 MB."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root may mount a small disk")
    directory = Path(tempfile.mkdtemp(prefix="superb-lite-disk-"))
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(directory)], capture_output=True, text=True, check=False
    )
    try:
        if made.returncode:
            pytest.skip(f"no small disk can be mounted here: {made.stderr.strip()[:200]}")
        yield directory
    finally:
        if not made.returncode:
            subprocess.run(["umount", "-l", str(directory)], check=True)
        directory.rmdir()


def fill(directory: Path, left: int) -> Path:
    """A file that takes all but so many bytes of a disk."""
    filler = directory / "filler"
    filler.write_bytes(b"\0" * max(0, shutil.disk_usage(directory).free - left))
    return filler


def test_a_small_disk_is_filled_with_entries(small_disk: Path) -> None:
    board, names = Leaderboard(small_disk / "board.db", BOARD), set()

    def submit_many() -> None:
        for number in range(100):
            board.submit(f"entry {number}", entry_results(0.5, label=str(number)))
            names.add(f"entry {number}")

    with pytest.raises(SuperbLiteError) as error:
        submit_many()
    assert "\n" not in str(error.value)
    print(f"a disk of 1 MB was full after {len(names)} entries: {error.value}")
    assert len(names) > 3
    check_whole(small_disk / "board.db", names)
    board.withdraw("entry 0")  # what fits is still stored


@pytest.mark.parametrize("left", [0, 4 * KB, 20 * KB, 40 * KB, 60 * KB, 80 * KB])
def test_a_full_disk_is_one_line(small_disk: Path, bundle: Path, left: int) -> None:
    path = small_disk / "board.db"
    Leaderboard(path, BOARD).submit("one", entry_results(0.5, label="one"))
    filler = fill(small_disk, left)
    line = check_refused(command("import", bundle, "--board", path))
    print(f"{left} bytes left: {line}")
    assert "space" in line or "full" in line
    filler.unlink()
    check_whole(path, {"one"})
    assert command("import", bundle, "--board", path)[0] == 0
    check_whole(path, {"one", "hers"})


def test_a_full_disk_gets_no_half_of_a_new_board(small_disk: Path) -> None:
    path = small_disk / "board.db"
    filler = fill(small_disk, 40 * KB)
    with pytest.raises(SuperbLiteError, match=r"space|full"):
        Leaderboard(path, BOARD).submit("one", entry_results(0.5, label="one"))
    assert not path.exists()
    filler.unlink()
    Leaderboard(path, BOARD).submit("one", entry_results(0.5, label="one"))
    check_whole(path, {"one"})


@pytest.mark.parametrize("more", [1, 4 * KB, 16 * KB])
def test_a_file_that_may_not_grow_is_one_line(tmp_path: Path, bundle: Path, more: int) -> None:
    """As on a full disk, wherever the system limits the size of files."""
    path = tmp_path / "board.db"
    Leaderboard(path, BOARD).submit("one", entry_results(0.5, label="one"))
    size = path.stat().st_size + more

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    assert f"board '{path}': " in check_refused(command("import", bundle, "--board", path, before=limited))
    check_whole(path, {"one"})
    assert command("import", bundle, "--board", path)[0] == 0
    check_whole(path, {"one", "hers"})


@pytest.fixture
def own_folder() -> Iterator[Path]:
    """A folder of an account whose rights end where the modes of files say so, which root's do not."""
    directory = Path(tempfile.mkdtemp(prefix="superb-lite-own-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory)


def as_somebody() -> None:
    """Become the account that has no rights but its own."""
    if os.geteuid() == 0:
        os.setegid(NOBODY)
        os.seteuid(NOBODY)


def give(directory: Path, *, mode_of_files: int, mode: int) -> None:
    """Hand a folder and what is in it to that account, with these modes."""
    for path in sorted(directory.rglob("*"), reverse=True):
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)
        path.chmod((mode if path.is_dir() else mode_of_files) if path.suffix != ".parquet" else 0o444)
    if os.geteuid() == 0:
        os.chown(directory, NOBODY, NOBODY)
    directory.chmod(mode)


@pytest.mark.parametrize(
    ("mode_of_files", "mode", "words"),
    [
        (0o444, 0o755, "readonly database"),
        (0o644, 0o555, "cannot write|Permission denied|unable to open|readonly"),
        (0o444, 0o555, "cannot write|Permission denied|unable to open|readonly"),
    ],
)
def test_what_may_not_be_written_is_read(
    own_folder: Path, bundle: Path, mode_of_files: int, mode: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() == 0:
        try:
            pwd.getpwuid(NOBODY)
        except KeyError:
            pytest.skip("root may write everywhere, and there is no account without rights")
    path = own_folder / "board.db"
    Leaderboard(path, BOARD).submit("one", entry_results(0.5, label="one"))
    shutil.copy(bundle, own_folder / "hers.zip")
    for arguments in (["show", "--json"], ["import", str(bundle)]):
        # What is imported late is read now, from where that account may not look.
        monkeypatch.setattr(sys, "argv", ["superb-lite", "leaderboard", *arguments, "--board", str(bundle) + ".db"])
        Leaderboard(f"{bundle}.db", BOARD).create()
        main()

    before = path.read_bytes()
    give(own_folder, mode_of_files=mode_of_files, mode=mode)
    try:
        code, out, err = command("show", "--json", "--board", path, before=as_somebody)
        assert (code, '"one"' in out) == (0, True), err
        line = check_refused(command("import", own_folder / "hers.zip", "--board", path, before=as_somebody))
        print(f"files {mode_of_files:o}, folder {mode:o}: {line}")
        assert re.search(words, line)
    finally:
        own_folder.chmod(0o755)
        for each in own_folder.rglob("*"):
            each.chmod(0o755)
    assert path.read_bytes() == before
    check_whole(path, {"one"})


def test_a_read_only_disk(small_disk: Path, bundle: Path) -> None:
    path, old = small_disk / "board.db", small_disk / "old.db"
    Leaderboard(path, BOARD).submit("one", entry_results(0.5, label="one"))
    old_boards.make(f"sqlite:///{old}", "3", BOARD, entry_results(0.6, label="old", modalities=["touch"]))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for arguments in (("import", bundle), ("withdraw", "one"), ("rename", "one", "two")):
        print(check_refused(command(*arguments, "--board", path)))
    assert command("show", "--board", path)[0] == 0
    print(check_refused(command("show", "--board", old)))
    with pytest.raises(SuperbLiteError, match=r"cannot write to|Read-only"):
        Leaderboard(small_disk / "new.db", BOARD).create()
    check_whole(path, {"one"})
