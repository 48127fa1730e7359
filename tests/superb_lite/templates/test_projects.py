"""New packages are written whole or not at all, and overwrite nothing."""

import os
from pathlib import Path

import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite.templates import project
from superb_lite.templates.project import write_project

FILES = {"README.md": "read me\n", "src/thing/__init__.py": "", ".gitignore": "build/\n"}


def tree(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("there", [False, True], ids=["a new folder", "an empty folder"])
def test_a_folder_is_filled_and_nothing_is_left_beside_it(tmp_path, there):
    target = tmp_path / "deep" / "thing"
    if there:
        target.mkdir(parents=True)
        before = target.stat().st_ino
    write_project(FILES, target)
    assert tree(target) == FILES
    assert [path.name for path in target.parent.iterdir()] == ["thing"]
    if there:
        assert target.stat().st_ino == before  # a shell that stands in it stays there


def test_the_modes_are_those_of_files_that_are_made_plainly(tmp_path):
    write_project(FILES, tmp_path / "thing")
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "file").touch()
    assert (tmp_path / "thing").stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert (tmp_path / "thing" / "README.md").stat().st_mode == (tmp_path / "plain" / "file").stat().st_mode


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.write_text("mine"), "exists and is no folder"),
        (lambda path: path.symlink_to("nowhere"), "exists and is no folder"),
        (lambda path: (path.mkdir(), (path / "mine").write_text("mine")), "is not empty, and nothing is overwritten"),
        (lambda path: (path.mkdir(), (path / ".git").mkdir()), "is not empty, and nothing is overwritten"),
    ],
    ids=["a file", "a link to nothing", "a folder with a file", "a folder with a hidden one"],
)
def test_what_is_there_stays(tmp_path, make, says):
    target = tmp_path / "thing"
    make(target)
    before = sorted(map(str, tmp_path.rglob("*")))
    with pytest.raises(SuperbLiteError, match=says):
        write_project(FILES, target)
    assert sorted(map(str, tmp_path.rglob("*"))) == before


@pytest.mark.parametrize("there", [False, True], ids=["a new folder", "an empty folder"])
def test_an_interruption_leaves_nothing(tmp_path, monkeypatch, there):
    target = tmp_path / "thing"
    if there:
        target.mkdir()
    written = []

    def interrupted(path, text):
        if written:
            raise KeyboardInterrupt
        written.append(path)
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)

    monkeypatch.setattr(project, "write_text", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_project(FILES, target)
    assert [path.name for path in tmp_path.iterdir()] == (["thing"] if there else [])
    assert not there or list(target.iterdir()) == []


def test_a_failure_halfway_into_an_empty_folder_takes_back_what_was_moved(tmp_path, monkeypatch):
    target = tmp_path / "thing"
    target.mkdir()
    rename, moved = os.rename, []

    def full(source, place):
        if len(moved) == 2:
            raise OSError(28, "No space left on device")
        moved.append(place)
        rename(source, place)

    monkeypatch.setattr(project.os, "rename", full)
    with pytest.raises(SuperbLiteError, match=r"cannot write '.*thing': No space left on device"):
        write_project(FILES, target)
    assert len(moved) == 2
    assert list(target.iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["thing"]


def test_a_file_in_the_way_of_the_folder_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SuperbLiteError, match=r"cannot create '.*file'"):
        write_project(FILES, tmp_path / "file" / "thing")
