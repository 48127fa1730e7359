"""Which occurrences are looked at: those of the registered sources, or a person's own sentences."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from superb_lite import plugins
from superb_lite.errors import BadItemError, SuperbLiteError, counted, near_names, one_line
from superb_lite.paths import read_utf8
from superb_lite.tasks.occurrences import ContextSource, Occurrence

FEWEST = 3
"""Occurrences of a sense: with three and three the smallest p-value is a twentieth."""

LARGEST_FILE = 2**22
"""Bytes of a file of sentences."""

OWN = "own sentences"
"""The source of a person's own."""

MAP = 5
"""Occurrences of each sense in the picture of a word, as in the lecture."""


@dataclass(frozen=True)
class Word:
    """A word and its occurrences, sense after sense."""

    name: str
    source: str
    occurrences: tuple[Occurrence, ...]
    whole: bool = True
    """Whether it has to be one position of the encoder."""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all other words."""
        return self.source, self.name

    @property
    def senses(self) -> tuple[str, ...]:
        """Of each occurrence."""
        return tuple(each.sense for each in self.occurrences)


def table_words(sources: Sequence[ContextSource]) -> tuple[Word, ...]:
    """All words of the sources of kind "senses"."""
    found = []
    for source in sources:
        if source.kind == "senses":
            by_word: dict[str, list[Occurrence]] = {}
            for each in source.occurrences():
                by_word.setdefault(each.word, []).append(each)
            found += [make_word(name, source.title, these, whole=source.whole) for name, these in by_word.items()]
    return tuple(found)


def named_word(name: str, sources: Sequence[ContextSource]) -> Word:
    """The occurrences of one word, or of a part of a word (果 in 苹果), in whichever source has most of them.

    Raises `SuperbLiteError` for a word that no source has.
    """
    having = [source for source in sources if source.kind != "categories"]
    best: tuple[ContextSource, list[Occurrence]] | None = None
    known: list[str] = []
    for source in having:
        all_of_it = source.occurrences()
        known += dict.fromkeys(each.word for each in all_of_it)
        found = [each for each in all_of_it if each.word == name]
        found = found or [part for each in all_of_it if (part := _part(each, name)) is not None]
        if found and (best is None or len(found) > len(best[1])):
            best = source, found
    if best is None:
        near = near_names(name, sorted(set(known))) or known[:MAP]
        raise SuperbLiteError(
            f"no sentences with '{one_line(name, 40)}' are built in (near: {', '.join(near)}): give --sentences FILE, "
            "each line a sense, a tab and a sentence"
        )
    return make_word(name, best[0].title, best[1], whole=best[0].whole)


def _part(occurrence: Occurrence, name: str) -> Occurrence | None:
    """The occurrence of a part of a word that is written without spaces, as 果 in 苹果."""
    start = occurrence.where[0]
    if not isinstance(start, int) or not isinstance(occurrence.item, str) or _cased(name):
        return None
    place = occurrence.word.find(name)
    if not name or place < 0:
        return None
    return dataclasses.replace(occurrence, word=name, where=(start + place, start + place + len(name)))


def own_word(name: str, path: Path, modality: str) -> Word:
    """A word in a person's own sentences: a line is a sense, a tab, and a sentence that holds the word.

    Raises `SuperbLiteError`, one line, for an encoder that takes no texts, and for a file that does not fit.
    """
    try:
        plugins.modality(modality).check_item("a sentence", "a sentence")
    except BadItemError:
        raise SuperbLiteError(f"--sentences holds texts, and the encoder takes {modality}") from None
    found = []
    for number, line in enumerate(read_utf8(path, limit=LARGEST_FILE).splitlines(), start=1):
        if not line.strip():
            continue
        sense, _, sentence = (part.strip() for part in line.partition("\t"))
        if not sense or not sentence:
            raise SuperbLiteError(f"'{path}' line {number}: write a sense, a tab and a sentence")
        place = find_word(name, sentence)
        if place is None:
            raise SuperbLiteError(f"'{path}' line {number}: the sentence has no '{one_line(name, 40)}'")
        found.append(Occurrence(f"line-{number}", sentence, place, name, sense))
    return make_word(name, OWN, found)


def find_word(name: str, sentence: str) -> tuple[int, int] | None:
    """The characters of the first occurrence: of a whole word in scripts with two cases, of any in others."""
    pattern = re.escape(name)
    if _cased(name):
        pattern = rf"(?<!\w){pattern}(?!\w)"
    found = re.search(pattern, sentence, re.IGNORECASE)
    return found.span() if found and name else None


def _cased(name: str) -> bool:
    return name.lower() != name.upper()


def make_word(name: str, source: str, found: Iterable[Occurrence], *, whole: bool = True) -> Word:
    """Raises `SuperbLiteError` unless there are two senses and enough occurrences of each."""
    by_sense: dict[str, list[Occurrence]] = {}
    for each in found:
        by_sense.setdefault(each.sense, []).append(each)
    shown = one_line(name, 40)
    if len(by_sense) < 2:
        senses = counted(len(by_sense), "sense")
        raise SuperbLiteError(f"'{shown}' is met in {senses}: at least two are needed to compare")
    sense, fewest = min(((sense, len(these)) for sense, these in by_sense.items()), key=lambda pair: pair[1])
    if fewest < FEWEST:
        raise SuperbLiteError(
            f"'{shown}' has {counted(fewest, 'sentence')} of sense '{one_line(sense, 40)}': {FEWEST} are needed"
        )
    return Word(name, source, tuple(each for these in by_sense.values() for each in these), whole)


def for_map(word: Word, each: int = MAP) -> tuple[int, ...]:
    """The numbers of the first `each` occurrences of the two most frequent senses, sense after sense."""
    counts = Counter(word.senses)
    chosen = [sense for sense, _ in counts.most_common(2)]
    return tuple(
        number for sense in chosen for number in [n for n, found in enumerate(word.senses) if found == sense][:each]
    )
