"""Files of installed packages: found without an import, and refused in one line where they are other ones."""

import hashlib
import sys

import pytest

from superb_lite.errors import MissingPackageError, SuperbLiteError
from superb_lite_sources.packaged import Package

CARRIER = Package("tiny_carrier", "1.2", "the tiny data")


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An installed package whose import would fail."""
    folder = tmp_path / "tiny_carrier"
    (folder / "data").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    (folder / "data" / "a.txt").write_bytes(b"ACGT\n")
    (folder / "data" / "b.txt").write_bytes(b"TTTT\n")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_a_file_is_found_without_importing_its_package(folder):
    assert CARRIER.file("data/a.txt", sha256(b"ACGT\n")) == folder / "data" / "a.txt"
    assert "tiny_carrier" not in sys.modules


def test_another_content_and_a_missing_file_are_one_line_that_installs_the_right_version(folder):
    with pytest.raises(SuperbLiteError, match=r"the tiny data: 'data/a.txt' in .*another content.*tiny_carrier==1.2"):
        CARRIER.file("data/a.txt", sha256(b"ACGT"))
    with pytest.raises(SuperbLiteError, match=r"'data/c.txt' in .*No such file.*tiny_carrier==1.2"):
        CARRIER.file("data/c.txt", sha256(b""))


def test_a_file_that_changes_is_read_again(folder):
    CARRIER.file("data/a.txt", sha256(b"ACGT\n"))
    (folder / "data" / "a.txt").write_bytes(b"ACGA\n")
    with pytest.raises(SuperbLiteError, match="another content"):
        CARRIER.file("data/a.txt", sha256(b"ACGT\n"))


def test_files_of_a_pattern_have_one_hash_over_names_and_contents(folder):
    contents = {"data/a.txt": b"ACGT\n", "data/b.txt": b"TTTT\n"}
    expected = sha256("".join(f"{name} {sha256(content)}\n" for name, content in contents.items()).encode())
    assert [path.name for path in CARRIER.files("data/*.txt", expected)] == ["a.txt", "b.txt"]
    (folder / "data" / "c.txt").touch()
    with pytest.raises(SuperbLiteError, match="3 files, and not those that are meant"):
        CARRIER.files("data/*.txt", expected)


@pytest.mark.parametrize("name", ["no_such_carrier", "this"])
def test_a_package_that_is_not_installed_or_has_no_folder_names_its_extra(name):
    with pytest.raises(MissingPackageError, match=rf"the tiny data needs .*'{name}'.*superb-lite\[sequence\]"):
        Package(name, "1.2", "the tiny data").folder()
