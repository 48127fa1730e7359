"""The weights that torchvision publishes: pickles, which `superb-lite convert` alone reads.

The name of a file ends in the first eight digits of its SHA-256, which is all that torchvision publishes of it.
"""

from __future__ import annotations

import re
from pathlib import Path

import torch
from torchvision import models
from torchvision.models import WeightsEnum

from superb_lite.encoders.weights import sha256
from superb_lite.errors import SuperbLiteError, UnknownNameError, reason
from superb_lite.paths import make_dir, regular_size

_HASH = re.compile(r"-([0-9a-f]{8,64})\.")


def published_weights(name: str, tag: str) -> WeightsEnum:
    """The weights of a model by their tag. Raises `UnknownNameError`."""
    known = models.list_models(module=models)
    if name not in known:
        raise UnknownNameError("torchvision model", name, known)
    tags: dict[str, WeightsEnum] = {weights.name: weights for weights in models.get_model_weights(name)}
    if tag not in tags:
        raise UnknownNameError("weights", f"{name}.{tag}", (f"{name}.{each}" for each in tags))
    return tags[tag]


def published(argument: str) -> Path:
    """The file of "NAME.TAG", out of torch's cache or from the network, checked against its published hash.

    Raises `SuperbLiteError` for weights that nobody publishes, cannot be fetched, or are not what was published.
    """
    name, _, tag = argument.partition(".")
    url = str(published_weights(name, tag).url)
    file = Path(torch.hub.get_dir()) / "checkpoints" / url.rpartition("/")[2]
    digest = _HASH.search(file.name)
    if digest is None:
        raise SuperbLiteError(f"torchvision publishes no hash of the weights '{argument}', so they are not fetched")
    if not file.exists():
        make_dir(file.parent)
        try:
            torch.hub.download_url_to_file(url, str(file), hash_prefix=digest[1], progress=False)
        except (OSError, RuntimeError) as error:  # RuntimeError: another hash
            raise SuperbLiteError(
                f"the weights '{argument}' cannot be fetched from {url}: {reason(error, 120)}"
            ) from None
    regular_size(file)
    if not sha256(file).startswith(digest[1]):
        raise SuperbLiteError(f"'{file}' is not what torchvision has published: delete it, then it is fetched anew")
    return file
