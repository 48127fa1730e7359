import io

import numpy as np
import pytest
import torch
from PIL import Image

from superb_lite.errors import SuperbLiteError
from superb_lite_image.corpus import ImageCorpus
from superb_lite_image.folder import read_folder, read_image


def colour(height=40, width=50):
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_colour_is_kept(tmp_path):
    Image.fromarray(colour()).save(tmp_path / "a.png")
    assert np.array_equal(read_image(tmp_path / "a.png").permute(1, 2, 0).numpy(), colour())


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "1", "CMYK"])
def test_other_modes_become_three_channels(tmp_path, mode):
    file = tmp_path / ("a.tif" if mode == "CMYK" else "a.png")
    Image.fromarray(colour()).convert(mode).save(file)
    image = read_image(file)
    assert image.shape == (3, 40, 50)
    assert image.dtype == torch.uint8
    assert image.float().std() > 10
    if mode in ("L", "LA", "1"):
        assert torch.equal(image[0], image[1])
        assert torch.equal(image[0], image[2])


def test_transparent_pixels_are_white(tmp_path):
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(tmp_path / "a.png")
    assert (read_image(tmp_path / "a.png") == 255).all()


def test_sixteen_bit_grey_keeps_its_upper_byte(tmp_path):
    values = np.arange(0, 65536, 256, dtype=np.uint16).reshape(16, 16)
    Image.fromarray(values).save(tmp_path / "a.png")
    assert torch.equal(read_image(tmp_path / "a.png")[0], torch.arange(256, dtype=torch.uint8).reshape(16, 16))


def test_exif_orientation_is_applied(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned by 90 degrees
    Image.fromarray(colour(40, 50)).save(tmp_path / "a.jpg", exif=exif)
    assert read_image(tmp_path / "a.jpg").shape == (3, 50, 40)


@pytest.mark.parametrize("damage", ["empty", "text", "cut"])
@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "bmp"])
def test_a_damaged_file_is_one_line_that_names_it(tmp_path, damage, suffix):
    buffer = io.BytesIO()
    Image.fromarray(colour()).save(buffer, {"jpg": "jpeg"}.get(suffix, suffix))
    content = {"empty": b"", "text": b"no image", "cut": buffer.getvalue()[: len(buffer.getvalue()) // 2]}[damage]
    (tmp_path / f"broken.{suffix}").write_bytes(content)
    with pytest.raises(SuperbLiteError, match=f"broken.{suffix}") as caught:
        ImageCorpus(path=tmp_path)
    assert "\n" not in str(caught.value)


def test_folders_are_searched_in_order_and_other_files_are_left_alone(tmp_path):
    (tmp_path / "sub").mkdir()
    for name, value in (("b.PNG", 20), ("sub/c.png", 30), ("a.png", 10)):
        Image.new("L", (5, 5), value).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no image")
    assert [int(image[0, 0, 0]) for image in read_folder(tmp_path)] == [10, 20, 30]


def test_missing_and_empty_folders(tmp_path):
    with pytest.raises(SuperbLiteError, match="nowhere' is no folder"):
        list(read_folder(tmp_path / "nowhere"))
    with pytest.raises(SuperbLiteError, match="holds no images"):
        list(read_folder(tmp_path))
