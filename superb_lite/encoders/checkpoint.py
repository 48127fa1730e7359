"""Checkpoint directories: `config.json` and `model.safetensors`. No pickle is read or written here."""

from __future__ import annotations

import inspect
import json
import os
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from superb_lite import plugins
from superb_lite.encoders.building import WITHOUT_WEIGHTS, building_within
from superb_lite.encoders.checkpoint_config import CONFIG, FORMAT, WEIGHTS, CheckpointConfig, first_problem, read_config
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.training_curve import training_curves
from superb_lite.encoders.weights import Contents, check_finite, contents, sha256
from superb_lite.errors import SuperbLiteError, UnknownNameError, note, reason
from superb_lite.imports import resolve
from superb_lite.paths import PICKLES, follow_umask, make_dir, pickle_refusal, write_text


def save_checkpoint(encoder: Encoder, directory: Path, *, name: str, pretraining: Mapping[str, Any]) -> None:
    """Write an encoder whose architecture is registered under `name`. `pretraining`: how the weights came about."""
    make_dir(directory)
    tensors = {key: tensor.detach().cpu().contiguous().clone() for key, tensor in encoder.state_dict().items()}
    temporary = directory / f".{WEIGHTS}.{os.getpid()}"
    try:
        save_file(tensors, temporary)
        follow_umask(temporary)
        digest = sha256(temporary)
        temporary.replace(directory / WEIGHTS)
    except (OSError, SafetensorError) as error:
        raise SuperbLiteError(f"cannot write '{directory / WEIGHTS}': {error}") from None
    finally:
        temporary.unlink(missing_ok=True)
    config = {
        "format": FORMAT,
        "format_version": 1,
        "encoder": name,
        "modality": encoder.modality,
        "config": encoder.config(),
        "pretraining": dict(pretraining),
        "weights_sha256": digest,
    }
    # The configuration is written last, so that a directory with one is complete.
    write_text(directory / CONFIG, json.dumps(config, indent=1, ensure_ascii=False) + "\n")


def load_checkpoint(directory: Path) -> Encoder:
    """Load a checkpoint directory.

    Raises `SuperbLiteError` for weights that have changed since they were saved, and for a weight that is missing,
    superfluous or of another shape. Nothing is built that does not fit the weights.
    """
    config, weights = read_config(directory), directory / WEIGHTS
    if not weights.exists() and (pickles := [p for p in sorted(directory.iterdir()) if p.suffix in PICKLES]):
        raise SuperbLiteError(f"'{directory}' has no {WEIGHTS}: {pickle_refusal(pickles[0])}")
    held = contents(weights)
    for file in (directory / CONFIG, weights):
        if file.exists() and not file.resolve().is_relative_to(directory.resolve()):
            raise SuperbLiteError(f"'{file}' is a link out of its directory: copy the file that it leads to")
    _check_digest(weights, config)
    encoder = _build(config, directory, held)
    try:
        tensors = load_file(weights)
        check_finite(tensors, weights)
        encoder.load_state_dict(tensors)
    except (OSError, SafetensorError) as error:
        raise SuperbLiteError(f"cannot read '{weights}': {error}") from None
    except RuntimeError as error:
        # The first line only says that there are problems; of these one is enough.
        problem = (str(error).splitlines()[1:] or [str(error)])[0].strip()
        raise SuperbLiteError(f"'{weights}' does not fit its {CONFIG}: {problem}") from None
    encoder.pretraining = {**config.pretraining, **training_curves(directory)}
    return encoder


def untrained_twin(directory: Path) -> Encoder:
    """The architecture of a checkpoint with weights that are drawn here under its pretraining seed, the same at every
    call: checkpoints of several seeds have several twins."""
    config = read_config(directory)
    held = contents(directory / WEIGHTS) if (directory / WEIGHTS).exists() else WITHOUT_WEIGHTS
    with torch.random.fork_rng(devices=[]):
        seed = config.pretraining.get("seed", 0)
        torch.manual_seed(seed if isinstance(seed, int) and 0 <= seed < 2**63 else 0)
        return _build(config, directory, held)


def _check_digest(weights: Path, config: CheckpointConfig) -> None:
    if config.weights_sha256 is None:
        note(f"'{weights}' is of an older checkpoint, without the hash that it is checked by: nothing has to be done")
    elif sha256(weights) != config.weights_sha256:
        raise SuperbLiteError(
            f"'{weights}' has changed since it was saved: its SHA-256 is not the weights_sha256 of its {CONFIG}"
        )


def _build(config: CheckpointConfig, directory: Path, held: Contents) -> Encoder:
    """The encoder that a configuration describes, with whatever weights its constructor gives it."""
    known, where = plugins.architectures(), f"'{directory / CONFIG}'"
    if config.encoder not in known:
        raise UnknownNameError(f"encoder in {where}:", config.encoder, known)
    architecture = resolve(known[config.encoder].encoder)
    refusal = f'{where}: {config.encoder} does not take this "config"'
    try:
        _schema(architecture).model_validate(config.config)
    except ValidationError as error:
        raise SuperbLiteError(f"{refusal}: it {first_problem(error)}") from None
    try:
        with building_within(held, where):
            encoder: Encoder = architecture(**config.config)
    except SuperbLiteError as error:
        raise SuperbLiteError(f"{where}: {error}" if str(directory) not in str(error) else str(error)) from None
    except Exception as error:  # whatever a constructor, or the library behind it, makes of values that do not go
        raise SuperbLiteError(f"{refusal}: {reason(error)}") from None
    return encoder


def _schema(architecture: type[Encoder]) -> type[BaseModel]:
    """The types of a constructor's arguments, to be checked before it is called; no others are allowed."""
    parameters = list(inspect.signature(architecture).parameters.values())
    try:
        types = typing.get_type_hints(architecture.__init__)
    except NameError:  # names that only type checkers import
        types = {}
    any_others = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)
    named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    fields: dict[str, Any] = {
        p.name: (types.get(p.name, Any), ... if p.default is p.empty else p.default) for p in named
    }
    return create_model(
        "Arguments",
        __config__=ConfigDict(strict=True, extra="allow" if any_others else "forbid", arbitrary_types_allowed=True),
        **fields,
    )
