"""Words in context: English homographs, Chinese characters of two tags, the lecture's word, and things by kind."""

from __future__ import annotations

import hashlib
import itertools
import random
from collections.abc import Iterator

from superb_lite.tasks.occurrences import ContextSource, Occurrence
from superb_lite_glue import POS_TAGS
from superb_lite_sources import chinese
from superb_lite_sources.english.about_homographs import held_out_sentences
from superb_lite_sources.english.people import MEN, WOMEN
from superb_lite_sources.english.taxonomy import CATEGORIES, indefinite

CHARACTERS, EACH = 30, 12
"""Of the newspaper, and sentences for each of their two tags."""

SHORTEST, LONGEST = 6, 60
"""Characters of a newspaper sentence."""

HOMOGRAPHS = ContextSource(
    name="english-homographs",
    modality="text",
    kind="senses",
    title="English homographs",
    load="superb_lite_glue.contexts:homographs",
    note="English homographs: 24 words of the grammar, five sentences of each meaning in the same frames; no two "
    "have a predicate in common, and none has two that stand together in the pretraining corpus; two sentences of one "
    "frame, which differ in their meaning, are not compared.",
)
CHINESE = ContextSource(
    name="chinese-characters",
    modality="text",
    kind="senses",
    title="Chinese characters",
    load="superb_lite_glue.contexts:characters",
    note="Chinese characters: those that the newspaper most often has as words of two parts of speech, counted by the "
    "rarer one; the sentences are not in the pretraining corpus.",
)
LECTURE = ContextSource(
    name="lecture",
    modality="text",
    kind="example",
    title="the lecture's word",
    load="superb_lite_glue.contexts:apples",
    note="苹果, apple: five sentences of the fruit and five of the company, written for this; the texts that our "
    "encoders are pretrained on know the fruit at best.",
)
TAXONOMY = ContextSource(
    name="english-things",
    modality="text",
    kind="categories",
    title="English things",
    load="superb_lite_glue.contexts:things",
    whole=False,
    note="English things: the members of 28 categories of the grammar, each in the same six sentences, which say "
    "nothing of its kind; the mean over the sentences and over the pieces of a word is its vector.",
)


def homographs() -> Iterator[Occurrence]:
    """The held-out sentences of the grammar."""
    for number, sentence in enumerate(held_out_sentences()):
        start = sentence.text.index(f" {sentence.word} ") + 1
        where = (start, start + len(sentence.word))
        # Sentences of one frame are never compared: one of each meaning has it, and the word at the same place.
        name = f"homograph-{number}"
        yield Occurrence(name, sentence.text, where, sentence.word, sentence.sense, group=sentence.frame)


def characters() -> Iterator[Occurrence]:
    """Characters that are a word of one part of speech here and of another there, in newspaper sentences that no
    encoder was pretrained on."""
    found: dict[str, dict[str, dict[str, Occurrence]]] = {}
    for sentence in itertools.chain(chinese.news("train"), chinese.news("test")):
        if not SHORTEST <= len(sentence.text) <= LONGEST:
            continue
        start = 0
        for word, tag in sentence.words:
            part = tag[:1].lower()
            if len(word) == 1 and part in POS_TAGS:
                senses = found.setdefault(word, {}).setdefault(part, {})
                # One of a sentence, so that no two occurrences share their company.
                name = f"{sentence.id}-{start}"
                senses.setdefault(
                    sentence.id, Occurrence(name, sentence.text, (start, start + 1), word, part, group=sentence.block)
                )
            start += len(word)
    ranked = []
    for word, by_part in found.items():
        most = sorted(by_part.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:2]
        if len(most) == 2 and len(most[1][1]) >= EACH:
            ranked.append((-len(most[1][1]), word, most))
    for _, _, most in sorted(ranked)[:CHARACTERS]:
        for _, by_sentence in most:
            yield from sorted(by_sentence.values(), key=lambda each: _digest(each.id))[:EACH]


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


_APPLES = {
    "苹果": {
        "水果": (
            "今天买了三斤苹果来吃",
            "这棵树上结满了红红的苹果",
            "妈妈把苹果削了皮切成小块",
            "苹果和梨都是我爱吃的水果",
            "一杯苹果汁比汽水健康得多",
        ),
        "公司": (
            "苹果下个月要推出新的手机",
            "昨天苹果公司的股价又上涨了",
            "他用的是苹果的笔记本电脑",
            "苹果在发布会上展示了新芯片",
            "很多程序员想到苹果去上班",
        ),
    },
    "apple": {
        "fruit": (
            "She peeled an apple and cut it into slices.",
            "A ripe apple fell from the tree in the orchard.",
            "He ate an apple and a banana for breakfast.",
            "The apple was sweet, red and full of juice.",
            "We baked a cake with one large apple and cinnamon.",
        ),
        "company": (
            "The new phone by Apple will be sold in September.",
            "Shares of Apple rose after the quarterly report.",
            "She works as a software engineer at Apple in California.",
            "Last year Apple replaced the chips in all its laptops.",
            "A court ordered Apple to open its store to other firms.",
        ),
    },
}


def apples() -> Iterator[Occurrence]:
    """The fruit and the company, in Chinese and in English."""
    for word, senses in _APPLES.items():
        for sense, sentences in senses.items():
            for number, sentence in enumerate(sentences):
                start = sentence.lower().index(word)
                yield Occurrence(f"{word}-{sense}-{number}", sentence, (start, start + len(word)), word, sense)


_FRAMES = (
    "{who} spoke of {x}.",
    "{who} dreamt of {x}.",
    "there was {x} in the picture.",
    "{who} had forgotten {x}.",
    "nobody spoke of {x}.",
    "{who} wrote about {x} again.",
)


def things() -> Iterator[Occurrence]:
    """The members of the taxonomy in frames that fit all of them."""
    names = random.Random("things").sample((*MEN, *WOMEN), len(_FRAMES))
    for category in CATEGORIES:
        for noun in category.members:
            for number, (frame, who) in enumerate(zip(_FRAMES, names, strict=True)):
                before, after = frame.format(who=who, x="\n").split("\n")
                phrase = indefinite(noun)
                start = len(before) + len(phrase) - len(noun)
                text = before + phrase + after
                text = text[0].upper() + text[1:]
                yield Occurrence(f"{noun}-{number}", text, (start, start + len(noun)), noun, category.name)
