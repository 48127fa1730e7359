import io

import numpy as np
import pytest
import torch
from PIL import Image

from superb_lite.errors import SuperbLiteError
from superb_lite_image.corpus import ImageCorpus
from superb_lite_image.folder import read_folder, read_image
from superb_lite_image.pixels import PixelEncoder


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


@pytest.mark.parametrize("largest", [65535, 4095])
def test_sixteen_bit_pgm_keeps_its_upper_byte(tmp_path, largest):
    """PGM's samples are big-endian and run to a number that its header gives."""
    levels = np.arange(256).reshape(16, 16)
    samples = np.round(levels * largest / 255).astype(">u2")
    (tmp_path / "a.pgm").write_bytes(f"P5 16 16 {largest}\n".encode() + samples.tobytes())
    found = read_image(tmp_path / "a.pgm")[0].numpy()
    assert np.abs(found - levels).max() <= 1
    assert (found[0, 0], found[-1, -1]) == (0, 255)


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
    with pytest.raises(SuperbLiteError, match="nowhere' is not a directory"):
        list(read_folder(tmp_path / "nowhere"))
    with pytest.raises(SuperbLiteError, match="holds no images"):
        list(read_folder(tmp_path))


def test_of_an_animation_the_first_frame_is_taken(tmp_path):
    frames = [Image.new("RGB", (6, 5), colour) for colour in ("red", "lime", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=50)
    image = read_image(tmp_path / "a.gif")
    assert image.shape == (3, 5, 6)
    assert image[:, 2, 2].tolist() == [255, 0, 0]


def test_cmyk_jpegs_show_their_colours(tmp_path):
    Image.new("RGB", (16, 16), (250, 20, 30)).convert("CMYK").save(tmp_path / "a.jpg")
    assert read_image(tmp_path / "a.jpg")[:, 8, 8].tolist() == pytest.approx([250, 20, 30], abs=8)


def test_palettes_show_their_colours_and_their_transparency(tmp_path):
    picture = Image.new("P", (4, 4), 1)
    picture.putpalette([0, 0, 0, 10, 200, 30])
    picture.putpixel((0, 0), 0)
    picture.save(tmp_path / "a.png", transparency=0)
    image = read_image(tmp_path / "a.png")
    assert image[:, 1, 1].tolist() == [10, 200, 30]
    assert image[:, 0, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_turned_upright(tmp_path, orientation):
    """The stored pixels are turned by Pillow's inverse; the corner that was marked ends up where it was."""
    upright = np.zeros((6, 8, 3), dtype=np.uint8)
    upright[0, 0] = 255  # top left
    upright[0, 7] = 128  # top right
    turns = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = Image.fromarray(upright)
    if turns[orientation] is not None:
        stored = stored.transpose(turns[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(read_image(tmp_path / "a.png").permute(1, 2, 0).numpy(), upright)


@pytest.mark.parametrize("size", [(1, 1), (10_000, 10), (10, 10_000)])
def test_extreme_sizes_are_read_cut_and_encoded(tmp_path, size):
    Image.new("RGB", size, (40, 50, 60)).save(tmp_path / "a.png")
    image = read_image(tmp_path / "a.png")
    assert image.shape == (3, size[1], size[0])
    batch = ImageCorpus(path=tmp_path, batch_size=3).batch(0)
    assert batch.shape == (3, 3, 32, 32)
    assert (batch.float().mean(dim=(0, 2, 3)) - torch.tensor([40.0, 50.0, 60.0])).abs().max() <= 1
    encoder = PixelEncoder()
    assert torch.isfinite(encoder(encoder.collate([image])).layers[0]).all()


@pytest.mark.parametrize("mode", ["I", "F"])
def test_pixels_of_unknown_range_are_refused(tmp_path, mode):
    Image.new(mode, (4, 4), 70000).save(tmp_path / "a.tif")
    with pytest.raises(SuperbLiteError, match=r"a\.tif': 32-bit pixels .* convert it to 8 or 16 bits"):
        read_image(tmp_path / "a.tif")


def test_a_truncated_jpeg_is_named(tmp_path):
    buffer = io.BytesIO()
    Image.fromarray(colour(200, 200)).save(buffer, "jpeg")
    (tmp_path / "cut.jpg").write_bytes(buffer.getvalue()[:-2000])
    with pytest.raises(SuperbLiteError, match=r"cut\.jpg.*truncated"):
        read_image(tmp_path / "cut.jpg")


def test_hidden_files_are_no_images(tmp_path):
    Image.new("L", (5, 5), 10).save(tmp_path / "a.png")
    (tmp_path / "._a.png").write_bytes(b"what macOS leaves on other disks")
    (tmp_path / ".thumbnails").mkdir()
    Image.new("L", (5, 5), 20).save(tmp_path / ".thumbnails" / "a.png")
    assert len(list(read_folder(tmp_path))) == 1
