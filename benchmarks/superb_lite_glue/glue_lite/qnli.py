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
    return task_data("qnli", _draw, test=2400)


def _draw(part: Part) -> DrawFamily:
    spots, times = held_out.spots(part), held_out.times(part)
    names = held_out.men(part) + held_out.women(part)
    people = [job.name for job in held_out.professions(part)] + [role for c in held_out.couples(part) for role in c]
    tools = held_out.members(part, "object")

    by_preposition = [(_with(preposition, spots), _with(preposition, times)) for preposition in ("in", "on", "at")]

    def where_or_when(rng: random.Random) -> Family:
        here, now = rng.choice(by_preposition)
        return table(rng, ("where", "when"), (rng.choice(here), rng.choice(now)))

    def with_whom_or_what(rng: random.Random) -> Family:
        return table(
            rng, ("with whom", "with what"), (f"with the {rng.choice(people)}", f"with the {rng.choice(tools)}")
        )

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
