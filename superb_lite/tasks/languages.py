"""Languages: what is known of several languages at once, as words, sentences and tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Languages:
    """Several languages, for experiments on encoders that have read more than one of them.

    No sentence may be in a corpus that such encoders are pretrained on.
    """

    names: tuple[str, ...]
    """What each is called; others are compared with the first."""

    dictionary: Callable[[str, str], Sequence[tuple[str, str]]]
    """(a, b) -> words of language a, each with its translation in b."""

    sentences: Callable[[str], Sequence[str]]
    """The sentences of a language. Where all languages have as many, sentence i of each says the same."""

    tasks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By kind ("qa"), for each language the name of its task; tasks of a kind have one form and the same labels."""
