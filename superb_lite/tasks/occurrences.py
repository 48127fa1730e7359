"""Words where they stand: an occurrence, and the sources that packages register under `superb_lite.contexts`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from superb_lite.errors import SuperbLiteError, foreign_errors
from superb_lite.imports import resolve
from superb_lite.tasks.item_hashes import Item

Kind = Literal["senses", "categories", "example"]

Stretch = tuple[int, int]
"""Half-open."""


@dataclass(frozen=True)
class Occurrence:
    """A word, a phone or a patch in an item."""

    id: str
    """Its name, which no other occurrence of the source has."""

    item: Item
    """The raw item that it stands in."""

    where: Stretch | tuple[Stretch, Stretch]
    """Characters or samples; in a picture rows and columns, in thousandths of its height and of its width."""

    word: str
    """What stands there."""

    sense: str
    """What is meant by it here; in a source of kind "categories", what the word is."""

    group: str = ""
    """The document, speaker or frame that makes occurrences dependent; none is compared with others of its group."""

    shown: str = ""
    """What labels it in pictures; the item where that is a text."""

    @property
    def label(self) -> str:
        """What labels it in pictures."""
        return self.shown or (self.item if isinstance(self.item, str) else self.id)


@dataclass(frozen=True)
class ContextSource:
    """Where `superb-lite analyze context` has its words from; registered under the group `superb_lite.contexts`."""

    name: str
    modality: str
    kind: Kind
    """senses: every word is met in at least two. categories: every word is of one, and neighbours are looked at.
    example: as senses, but only used for a word that is asked for by name."""

    title: str
    """What the occurrences are, in a few words for tables."""

    load: str
    """"module:function" without arguments, which gives the occurrences as a sequence of `Occurrence`."""

    whole: bool = True
    """Whether a word has to be one position of the encoder; of a phone the mean over its frames is taken."""

    note: str = ""
    """What a reader has to know about the choice of words and items."""

    def occurrences(self) -> tuple[Occurrence, ...]:
        """All of them. Raises `SuperbLiteError` where the source fails or gives something else."""
        with foreign_errors(f"source of contexts '{self.name}' failed"):
            found: Sequence[Occurrence] = tuple(resolve(self.load)())
        if not found or not all(isinstance(each, Occurrence) for each in found):
            raise SuperbLiteError(f"source of contexts '{self.name}' gave no occurrences")
        if len({each.id for each in found}) < len(found):
            raise SuperbLiteError(f"source of contexts '{self.name}' gives two occurrences one id")
        return tuple(found)
