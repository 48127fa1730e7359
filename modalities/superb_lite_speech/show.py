"""How people hear and see a recording."""

from __future__ import annotations

from typing import Any

from superb_lite.media import Media, sound
from superb_lite_speech.items import SAMPLE_RATE


def show(item: Any) -> tuple[Media, ...]:
    """A waveform as a sound."""
    return (sound(item, SAMPLE_RATE),)
