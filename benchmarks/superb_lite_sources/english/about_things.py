"""Documents about things: what they are, what else is of their kind, and what one does with them."""

from __future__ import annotations

import random

from superb_lite_sources.english import places, taxonomy
from superb_lite_sources.english.inflection import article, plural, present
from superb_lite_sources.english.people import person
from superb_lite_sources.english.tables import Sentences, listed
from superb_lite_sources.english.taxonomy import KINS, Category, generic, indefinite


def a_thing(rng: random.Random, category: Category, noun: str) -> Sentences:
    """What a thing is, what its kind is like, and what somebody did with one."""
    who, friend = person(rng), person(rng)
    kind, many = generic(noun)
    verb, rest = rng.choice(category.traits)
    other = rng.choice([m for m in category.members if m != noun])
    kind_name = article(category.name)
    what_it_is = rng.choice(
        (
            f"{indefinite(noun)} is {kind_name}.",
            f"{kind} {present('be', many=many)} {rng.choice(('a kind of ', 'a sort of '))}{category.name}.",
            f"{indefinite(noun)}, like {indefinite(other)}, is {kind_name}.",
            f"of all {plural(category.name)} {who.name} likes {kind} best.",
            f"{kind} and other {plural(category.name)} {present(verb, many=True)} {rest}.",
            f"{who.name} knows that {indefinite(noun)} is {kind_name} and not {_stranger(rng, category)}.",
        )
    )
    scene = rng.choice(category.scenes)
    told = f"{rng.choice(('yesterday', 'last week', 'one day', 'this morning', 'a year ago'))}"
    event = rng.choice(
        (
            f"{told} {who.name} {scene.format(x=indefinite(noun))}.",
            f"{who.name} {scene.format(x=indefinite(noun))} {rng.choice(places.TIMES)}.",
            f"{told} {who.name} and {friend.name} went out together, and {who.he} {scene.format(x=indefinite(noun))}.",
        )
    )
    after = rng.choice(
        (
            f"it was the best {category.name} that {who.he} knew.",
            f"{who.he} told {friend.name} about the {category.name}.",
            f"{who.he} had read about this {category.name} in a book.",
            f"{friend.name} asked {who.him} why {who.he} cared about {_these(category)}.",
            f"{friend.name} did not know the {category.name} and asked for its name.",
        )
    )
    trait = rng.choice(
        (
            f"every {category.name} {present(verb, many=False)} {rest}.",
            f"{kind} {present(verb, many=many)} {rest}.",
            f"all {plural(category.name)} {present(verb, many=True)} {rest}.",
            f"there is no {category.name} that {_does_not(verb)} {rest}.",
            f"like most {plural(category.name)}, {indefinite(noun)} {present(verb, many=False)} {rest}.",
        )
    )
    comparison = rng.choice(
        (
            f"{friend.name} {rng.choice(category.scenes).format(x=indefinite(other))} instead.",
            f"{friend.name} would have preferred {indefinite(other)}.",
            f"{kind} and {generic(other)[0]} are not the same, but both are {plural(category.name)}.",
            f"later {friend.name} {rng.choice(category.scenes).format(x=indefinite(noun))}, too.",
        )
    )
    return [what_it_is, trait, event, after, comparison]


def _stranger(rng: random.Random, category: Category) -> str:
    others = [c for c in taxonomy.CATEGORIES if c.name != category.name]
    return article(rng.choice(others).name)


def _these(category: Category) -> str:
    return f"{plural(category.kin)} of this sort" if category.kin not in ("food", "matter", "trouble") else category.kin


def _does_not(verb: str) -> str:
    return {"be": "is not", "have": "does not have"}.get(verb, f"does not {verb}")


