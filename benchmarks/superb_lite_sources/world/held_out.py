"""What the held-out sentences say: every concept several times, in no document of any language."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Sequence
from typing import Any

from superb_lite_sources.world import people, qualities, things
from superb_lite_sources.world.propositions import Act, Ask, Be, Give, Live, Proposition, Work
from superb_lite_sources.world.stories import (
    ASKED,
    CITIES,
    COLOURS,
    DONE_TO,
    HEADS,
    MEMBERS,
    NAMES,
    NUMBERS,
    SPOTS,
    WORKPLACES,
    an_act,
    drawn,
)

TIMES_EACH = 9
"""How often each thing, each verb and each of the rest is drawn."""


@functools.cache
def told() -> tuple[Proposition, ...]:
    """The propositions, shuffled: about 8,800, no two of which read the same."""
    rng = random.Random("world/held_out")
    said: list[Proposition] = []
    for _ in range(TIMES_EACH):
        said += _round(rng)
    # Questions about two acts may be one question.
    said = list({(one.asked, one.said) if isinstance(one, Ask) else one: one for one in said}.values())
    rng.shuffle(said)
    return tuple(said)


def _round(rng: random.Random) -> list[Proposition]:
    said: list[Proposition] = []

    def add(make: Callable[..., Proposition], *about: Any) -> None:
        said.append(drawn(rng, "held_out", lambda r: make(r, *about)))

    for what, category in things.CATEGORY_OF.items():
        add(_done_to, what, DONE_TO[category.name])
    for verb in things.ACTS:
        add(lambda r, v: an_act(r, verb=v), verb)
        add(lambda r, v: Ask(an_act(r, verb=v), r.choice(ASKED)), verb)
    for job in people.JOBS:
        add(lambda r, j: an_act(r, who=[j]), job)
    for place in (*CITIES, *people.COUNTRIES, *WORKPLACES, *SPOTS):
        add(lambda r, p: an_act(r)._replace(where=p), place)
    for value in (*MEMBERS, *(q for pair in qualities.THINGS for q in pair), *COLOURS):
        add(lambda r, v: Be(r.choice(HEADS), v, r.choice(NAMES), r.random() < 0.4), value)
    for value in (*(q for pair in qualities.PEOPLE for q in pair), *people.JOBS):
        add(lambda r, v: Be(r.choice(NAMES), v, "", r.random() < 0.4), value)
    for place in WORKPLACES:
        add(lambda r, p: Work(r.choice(NAMES), p), place)
    for place in (*CITIES, *people.COUNTRIES):
        add(lambda r, p: Live(r.choice(NAMES), p), place)
    for who in NAMES:
        others = [name for name in NAMES if name != who]
        add(lambda r, w, o: Give(w, r.choice(tuple(things.CATEGORY_OF)), r.choice(o)), who, others)
    return said


def _done_to(rng: random.Random, what: str, verbs: Sequence[str]) -> Act:
    act = an_act(rng, verb=rng.choice(verbs))
    counted = things.CATEGORY_OF[what].classifier and rng.random() < 0.3
    return act._replace(what=what, number=rng.choice(NUMBERS) if counted else "")
