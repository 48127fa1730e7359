"""Documents about people: where they work, whether he or she is meant, and how many of them there are."""

from __future__ import annotations

import random

from superb_lite_sources.english import people, places, taxonomy
from superb_lite_sources.english.inflection import article, ing, participle, past, plural, third
from superb_lite_sources.english.people import Person, Profession, person
from superb_lite_sources.english.tables import Sentences, listed
from superb_lite_sources.english.taxonomy import indefinite


def a_job(rng: random.Random, job: Profession) -> Sentences:
    """Where somebody works, with what, and what for."""
    who = person(rng)
    verb, _, rest = job.deed.partition(" ")
    tool = indefinite(job.tool)
    return [
        rng.choice((f"{who.name} is {article(job.name)}.", f"{who.name} works as {article(job.name)}.")),
        rng.choice(
            (
                f"every morning {who.he} goes to the {job.place}.",
                f"{who.his} place of work is the {job.place}.",
                f"in the {job.place} {who.he} has to {verb} {rest}.",
                f"{who.he} earns {who.his} money in the {job.place}.",
            )
        ),
        rng.choice(
            (
                f"the {job.name} {third(verb)} {rest} with {tool}.",
                f"there the {plural(job.name)} {verb} {rest}.",
                f"yesterday the {job.name} forgot {who.his} {job.tool} in the {job.place}.",
                f"{who.he} {past(verb)} {rest} until {rng.choice(places.TIMES[32:])[3:]}.",
            )
        ),
        rng.choice(
            (
                f"a good {job.name} never goes to the {job.place} without {tool}.",
                f"{who.he} met another {job.name} at the door of the {job.place}.",
                f"when {who.he} is tired, {who.he} lays down {who.his} {job.tool}.",
                f"no {job.place} can do without {article(job.name)}.",
            )
        ),
    ]


def a_workplace(rng: random.Random, job: Profession) -> Sentences:
    """A place by who works there, what is done and what with."""
    who, friend = person(rng), person(rng)
    verb, _, rest = job.deed.partition(" ")
    jobs, tool = plural(job.name), indefinite(job.tool)
    return [
        rng.choice(
            (
                f"{article(job.place)} is where {jobs} {verb} {rest}.",
                f"in every {job.place} there are {jobs}.",
                f"who works in {article(job.place)}? {_capital(article(job.name))} does.",
                f"a visit to the {job.place} begins with the {job.name}, who has {tool}.",
            )
        ),
        rng.choice(
            (
                f"{ing(verb)} {rest} is the task of the {job.name}.",
                f"to {verb} {rest} the {job.name} needs {tool}.",
                f"{who.name} became {article(job.name)} because {who.he} likes to {verb} {rest}.",
                f"{tool}, the {job.place} and the {job.name} belong together.",
            )
        ),
        rng.choice(
            (
                f"when the {job.place} closes, the {job.name} goes home.",
                f"the {job.place} has hired {friend.name}: {friend.he} will {verb} {rest}.",
                f"one {job.name} left the {job.place} last year, and {friend.name} took over {tool}.",
                f"{friend.name} asked the {job.name} in the {job.place} how to {verb} {rest}.",
            )
        ),
    ]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_HE = Person("", "he", "him", "his", "himself")
_SHE = Person("", "she", "her", "her", "herself")


def a_meeting(rng: random.Random, role: str, partner: str, *, male: bool) -> Sentences:
    """Two people of two sexes; pronouns take up one and then the other."""
    one, two = (_HE, _SHE) if male else (_SHE, _HE)
    thing = rng.choice(("letter", "lamp", "ring", "picture", "book", "clock", "cup", "map"))
    return [
        rng.choice(
            (
                f"once there was {article(role)} who lived by {one.himself}.",
                f"the {role} looked at {one.himself} in the mirror and combed {one.his} hair.",
                f"the {role} had lost {one.his} {thing}.",
                f"{rng.choice(('some', 'many', 'two', 'three'))} {plural(role)} were in the hall and enjoyed it.",
            )
        ),
        rng.choice(
            (
                f"the {role} called the {partner} because {one.he} needed {two.his} help.",
                f"the {role} smiled when {one.he} saw the {partner} and gave {two.him} {article(thing)}.",
                f"the {role} wrote to the {partner} that {one.he} would visit {two.him}.",
                f"the {role} thanked the {partner} for {two.his} {thing}.",
            )
        ),
        rng.choice(
            (
                f"the {partner} said that {two.he} would come at once.",
                f"the {partner} showed {one.him} the {thing} that {two.he} had made {two.himself}.",
                f"{two.he} was a friendly {partner}, and {one.he} was a proud {role}.",
                f"the {partner} hurt {two.himself}, so {one.he} helped {two.him}.",
            )
        ),
        rng.choice(
            (
                f"in the end the {role} was proud of {one.himself}.",
                f"then both went their way, the {role} to {one.his} room and the {partner} to {two.his} garden.",
                f"since then the {plural(role)} and the {plural(partner)} have been friends.",
                f"the {role} kept the {thing} for {one.himself}.",
            )
        ),
    ]


