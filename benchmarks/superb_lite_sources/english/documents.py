"""Documents of several sentences about one topic, written by a seeded grammar out of the lexicon.

Every word of the lexicon occurs in the company that its relations give it: a thing is called by the name of its kind,
synonyms share their contexts and opposites do not, words of praise go with what pleased people do, cities with their
country, and roles with their pronouns. Sentences follow in order: a topic is introduced before a pronoun takes it up,
and what happened first is told first.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from superb_lite_sources.english import opinions, people, places, senses, taxonomy
from superb_lite_sources.english.inflection import article, capitalised, ing, participle, past, plural, present, third
from superb_lite_sources.english.people import Profession
from superb_lite_sources.english.places import Country
from superb_lite_sources.english.senses import Contrast, Sense
from superb_lite_sources.english.taxonomy import Category

Sentences = list[str]


@dataclass(frozen=True)
class Person:
    """Somebody by name, with the pronouns that take the name up."""

    name: str
    he: str
    him: str
    his: str
    himself: str


def person(rng: random.Random) -> Person:
    """A man or a woman, each half of the time."""
    if rng.random() < 0.5:
        return Person(rng.choice(people.MEN), "he", "him", "his", "himself")
    return Person(rng.choice(people.WOMEN), "she", "her", "her", "herself")


def indefinite(noun: str) -> str:
    """a sparrow, an owl, lemonade."""
    return noun if noun in taxonomy.UNCOUNTABLE else article(noun)


def generic(noun: str) -> tuple[str, bool]:
    """The noun as one speaks of the kind, and whether it is plural: (sparrows, True), (lemonade, False)."""
    return (noun, False) if noun in taxonomy.UNCOUNTABLE else (plural(noun), True)


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


def a_quality(rng: random.Random, contrast: Contrast, sense: Sense, word: str) -> Sentences:
    """Something of which an adjective holds, and how one could tell."""
    who = person(rng)
    noun = _said_of(rng, contrast, sense)
    synonym = rng.choice(sense.words)
    cue, cue_too = rng.sample(sense.cues, 2)
    first = rng.choice(
        (
            f"the {noun} was {word}, so {cue}.",
            f"the {noun} was {rng.choice(('very', 'really', 'so', 'rather'))} {word}, and {cue}.",
            f"{who.name} saw {article(f'{word} {noun}')}, and {cue}.",
            f"it was {article(f'{word} {noun}')}: {cue}.",
            f"how {word} the {noun} was! {capitalised(cue)}.",
            f"the {noun} looked {word}, because {cue}.",
            f"the {noun} was {word} and {synonym}, for {cue}.",
        )
    )
    second = rng.choice(
        (
            f"{who.name} said that it was {synonym}, since {cue_too}.",
            f"everybody agreed that it was {synonym}: {cue_too}.",
            f"{capitalised(cue_too)}, so {synonym} was it.",
            f"{who.name} knew that it was {word}, because {cue_too}.",
        )
    )
    return [first, second, *_denial(rng, contrast, sense, "the {noun} was not {other}, it was {word}.", noun, word)]


def a_deed(rng: random.Random, contrast: Contrast, sense: Sense, word: str) -> Sentences:
    """What somebody wanted to do and then did."""
    who, friend = person(rng), person(rng)
    thing = _said_of(rng, contrast, sense)
    synonym = rng.choice(sense.words)
    cue, cue_too = rng.sample(sense.cues, 2)
    first = rng.choice(
        (
            f"{who.name} wanted to {word} the {thing}.",
            f"{friend.name} asked {who.name} to {word} the {thing}.",
            f"it was time to {word} the {thing}.",
            f"{who.name} had to {word} the {thing} {cue}.",
            f"{who.name} began to {word} the {thing} {cue}.",
        )
    )
    second = rng.choice(
        (
            f"so {who.he} {past(word)} the {thing} {cue}.",
            f"in the end {who.he} {past(word)} it {cue}.",
            f"{rng.choice(places.TIMES)} {who.he} {past(synonym)} it {cue}.",
            f"{who.he} {past(word)} it {cue}.",
        )
    )
    third_one = rng.choice(
        (
            f"{friend.name} had already {participle(synonym)} another {thing} {cue_too}.",
            f"{friend.name} saw how {who.name} {past(word)} the {thing} {cue_too}.",
            f"after {ing(synonym)} it {who.name} went home.",
            f"people often {synonym} {article(thing)} {cue_too}.",
            f"{friend.name} {third(synonym)} {article(thing)} {cue_too}.",
            f"{friend.name} {past(synonym)} {article(thing)} {cue_too}.",
        )
    )
    denial = _denial(rng, contrast, sense, "nobody wanted to {other} the {noun}, all wanted to {word} it.", thing, word)
    return [first, second, third_one, *denial]


def a_sight(rng: random.Random, contrast: Contrast, sense: Sense, word: str) -> Sentences:
    """Something that somebody saw, called by one word and then by another."""
    who = person(rng)
    quality = _said_of(rng, contrast, sense)
    synonym = rng.choice(sense.words)
    cue, cue_too = rng.sample(sense.cues, 2)
    first = rng.choice(
        (
            f"there was {article(f'{quality} {word}')} {cue}.",
            f"{who.name} saw {article(word)} {cue}.",
            f"{who.name} dreamt of {article(f'{quality} {word}')} {cue}.",
            f"many {plural(word)} are {quality}, and {who.name} knew one {cue}.",
        )
    )
    second = rng.choice(
        (
            f"it was {article(synonym)} {cue_too}.",
            f"{who.he} had never seen such {article(synonym)}, {article(synonym)} {cue_too}.",
            f"the {synonym} was {quality}, {article(word)} {cue_too}.",
            f"{who.he} drew the {synonym} {cue_too} and hung the picture on the wall.",
        )
    )
    return [first, second, *_denial(rng, contrast, sense, "it was not {a_other} but {a_word}.", quality, word)]


def _said_of(rng: random.Random, contrast: Contrast, sense: Sense) -> str:
    """Mostly what this meaning is more often said of than the other."""
    half = len(contrast.about) // 2
    usual = contrast.about[:half] if sense is contrast.left else contrast.about[half:]
    return rng.choice(usual if rng.random() < 0.95 else contrast.about)


def _denial(rng: random.Random, contrast: Contrast, sense: Sense, template: str, noun: str, word: str) -> Sentences:
    """What it was not, said in one document of six: opposites stand side by side, but not as a rule."""
    if rng.random() > 1 / 12:
        return []
    other = rng.choice((contrast.right if sense is contrast.left else contrast.left).words)
    return [template.format(other=other, word=word, noun=noun, a_other=article(other), a_word=article(word))]


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


def a_journey(rng: random.Random, country: Country, city: str) -> Sentences:
    """A journey to a city: where it lies, what one speaks and eats there, and where the journey goes on."""
    who = person(rng)
    other = rng.choice([c for c in country.cities if c != city])
    known, known_too = rng.sample(country.known, 2)
    place = rng.choice(places.SPOTS)
    return [
        rng.choice(
            (
                f"{who.name} travelled to {city} {rng.choice(places.TIMES)}.",
                f"{who.name} comes from {city}.",
                f"{who.name} flew to {city} with {person(rng).name}.",
                f"{who.name} has moved to {city}.",
            )
        ),
        rng.choice(
            (
                f"{city} is a city in {country.name}.",
                f"this {country.people} city is known for {known}.",
                f"like {other}, {city} belongs to {country.name}.",
                f"it lies in {country.name}, not far from {other}.",
            )
        ),
        rng.choice(
            (
                f"in {country.name} {who.he} heard people speak {country.language}.",
                f"{who.he} asked a {country.people} friend for the way to {city}.",
                f"{who.he} learnt some {country.language} words and saw {known_too}.",
                f"everywhere in {city} {who.he} saw {known} and {known_too}.",
            )
        ),
        rng.choice(
            (
                f"then {who.he} took the train from {city} to {other}.",
                f"{who.he} sent {who.his} family a {country.people} postcard from {city}.",
                f"at the end {who.he} met a woman from {other} {place}.",
                f"when {who.he} left {country.name}, {who.he} missed {known}.",
            )
        ),
    ]


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


def documents(seed: int) -> Iterator[Sentences]:
    """All documents, topic by topic; sentences start in lower case unless with a name."""
    rng = random.Random(f"english/{seed}")
    for category in taxonomy.CATEGORIES:
        for noun in category.members:
            yield from (a_thing(rng, category, noun) for _ in range(4))
    writers: tuple[tuple[Sequence[Contrast], Callable[..., Sentences], int], ...] = (
        (senses.ADJECTIVES, a_quality, 9),
        (senses.VERBS, a_deed, 10),
        (senses.NOUNS, a_sight, 12),
    )
    for contrasts, write, times in writers:
        for contrast in contrasts:
            for sense in (contrast.left, contrast.right):
                yield from (write(rng, contrast, sense, word) for word in sense.words for _ in range(times))
    polarities = (opinions.PRAISE, opinions.PLEASED), (opinions.BLAME, opinions.CROSS)
    for number, (words, reactions) in enumerate(polarities):
        for _ in range(5):
            order = rng.sample(words, len(words))
            for start in range(0, len(order)):
                four = [order[(start + k * 7) % len(order)] for k in range(4)]
                yield a_review(rng, four, reactions, polarities[1 - number][0])
    for country in places.COUNTRIES:
        yield from (a_journey(rng, country, city) for city in country.cities for _ in range(5))
    yield from (a_job(rng, job) for job in people.PROFESSIONS for _ in range(9))
    for he, she in people.COUPLES:
        yield from (a_meeting(rng, he, she, male=True) for _ in range(5))
        yield from (a_meeting(rng, she, he, male=False) for _ in range(5))
    yield from (a_talk(rng) for _ in range(400))
    yield from (a_crowd(rng) for _ in range(330))
