"""`clue-lite/qa`: extractive question answering on newspaper text, made of cloze questions (Hermann et al. 2015).

A question is a newspaper sentence with one name or noun left out. Its document is made of the paragraphs around it,
without the sentence itself, and holds that word exactly once, so that the answer is unique. At least `CANDIDATES` names
and nouns stand in the document once and not in the question, and by its form each of them could be the answer. Which
sentence and which word are asked for, and whether a document grows forwards or backwards first, is drawn by content, so
that where the answer stands says nothing. A paragraph has at most one question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from superb_lite.tasks.labels import Answer, Example, TaskData
from superb_lite_glue.clue_lite import fits, sample
from superb_lite_glue.newspaper import Paragraph, paragraphs
from superb_lite_sources.chinese import Part, TaggedSentence

LABELLED, TEST = 3000, 1000
BLANK = "＿＿"
LONGEST = 256
"""Characters of a document. The frozen protocol keeps the features of each, so that longer ones cost gigabytes."""
CANDIDATES = 5
_ASKED = frozenset({"n", "nr", "ns", "nt", "nz"})
_PARTS: tuple[Part, ...] = ("train", "pretrain")


class Cloze(NamedTuple):
    """A question and its document."""

    id: str

    question: str

    document: str

    answer: str
    """The word that is left out of the question."""

    start: int
    """Where the answer stands in the document."""

    others: Mapping[str, int]
    """The words that could as well be the answer, with their starts."""

    block: str
    """`TaggedSentence.block` of the sentence, the cluster."""

    def example(self) -> Example:
        """The labelled example of the item (question, document)."""
        answer = Answer(self.start, self.start + len(self.answer), self.answer)
        return Example(self.id, (self.id,), (answer,), cluster=self.block)


def qa(root: Path | None) -> TaskData:
    """Labelled questions may be on text of the pretraining corpus: a supervised reference needs thousands of them. Test
    questions are on text of the test part alone."""
    train = sample((cloze for part in _PARTS for cloze in clozes(part)), LABELLED)
    test = sample(clozes("test"), TEST)
    items = {c.id: (c.question, c.document) for c in (*train, *test)}
    return TaskData(items, tuple(c.example() for c in train), tuple(c.example() for c in test))


def clozes(part: Part) -> Iterator[Cloze]:
    """The questions on one part."""
    lines = paragraphs(part)
    for number in lines:
        for sentence in sorted(lines[number].values(), key=lambda s: _draw(s.text)):
            found = list(_clozes(lines, number, sentence))
            if found:
                yield min(found, key=lambda cloze: _draw(f"{cloze.question}\n{cloze.answer}"))
                break


def names_and_nouns(words: Sequence[tuple[str, str]]) -> list[tuple[int, str]]:
    """Where names and nouns of at least two characters start, and what they are.

    A surname and the given name that follows it are one name.
    """
    found: list[tuple[int, str]] = []
    start, surname = 0, False
    for word, tag in words:
        if tag == "nr" and surname:
            before, name = found.pop()
            found.append((before, name + word))
            surname = False
        elif tag in _ASKED:
            found.append((start, word))
            surname = tag == "nr" and len(word) <= 2
        else:
            surname = False
        start += len(word)
    return [(start, word) for start, word in found if len(word) > 1]


def _clozes(lines: Mapping[int, Paragraph], number: int, sentence: TaggedSentence) -> Iterator[Cloze]:
    """The questions that a sentence of paragraph `number` could be."""
    if not fits(sentence.text) or sentence.text[-1] != "。":  # a headline or a caption makes no question
        return
    around = _around(lines, number, sentence)
    document = "".join(s.text for s in around)
    asked = [
        (start, word)
        for start, word in names_and_nouns(sentence.words)
        if sentence.text.count(word) == 1 and document.count(word) == 1
    ]
    if not asked:
        return
    words = names_and_nouns([pair for s in around for pair in s.words])
    once = {word: start for start, word in words if document.count(word) == 1}
    others = {word: start for word, start in once.items() if word not in sentence.text}
    if len(others) < CANDIDATES:
        return
    for start, word in asked:
        if word in once:  # it may also be a part of a longer word
            question = sentence.text[:start] + BLANK + sentence.text[start + len(word) :]
            yield Cloze(f"{sentence.id}-{start}", question, document, word, once[word], others, sentence.block)


def _around(lines: Mapping[int, Paragraph], number: int, asked: TaggedSentence) -> list[TaggedSentence]:
    """The other sentences of the paragraph, and whole paragraphs on both sides of it in its block, while they fit."""
    kept = {number: [s for s in lines[number].values() if s is not asked]}
    length = _length(kept[number])
    if length > LONGEST:
        return []
    for step in (1, -1) if _draw(asked.text)[0] % 2 else (-1, 1):
        line = number + step
        while line in lines and _block(lines[line]) == asked.block:
            added = list(lines[line].values())
            if length + _length(added) > LONGEST:
                break
            kept[line] = added
            length += _length(added)
            line += step
    return [s for line in sorted(kept) for s in kept[line]]


def _length(sentences: Sequence[TaggedSentence]) -> int:
    return sum(len(s.text) for s in sentences)


def _block(paragraph: Paragraph) -> str:
    return next(iter(paragraph.values())).block


def _draw(text: str) -> bytes:
    """A number for a text that nothing else says anything about."""
    return hashlib.sha256(text.encode()).digest()