def a_life(rng: random.Random, role: str, *, male: bool) -> Sentences:
    """One person alone, of whom it is said again and again whether it is a man or a woman."""
    one = _HE if male else _SHE
    peers = [pair[0 if male else 1] for pair in people.COUPLES if role not in pair]
    peer, peer_too = rng.sample(peers, 2)
    name = rng.choice(people.MEN if male else people.WOMEN)
    kind = rng.choice(("man", "gentleman", "father", "brother") if male else ("woman", "lady", "mother", "sister"))
    habit, habit_too = rng.sample(people.HIS if male else people.HER, 2)
    return [
        rng.choice(
            (
                f"the {role}, whose name was {name}, {habit}.",
                f"{name} was {article(role)}, and {one.he} {habit}.",
                f"the {role} was a {kind} of few words, but {one.he} {habit}.",
                f"like {article(peer)} or {article(peer_too)}, the {role} {habit}.",
            )
        ),
        rng.choice(
            (
                f"{one.he} {habit_too} and called {one.himself} {name}.",
                f"then {one.he} {habit_too}, as {one.his} {kind} had taught {one.him}.",
                f"nobody but {one.he} {one.himself} {habit_too}.",
            )
        ),
        rng.choice(
            (
                f"people greeted {one.him} and wished {one.him} well on {one.his} way.",
                f"{name} the {role} kept {one.his} promise, for {one.he} was a good {kind}.",
                f"one day {one.he} met {article(peer)}, and {one.his} friend {habit}, too.",
                f"{one.he} wrote {one.his} name, {name}, in {one.his} book and read it to {one.himself}.",
                f"{listed([f'the {role}', f'the {peer}', f'the {peer_too}'])} sat together, each a {kind}.",
            )
        ),
    ]


def a_beast(rng: random.Random, noun: str, *, many: bool) -> Sentences:
    """One animal or several, taken up by it or they."""
    beast = f"the {plural(noun) if many else noun}"
    it, its, was, has = ("they", "their", "were", "have") if many else ("it", "its", "was", "has")
    verb, verb_too, verb_three = rng.sample(people.DEEDS, 3)
    spot, spot_too = rng.sample(places.SPOTS, 2)
    return [
        rng.choice(
            (
                f"{beast} {was} {ing(verb)} {spot}, and {it} {was} all alone.",
                f"{beast} {was} hungry, so {it} {past(verb)} {spot}.",
                f"look at {beast}: {it} {verb if many else third(verb)} and {verb_too if many else third(verb_too)}.",
            )
        ),
        rng.choice(
            (
                f"{it} {has} {participle(verb_too)} {spot_too}, where {its} young ones {was if many else 'were'}.",
                f"{it} {past(verb_too)}, and {its} eyes {rng.choice(('shone', 'closed', 'opened'))}.",
                f"with {its} ears up {it} {past(verb_too)} {spot_too}.",
            )
        ),
        rng.choice(
            (
                f"then {it} {past(verb_three)}, and {beast} {was} never seen there again.",
                f"{it} {was} not afraid, and {it} {was} not tired.",
                f"{beast} {verb_three if many else third(verb_three)} whenever {it} {verb if many else third(verb)}.",
            )
        ),
    ]


def a_crowd(rng: random.Random) -> Sentences:
    """One and many: every, each, all, some, many, few, no."""
    couple = rng.choice(people.COUPLES)
    job = rng.choice(people.PROFESSIONS)
    category = rng.choice([c for c in taxonomy.CATEGORIES if c.kin in ("animal", "person", "object")])
    beast = rng.choice([c for c in taxonomy.CATEGORIES if c.kin == "animal"])
    role = rng.choice((*couple, job.name, *rng.sample(beast.members, 2)))
    verb, spot = rng.choice(people.DEEDS), rng.choice(places.SPOTS)
    return [
        rng.choice(
            (
                f"this {role} {third(verb)} {spot}, and those {plural(role)} {verb} there, too.",
                f"these {plural(role)} {verb} {spot}, but that {role} never {third(verb)}.",
                f"every {role} {third(verb)} {spot}, and so all {plural(role)} {verb}.",
            )
        ),
        rng.choice(
            (
                f"some {plural(role)} {verb} {rng.choice(places.TIMES)}, but not every {role} {third(verb)}.",
                f"many {plural(role)} {verb}, and few {plural(role)} do not {verb}.",
                f"one {role} was {ing(verb)}, and two {plural(role)} were {ing(verb)}.",
                f"the {plural(role)} have {participle(verb)}, and the {role} has {participle(verb)} as well.",
                f"the {role} will {verb}, and it did not {verb} before.",
            )
        ),
        f"there {rng.choice(('are', 'were'))} {rng.choice(('two', 'three', 'many', 'several'))} "
        f"{plural(rng.choice(category.members))} {rng.choice(places.SPOTS)}.",
    ]
