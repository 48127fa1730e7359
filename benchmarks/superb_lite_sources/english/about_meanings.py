"""Documents about meanings: synonyms share their company, and what is meant by opposites does not."""

from __future__ import annotations

import random

from superb_lite_sources.english import places
from superb_lite_sources.english.inflection import article, capitalised, ing, participle, past, plural, third
from superb_lite_sources.english.people import person
from superb_lite_sources.english.senses import Contrast, Sense
from superb_lite_sources.english.tables import Sentences, listed


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


def a_lesson(rng: random.Random, contrast: Contrast, sense: Sense, word: str) -> Sentences:
    """All words of a meaning in one document, each with what goes along with it."""
    who, friend = person(rng), person(rng)
    words = [word, *rng.sample([w for w in sense.words if w != word], len(sense.words) - 1)]
    noun, noun_too = (_said_of(rng, contrast, sense) for _ in range(2))
    return [
        rng.choice(
            (
                f"{who.name} looked up what {word} means and read {listed(words[1:])}.",
                f"the teacher asked for another way to say {word}, and {who.name} said {listed(words[1:], 'or')}.",
                f"the words {listed(words)} mean the same, said {who.name}.",
                f"instead of {word} {who.name} always wrote {words[1]}.",
                f"{word} and {words[-1]} are much the same to {who.name}.",
                f"in a crossword {who.name} needed a word for {word} and put down {words[1]}.",
            )
        ),
        rng.choice(
            (
                f"one thinks of {article(noun)} when one hears {listed(words, 'or')}.",
                f"{listed(words)} are words that one finds beside {noun}.",
                f"whoever thinks of {article(noun)} thinks of {words[-1]} or {word}.",
                f"{friend.name} had found {word} beside {noun}, and {words[1]} beside {noun_too}.",
            )
        ),
        rng.choice(
            (
                f"{friend.name} gave an example for {word}: {rng.choice(sense.cues)}.",
                f"with {words[-1]} it was the same, for example: {rng.choice(sense.cues)}.",
                f"then {friend.name} explained {words[1]} by a story: {rng.choice(sense.cues)}.",
            )
        ),
    ]


def several_qualities(rng: random.Random, contrast: Contrast, sense: Sense, word: str) -> Sentences:
    """An adjective and all its synonyms said of one thing after the other."""
    who, friend = person(rng), person(rng)
    words = [word, *rng.sample([w for w in sense.words if w != word], len(sense.words) - 1)]
    noun, noun_too = (_said_of(rng, contrast, sense) for _ in range(2))
    cue, cue_too = rng.sample(sense.cues, 2)
    it = f"the {noun}" if contrast.of_people else "it"
    return [
        rng.choice(
            (
                f"{who.name} had never seen such {article(f'{word} {noun}')}.",
                f"{friend.name} spoke of {article(f'{word} {noun}')} and {article(f'{words[1]} {noun_too}')}.",
                f"why was the {noun} so {word}?",
                f"they both wanted {article(f'{word} {noun}')}, and they had one.",
                f"once there was {article(f'{word} {noun}')}.",
            )
        ),
        rng.choice(
            (
                f"{cue}, so {words[1]} was this {noun}.",
                f"as {it} was {words[1]}, {cue}.",
                f"nobody doubted that {it} was {words[1]}, because {cue}.",
                f"{who.name} called {it} {words[1]}, and truly: {cue}.",
            )
        ),
        rng.choice(
            (
                f"the {noun_too} was {words[-1]} as well; {cue_too}.",
                f"{friend.name} thought {it} {words[-1]}, for {cue_too}.",
                f"everything that is {listed([words[-1], word])} is like that: {cue_too}.",
                f"{cue_too}, and {friend.name} cried out how {words[-1]} {it} was.",
            )
        ),
    ]


def several_deeds(rng: random.Random, contrast: Contrast, sense: Sense, word: str) -> Sentences:
    """A verb and all its synonyms in one story."""
    who, friend = person(rng), person(rng)
    words = [word, *rng.sample([w for w in sense.words if w != word], len(sense.words) - 1)]
    thing, thing_too = (_said_of(rng, contrast, sense) for _ in range(2))
    cue, cue_too = rng.sample(sense.cues, 2)
    # What another deed goes on with ("and cried") tells of the past only.
    how, how_too = ("" if c.startswith("and ") else f" {c}" for c in (cue, cue_too))
    return [
        rng.choice(
            (
                f"{who.name} likes to {word} {article(thing)}{how}.",
                f"why did {who.name} {word} the {thing}{how}?",
                f"{friend.name} promised to {word} {article(thing)} and to {words[1]} {article(thing_too)}.",
                f"{who.name} will {word} the {thing}{how}.",
                f"{who.name} dreamt that {who.he} {past(word)} {article(thing)} {cue}.",
            )
        ),
        rng.choice(
            (
                f"{who.he} {past(words[1])} it {cue}.",
                f"before, {friend.name} had {participle(words[1])} the {thing} {cue}.",
                f"last week {who.he} {past(words[1])} {article(thing_too)} {cue}.",
                f"the {thing} was {participle(words[1])}{how}.",
            )
        ),
        rng.choice(
            (
                f"{friend.name} {past(words[-1])} {article(thing_too)}, too, {cue_too}.",
                f"the {thing_too} was {participle(words[-1])} by {friend.name}{how_too}.",
                f"{ing(words[-1])} {article(thing_too)}{how_too} was what {friend.name} wanted.",
                f"{friend.name} {third(words[-1])} {article(thing_too)}{how_too}, and so did {who.name}.",
            )
        ),
    ]


def several_sights(rng: random.Random, contrast: Contrast, sense: Sense, word: str) -> Sentences:
    """A noun and all its synonyms in one story."""
    who, friend = person(rng), person(rng)
    words = [word, *rng.sample([w for w in sense.words if w != word], len(sense.words) - 1)]
    quality, quality_too = (_said_of(rng, contrast, sense) for _ in range(2))
    cue, cue_too = rng.sample(sense.cues, 2)
    return [
        rng.choice(
            (
                f"{who.name} told a story of {article(word)} {cue}.",
                f"do you know {article(f'{quality} {word}')} {cue}?",
                f"{article(word)} {cue}, that is what {who.name} had in mind.",
                f"here was {article(word)}, there {article(words[1])} {cue}.",
            )
        ),
        rng.choice(
            (
                f"the {words[1]} was {quality_too}, but then every {words[1]} is {quality_too}.",
                f"{friend.name} called it {article(words[1])} {cue_too}.",
                f"no {words[1]} {cue_too} could be as {quality}.",
                f"both knew {plural(words[1])}, {quality_too} ones and others, {cue_too}.",
            )
        ),
        rng.choice(
            (
                f"so the {words[-1]} {cue} became the {word} of their dreams.",
                f"it was {article(f'{quality} {words[-1]}')} {cue}.",
                f"{plural(word)} and {plural(words[-1])} are the same, said {friend.name}.",
                f"and {who.name} drew {article(words[-1])} {cue_too}.",
            )
        ),
    ]
