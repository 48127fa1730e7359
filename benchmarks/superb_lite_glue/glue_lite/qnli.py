"""qnli: does the sentence answer the question?

A sentence says where or when something happened, or with whom or with what; the question asks for the one or for the
other of the two. Both stand with the same prepositions (on the roof, on Monday; with the nurse, with the hammer), and
all places, times, people and tools of test sentences are held out.
"""

from __future__ import annotations

import random
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_glue.glue_lite import held_out
from superb_lite_glue.glue_lite.drafts import Draft, DrawFamily, Family, task_data
from superb_lite_glue.glue_lite.held_out import Part
from superb_lite_sources.english.inflection import capitalised, past

EVENTS = (
    ("find", "key"), ("lose", "ring"), ("see", "dog"), ("buy", "lamp"), ("hide", "letter"), ("read", "book"),
    ("paint", "picture"), ("drop", "cup"), ("open", "parcel"), ("break", "plate"), ("clean", "boots"), ("use", "phone"),
)  # fmt: skip


def load(root: Path | None) -> TaskData:
    return task_data("qnli", _draw)


def _draw(part: Part) -> DrawFamily:
    spots, times = held_out.spots(part), held_out.times(part)
    names = held_out.men(part) + held_out.women(part)
    people = [job.name for job in held_out.professions(part)] + [role for c in held_out.couples(part) for role in c]
    tools = held_out.members(part, "object")

    dealer = random.Random(f"qnli/{part}")
    places_and_times = [
        pair
        for preposition in ("in", "on", "at")
        for pair in _dealt(dealer, _with(preposition, spots), _with(preposition, times))
    ]
    people_and_tools = [(f"with the {who}", f"with the {what}") for who, what in _dealt(dealer, people, tools)]

    def where_or_when(rng: random.Random) -> Family:
        return table(rng, ("where", "when"), rng.choice(places_and_times))

    def with_whom_or_what(rng: random.Random) -> Family:
        return table(rng, ("with whom", "with what"), rng.choice(people_and_tools))

    def table(rng: random.Random, asked: tuple[str, str], told: tuple[str, str]) -> Family:
        name = rng.choice(names)
        verb, thing = rng.choice(EVENTS)
        return [
            Draft(
                (
                    f"{capitalised(question)} did {name} {verb} the {thing}?",
                    f"{name} {past(verb)} the {thing} {phrase}.",
                ),
                int(i == j),
                " / ".join(told),
            )
            for i, question in enumerate(asked)
            for j, phrase in enumerate(told)
        ]

    return lambda rng: rng.choice((where_or_when, with_whom_or_what))(rng)


def _with(preposition: str, phrases: list[str]) -> list[str]:
    return [phrase for phrase in phrases if phrase.split()[0] == preposition]


def _dealt(rng: random.Random, one: list[str], other: list[str]) -> list[tuple[str, str]]:
    """Random pairs that share no phrase, so that each can be a cluster; what is left over is not used."""
    size = min(len(one), len(other))
    return list(zip(rng.sample(one, size), rng.sample(other, size), strict=True))
