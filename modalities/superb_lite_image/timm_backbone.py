"""Backbones of the timm library, by a name and arguments that a stranger may have written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import timm

from superb_lite.errors import SuperbLiteError, UnknownNameError, one_line, reason

LARGEST_IMAGE = 2048
"""The largest height and width in pixels that an encoder resizes images to."""

ARGUMENTS = frozenset(
    (
        # of all architectures
        *("drop_rate", "drop_path_rate", "output_stride"),
        # ResNet and its kin
        *("layers", "channels", "stem_width", "stem_type", "base_width", "cardinality", "avg_down", "zero_init_last"),
        # vision transformers
        *("img_size", "patch_size", "embed_dim", "depth", "num_heads", "mlp_ratio", "qkv_bias", "qk_norm"),
        *("init_values", "class_token", "reg_tokens", "no_embed_class", "pre_norm", "final_norm", "dynamic_img_size"),
        # architectures of stages, such as Swin and ConvNeXt
        *("window_size", "depths", "dims", "kernel_sizes", "ls_init_value", "conv_mlp", "use_grn"),
    )
)
"""What of timm's architectures may be set. All else, such as where pretrained weights come from, may not: with timm's
`pretrained_cfg_overlay` or `checkpoint_path`, loading a checkpoint would read another file, or ask the network for one.
"""

_WORD = re.compile("[a-z_]{0,30}")


def check_image_size(size: int) -> int:
    """The size, or ValueError for one that no image is resized to."""
    if not 1 <= size <= LARGEST_IMAGE:
        raise ValueError(f"image_size {size}: it must be from 1 to {LARGEST_IMAGE}")
    return size


def check_arguments(arguments: Mapping[str, Any]) -> None:
    """Raise `SuperbLiteError` unless all arguments are in `ARGUMENTS`, with numbers, lists of numbers, or a word."""
    for name, value in arguments.items():
        if name not in ARGUMENTS:
            raise UnknownNameError("argument of a timm backbone", str(name), ARGUMENTS)
        if not (_is_number(value) or _are_numbers(value) or (name == "stem_type" and _is_word(value))):
            raise SuperbLiteError(
                f"backbone_args '{name}' must be a number or a list of them, not {one_line(value, 60)}"
            )


def _is_number(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float)


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(_is_number(one) or _are_numbers(one) for one in value)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and _WORD.fullmatch(value) is not None


def create_backbone(name: str, arguments: Mapping[str, Any], *, weights: Path | None = None) -> Any:
    """A backbone that gives its stages, untrained, or with the weights of the whole model in a safetensors file.

    Nothing is ever fetched. Raises `SuperbLiteError` for an unknown name, an argument that is not allowed (see
    `check_arguments`) or that the architecture does not take, and weights of another shape.
    """
    if not timm.is_model(name):
        raise UnknownNameError("timm backbone", name, timm.list_models())
    check_arguments(arguments)
    loaded: dict[str, Any] = {}
    if weights is not None:
        loaded = {"pretrained": True, "pretrained_cfg_overlay": {"file": str(weights)}}
    try:
        return timm.create_model(name, features_only=True, **arguments, **loaded)
    except SuperbLiteError:
        raise
    except Exception as error:  # whatever an architecture makes of arguments that do not go together
        given = f" and the weights '{weights}'" if weights is not None else ""
        raise SuperbLiteError(
            f"timm backbone '{name}' with arguments {one_line(dict(arguments), 60)}{given}: {reason(error, 120)}"
        ) from None
