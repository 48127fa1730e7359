import dataclasses
import os
import stat
from pathlib import Path

import pytest
import torch
from filelock import FileLock

from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.state import (
    LOCK,
    RECORD,
    RunOptions,
    StateIO,
    TrainingState,
    check_options,
    locked,
    read_state,
    remove_state,
)

STATE = {
    "global_step": 7,
    "state_dict": {"weight": torch.arange(1000.0)},
    RECORD: {
        "objective": "text-bert",
        "encoder": "text-tiny",
        "corpus_sha256": "abc",
        "options": {"model.width": 8},
        "seconds": 1.5,
        "loss": 0.25,
    },
}
OPTIONS = RunOptions("text-bert", "text-tiny", "abc", {"model.width": 8})


@pytest.fixture
def path(tmp_path):
    StateIO().save_checkpoint(STATE, tmp_path / "training.ckpt")
    return tmp_path / "training.ckpt"


def test_a_state_says_how_far_its_run_came(path):
    assert read_state(path) == TrainingState(step=7, options=OPTIONS, seconds=1.5, loss=0.25)


@pytest.mark.parametrize("size", [0, 1, 100, 2000])
def test_a_truncated_state_is_one_line(path, size):
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(SuperbLiteError, match=r"training\.ckpt' is damaged .*cannot be resumed; remove it") as caught:
        read_state(path)
    assert "\n" not in str(caught.value)


def test_a_flipped_bit_in_the_weights_is_found(path):
    data = bytearray(path.read_bytes())
    at = bytes(data).index(torch.arange(500.0, 510.0).numpy().tobytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(SuperbLiteError, match="is damaged"):
        read_state(path)


@pytest.mark.parametrize("content", [{}, [1, 2], {"global_step": 3}, {**STATE, RECORD: {"options": {}}}])
def test_another_file_of_torch_is_no_state(path, content):
    torch.save(content, path)
    with pytest.raises(SuperbLiteError, match="is not a state that `superb-lite pretrain` wrote"):
        read_state(path)


def test_what_is_no_regular_file_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "training.ckpt")
    with pytest.raises(SuperbLiteError, match="is not a regular file"):
        read_state(tmp_path / "training.ckpt")


@pytest.mark.parametrize("mask", [0o022, 0o027, 0o002])
def test_a_state_has_the_mode_that_the_umask_leaves(tmp_path, mask):
    before = os.umask(mask)
    try:
        StateIO().save_checkpoint(STATE, tmp_path / "training.ckpt")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "training.ckpt").stat().st_mode) == 0o666 & ~mask


def test_a_state_is_replaced_whole_or_not_at_all(path, monkeypatch):
    before = path.read_bytes()

    def half(checkpoint, file):
        file.write_bytes(b"half")
        raise RuntimeError("No space left on device")

    monkeypatch.setattr(torch, "save", half)
    with pytest.raises(SuperbLiteError, match=r"cannot write .*training\.ckpt': No space left"):
        StateIO().save_checkpoint(STATE, path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_what_a_killed_process_left_is_removed_with_the_state(path):
    path.with_name(".training.ckpt.part").write_bytes(b"half")
    remove_state(path)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"options": {"model.width": 16}}, r"--model\.width is 16, but the interrupted run in 'out' began with 8"),
        (
            {"options": {"model.width": 8, "model.depth": 3}},
            r"--model\.depth is 3, but .* began without it: leave it out",
        ),
        ({"objective": "text-gpt"}, "is of text-bert, not of text-gpt"),
        ({"encoder": "text-bert"}, "trains text-tiny, not text-bert"),
        ({"corpus_sha256": "def"}, "the corpus has changed since"),
    ],
)
def test_what_differs_from_the_first_time_is_named(change, words):
    check_options(OPTIONS, OPTIONS, out=Path("out"))
    with pytest.raises(SuperbLiteError, match=words):
        check_options(OPTIONS, dataclasses.replace(OPTIONS, **change), out=Path("out"))


def test_a_locked_directory_refuses_a_second_process(tmp_path):
    out = tmp_path / "new" / "out"
    with (
        locked(out),
        pytest.raises(SuperbLiteError, match=r"another process is pretraining into '.*out': choose another --out"),
        locked(out),
    ):
        pass
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "kept").mkdir()
    with (
        FileLock(tmp_path / "kept" / LOCK),
        pytest.raises(SuperbLiteError, match="another process"),
        locked(tmp_path / "kept"),
    ):
        pass
    assert (tmp_path / "kept").exists()


def test_what_was_written_stays(tmp_path):
    with locked(tmp_path / "out"):
        (tmp_path / "out" / "metrics.csv").write_text("loss\n")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["metrics.csv"]
