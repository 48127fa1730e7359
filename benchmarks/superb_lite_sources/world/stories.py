"""Documents of the small world, as propositions: reports with questions and answers, belongings, kinds, and lives.

Words stand in the company that their meaning gives them: things of a category are done the same things to and have the
same qualities, a gift that is a pear is a fruit and no vegetable, what is sweet is not sour, and whoever works in a
hospital is a nurse. An answer is one that the report gave.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar, get_args

from superb_lite_sources.world import people, qualities, things
from superb_lite_sources.world.propositions import (
    Act,
    Alike,
    Answer,
    Ask,
    Asked,
    Be,
    Give,
    Lie,
    Live,
    Part,
    Proposition,
    Work,
    is_general,
    part_of,
)

Story = list[Proposition]
Said = TypeVar("Said", bound=Proposition)

NAMES = tuple(name for name, _ in people.NAMES)
SPOTS = tuple(qualities.PREPOSITION)
CITIES, WORKPLACES = tuple(people.CITIES), tuple(people.JOBS.values())
TIMES = tuple(qualities.TIME_PREPOSITION)
COLOURS = tuple(colour for colour, _ in qualities.COLOURS)
HEADS = tuple(head for head, _ in qualities.HEADS)
NUMBERS = tuple(number for number, _ in qualities.NUMBERS)
ASKED: tuple[Asked, ...] = get_args(Asked)
MEMBERS = {category.name: category.members for category in things.CATEGORIES}
DONE_TO = {name: tuple(verb for verb, of in things.ACTS.items() if name in of) for name in MEMBERS}
"""Category -> what one does with its members."""

_QUALITIES = """
bird: small loud beautiful rare tall fast
fish: fresh wet cold big fast rare
insect: small dangerous useful loud common fast
beast: dangerous big fast strange beautiful rare
livestock: big dirty slow useful expensive loud
fruit: sweet fresh soft cheap big good
vegetable: fresh cheap big hard clean good
drink: hot sweet fresh expensive good strange
dish: hot fresh good simple big cheap
tool: sharp heavy useful old simple dirty
furniture: heavy old wide modern expensive tall
garment: soft wet clean thick new cheap
vehicle: fast loud new dirty safe expensive
instrument: loud old expensive big beautiful real
container: empty heavy deep wide clean thick
weapon: sharp dangerous heavy ancient legal real
tree: tall old thick straight wet common
flower: beautiful fresh small rare wet real
metal: heavy hard bright smooth real expensive
cloth: soft smooth thick expensive wet bright
gem: bright real expensive small smooth rare
sport: dangerous fast simple ancient pleasant common
dance: fast simple modern pleasant beautiful common
science: complicated ancient useful pleasant modern ordinary
disease: dangerous rare strange common unknown
crime: illegal rare strange ordinary annoying
building: old tall modern dark narrow bright
"""
FITTING = {
    name: tuple((word, qualities.OPPOSITE[word]) for word in words.split() if word != "unknown")
    for name, words in (line.split(": ") for line in _QUALITIES.strip().splitlines())
}
"""Category -> the pairs of opposites that are said of its members."""


def drawn(rng: random.Random, part: Part, make: Callable[[random.Random], Said]) -> Said:
    """What `make` draws, again and again, until it is general or belongs to a part, to which something must."""
    while True:
        said = make(rng)
        if is_general(said) or part_of(said) == part:
            return said


def an_act(rng: random.Random, *, who: Sequence[str] = NAMES, verb: str = "", counted: float = 0.0) -> Act:
    """Somebody does to a thing what is done to things of its category, somewhere, at some time."""
    verb = verb or rng.choice(tuple(things.ACTS))
    what = rng.choice(MEMBERS[rng.choice(things.ACTS[verb])])
    many = things.CATEGORY_OF[what].classifier and rng.random() < counted
    return Act(rng.choice(who), verb, what, rng.choice(NUMBERS) if many else "", a_place(rng), rng.choice(TIMES))


def a_place(rng: random.Random) -> str:
    """A spot half of the time, else a city or where people work."""
    return rng.choice(rng.choice((SPOTS, SPOTS, CITIES, WORKPLACES)))


def report(rng: random.Random, part: Part) -> Story:
    """Two people who each do two deeds, the same two or others, and questions about them with their answers."""
    who = rng.sample(NAMES, 2)
    verbs = rng.sample(tuple(things.ACTS), 2)
    acts = [_act_of(rng, part, one, verb) for verb in verbs for one in who]
    rng.shuffle(acts)
    story: Story = list(acts)
    for act in rng.sample(acts, 2):
        asking = [Ask(act, asked) for asked in ASKED]
        asking = [ask for ask in asking if part_of(ask) == part]
        if asking:
            ask = rng.choice(asking)
            story += [ask, Answer(act, ask.asked)]
    return story


def _act_of(rng: random.Random, part: Part, who: str, verb: str) -> Act:
    return drawn(rng, part, lambda r: an_act(r, who=[who], verb=verb))


def day(rng: random.Random, part: Part) -> Story:
    """What somebody did, some of it without place or time, and what somebody else was given."""
    who = rng.choice(NAMES)
    others = [name for name in NAMES if name != who]
    acts = [drawn(rng, part, lambda r: _shortened(r, an_act(r, who=[who], counted=0.4))) for _ in range(3)]
    thing = acts[-1].what
    kind = things.CATEGORY_OF[thing].name
    given = drawn(rng, part, lambda r: Give(who, r.choice(MEMBERS[kind]), r.choice(others)))
    return [*acts, Be(thing, kind), given, Be(given.what, kind)]


def _shortened(rng: random.Random, act: Act) -> Act:
    return act._replace(where=act.where if rng.random() < 0.5 else "", when=act.when if rng.random() < 0.5 else "")


def belongings(rng: random.Random, part: Part) -> Story:
    """What somebody's gift (prize, ...) is, by name, by kind and by quality, and what it is not."""
    story: Story = []
    for _ in range(2):
        told = drawn(rng, part, lambda r: Be(r.choice(HEADS), r.choice(tuple(things.CATEGORY_OF)), r.choice(NAMES)))
        kind = things.CATEGORY_OF[told.value].name
        quality, opposite = rng.sample(rng.choice(FITTING[kind]), 2)
        other = rng.choice([name for name in MEMBERS if name != kind])
        of_quality = [told._replace(value=quality), told._replace(value=opposite, negative=True)]
        of_kind = [told, told._replace(value=kind), told._replace(value=other, negative=True)]
        rng.shuffle(of_quality)
        story += rng.choice((of_kind + of_quality, of_quality + of_kind, of_kind, of_kind))
    return story


