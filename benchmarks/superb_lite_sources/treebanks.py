"""Sentences of treebanks in CoNLL-U (Nivre et al. 2020, section 2): where words stand in the raw text, their tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.paths import read_utf8

if TYPE_CHECKING:
    import conllu

LARGEST = 2**30
"""The largest file in bytes: all of it is held in memory."""

UPOS = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM",
    "VERB", "X",
)  # fmt: skip
"""The universal parts of speech."""

COLUMNS = 10


class Word(NamedTuple):
    """A word: the half-open stretch of characters that it takes, and its part of speech."""

    start: int
    end: int
    tag: str


@dataclass(frozen=True)
class Sentence:
    """One sentence."""

    line: int
    """That of its first word, from 1 on."""

    text: str

    words: tuple[Word, ...]
    """In order, without words that have no place of their own: those of a token that is not its words in a row, as
    French "du" is "de" and "le"."""

    left_out: int
    """How many words those are."""

    document: str
    """The id of its document, or where that begins if it has none; empty where the file names no documents."""


def read(path: Path) -> list[Sentence]:
    """The sentences of a file.

    Raises `SuperbLiteError`, naming file and line, for what is no CoNLL-U, a part of speech that is none of `UPOS`, and
    a word that is not in its text.
    """
    sentences = []
    document = ""
    for first, lines in _blocks(read_utf8(path, limit=LARGEST)):
        (parsed,) = _parsed(lines, first, path)
        document = parsed.metadata.get("newdoc id") or (f"line {first}" if "newdoc" in parsed.metadata else document)
        sentences.append(_sentence(parsed, _numbers(lines, first), path, document))
    if not sentences:
        raise SuperbLiteError(f"'{path}' holds no sentence: is it CoNLL-U?")
    return sentences


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """The number of the first line, and the lines, of what stands between empty lines."""
    block: list[str] = []
    number = 0
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []
    if block:
        yield number - len(block) + 1, block


def _numbers(lines: list[str], first: int) -> list[int]:
    """The numbers of the lines that are no comments."""
    return [number for number, line in enumerate(lines, start=first) if not line.startswith("#")]


def _parsed(lines: list[str], first: int, path: Path) -> conllu.SentenceList:
    import conllu

    for number, line in enumerate(lines, start=first):
        if not line.startswith("#") and line.count("\t") != COLUMNS - 1:
            columns = line.count("\t") + 1
            raise SuperbLiteError(f"'{path}', line {number}: {columns} column(s) with tabs between them, not {COLUMNS}")
    try:
        found = conllu.parse("\n".join(lines) + "\n\n")
    except conllu.exceptions.ParseException as error:
        raise SuperbLiteError(f"'{path}', the sentence at line {first}: {one_line(str(error), 160)}") from None
    if len(found) != 1 or not found[0]:
        raise SuperbLiteError(f"'{path}', line {first}: comments without a sentence")
    for number, token in zip(_numbers(lines, first), found[0], strict=True):
        for column in ("id", "misc"):
            if column not in token or (column == "id" and token["id"] is None):
                raise SuperbLiteError(f"'{path}', line {number}: the column {column.upper()} is empty")
    return found


def _sentence(parsed: conllu.TokenList, numbers: list[int], path: Path, document: str) -> Sentence:
    first = numbers[0]
    text = parsed.metadata.get("text") or _joined(parsed)
    words: list[Word] = []
    left_out = at = 0
    tokens = [(n, token) for n, token in zip(numbers, parsed, strict=True) if not _is_empty_node(token)]
    while tokens:
        number, token = tokens.pop(0)
        surface = token["form"]
        at += len(text[at:]) - len(text[at:].lstrip())
        if not surface or not text.startswith(surface, at):
            raise SuperbLiteError(
                f"'{path}', line {number}: '{one_line(surface, 40)}' is not at character {at} of its '# text'"
            )
        if isinstance(token["id"], int):
            words.append(Word(at, at + len(surface), _tag(token, number, path)))
        else:  # a token of several words, which follow it
            low, _, high = token["id"]
            own, tokens = tokens[: high - low + 1], tokens[high - low + 1 :]
            tags = [_tag(word, line, path) for line, word in own]
            if "".join(word["form"] for _, word in own) == surface:
                start = at
                for (_, word), tag in zip(own, tags, strict=True):
                    words.append(Word(start, start + len(word["form"]), tag))
                    start += len(word["form"])
            else:
                left_out += len(own)
        at += len(surface)
    return Sentence(first, text, tuple(words), left_out, document)


def _is_empty_node(token: conllu.Token) -> bool:
    return isinstance(token["id"], tuple) and token["id"][1] == "."


def _tag(token: conllu.Token, number: int, path: Path) -> str:
    tag: str = token["upos"] or "_"
    if tag not in UPOS:
        raise SuperbLiteError(
            f"'{path}', line {number}: '{one_line(tag, 40)}' is no universal part of speech: {', '.join(UPOS)}"
        )
    return tag


def _joined(parsed: conllu.TokenList) -> str:
    """The raw text by SpaceAfter, where no comment has it."""
    text, covered = "", 0
    for token in parsed:
        if _is_empty_node(token) or (isinstance(token["id"], int) and token["id"] <= covered):
            continue
        covered = token["id"] if isinstance(token["id"], int) else token["id"][2]
        text += token["form"] + ("" if (token["misc"] or {}).get("SpaceAfter") == "No" else " ")
    return text.rstrip()
