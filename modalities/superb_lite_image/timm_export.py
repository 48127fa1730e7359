"""Write a pretrained backbone as a file that timm loads: `timm.create_model(NAME, checkpoint_path=FILE, ...)`."""

from __future__ import annotations

import re
from pathlib import Path

import timm
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from superb_lite.paths import make_dir
from superb_lite_image.encoder import TimmEncoder


def save_for_timm(encoder: TimmEncoder, file: Path) -> None:
    """Write the weights of an encoder's backbone under timm's names, in safetensors.

    They load into `timm.create_model(encoder.backbone_name, num_classes=0, checkpoint_path=file,
    **encoder.backbone_args)`. What the encoder does not have, such as a norm before the head, is as timm starts it.

    The small-image stem cannot be asked of timm. Its kernel is laid into the middle of timm's, which is larger in some
    ResNets; after loading, set `model.maxpool = nn.Identity()` and the first convolution's stride to `stem_stride`.
    """
    whole = timm.create_model(encoder.backbone_name, num_classes=0, **encoder.backbone_args)
    state: dict[str, Tensor] = dict(whole.state_dict())
    for key, tensor in encoder.backbone.state_dict().items():
        name = _timm_name(key, state)
        if tensor.shape != state[name].shape:
            margin = (state[name].shape[-1] - tensor.shape[-1]) // 2
            tensor = F.pad(tensor, [margin] * 4)
        state[name] = tensor
    make_dir(file.parent)
    save_file({key: tensor.detach().cpu().contiguous().clone() for key, tensor in state.items()}, file)


def _timm_name(key: str, known: dict[str, Tensor]) -> str:
    """The name in the whole model: its feature extractors write "stages_2" for "stages.2", or put "model." in front."""
    candidates = (key, key.removeprefix("model."), re.sub(r"^([a-z]+)_(\d+)\.", r"\1.\2.", key))
    return next(name for name in candidates if name in known)
