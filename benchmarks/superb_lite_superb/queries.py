"""Query by example: does a sentence hold a word that somebody else said?"""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

from superb_lite.sources.sentences import ADJECTIVES, NAMES, NOUNS, VERBS, sentences, words_of
from superb_lite.sources.utterance import Utterance, varied
from superb_lite.task import Example, TaskData
from superb_lite_superb.spoken import PARTS, VOICES, Part, synthesised

LONG = 5
"""Letters of the shortest word that is searched for."""

MATCHES = 3
"""How many sentences hold a query, at most."""

SEARCHED = 40
"""How many sentences each query is compared with."""

QUERIES = {"train": 20, "test": 40}
SENTENCES = {"train": 100, "test": 120}


class Query(NamedTuple):
    """A word, and the numbers of the sentences that it is compared with: those that hold it, and others."""

    word: str
    matches: tuple[int, ...]
    others: tuple[int, ...]


def queries(part: Part) -> list[Query]:
    """The queries of a part. A sentence with a form of the word ("bird" in "birds") is neither a match nor another."""
    rng = random.Random(f"qbe/{part}")
    said = _sentences(part)
    words = [w for words in (NOUNS, VERBS, ADJECTIVES, NAMES) for w in words_of(words, part) if len(w) >= LONG]
    rng.shuffle(words)
    found: list[Query] = []
    for word in words:
        matches = [n for n, sentence in enumerate(said) if word in sentence.replace(",", "").split()]
        others = [n for n, sentence in enumerate(said) if word not in sentence]
        if matches and len(found) < QUERIES[part]:
            matches = rng.sample(matches, min(MATCHES, len(matches)))
            found.append(Query(word, tuple(matches), tuple(rng.sample(others, SEARCHED - len(matches)))))
    return found


def query_recipe(part: Part) -> list[Utterance]:
    """The words that are searched for, each said by one voice."""
    rng = random.Random(f"qbe-query/{part}")
    voices = VOICES[part]
    return [_said(rng, query.word, voices[2 * i % len(voices)]) for i, query in enumerate(queries(part))]


def sentence_recipe(part: Part) -> list[Utterance]:
    """The sentences that are searched, each said by one voice; half of the voices ask, the other half answer."""
    rng = random.Random(f"qbe-sentence/{part}")
    voices = VOICES[part]
    return [_said(rng, text, voices[(2 * i + 1) % len(voices)]) for i, text in enumerate(_sentences(part))]


def _said(rng: random.Random, text: str, voice: str) -> Utterance:
    return varied(rng, text=text, voice=voice, rate=(150, 190), pitch=(40, 60), snr=(15.0, 30.0))


def _sentences(part: Part) -> list[str]:
    return sentences(part, SENTENCES[part], seed=5)


def qbe(root: Path | None = None) -> TaskData:
    """Pairs of a query and a sentence; all pairs of a query are one cluster. The embedded data needs no `root`."""
    items, pairs = {}, {}
    for part in PARTS:
        for name, recipe in (("query", query_recipe), ("sentence", sentence_recipe)):
            spoken = synthesised(f"qbe-{name}", recipe, part)
            items.update({f"{name}-{key}": speech.waveform for key, speech in spoken.items()})
        pairs[part] = tuple(
            Example(
                id=f"{part}-{number}-{n}",
                items=(f"query-{part}-{number}", f"sentence-{part}-{n}"),
                label=int(n in query.matches),
                cluster=query.word,
            )
            for number, query in enumerate(queries(part))
            for n in (*query.matches, *query.others)
        )
    named = {key for examples in pairs.values() for e in examples for key in e.items}
    return TaskData(items={k: v for k, v in items.items() if k in named}, train=pairs["train"], test=pairs["test"])