def a_collection(rng: random.Random, category: Category, noun: str) -> Sentences:
    """Several things of one category side by side, and what holds of all of them."""
    who, friend = person(rng), person(rng)
    others = rng.sample([m for m in category.members if m != noun], 5)
    names, kin = plural(category.name), KINS[category.kin]
    many = [generic(n)[0] for n in (noun, *others)]
    verb, rest = rng.choice(category.traits)
    scene, scene_too = rng.sample(category.scenes, 2)
    time = rng.choice(places.TIMES)
    told, told_too = scene.format(x=indefinite(noun)), scene_too.format(x=indefinite(rng.choice(others)))
    return [
        rng.choice(
            (
                f"{kin.place} {who.name} looked at the {names}: {listed(many[:4])}.",
                f"{who.name} can name a dozen {names}, among them {listed(many[:4])}.",
                f"{listed(many[:3])} are {names}, and so are {listed(many[3:5])}.",
                f"for {names} such as {listed(many[:3])} {who.name} has a book of {who.his} own.",
                f"{who.name} drew {names} all day: first {indefinite(noun)}, then {indefinite(others[0])} and at last "
                f"{indefinite(others[1])}.",
                f"{who.name} prefers {many[0]} to {many[1]}, and other {names} to both.",
            )
        ),
        rng.choice(
            (
                f"{names} {present(verb, many=True)} {rest}, whether we speak of {many[1]} or of {many[0]}.",
                f"both {many[2]} and {many[0]} {present(verb, many=True)} {rest}.",
                f"all these {names} {present(verb, many=True)} {rest}.",
                f"such {names} {present(verb, many=True)} {rest}, and such {kin.names} {rng.choice(kin.facts)}.",
            )
        ),
        rng.choice(
            (
                f"{time} {who.he} {told}, and {friend.name} {told_too}.",
                f"{friend.name} {told} and {told_too}.",
                f"once {who.he} {told}, but never {indefinite(others[0])}.",
            )
        ),
        rng.choice(
            (
                f"no other {category.name} is like {indefinite(noun)}, except perhaps {indefinite(others[4])}.",
                f"instead of {indefinite(noun)} it might have been {indefinite(others[4])} or another {category.name}.",
                f"{friend.name} asked whether {indefinite(noun)} is a real {category.name}. It is.",
                f"{listed([many[5], many[1], many[0]])} {rng.choice(kin.facts)}.",
            )
        ),
    ]


def a_kin(rng: random.Random, kin_name: str) -> Sentences:
    """Two or three categories of one kin, as against one of another."""
    kin = KINS[kin_name]
    who = person(rng)
    mine = [c for c in taxonomy.CATEGORIES if c.kin == kin_name]
    strangers = [c for c in taxonomy.CATEGORIES if c.kin != kin_name]
    one, two = (mine[0], mine[0]) if len(mine) == 1 else rng.sample(mine, 2)
    stranger = rng.choice(strangers)
    fact, fact_too = rng.sample(kin.facts, 2)
    a, b, c = (generic(n)[0] for n in rng.sample(one.members, 3))
    d, e, f = (generic(n)[0] for n in rng.sample(two.members, 3))
    return [
        rng.choice(
            (
                f"{kin.place} there were {plural(one.name)} and {plural(two.name)}, {kin.names} of many sorts.",
                f"{a}, {b} and {d} are {kin.names}.",
                f"{who.name} wrote {listed([d, a, e])} on a list of {kin.names}.",
                f"{who.name} thought about {kin.names}: about {a} and {d}.",
            )
        ),
        rng.choice(
            (
                f"{a} and {e} {fact}, each in their way.",
                f"{c} and {f} {fact}.",
                f"{plural(one.name)} and {plural(two.name)} {fact}.",
                f"all {kin.names} {fact}, {listed([b, f])} as well.",
            )
        ),
        rng.choice(
            (
                f"{a} and {e} {fact_too}; {generic(rng.choice(stranger.members))[0]} are something else.",
                f"every {one.name} and every {two.name} is like that: they {fact_too}.",
                f"nobody would take {f} or {b} for {plural(stranger.name)}, for {kin.names} {fact_too}.",
            )
        ),
    ]
