"""Query by example: does a sentence hold a word that somebody else said?"""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

from superb_lite.tasks.labels import Example, TaskData
from superb_lite_sources.sentences import ADJECTIVES, NAMES, NOUNS, PLACES, VERBS, sentences, words_of
from superb_lite_sources.utterance import Utterance, varied
from superb_lite_superb.spoken import PARTS, Part, low_pitched, spoken_part, synthesised

LONG = 6
"""Letters of the shortest word that is searched for: short ones are found everywhere."""

ASKING = 2
"""How many voices say each word."""

MATCHES = 3
"""How many sentences hold a query, at most."""

SEARCHED = 40
"""How many sentences each query is compared with."""

WORDS = {"train": 16, "test": 55}
SENTENCES = {"train": 100, "test": 300}


class Search(NamedTuple):
    """A word and the sentences that it is looked for in."""

    word: str

    matches: tuple[int, ...]
    """Numbers of sentences that hold it."""

    others: tuple[int, ...]
    """Numbers of sentences that do not."""


def searches(part: Part) -> list[Search]:
    """The words of a part. A sentence with a form of the word ("candles" for "candle") is neither match nor other."""
    rng = random.Random(f"qbe/{part}")
    said = _sentences(part)
    words = [w for words in (NOUNS, VERBS, ADJECTIVES, NAMES, PLACES) for w in words_of(words, part) if len(w) >= LONG]
    rng.shuffle(words)
    found: list[Search] = []
    for word in words:
        matches = [n for n, sentence in enumerate(said) if word in sentence.replace(",", "").split()]
        others = [n for n, sentence in enumerate(said) if word not in sentence]
        if matches and len(found) < WORDS[part]:
            matches = rng.sample(matches, min(MATCHES, len(matches)))
            found.append(Search(word, tuple(matches), tuple(rng.sample(others, SEARCHED - len(matches)))))
    return found


def query_recipe(part: Part) -> list[Utterance]:
    """Every word, said by `ASKING` voices in a row."""
    rng = random.Random(f"qbe-query/{part}")
    words = [search.word for search in searches(part) for _ in range(ASKING)]
    return [_said(rng, word, _voice(part, 2 * i)) for i, word in enumerate(words)]


def sentence_recipe(part: Part) -> list[Utterance]:
    """The sentences that are searched, each said by one voice: one half of the voices asks, the other half answers."""
    rng = random.Random(f"qbe-sentence/{part}")
    return [_said(rng, text, _voice(part, 2 * i + 1)) for i, text in enumerate(_sentences(part))]


def _voice(part: Part, number: int) -> str:
    """A low-pitched voice: even numbers and odd ones stand for different voices."""
    voices = low_pitched(part)
    return voices[number % (len(voices) // 2 * 2)]


def _said(rng: random.Random, text: str, voice: str) -> Utterance:
    """Of one manner and channel: the term-weighted value forgives next to no false alarm."""
    return varied(
        rng, text=text, voice=voice, rate=(155, 175), pitch=(40, 60), snr=(20.0, 35.0), tilt=(-0.2, 0.2), t60=(0.1, 0.2)
    )


def _sentences(part: Part) -> list[str]:
    return sentences(part, SENTENCES[part], seed=5)


def qbe(root: Path | None = None) -> TaskData:
    """Pairs of a query and a sentence; all pairs of a word are one cluster. The embedded data needs no `root`."""
    items, pairs = {}, {}
    for part in PARTS:
        for name, recipe in (("query", query_recipe), ("sentence", sentence_recipe)):
            spoken = synthesised(f"qbe-{name}", recipe, part)
            # Every position of a query has to be found, so pauses at its ends would count as much as the word.
            items.update({f"{name}-{key}": s.waveform[slice(*spoken_part(s))] for key, s in spoken.items()})
        pairs[part] = tuple(
            Example(
                id=f"{part}-{number}-{n}",
                items=(f"query-{part}-{number}", f"sentence-{part}-{n}"),
                label=int(n in search.matches),
                cluster=search.word,
            )
            for place, search in enumerate(searches(part))
            for number in range(ASKING * place, ASKING * (place + 1))
            for n in (*search.matches, *search.others)
        )
    named = {key for examples in pairs.values() for e in examples for key in e.items}
    return TaskData(items={k: v for k, v in items.items() if k in named}, train=pairs["train"], test=pairs["test"])
