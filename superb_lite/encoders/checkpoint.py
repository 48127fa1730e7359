"""Checkpoint directories: `config.json` and `model.safetensors`. No pickle is read or written here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from superb_lite import plugins
from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite.imports import resolve
from superb_lite.paths import follow_umask, make_dir, write_text

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
FORMAT = "superb-lite-checkpoint"


def save_checkpoint(encoder: Encoder, directory: Path, *, name: str, pretraining: Mapping[str, Any]) -> None:
    """Write an encoder whose architecture is registered under `name`. `pretraining`: how the weights came about."""
    make_dir(directory)
    tensors = {key: tensor.detach().cpu().contiguous().clone() for key, tensor in encoder.state_dict().items()}
    try:
        save_file(tensors, directory / WEIGHTS)
        follow_umask(directory / WEIGHTS)
    except (OSError, SafetensorError) as error:
        raise SuperbLiteError(f"cannot write '{directory / WEIGHTS}': {error}") from None
    config = {
        "format": FORMAT,
        "format_version": 1,
        "encoder": name,
        "modality": encoder.modality,
        "config": encoder.config(),
        "pretraining": dict(pretraining),
    }
    # The configuration is written last, so that a directory with one is complete.
    write_text(directory / CONFIG, json.dumps(config, indent=1, ensure_ascii=False) + "\n")


def read_config(directory: Path) -> dict[str, Any]:
    """The checked `config.json` of a checkpoint directory."""
    try:
        config = json.loads((directory / CONFIG).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SuperbLiteError(f"'{directory}' is no checkpoint: it has no {CONFIG}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise SuperbLiteError(f"'{directory / CONFIG}' is not JSON: {error}") from None
    if not isinstance(config, dict) or config.get("format") != FORMAT:
        raise SuperbLiteError(f'\'{directory / CONFIG}\' has no "format": "{FORMAT}"')
    for key in ("encoder", "config", "pretraining"):
        if key not in config:
            raise SuperbLiteError(f"'{directory / CONFIG}' lacks \"{key}\"")
    if not isinstance(config["encoder"], str):
        raise SuperbLiteError(f"'{directory / CONFIG}': \"encoder\" must be a name")
    return config


def build(config: Mapping[str, Any], *, where: Path) -> Encoder:
    """The encoder that a configuration describes, with whatever weights its constructor gives it."""
    known = plugins.architectures()
    if config["encoder"] not in known:
        raise UnknownNameError(f"encoder in '{where / CONFIG}':", config["encoder"], known)
    try:
        encoder: Encoder = resolve(known[config["encoder"]][1])(**config["config"])
    except (TypeError, ValueError) as error:
        raise SuperbLiteError(
            f"'{where / CONFIG}': {config['encoder']} does not take this \"config\": {error}"
        ) from None
    return encoder


def load_checkpoint(directory: Path) -> Encoder:
    """Load a checkpoint directory. A weight that is missing, superfluous or of another shape is an error."""
    config = read_config(directory)
    encoder = build(config, where=directory)
    try:
        tensors = load_file(directory / WEIGHTS)
    except (FileNotFoundError, SafetensorError) as error:
        raise SuperbLiteError(f"cannot read '{directory / WEIGHTS}': {error}") from None
    try:
        encoder.load_state_dict(tensors)
    except RuntimeError as error:
        detail = " ".join(str(error).split())
        raise SuperbLiteError(f"'{directory / WEIGHTS}' does not fit its {CONFIG}: {detail:.300}") from None
    encoder.pretraining = config["pretraining"]
    return encoder
