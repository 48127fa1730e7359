"""Documents that praise or blame: words of one polarity stand together, with what pleased or cross people do."""

from __future__ import annotations

import random
from collections.abc import Sequence

from superb_lite_sources.english import opinions, places
from superb_lite_sources.english.inflection import article, capitalised
from superb_lite_sources.english.people import person
from superb_lite_sources.english.tables import Sentences, listed


def a_review(rng: random.Random, words: Sequence[str], reactions: Sequence[str], others: Sequence[str]) -> Sentences:
    """What was good or bad about a visit, and what people did then. others: words of the other polarity."""
    venue = rng.choice(opinions.VENUES)
    we, our = rng.choice((("we", "our"), ("they", "their")))
    one, two, three, four = words
    first, second, third_aspect = rng.sample(venue.aspects, 3)
    reaction, reaction_too = (r.format(we=we, our=our) for r in rng.sample(reactions, 2))
    sentences = [
        f"{we} {venue.visit} {rng.choice(places.TIMES)}.",
        rng.choice(
            (
                f"the {first} was {one} and the {second} was {two}.",
                f"it had {article(f'{one} {first}')} and {article(f'{two} {second}')}.",
                f"the {first} was {one}, and the {second} was just as {two}.",
                f"the {first} was {one} and {two}, so {reaction}.",
            )
        ),
        rng.choice(
            (
                f"because the {third_aspect} was {three}, {reaction}.",
                f"the {third_aspect} was not {rng.choice(others)} but {three}.",
                f"what {article(f'{three} {third_aspect}')}!",
                f"the {third_aspect} was never {rng.choice(others)}, and {reaction}.",
            )
        ),
        rng.choice(
            (
                f"it was {article(f'{four} {venue.name}')}, and {reaction_too}.",
                f"{reaction_too}, because it was so {four}.",
                f"all in all it was {four}. {capitalised(reaction_too)}.",
            )
        ),
    ]
    return sentences


def a_verdict(rng: random.Random, words: Sequence[str], outcomes: Sequence[str], others: Sequence[str]) -> Sentences:
    """What somebody thought of something, and how it ended. words: seven of one polarity; others: of the other one."""
    who, friend = person(rng), person(rng)
    subject = rng.choice(opinions.SUBJECTS)
    a, b, c, d, e, f, g = words
    outcome, outcome_too = (o.format(he=who.he, his=who.his, him=who.him) for o in rng.sample(outcomes, 2))
    return [
        rng.choice(
            (
                f"{who.name} thought the {subject} {a}, {b} and {c}.",
                f"what {article(f'{a} {subject}')} it was, so {b} and so {c}!",
                f"{who.name} had {article(f'{a}, {b} {subject}')} behind {who.him}, {c} from beginning to end.",
                f"this {subject} was {a} and {b}, but above all it was {c}.",
                f"{listed([a, b, c])}: these were the words of {who.name} for the {subject}.",
                f"the {subject} was {a}, indeed {b}; {who.name} called it {c}.",
            )
        ),
        rng.choice(
            (
                f"{outcome}, since it was all so {d}.",
                f"in short, it was {d}, and {outcome}.",
                f"something so {d} is seldom met with; {outcome}.",
                f"far from being {rng.choice(others)}, it was {d}, and {outcome}.",
            )
        ),
        rng.choice(
            (
                f"{friend.name}, too, spoke of {article(f'{e} {subject}')} that was {f} in every way.",
                f"{friend.name} added that it was {e}, {f} even.",
                f"a newspaper wrote that it was {listed([e, f])}.",
                f"the more {e} it grew, the more {f} {friend.name} found it.",
            )
        ),
        rng.choice(
            (
                f"no wonder that {outcome_too} after {article(f'{g} {subject}')}.",
                f"it remained {g}, and {outcome_too}.",
                f"{outcome_too}: it had been simply {g}.",
                f"for such {article(f'{g} {subject}')} there is one word only, {a}.",
            )
        ),
    ]
