"""`folder:DIR`: folders of images as a task."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate


def paint(folder: Path, count: int, level: int) -> None:
    rng = np.random.default_rng(level)
    for number in range(count):
        pixels = rng.integers(level, level + 60, (12, 10, 3), dtype=np.uint8)
        (folder / str(level)).mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / str(level) / f"{number}.png")


def test_images_are_read_and_evaluated(tmp_path: Path) -> None:
    paint(tmp_path, 10, 20)
    paint(tmp_path, 10, 160)
    (tmp_path / "160" / ".DS_Store").write_bytes(b"x")
    name = f"folder:{tmp_path}"
    (task,) = plugins.tasks(name)
    item = task.data().items["20/3.png"]
    with Image.open(tmp_path / "20" / "3.png") as image:
        np.testing.assert_array_equal(item, np.asarray(image).transpose(2, 0, 1))
    (result,) = evaluate("raw:pixels", name, seeds=3)
    assert result.score == 1.0
    assert result.n_test == 4


def test_a_damaged_image_is_named_before_anything_is_computed(tmp_path: Path) -> None:
    paint(tmp_path, 10, 20)
    paint(tmp_path, 10, 160)
    (tmp_path / "20" / "4.png").write_bytes(b"no image")
    with pytest.raises(SuperbLiteError, match=r"cannot read the image '.*4\.png'"):
        evaluate("raw:pixels", f"folder:{tmp_path}", seeds=1)


def test_a_folder_with_too_few_images_is_named(tmp_path: Path) -> None:
    paint(tmp_path, 10, 20)
    paint(tmp_path, 2, 160)
    with pytest.raises(SuperbLiteError, match=r"class '160' has 2 different images: at least 5"):
        plugins.tasks(f"folder:{tmp_path}")


@pytest.mark.parametrize("content", ["nothing", "a dot-file", "a text"])
def test_a_class_folder_without_an_image_is_named(tmp_path: Path, content: str) -> None:
    paint(tmp_path, 10, 20)
    (tmp_path / "empty").mkdir()
    if content == "a dot-file":
        (tmp_path / "empty" / "._1.png").write_bytes(b"x")
    elif content == "a text":
        (tmp_path / "empty" / "readme.txt").write_text("x")
    with pytest.raises(SuperbLiteError, match=r"class folder '.*empty' holds no image"):
        plugins.tasks(f"folder:{tmp_path}")


def test_a_class_of_one_image_is_named(tmp_path: Path) -> None:
    paint(tmp_path, 10, 20)
    paint(tmp_path, 1, 160)
    with pytest.raises(SuperbLiteError, match=r"class '160' has 1 different image: at least 5"):
        plugins.tasks(f"folder:{tmp_path}")


def test_images_of_every_kind_make_one_task(tmp_path: Path) -> None:
    """Grey, RGBA, 16-bit, palette, CMYK and a very long one, side by side."""
    for label, level in (("dark", 20), ("light", 160)):
        (tmp_path / label).mkdir()
        pixels = np.random.default_rng(level).integers(level, level + 60, (12, 10, 3), dtype=np.uint8)
        for number, mode in enumerate(("RGB", "L", "RGBA", "P", "1", "LA")):
            Image.fromarray(pixels).convert(mode).save(tmp_path / label / f"{number}.png")
        Image.fromarray(pixels).convert("CMYK").save(tmp_path / label / "6.jpg")
        Image.fromarray(pixels[..., 0].astype(np.uint16) << 8).save(tmp_path / label / "7.png")
        Image.new("RGB", (10_000, 10), (level, level, level)).save(tmp_path / label / "8.png")
        Image.new("RGB", (1, 1), (level, level, level)).save(tmp_path / label / "9.png")
    (task,) = plugins.tasks(f"folder:{tmp_path}")
    assert all(item.shape[0] == 3 for item in task.data().items.values())
    (result,) = evaluate("raw:pixels", f"folder:{tmp_path}", seeds=1)
    assert result.n_test == 4
