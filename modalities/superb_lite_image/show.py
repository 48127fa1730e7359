"""How people see an image."""

from __future__ import annotations

from typing import Any

from superb_lite.media import Media, picture


def show(item: Any) -> tuple[Media, ...]:
    """An image as a picture."""
    return (picture(item),)
