"""twin_of: what a checkpoint's random twin is called."""

from __future__ import annotations

import json
from pathlib import Path

from superb_lite import plugins
from superb_lite.encoders.checkpoint_config import read_config
from superb_lite.imports import resolve


def twin_of(directory: Path) -> str:
    """The reference of the untrained encoder of a checkpoint's architecture, drawn under its pretraining seed.

    That is random:NAME:SEED where NAME has the checkpoint's configuration by default, since `Encoder.lite` prepares
    what untrained weights need (the statistics of BatchNorm); else random:DIR. Raises `SuperbLiteError` for a directory
    that holds no checkpoint.
    """
    config = read_config(directory)
    spec = plugins.architectures().get(config.encoder)
    if spec is None or _plain(resolve(spec.encoder).lite().config()) != _plain(config.config):
        return f"random:{directory}"
    seed = config.pretraining.get("seed", 0)
    return f"random:{config.encoder}:{seed}" if seed else f"random:{config.encoder}"


def _plain(config: object) -> str:
    return json.dumps(config, sort_keys=True, default=str)
