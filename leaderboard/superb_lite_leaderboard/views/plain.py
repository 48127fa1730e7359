"""Views as plain JSON values."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from superb_lite_leaderboard.entry import Tier


def plain(value: Any) -> Any:
    """Dataclasses as objects without their private fields, tuples as lists, a tier as its word; all else as it is."""
    if isinstance(value, Tier):
        return value.label
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value) if field.name[0] != "_"
        }
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value
