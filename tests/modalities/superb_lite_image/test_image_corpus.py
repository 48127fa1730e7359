import numpy as np
import pytest
import torch
from PIL import Image

from superb_lite.errors import SuperbLiteError
from superb_lite_image.corpus import MOST_CROPS, ImageCorpus, cut
from superb_lite_image.items import resize_all
from superb_lite_sources import digits, photographs
from superb_lite_vision import MNIST_50, VISION_LITE


@pytest.fixture(scope="module")
def corpus():
    return ImageCorpus(path=None, batch_size=40, seed=3)


@pytest.fixture(scope="module")
def corpus_images(corpus):
    """What an encoder is shown: (3, 32, 32) uint8 each, as bytes."""
    return {image.numpy().tobytes() for pool in corpus.pools for image in pool.images}


def test_batches_depend_on_seed_and_step_alone(corpus):
    other = ImageCorpus(path=None, batch_size=40, seed=3)
    other.batch(7)
    assert torch.equal(corpus.batch(2), other.batch(2))
    assert not torch.equal(corpus.batch(2), corpus.batch(3))
    assert not torch.equal(corpus.batch(2), ImageCorpus(path=None, batch_size=40, seed=4).batch(2))
    assert corpus.batch(0).shape == (40, 3, 32, 32)
    assert corpus.batch(0).dtype == torch.uint8
    assert corpus.content_hash() == other.content_hash()
    assert corpus.content_hash() != ImageCorpus(path=None, image_size=24).content_hash()


def test_batches_hold_the_digits_that_were_asked_for():
    corpus = ImageCorpus(path=None, batch_size=40, seed=0, digit_share=0.25)
    known = {image.numpy().tobytes() for image in corpus.pools[1].images}
    batch = corpus.batch(5)
    assert sum(image.numpy().tobytes() in known for image in batch) == 10
    assert corpus.sources == ("photographs", "mnist")
    alone = ImageCorpus(path=None, batch_size=40, seed=0, digit_share=0.0)
    assert len(alone.pools) == 1
    assert alone.sources == ("photographs",)
    with pytest.raises(SuperbLiteError, match="digit_share is 1"):
        ImageCorpus(path=None, digit_share=1.0)


def test_an_epoch_holds_every_digit_once():
    corpus = ImageCorpus(path=None, batch_size=50, seed=1, digit_share=0.5)
    seen = torch.cat([corpus.batch(step)[25:] for step in range(100)])
    assert len({image.numpy().tobytes() for image in seen}) == 2500


@pytest.mark.parametrize("task", VISION_LITE.tasks, ids=lambda task: task.name)
def test_nothing_that_a_task_tests_is_pretrained_on(corpus, corpus_images, task):
    data = task.data()
    # mnist-50 has its labelled images, never its test images, out of the corpus.
    examples = data.test if task is MNIST_50 else (*data.train, *data.test)
    items = [data.items[key] for example in examples for key in example.items]
    pretrained = {digit.tobytes() for digit in digits.mnist("pretraining").images}
    assert len(corpus.pools[1].images) == len(pretrained)
    assert not pretrained & {item.tobytes() for item in items}
    # And as the encoder sees them: resized to 32x32.
    shown = resize_all(items, 32)
    assert not corpus_images & {image.numpy().tobytes() for image in shown}


def test_photograph_crops_are_cut_from_pretraining_regions_only(monkeypatch):
    """Black out all other pixels: the corpus stays the same. Black out the pretraining regions: nothing is left."""
    before = ImageCorpus(path=None, digit_share=0.0).content_hash()
    asked = []

    def blackened(keep):
        def pixels(region):
            asked.append(region)
            whole = photographs.picture(region.picture)
            inside = np.zeros(whole.shape[1:], dtype=bool)
            for own in photographs.regions(region.picture, "pretraining"):
                inside[own.top : own.bottom, own.left : own.right] = True
            picture = np.where(inside if keep else ~inside, whole, 0)
            return picture[:, region.top : region.bottom, region.left : region.right]

        return pixels

    monkeypatch.setattr(photographs.Region, "pixels", blackened(True))
    assert ImageCorpus(path=None, digit_share=0.0).content_hash() == before
    assert len(asked) == len(photographs.all_regions("pretraining"))
    monkeypatch.setattr(photographs.Region, "pixels", blackened(False))
    assert not ImageCorpus(path=None, digit_share=0.0).pools[0].images.any()


@pytest.mark.parametrize("shape", [(32, 32), (60, 60), (20, 90), (200, 64), (5, 5)])
def test_cut_covers_the_picture_at_several_scales(shape):
    height, width = shape
    # The red channel tells the row and the green one the column of a pixel.
    rows = torch.linspace(0, 255, height).round().to(torch.uint8)[:, None].expand(height, width)
    columns = torch.linspace(0, 255, width).round().to(torch.uint8)[None].expand(height, width)
    crops = torch.stack(list(cut(torch.stack([rows, columns, rows]), 32)))
    assert crops.shape[1:] == (3, 32, 32)
    for channel in (0, 1):  # every edge of the picture is in some crop
        assert crops[:, channel].min() < 10
        assert crops[:, channel].max() > 245
    if min(shape) <= 32 and max(shape) <= 32:
        assert len(crops) == 1
    if min(shape) >= 60:
        assert len(crops) > 10


@pytest.mark.parametrize("shape", [(10, 10_000), (10_000, 10), (100, 2_000)])
def test_a_banner_does_not_swamp_a_corpus(shape):
    ramp = torch.linspace(0, 255, max(shape)).round().to(torch.uint8)
    picture = (ramp[None] if shape[1] > shape[0] else ramp[:, None]).expand(3, *shape)
    crops = torch.stack(list(cut(picture, 32)))
    assert crops.shape == (MOST_CROPS, 3, 32, 32)
    middles = crops[:, 0].float().mean(dim=(1, 2)).sort().values  # where along the banner
    assert middles[0] < 10
    assert middles[-1] > 245
    assert middles.diff().max() < 20  # no part is left out
    assert len(list(cut(torch.zeros(3, 300, 900, dtype=torch.uint8), 32))) < MOST_CROPS  # a panorama is kept whole


def test_embedded_pictures_in_files_are_known_by_their_pixels(tmp_path):
    rng = np.random.default_rng(0)
    for number in range(9):
        Image.fromarray(rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)).save(tmp_path / f"{number}.png")
    Image.fromarray(digits.mnist("test").images[0]).save(tmp_path / "grey.png")
    assert ImageCorpus(path=tmp_path).sources == ("mnist", str(tmp_path))
    Image.fromarray(photographs.all_regions("train")[3].pixels().transpose(1, 2, 0)).save(tmp_path / "region.png")
    assert ImageCorpus(path=tmp_path).sources == ("photographs", "mnist", str(tmp_path))


def test_own_folder(tmp_path):
    rng = np.random.default_rng(0)
    for number, size in enumerate(((32, 32), (100, 70), (10, 12))):
        Image.fromarray(rng.integers(0, 256, (*size, 3), dtype=np.uint8)).save(tmp_path / f"{number}.png")
    corpus = ImageCorpus(path=tmp_path, batch_size=6, seed=0)
    assert corpus.batch(0).shape == (6, 3, 32, 32)
    assert corpus.sources == (str(tmp_path),)
    original = torch.from_numpy(np.array(Image.open(tmp_path / "0.png"))).permute(2, 0, 1)
    assert torch.equal(corpus.pools[0].images[0], original)
