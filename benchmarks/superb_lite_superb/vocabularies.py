"""The classes and symbols of the tasks, as plain values: importing them is cheap."""

from __future__ import annotations

from superb_lite_sources import voices

LETTERS = (" ", *"abcdefghijklmnopqrstuvwxyz")
"""The symbols of speech recognition in superb-lite."""

ACTIONS = ("activate", "deactivate", "increase", "decrease")
OBJECTS = ("lights", "heating", "music")
LOCATIONS = ("kitchen", "bedroom")
INTENTS = tuple(f"{a}|{o}|{p}" for a in ACTIONS for o in OBJECTS for p in LOCATIONS)
"""An intent is right when its action, object and location all are (Lugosch et al. 2019, Fluent Speech Commands)."""

SLOTS = ("name", "item", "count", "place")
SLOT_SYMBOLS = (*LETTERS, *(f"{edge}-{slot}" for slot in SLOTS for edge in "BE"))

SPEAKERS = voices.drawn("test", "low", 140)
"""Of speaker identification."""

ENROLLED = (*voices.drawn("train", "low", 90), *voices.drawn("train", "high", 30))
"""The labelled voices whose utterances carry their names in speaker verification."""

EMOTIONS = ("neutral", "happy", "angry", "sad")
