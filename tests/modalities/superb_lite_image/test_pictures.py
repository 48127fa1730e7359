"""Pictures that stay on disk: two crops of each, which become views without being cropped again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from superb_lite.errors import SuperbLiteError
from superb_lite_image.corpus import ImageCorpus
from superb_lite_image.encoder import TimmEncoder
from superb_lite_image.simclr import SimCLR

SHADES = (10, 90, 170, 250)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures of one shade each, and of several sizes."""
    for number, shade in enumerate(SHADES):
        (tmp_path / f"class-{number % 2}").mkdir(exist_ok=True)
        Image.new("RGB", (30 + 10 * number, 25), (shade,) * 3).save(tmp_path / f"class-{number % 2}" / f"{number}.png")
    return tmp_path


def corpus(folder: Path, **options) -> ImageCorpus:
    return ImageCorpus(path=folder, batch_size=4, image_size=16, pictures=True, **options)


def test_a_batch_has_two_crops_of_each_picture_and_an_epoch_every_picture(folder: Path) -> None:
    batch = corpus(folder).batch(0)
    assert (batch.shape, batch.dtype) == ((4, 2, 3, 16, 16), torch.uint8)
    shades = batch.flatten(2).float()
    assert (shades.std(dim=2) == 0).all()
    assert torch.equal(shades[:, 0, 0], shades[:, 1, 0])
    assert sorted(shades[:, 0, 0].tolist()) == list(SHADES)


def test_crops_depend_on_seed_and_step_alone(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "one.png")
    one, other = corpus(tmp_path), corpus(tmp_path)
    state = torch.get_rng_state()
    first = one.batch(3)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(other.batch(3), first)
    assert not torch.equal(first[:, 0], first[:, 1])
    assert not torch.equal(one.batch(4), first)
    assert not torch.equal(corpus(tmp_path, seed=1).batch(3), first)


def test_crops_become_views_without_being_cropped_again(folder: Path) -> None:
    encoder = TimmEncoder(image_size=16)
    objective = SimCLR(encoder=encoder, jitter_strength=0.0, smallest_crop=0.1, flip_probability=0.0)
    batch = torch.randint(256, (3, 2, 3, 16, 16), dtype=torch.uint8)
    objective.recolour.transforms[-1].p = objective.recolour_second.transforms[-1].p = 0.0  # grey
    views = objective.two_views(batch)
    torch.testing.assert_close(views, torch.cat([batch[:, 0], batch[:, 1]]) / 255, rtol=0, atol=1e-5)


def test_the_hash_is_that_of_the_pictures(folder: Path) -> None:
    before = corpus(folder).content_hash()
    assert corpus(folder).content_hash() == before
    (folder / "class-0" / "0.png").rename(folder / "class-0" / "9.png")
    renamed = corpus(folder).content_hash()
    assert renamed != before
    Image.new("RGB", (30, 25), (11,) * 3).save(folder / "class-0" / "9.png")
    assert corpus(folder).content_hash() not in (before, renamed)
    assert corpus(folder).sources == (str(folder),)
    assert len(corpus(folder, share=0.5).pictures) == 2


def test_pictures_need_a_folder_and_an_area(folder: Path) -> None:
    with pytest.raises(SuperbLiteError, match="give --data FOLDER"):
        ImageCorpus(path=None, pictures=True)
    with pytest.raises(SuperbLiteError, match="crop_area 0: it must be more than 0"):
        corpus(folder, crop_area=0.0)
