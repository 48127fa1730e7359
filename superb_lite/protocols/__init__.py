"""Protocols: what may be trained on top of, or inside, an encoder. One file each."""

from __future__ import annotations

from superb_lite.errors import UnknownNameError
from superb_lite.heads.problem import Outcome, Problem
from superb_lite.protocols.base import Protocol
from superb_lite.protocols.finetune import Finetune
from superb_lite.protocols.frozen import Frozen
from superb_lite.protocols.incontext import InContext
from superb_lite.protocols.knn import Knn

__all__ = ["PROTOCOLS", "Outcome", "Problem", "Protocol", "protocol"]

PROTOCOLS: dict[str, Protocol] = {p.name: p for p in (Frozen(), Finetune(), Knn(), InContext())}


def protocol(name: str) -> Protocol:
    """One protocol by name."""
    if name not in PROTOCOLS:
        raise UnknownNameError("protocol", name, PROTOCOLS)
    return PROTOCOLS[name]