def thing(rng: random.Random, part: Part) -> Story:
    """A thing of somebody: its qualities, its colour and what was done with it."""
    whose = drawn(rng, part, lambda r: Be(r.choice(tuple(things.CATEGORY_OF)), r.choice(COLOURS), r.choice(NAMES)))
    what = whose.subject
    kind = things.CATEGORY_OF[what].name
    story: Story = []
    for pair in rng.sample(FITTING[kind], 2):
        quality, opposite = rng.sample(pair, 2)
        story += [whose._replace(value=quality), whose._replace(value=opposite, negative=True)]
    if things.CATEGORY_OF[what].classifier:
        story.append(whose)
    verb = rng.choice(DONE_TO[kind])
    act = drawn(rng, part, lambda r: _shortened(r, an_act(r, who=[whose.owner], verb=verb)._replace(what=what)))
    return [act, *story, Be(what, kind)]


def kinds(rng: random.Random, part: Part) -> Story:
    """Several things of one kind, and another kind."""
    one, other = rng.sample(tuple(MEMBERS), 2)
    a, b, c, d = rng.sample(MEMBERS[one], 4)
    return [
        Alike((a, b, c), one),
        Be(d, one),
        Be(rng.choice((a, b)), other, negative=True),
        Alike(tuple(rng.sample(MEMBERS[other], 3)), other),
        Be(c, one),
    ]


def life(rng: random.Random, part: Part) -> Story:
    """Somebody's profession, where one of that profession works, character, and city with its country."""
    working = drawn(rng, part, lambda r: Work(r.choice(NAMES), r.choice(WORKPLACES)))
    who = working.who
    job = next(job for job, place in people.JOBS.items() if place == working.where)
    quality, opposite = rng.sample(rng.choice(qualities.PEOPLE), 2)
    living = drawn(rng, part, lambda r: Live(who, r.choice(CITIES)))
    country = Live(who, people.CITIES[living.where])
    act = drawn(rng, part, lambda r: an_act(r, who=[job])._replace(where=r.choice((working.where, living.where))))
    story: Story = [Be(who, job), working, Be(who, quality), Be(who, opposite, negative=True), act, living]
    story += [country, Lie(living.where, country.where)]
    return [said for said in story if is_general(said) or part_of(said) == part]


SHARES: tuple[tuple[Callable[[random.Random, Part], Story], int], ...] = (
    (report, 8), (day, 3), (belongings, 5), (thing, 3), (kinds, 2), (life, 3),
)  # fmt: skip
"""What the documents are about, and how many of each there are beside the others."""


def stories(salt: str, count: int, part: Part) -> list[Story]:
    """`count` documents, drawn from a seed."""
    rng = random.Random(f"world/{salt}/{part}")
    writers = [write for write, share in SHARES for _ in range(share)]
    return [rng.choice(writers)(rng, part) for _ in range(count)]
