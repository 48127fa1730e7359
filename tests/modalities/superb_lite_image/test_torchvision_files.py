"""The weights that torchvision publishes become a safetensors file, once and checked."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torchvision import models

from superb_lite.encoders.pickled import convert_pickle, published_file
from superb_lite.encoders.references import load_encoder
from superb_lite.encoders.weights import sha256
from superb_lite.errors import SuperbLiteError
from superb_lite_image import torchvision_files


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in torch's cache, under a name with the beginning of its hash."""
    torch.manual_seed(3)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    torch.save(models.resnet18(weights=None).state_dict(), folder / "x.pth")
    file = (folder / "x.pth").rename(folder / f"resnet18-{sha256(folder / 'x.pth')[:8]}.pth")
    weights = SimpleNamespace(url=f"https://download.pytorch.org/models/{file.name}")
    monkeypatch.setattr(torchvision_files, "published_weights", lambda name, tag: weights)
    return file


def test_published_weights_are_converted_and_load(cached: Path, tmp_path: Path) -> None:
    out = tmp_path / "resnet18.safetensors"
    convert_pickle(published_file("torchvision:resnet18.IMAGENET1K_V1"), out)
    encoder = load_encoder(f"torchvision:resnet18,weights={out},size=32")
    assert torch.equal(encoder.model.conv1.weight, torch.load(cached, weights_only=True)["conv1.weight"])


def test_a_file_of_another_content_is_refused(cached: Path) -> None:
    torch.save(models.resnet18(weights=None).state_dict(), cached)
    with pytest.raises(SuperbLiteError, match=f"{cached.name}' is not what torchvision has published: delete it"):
        published_file("torchvision:resnet18.IMAGENET1K_V1")


def test_without_a_network_it_is_one_line(cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*arguments: object, **options: object) -> None:
        raise OSError("no route to host")

    cached.unlink()
    monkeypatch.setattr("torch.hub.download_url_to_file", offline)
    with pytest.raises(SuperbLiteError, match=r"cannot be fetched from https://.*: no route to host"):
        published_file("torchvision:resnet18.IMAGENET1K_V1")


def test_every_published_file_has_a_hash_in_its_name() -> None:
    urls = [str(w.url) for name in models.list_models(module=models) for w in models.get_model_weights(name)]
    assert len(urls) > 80
    assert all(torchvision_files._HASH.search(url) for url in urls)


def test_unknown_weights_are_named() -> None:
    with pytest.raises(SuperbLiteError, match=r"unknown weights 'resnet18\.IMAGENET': did you mean"):
        published_file("torchvision:resnet18.IMAGENET")
    assert published_file("model.pt") == Path("model.pt")
    assert published_file("timm:resnet18.a1_in1k") == Path("timm:resnet18.a1_in1k")
