"""Paths of own tasks that a stranger may have chosen."""

import os
from pathlib import Path

import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.paths import read_file, read_utf8, regular_size


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def refused(call, match):
    with pytest.raises(SuperbLiteError, match=match) as caught:
        call()
    assert len(str(caught.value)) <= 300
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("scheme", ["tsv", "conllu", "folder", "audio", "parquet", "webdataset"])
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("a\0b", r"'\w+:a\\x00b' is not a path that can be kept in results"),
        ("caf\udce9", r"caf\\udce9' is not a path that can be kept in results"),
        ("two\nlines\x1b[31m", r"two\\nlines\\x1b\[31m"),
        ("x" * 5000, "x…x"),
        ("pipe", "it is a pipe|is not a directory"),
        ("/dev/zero", "it is a device|is not a directory"),
        ("loop", "symbolic links|is not a directory"),
    ],
)
def test_paths_end_in_one_line(scheme, path, words):
    os.mkfifo("pipe")
    Path("loop").symlink_to("loop")
    refused(lambda: plugins.tasks(f"{scheme}:{path}"), words)


def test_names_of_files_that_are_not_utf8():
    for label in ("a", "b"):
        Path("data", label).mkdir(parents=True)
        for number in range(6):
            Path("data", label, f"{number}.png").write_bytes(label.encode() * number)
    assert len(plugins.tasks("folder:data")) == 1
    Path("data", "b", "caf\udce9.png").write_bytes(b"x")
    refused(lambda: plugins.tasks("folder:./data"), r"'data/b/caf\\udce9\.png' has a name that is not UTF-8: rename it")


def test_a_pipe_in_a_folder_is_left_out():
    for label in ("a", "b"):
        Path("piped", label).mkdir(parents=True)
        for number in range(6):
            Path("piped", label, f"{number}.png").write_bytes(label.encode() * number)
        os.mkfifo(Path("piped", label, "pipe.png"))
    (task,) = plugins.tasks("folder:piped")
    assert not any("pipe" in key for key in task.data().items)


def test_files_are_read_up_to_a_limit():
    Path("x").write_bytes(b"\xef\xbb\xbfab\r\n")
    assert regular_size(Path("x")) == 7
    assert read_file(Path("x"), limit=7) == b"\xef\xbb\xbfab\r\n"
    assert read_utf8(Path("x"), limit=7) == "ab\r\n"
    refused(lambda: read_file(Path("x"), limit=6), "'x' has 7 bytes: at most 6 are read")
    Path("y").write_bytes(b"ab\xff")
    refused(lambda: read_utf8(Path("y"), limit=7), r"'y' is not UTF-8 \(byte 2\)")
    refused(lambda: regular_size(Path("nowhere")), "cannot read 'nowhere': No such file or directory")
