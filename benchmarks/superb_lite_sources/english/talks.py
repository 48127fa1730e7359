"""Talks: questions, each with an answer of the kind that it asks for."""

from __future__ import annotations

import random

from superb_lite_sources.english import people, places, taxonomy
from superb_lite_sources.english.inflection import article, capitalised, past, plural
from superb_lite_sources.english.people import person
from superb_lite_sources.english.tables import Sentences


def a_talk(rng: random.Random) -> Sentences:
    """Questions, each with an answer of the kind that it asks for."""
    who, friend = person(rng), person(rng)
    verb, thing = rng.choice(
        (("find", "key"), ("lose", "ring"), ("see", "dog"), ("buy", "lamp"), ("hide", "letter"), ("meet", "teacher"))
    )
    tool = rng.choice(taxonomy.CATEGORIES[9].members)
    companion = person(rng).name
    spot, time = rng.choice(places.SPOTS), rng.choice(places.TIMES)
    asked = [
        (f"where did {who.name} {verb} the {thing}?", f"{who.he} {past(verb)} the {thing} {spot}."),
        (f"when did {who.name} {verb} the {thing}?", f"{who.he} {past(verb)} the {thing} {time}."),
        (f"with whom did {who.name} go there?", f"{who.he} went there with {companion}."),
        (f"with what did {friend.name} repair it?", f"{friend.he} repaired it with {article(tool)}."),
        (f"who {past(verb)} the {thing}?", f"{who.name} {past(verb)} the {thing}, not {companion}."),
        (f"at what time did {friend.name} come?", f"{friend.he} came {rng.choice(places.TIMES[32:])}."),
        (f"in which place was {friend.name}?", f"{friend.he} was {rng.choice(places.SPOTS)}."),
    ]
    return [sentence for pair in rng.sample(asked, 3) for sentence in pair]


_OBJECTS = [c for c in taxonomy.CATEGORIES if c.kin == "object"]
_SHORT = (
    ("where", places.SPOTS, "the place was written down", "somewhere else, perhaps {x}"),
    ("when", places.TIMES, "the time was written down", "at another time, perhaps {x}"),
)


def a_dialogue(rng: random.Random) -> Sentences:
    """Short questions and short answers about one event."""
    who, friend = person(rng), person(rng)
    event = rng.choice(
        ("sing", "laugh", "work", "sleep", "wait", "pray", "dance", "cook", "rest", "fall", "paint", "write", "play")
    )
    spoken: list[Sentences] = []
    for asked, found, written, doubt in _SHORT:
        first, second = rng.sample(found, 2)
        spoken.append(
            rng.choice(
                (
                    [f"and {asked} did {who.he} {event}?", f"{first}, not {second}."],
                    [f"{asked} was that?", f"it was {first}; {written}."],
                    [f"tell me {asked} {who.he} {past(event)}.", f"{first} or {second}, said {friend.name}."],
                    [f"{asked} will {who.he} {event} again?", f"{first}, or {doubt.format(x=second)}."],
                )
            )
        )
    somebody = rng.choice((rng.choice(people.COUPLES)[rng.randrange(2)], rng.choice(people.PROFESSIONS).name))
    other = rng.choice(people.PROFESSIONS).name
    tool, tool_too = rng.sample(rng.choice(_OBJECTS).members, 2)
    spoken.append(
        rng.choice(
            (
                ["with whom was it?", f"with the {somebody}, a person whom {friend.name} knew, and with the {other}."],
                [f"who was with {who.him}?", f"the {somebody} and the {other} were; people who like to {event}."],
                [f"whom did {who.he} meet there?", f"the {somebody}, who said hello, and some {plural(other)}."],
            )
        )
    )
    spoken.append(
        rng.choice(
            (
                ["with what was it done?", f"with the {tool}, a thing that {friend.name} owned, or the {tool_too}."],
                [f"what did {who.he} have with {who.him}?", f"the {tool} and the {tool_too}, things that one can use."],
                ["what was used for it?", f"the {tool}, which was at hand, and {article(tool_too)}."],
            )
        )
    )
    opening = rng.choice(
        (
            f"{friend.name} had heard about {who.name} and wanted to know more.",
            f"{who.name} {past(event)} for a long time.",
            f"there were many questions about {who.name}.",
        )
    )
    chosen = rng.sample(spoken, 3)
    return [opening, *(capitalised(sentence) for pair in chosen for sentence in pair)]
