"""What rows of SuperGLUE ask, as entries: pairs, choices, answers to judge, and words in their sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from superb_lite_glue.dataset import texts_of
from superb_lite_glue.official_data import Entry
from superb_lite_glue.official_tables import Row, Rows

Entries = Callable[[Rows, str], list[Entry]]
"""(rows, name of their part) -> what they ask."""

TRUTH = ("False", "True")
"""What Python makes of false and true, and the classes of the hub."""


def pairs(first: str, second: str, labels: Sequence[str], *, pair: str = "") -> Entries:
    """Pairs of texts, those with one first text a group. pair: the column that names what is counted together."""

    def entries(rows: Rows, part: str) -> list[Entry]:
        found = []
        for row in rows.rows:
            texts = texts_of(rows, row, (first, second))
            if texts is not None:
                asked = f"{part}-{row.cells[pair]}" if pair else ""
                label = rows.label(row, "label", labels)
                found.append(Entry(f"{part}-{row.number}", texts, label, asked or texts[0], asked))
        rows.report(len(found))
        return found

    return entries


def copa(rows: Rows, part: str) -> list[Entry]:
    """A premise and "because" or "so", and how it may go on (as Brown et al. 2020, appendix G, ask)."""
    found = []
    for row in rows.rows:
        texts = texts_of(rows, row, ("premise", "choice1", "choice2"))
        if texts is None:
            continue
        kind = rows.label(row, "question", ("cause", "effect"))
        premise, *choices = texts
        asked = f"{premise.strip().rstrip('.')} {('because', 'so')[kind]}"
        label = _either(rows, row, ("0", "1"), ("choice1", "choice2"))
        found.append(Entry(f"{part}-{row.number}", (asked, *map(_continued, choices)), label, premise))
    rows.report(len(found))
    return found


def _either(rows: Rows, row: Row, of_files: Sequence[str], of_hub: Sequence[str]) -> int:
    """The class, in the words of the files or of the hub."""
    return rows.label(row, "label", of_hub if str(row.cells["label"]) in of_hub else of_files)


def _continued(sentence: str) -> str:
    """A sentence as the rest of one: its first letter is small, but for that of "I"."""
    text = sentence.strip()
    return text if re.match(r"I\b", text) else text[:1].lower() + text[1:]


def multirc(rows: Rows, part: str) -> list[Entry]:
    """A paragraph, and a question with an answer to judge."""
    found = []
    for row in rows.rows:
        texts = texts_of(rows, row, ("paragraph", "question", "answer"))
        if texts is not None:
            paragraph, question, answer = texts
            idx: Mapping[str, int] = row.cells["idx"]
            asked = f"{part}-{idx['paragraph']}-{idx['question']}"
            label = _either(rows, row, ("0", "1"), TRUTH)
            entry = Entry(f"{asked}-{idx['answer']}", (paragraph, f"{question} {answer}"), label, paragraph, asked)
            found.append(entry)
    rows.report(len(found))
    return found


def wic(rows: Rows, part: str) -> list[Entry]:
    """Two sentences, and where the word stands in each."""
    found = []
    for row in rows.rows:
        texts = texts_of(rows, row, ("sentence1", "sentence2"))
        if texts is None:
            continue
        places = [
            (int(rows.number(row, f"start{n}", 0, len(text))), int(rows.number(row, f"end{n}", 0, len(text))))
            for n, text in enumerate(texts, start=1)
        ]
        if any(start >= end for start, end in places):
            rows.leave_out(row.number, "a word that is nowhere", broken=True)
            continue
        word = rows.text(row, "word")
        label = rows.label(row, "label", TRUTH)
        found.append(Entry(f"{part}-{row.number}", texts, label, word, places=tuple(places)))
    rows.report(len(found))
    return found


def wsc(rows: Rows, part: str) -> list[Entry]:
    """A text twice, and where the noun and the pronoun stand in it."""
    found = []
    for row in rows.rows:
        texts = texts_of(rows, row, ("text",))
        if texts is None:
            continue
        (text,) = texts
        spans = [
            words_at(text, rows.text(row, f"span{n}_text"), int(rows.number(row, f"span{n}_index", 0, len(text))))
            for n in (1, 2)
        ]
        places = tuple(span for span in spans if span is not None)
        if len(places) < 2:
            rows.leave_out(row.number, "words that are not in the text")
            continue
        label = rows.label(row, "label", TRUTH)
        found.append(Entry(f"{part}-{row.number}", (text, text), label, text, places=places))
    rows.report(len(found))
    return found


def words_at(text: str, words: str, index: int) -> tuple[int, int] | None:
    """The characters of some words, of those that begin nearest to word number `index` (from 0 on, between spaces).

    The release is now and then off by a word, and in small and large letters. None: they are nowhere.
    """
    starts = [match.start() for match in re.finditer(r"\S+", text)]
    wanted = starts[min(index, len(starts) - 1)]
    pattern = r"\s+".join(map(re.escape, words.strip().rstrip(".,;:!?").split()))
    found = [m.span() for m in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)] if pattern else []
    return min(found, key=lambda span: abs(span[0] - wanted), default=None)
