"""The classes and symbols of the tasks, as plain values: importing them is cheap."""

from __future__ import annotations

LETTERS = (" ", *"abcdefghijklmnopqrstuvwxyz")
"""The symbols of speech recognition in superb-lite."""

ACTIONS = ("activate", "deactivate", "increase", "decrease")
OBJECTS = ("lights", "heating", "music")
LOCATIONS = ("kitchen", "bedroom")
INTENTS = tuple(f"{a}|{o}|{p}" for a in ACTIONS for o in OBJECTS for p in LOCATIONS)
"""An intent is right when its action, object and location all are (Lugosch et al. 2019, Fluent Speech Commands)."""

SLOTS = ("name", "item", "count", "place")
SLOT_SYMBOLS = (*LETTERS, *(f"{edge}-{slot}" for slot in SLOTS for edge in "BE"))

ENROLLED = (
    "Henrique", "Lee", "RicishayMax2", "iven4", "kaukovalta", "m2", "norbert",  # L
    "Andrea", "f2", "grandma", "zac",  # H
)  # fmt: skip
"""The labelled voices whose utterances carry their names in speaker verification."""

HELD_OUT = ("Andy", "Hugo", "edward", "john", "klatt4")
"""The labelled voices, all low-pitched, whose pairs speaker verification chooses by."""

HIGH = ("Andrea", "f2", "grandma", "zac", "belinda", "f3", "f5", "shelby")
"""The labelled and the test voices with a high pitch."""

EMOTIONS = ("neutral", "happy", "angry", "sad")
