"""Words in sentences that no corpus holds, with their parts of speech: what analyses of masked words ask about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from superb_lite.imports import resolve


class TaggedWord(NamedTuple):
    """One word of a sentence."""

    text: str
    """The sentence."""
    start: int
    end: int
    """Its characters [start, end)."""
    tag: str
    """Its part of speech, one of `WordSource.tags`."""
    cluster: str
    """The document that it comes from: words of one may be alike."""


@dataclass(frozen=True)
class WordSource:
    """Tagged words of a language, registered in the group `superb_lite.words`."""

    name: str
    """As questions about its words begin: NAME:TAG."""
    modality: str
    language: str
    """Its ISO 639-1 code."""
    tags: Mapping[str, str]
    """Tag -> the class of words that it belongs to, such as "function", in the order of tables."""
    load: str
    """"package:function" of a number, which gives so many `TaggedWord`s of each tag, or as many as there are; the same
    at every call, and none of a sentence that a pretraining corpus holds."""
    description: str
    source: str
    """Where the sentences come from."""

    @property
    def questions(self) -> tuple[str, ...]:
        """NAME:TAG for every tag, and NAME:all CLASS for every class of several tags."""
        classes = [kind for kind in dict.fromkeys(self.tags.values()) if list(self.tags.values()).count(kind) > 1]
        return (*(f"{self.name}:{tag}" for tag in self.tags), *(f"{self.name}:all {kind}" for kind in classes))

    @property
    def package(self) -> str:
        """The top-level package whose code decides the words."""
        return self.load.partition(":")[0].partition(".")[0]

    def words(self, each: int) -> tuple[TaggedWord, ...]:
        """`each` words of every tag, or as many as there are."""
        return tuple(resolve(self.load)(each))
