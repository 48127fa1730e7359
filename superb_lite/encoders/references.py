"""Encoder references: the one word by which a person names an encoder.

DIR              a checkpoint directory
random:NAME      the untrained architecture NAME; random:NAME:SEED another draw; random:DIR a checkpoint's twin
raw:NAME         a baseline without weights that a modality registers
majority         a constant feature
py:MODULE:FACTORY  a person's own code, run only with `trust_code` (see `superb_lite.encoders.foreign`)
NAME[:ARGUMENT]  an encoder that a package registers under the entry point group `superb_lite.encoders`
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from superb_lite import plugins
from superb_lite.encoders.checkpoint import CONFIG, build, load_checkpoint, read_config
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.foreign import load_foreign
from superb_lite.encoders.majority import MajorityEncoder
from superb_lite.errors import SuperbLiteError, UnknownNameError, foreign_errors
from superb_lite.imports import resolve


def load_encoder(reference: str | Path, *, trust_code: bool = False) -> Encoder:
    """Load the encoder that a reference names (see this module), in evaluation mode.

    trust_code: let a `py:` reference run the code it names, and a factory that asks for it (a parameter `trust_code`)
        the code that comes with a model.

    Raises `SuperbLiteError` (one line) for an unknown name, a damaged checkpoint, or code that may not run or fails.
    """
    encoder = _load(str(reference), trust_code)
    encoder.requires_grad_(False)
    return encoder.eval()


def _load(reference: str, trust_code: bool) -> Encoder:
    path = Path(reference)
    if (path / CONFIG).exists():
        return load_checkpoint(path)
    scheme, _, argument = reference.partition(":")
    if reference == "majority":
        return MajorityEncoder()
    if scheme == "random" and argument:
        return _random(argument)
    if scheme == "py" and argument:
        return load_foreign(argument, trust_code=trust_code)
    architectures = plugins.architectures()
    if reference in architectures and reference.startswith("raw:"):
        encoder: Encoder = resolve(architectures[reference][1])()
        return encoder
    if reference in architectures:
        raise SuperbLiteError(f"'{reference}' has no weights yet: pretrain it, or use 'random:{reference}'")
    factories = plugins.encoder_factories()
    if scheme in factories:
        factory = plugins.load(plugins.ENCODERS, scheme, kind="encoder")
        with foreign_errors(f"encoder plugin '{scheme}' refused '{argument}'"):
            made = factory(argument, trust_code=trust_code) if _asks_for_trust(factory) else factory(argument)
        if not isinstance(made, Encoder):
            raise SuperbLiteError(
                f"encoder plugin '{scheme}' returned {type(made).__name__}, not a superb_lite.Encoder"
            )
        return made
    if path.exists():
        raise SuperbLiteError(f"'{reference}' is no checkpoint: it has no {CONFIG}")
    if "/" in reference:
        raise SuperbLiteError(f"no such directory: '{reference}'")
    raise UnknownNameError("encoder", reference, plugins.references())


def _asks_for_trust(factory: Callable[..., Any]) -> bool:
    try:
        return "trust_code" in inspect.signature(factory).parameters
    except ValueError:  # something built in, whose parameters nobody knows
        return False


def _random(argument: str) -> Encoder:
    path = Path(argument)
    if (path / CONFIG).exists():
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            return _untrained(build(read_config(path), where=path))
    name, _, seed = argument.partition(":")
    architectures = plugins.architectures()
    if name not in architectures or name.startswith("raw:"):
        trainable = [f"random:{known}" for known in architectures if not known.startswith("raw:")]
        raise UnknownNameError("encoder", f"random:{name}", trainable)
    if seed and not seed.isdigit():
        raise SuperbLiteError(f"'random:{argument}': the seed after the second colon must be a whole number")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(seed or 0))
        return _untrained(resolve(architectures[name][1]).lite())


def _untrained(encoder: Encoder) -> Encoder:
    encoder.untrained = True
    return encoder
