"""twin_of: what a checkpoint's random twin is called."""

from __future__ import annotations

import functools
import json
from pathlib import Path

from superb_lite import plugins
from superb_lite.encoders.checkpoint_config import read_config
from superb_lite.imports import resolve

MOST = 10**18
"""Seeds up to here can be written in a reference."""


def twin_of(directory: Path) -> str:
    """The reference of the untrained encoder of a checkpoint's architecture, drawn under its pretraining seed.

    That is random:NAME:SEED where NAME has the checkpoint's configuration by default, since `Encoder.lite` prepares
    what untrained weights need (the statistics of BatchNorm); else random:DIR. Raises `SuperbLiteError` for a directory
    that holds no checkpoint.
    """
    config = read_config(directory)
    seed = config.pretraining.get("seed", 0)
    nameable = isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed < MOST
    spec = plugins.architectures().get(config.encoder)
    if spec is None or not nameable or _default(spec.encoder) != _plain(config.config):
        return f"random:{directory}"
    return f"random:{config.encoder}:{seed}" if seed else f"random:{config.encoder}"


@functools.lru_cache(maxsize=64)
def _default(architecture: str) -> str | None:
    """The configuration of `lite()`; None where it cannot be made here, as where its data are not installed."""
    import torch

    with torch.random.fork_rng(devices=[]):
        try:
            return _plain(resolve(architecture).lite().config())
        except Exception:  # whatever a package raises: the checkpoint has a configuration of its own
            return None


def _plain(config: object) -> str:
    return json.dumps(config, sort_keys=True, default=str)
