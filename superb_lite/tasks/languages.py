"""Languages: what is known of several languages at once, as words, sentences and tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Place(NamedTuple):
    """Where a word stands in a sentence."""

    word: str
    """As the dictionary has it, whatever form it has in the sentence."""
    start: int
    end: int
    """Half-open, in characters."""


class Marked(NamedTuple):
    """A sentence and where the words of a dictionary stand in it, from left to right."""

    text: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Languages:
    """Several languages, for experiments on encoders that have read more than one of them.

    No sentence may be in a corpus that such encoders are pretrained on.
    """

    names: tuple[str, ...]
    """What each is called; others are compared with the first."""

    dictionary: Callable[[str, str], Sequence[tuple[str, str]]]
    """(a, b) -> words of language a, each with its translation in b; a word may stand there several times."""

    sentences: Callable[[str], Sequence[Marked]]
    """The sentences of a language. Where all languages have as many, sentence i of each may say the same."""

    tasks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By kind ("qa"), for each language the name of its task; tasks of a kind have one form and the same labels."""

    packages: tuple[str, ...] = ()
    """The top-level packages whose code and data make the sentences."""
