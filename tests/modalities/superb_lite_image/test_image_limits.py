"""Image files of strangers: nothing hangs, nothing but Pillow's own decoders runs, and huge ones are refused."""

import os

import numpy as np
import pytest
from PIL import Image

from superb_lite.errors import SuperbLiteError
from superb_lite_image import folder
from superb_lite_image.folder import read_image


def refused(path, match):
    with pytest.raises(SuperbLiteError, match=match) as caught:
        read_image(path)
    assert len(str(caught.value)) <= 300
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("suffix", sorted(folder.SUFFIXES))
def test_every_suffix_is_read(tmp_path, suffix):
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    if suffix == ".pgm":
        pixels = pixels[..., 0]
    Image.fromarray(pixels).save(tmp_path / f"x{suffix}")
    assert read_image(tmp_path / f"x{suffix}").shape == (3, 4, 4)


def test_a_picture_that_another_program_would_draw_is_refused(tmp_path, monkeypatch):
    """Pillow knows a file by its content, and gives PostScript to Ghostscript, whatever the file is called."""
    Image.new("RGB", (4, 4)).save(tmp_path / "x.eps")
    (tmp_path / "x.eps").rename(tmp_path / "x.png")

    def run(*arguments, **options):
        raise AssertionError("a program was started")

    monkeypatch.setattr("subprocess.Popen", run)
    monkeypatch.setattr("subprocess.check_call", run)
    refused(tmp_path / "x.png", "cannot identify image file")


def test_more_pixels_than_are_read(tmp_path, monkeypatch):
    Image.new("RGB", (30, 40)).save(tmp_path / "x.png")
    monkeypatch.setattr(folder, "MOST_PIXELS", 1199)
    refused(tmp_path / "x.png", "it has 30 x 40 pixels: at most 1,199 are read")


def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "x.png")
    refused(tmp_path / "x.png", "it is a pipe, not a file")
