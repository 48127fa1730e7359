"""Models of timm and torchvision as encoders: the references `timm:...` and `torchvision:...`.

NAME                 the untrained architecture
NAME.TAG             of timm: with the weights of that tag, a safetensors file out of the hub or its cache
NAME,weights=FILE    with the weights in a safetensors file
NAME,size=PIXELS     images are resized to this height and width instead of the model's own

Parts may be combined, as in `timm:resnet18,size=64,weights=my.safetensors`. Downloaded files are checked against their
published hash (`superb_lite.hub`). Torchvision publishes pickles, which are never loaded; `superb-lite convert` makes a
safetensors file of them (`superb_lite_image.torchvision_files`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import timm
import torch
from torch import Tensor, nn
from torchvision import models

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.encoders.model_card import CARD, pretraining_of
from superb_lite.encoders.weights import read_weights
from superb_lite.errors import SuperbLiteError, UnknownNameError, reason
from superb_lite.hub import fetch
from superb_lite.tasks.labels import Item
from superb_lite_image.encoder import TimmEncoder, normalised, set_batch_norm_statistics
from superb_lite_image.items import resize_all
from superb_lite_image.timm_backbone import LARGEST_IMAGE, check_image_size
from superb_lite_image.torchvision_files import published_weights

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Wanted:
    """A reference in its parts; `tag` and `weights` exclude each other, and neither means untrained."""

    name: str
    tag: str = ""
    weights: Path | None = None
    size: int | None = None


def parse(argument: str) -> Wanted:
    """NAME[.TAG][,weights=FILE][,size=PIXELS]. Raises `SuperbLiteError` for anything else."""
    model, *options = argument.split(",")
    name, _, tag = model.partition(".")
    values = {}
    for option in options:
        key, _, value = option.partition("=")
        if key not in ("weights", "size") or not value or key in values:
            raise SuperbLiteError(f"'{option}' in '{argument}': give NAME[.TAG][,weights=FILE][,size=PIXELS]")
        values[key] = value
    if not name:
        raise SuperbLiteError("no model is named: give NAME[.TAG][,weights=FILE][,size=PIXELS]")
    if tag and "weights" in values:
        raise SuperbLiteError(f"'{argument}' names the weights '{tag}' and a file: leave one of them out")
    size = values.get("size", "")
    if size and not (size.isascii() and size.isdigit() and len(size) < 5 and 0 < int(size) <= LARGEST_IMAGE):
        raise SuperbLiteError(f"'{argument}': size must be a number of pixels up to {LARGEST_IMAGE}, not '{size}'")
    weights = values.get("weights")
    return Wanted(name, tag, Path(weights).expanduser() if weights else None, int(size) if size else None)


def timm_encoder(argument: str) -> Encoder:
    """The encoder of `timm:ARGUMENT`; its layers are the stages (of a vision transformer: the last blocks)."""
    wanted = parse(argument)
    if not timm.is_model(wanted.name):
        raise UnknownNameError("timm backbone", wanted.name, timm.list_models())
    model = f"{wanted.name}.{wanted.tag}" if wanted.tag else wanted.name
    if wanted.tag and model not in timm.list_pretrained(f"{wanted.name}.*"):
        raise UnknownNameError("weights of a timm backbone", model, timm.list_pretrained(f"{wanted.name}.*"))
    known = timm.get_pretrained_cfg(model)
    size = wanted.size or (known.input_size[-1] if known else 224)
    arguments: dict[str, Any] = {"img_size": size} if known and known.fixed_input_size and wanted.size else {}
    weights = _published(wanted.name, model) if wanted.tag else wanted.weights
    if weights is not None:
        read_weights(weights)  # before timm reads them
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        encoder = TimmEncoder(
            backbone=model,
            backbone_args=arguments,
            image_size=size,
            stem_stride=None,
            mean=known.mean if known else IMAGENET_MEAN,
            std=known.std if known else IMAGENET_STD,
        )
        if weights is not None:
            torch.manual_seed(0)
            encoder.load_weights(weights)
    return _ready(encoder, "timm", weights)


PUBLISHED = ("model.safetensors", "open_clip_model.safetensors")
"""What the weights of a model are called on the hub."""


def _published(name: str, model: str) -> Path:
    """The safetensors file of a tag, out of the hub or its cache."""
    known = timm.get_pretrained_cfg(model)
    instead = f"give a file, timm:{name},weights=FILE"
    if known is None or not known.hf_hub_id:
        raise SuperbLiteError(
            f"the weights '{model}' are published as a pickle only, which is never loaded: `superb-lite convert "
            f"FILE.pth --to safetensors --out FILE.safetensors`, then timm:{name},weights=FILE.safetensors"
        )
    try:
        folder = fetch(known.hf_hub_id, (*PUBLISHED, CARD))
    except SuperbLiteError as error:
        raise SuperbLiteError(f"the weights '{model}' cannot be downloaded ({error}): {instead}") from error
    found = [folder / file for file in PUBLISHED if (folder / file).is_file()]
    if not found:
        raise SuperbLiteError(f"'{known.hf_hub_id}' on the hub has no {PUBLISHED[0]}: {instead}")
    return found[0]


def torchvision_encoder(argument: str) -> Encoder:
    """The encoder of `torchvision:ARGUMENT`: one layer, what the model's last linear layer reads."""
    wanted = parse(argument)
    known = models.list_models(module=models)
    if wanted.name not in known:
        raise UnknownNameError("torchvision model", wanted.name, known)
    if wanted.tag:
        published_weights(wanted.name, wanted.tag)
        out = f"{wanted.name}.safetensors"
        raise SuperbLiteError(
            f"the weights '{wanted.name}.{wanted.tag}' are published as a pickle, which is never loaded: `superb-lite "
            f"convert torchvision:{wanted.name}.{wanted.tag} --to safetensors --out {out}`, then "
            f"torchvision:{wanted.name},weights={out}"
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        encoder = TorchvisionEncoder(model=wanted.name, image_size=wanted.size or 224)
    if wanted.weights is not None:
        encoder.load_weights(read_weights(wanted.weights), str(wanted.weights))
    return _ready(encoder, "torchvision", wanted.weights)


def _ready(encoder: Encoder, scheme: str, weights: Path | None) -> Encoder:
    """Untrained BatchNorm gets the statistics of corpus images, as trained ones have those of theirs."""
    encoder.untrained = weights is None
    if weights is not None:
        encoder.pretraining = pretraining_of(scheme, weights.parent)
    elif any(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in encoder.modules()):
        from superb_lite_image.corpus import ImageCorpus  # with lightning, which a wrong name does not have to wait for

        corpus = ImageCorpus(path=None, batch_size=STATISTICS_BATCH, seed=0)
        batches = (encoder.collate(list(corpus.batch(step))) for step in range(STATISTICS_BATCHES))
        set_batch_norm_statistics(encoder, batches)
    return encoder


STATISTICS_BATCH, STATISTICS_BATCHES = 32, 4


class TorchvisionEncoder(Encoder):
    """A torchvision classification model without its last linear layer: one layer with one position, the whole image.

    Args:
        model: a name in `torchvision.models.list_models(module=torchvision.models)`.
        image_size: images are resized to this height and width.
    """

    modality: ClassVar[str | None] = "image"

    def __init__(self, *, model: str, image_size: int = 224) -> None:
        super().__init__()
        self.model_name = model
        self.image_size = check_image_size(image_size)
        sized = {"image_size": image_size} if model.startswith("vit_") else {}
        self.model = models.get_model(model, weights=None, **sized)
        linear = [name for name, module in self.model.named_modules() if isinstance(module, nn.Linear)]
        if not linear or model.startswith(NO_LAST_LINEAR):
            raise SuperbLiteError(f"torchvision's '{model}' has no single linear head to take off: take it from timm")
        self.head = linear[-1]
        self.model.set_submodule(self.head, nn.Identity())

    def config(self) -> dict[str, Any]:
        return {"model": self.model_name, "image_size": self.image_size}

    def load_weights(self, state: dict[str, Tensor], where: str) -> None:
        """Load a state dictionary of the whole model; the head in it is not needed."""
        kept = {key: value for key, value in state.items() if key.rpartition(".")[0] != self.head}
        try:
            self.model.load_state_dict(kept)
        except RuntimeError as error:
            raise SuperbLiteError(
                f"'{where}' does not fit torchvision model '{self.model_name}': {reason(error)}"
            ) from None

    def collate(self, items: Sequence[Item]) -> Batch:
        """pixels: (B, 3, S, S) uint8; item: (B,)."""
        return {"pixels": resize_all(items, self.image_size), "item": torch.arange(len(items))}

    def forward(self, batch: Batch) -> Features:
        made = self.model(normalised(batch["pixels"].float() / 255, IMAGENET_MEAN, IMAGENET_STD))
        vectors: Tensor = made[0] if isinstance(made, tuple) else made  # with auxiliary heads while training
        mask = torch.ones(len(vectors), 1, dtype=torch.bool, device=vectors.device)
        return Features((vectors[:, None],), mask, batch["item"], summary=vectors)


NO_LAST_LINEAR = ("squeezenet", "inception", "googlenet")
"""SqueezeNet ends in a convolution; the other two have further heads that are trained along."""
