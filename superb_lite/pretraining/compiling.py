"""`pretrain --compile`: the networks of an encoder through torch.compile."""

from __future__ import annotations

import torch

from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import UnknownNameError


def check_backend(backend: str) -> None:
    """Raise `SuperbLiteError` for a backend that torch does not have."""
    known = torch.compiler.list_backends(exclude_tags=())
    if backend not in known:
        raise UnknownNameError("backend of torch.compile", backend, known)


def compile_networks(encoder: Encoder, backend: str) -> None:
    """Compile each network that an encoder is made of, in place, when it is first called.

    Names of weights stay, and so does everything that is written in Python between the networks: how tokens are masked
    and views are drawn. What is computed differs in its last bits.
    """
    for network in encoder.children():
        network.compile(backend=backend)
