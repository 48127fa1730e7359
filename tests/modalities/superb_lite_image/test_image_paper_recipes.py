"""Recipes of the papers: they have the papers' networks and schedules, and small copies of them train."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from superb_lite import plugins
from superb_lite.encoders.checkpoint import read_config
from superb_lite.encoders.references import load_encoder
from superb_lite.imports import resolve
from superb_lite.pretraining.recipes import find_recipe
from superb_lite.pretraining.run import pretrain
from superb_lite_image.encoder import TimmEncoder

RECIPES = [(name, budget) for name in ("image-simclr", "image-byol") for budget in ("paper", "cifar")]
IDS = ["/".join(one) for one in RECIPES]
IMAGENET, CIFAR = 1_281_167, 50_000


def options(name: str, budget: str) -> dict:
    return find_recipe(plugins.objective(name), budget).options


def count(module: torch.nn.Module) -> float:
    """Parameters, in millions."""
    return sum(parameter.numel() for parameter in module.parameters()) / 1e6


@pytest.mark.parametrize(
    ("name", "budget", "trunk", "heads"),
    [
        # ResNet-50 without its classifier: "24M" (Chen et al. 2020, table 6; He et al. 2016).
        ("image-simclr", "paper", 23.508, 2048 * 2048 + 2 * 2048 + 2048 * 128 + 128),
        ("image-byol", "paper", 23.508, 2 * (4096 + 2 * 4096 + 4096 * 256 + 256) + (2048 + 256) * 4096),
        # ResNet-18 with a 3x3 stem: 11.17 million, as in solo-learn.
        ("image-simclr", "cifar", 11.169, 512 * 512 + 2 * 512 + 512 * 128 + 128),
        ("image-byol", "cifar", 11.169, 2 * (4096 + 2 * 4096 + 4096 * 256 + 256) + (512 + 256) * 4096),
    ],
)
def test_the_network_has_the_papers_size(name: str, budget: str, trunk: float, heads: int) -> None:
    recipe = options(name, budget)
    model = dict(recipe["model"])
    with torch.device("meta"):
        encoder = TimmEncoder(image_size=recipe["data"]["image_size"], **model.pop("encoder"))
        made = resolve(plugins.objective(name).objective)(encoder=encoder, **model)
    trained = [parameter for parameter in made.parameters() if parameter.requires_grad]
    assert all(parameter.is_meta for parameter in trained)
    assert count(encoder) == pytest.approx(trunk, abs=0.001)
    assert sum(parameter.numel() for parameter in trained) == round(count(encoder) * 1e6) + heads


@pytest.mark.parametrize(
    ("name", "budget", "images", "epochs", "batch", "rate"),
    [
        ("image-simclr", "paper", IMAGENET, 100, 4096, 0.3),
        ("image-byol", "paper", IMAGENET, 1000, 4096, 0.2),
        ("image-simclr", "cifar", CIFAR, 1000, 512, 1.0),
        ("image-byol", "cifar", CIFAR, 1000, 256, 1.0),
    ],
)
def test_steps_rate_and_warm_up_are_those_of_the_batch(
    name: str, budget: str, images: int, epochs: int, batch: int, rate: float
) -> None:
    recipe = options(name, budget)
    processes = 32 if budget == "paper" else 1
    assert recipe["data"]["batch_size"] * processes == batch
    assert recipe["trainer"]["max_steps"] == pytest.approx(images * epochs / batch, abs=1)
    assert recipe["model"]["learning_rate"] == pytest.approx(rate * batch / 256)
    assert recipe["model"]["warmup_share"] * epochs == pytest.approx(10)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for number in range(6):
        Image.fromarray(rng.integers(0, 256, (40, 32 + number, 3), dtype=np.uint8)).save(path / f"{number}.png")
    return path


@pytest.mark.parametrize(("name", "budget"), RECIPES, ids=IDS)
def test_a_small_copy_of_the_recipe_trains(name: str, budget: str, folder: Path, tmp_path: Path) -> None:
    small = ["--model.backbone=resnet10t", "--data.image_size=32", "--data.batch_size=4", "--data.workers=0"]
    small += ["--trainer.max_steps=2", "--trainer.accelerator=cpu"]
    small += ["--model.hidden_size=16"] if name == "image-byol" else []
    out = pretrain(name, tmp_path / "out", data=folder, budget=budget, arguments=small)
    said = read_config(out)
    assert (said.pretraining["budget"], said.pretraining["options"]["model.optimizer"]) == (budget, "lars")
    assert said.config["stem_stride"] == (None if budget == "paper" else 1)
    assert all(parameter.isfinite().all() for parameter in load_encoder(out).parameters())
