"""Protocols: what may be trained on top of, or inside, an encoder. One file each, imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from superb_lite import plugins

if TYPE_CHECKING:
    from superb_lite.protocols.base import Protocol

__all__ = ["PROTOCOLS", "protocol"]

PROTOCOLS: plugins.Registry[Protocol] = plugins.Registry(
    plugins.PROTOCOLS, kind="protocol", base="superb_lite.protocols.base:Protocol"
)


def protocol(name: str) -> Protocol:
    """One protocol by name. Raises `UnknownNameError`, before anything is imported, for a name that nobody has."""
    return PROTOCOLS[name]
