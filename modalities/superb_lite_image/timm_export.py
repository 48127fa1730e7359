"""Write a pretrained backbone as a file that timm loads: `timm.create_model(NAME, checkpoint_path=FILE, ...)`."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import timm
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from superb_lite.errors import SuperbLiteError
from superb_lite.paths import make_dir
from superb_lite_image.encoder import TimmEncoder


def save_for_timm(encoder: TimmEncoder, file: Path) -> None:
    """Write the weights of an encoder's backbone under timm's names, in safetensors.

    They load into `timm.create_model(encoder.backbone_name, num_classes=0, checkpoint_path=file,
    **encoder.backbone_args)`. What the encoder does not have, such as a norm before the head, is as timm starts it.
    That model expects what the backbone was shown: pixels from 0 to 1, minus `encoder.mean`, divided by `encoder.std`.

    The small-image stem cannot be asked of timm. Its kernel is laid into the middle of timm's, which is larger in some
    ResNets; after loading, set `model.maxpool = nn.Identity()` and the first convolution's stride to `stem_stride`.

    Raises `SuperbLiteError` where a parameter has no name in timm's model.
    """
    whole = timm.create_model(encoder.backbone_name, num_classes=0, **encoder.backbone_args)
    state: dict[str, Tensor] = dict(whole.state_dict())
    for key, tensor in encoder.backbone.state_dict().items():
        name = _timm_name(key, state, encoder.backbone_name)
        if tensor.shape != state[name].shape:
            margin = (state[name].shape[-1] - tensor.shape[-1]) // 2
            tensor = F.pad(tensor, [margin] * 4)
        state[name] = tensor
    make_dir(file.parent)
    save_file({key: tensor.detach().cpu().contiguous().clone() for key, tensor in state.items()}, file)


def _timm_name(key: str, known: Collection[str], backbone: str) -> str:
    """The name in the whole model of what a feature extractor calls `key`.

    Extractors join the names of a module and its child with "_" ("stages_2" for "stages.2"), or put "model." in front.
    Raises `SuperbLiteError` that names the parameter where the whole model has nothing of the kind.
    """
    first, dot, rest = key.partition(".")
    joints = (match.start() for match in re.finditer("_", first))
    split = (f"{first[:joint]}.{first[joint + 1 :]}{dot}{rest}" for joint in joints)
    for name in (key, key.removeprefix("model."), *split):
        if name in known:
            return name
    raise SuperbLiteError(
        f"timm backbone '{backbone}' has no parameter for '{key}' of its feature extractor: "
        "it cannot be saved for timm, choose another backbone"
    )
