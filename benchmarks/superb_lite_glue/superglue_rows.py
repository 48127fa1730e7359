"""Files of SuperGLUE as rows with the columns that the hub has: what is nested in a file is flattened here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from superb_lite.errors import SuperbLiteError
from superb_lite_glue.official_tables import Row, Rows, read_json_lines

Cells = Mapping[str, Any]


class Nested:
    """A part of a JSON object, and where it stands, for errors."""

    def __init__(self, value: Any, where: str) -> None:
        self.value, self.where = value, where

    def __getitem__(self, name: str) -> Nested:
        if not isinstance(self.value, dict) or name not in self.value:
            fields = f"; the fields are {', '.join(map(str, self.value))}" if isinstance(self.value, dict) else ""
            raise SuperbLiteError(f"{self.where}: the field '{name}' is missing{fields}")
        return Nested(self.value[name], f"{self.where}, '{name}'")

    def __iter__(self) -> Iterator[Nested]:
        for number, value in enumerate(self._of(list, "list"), start=1):
            yield Nested(value, f"{self.where}, {number}")

    def text(self) -> str:
        found: str = self._of(str, "text")
        return found

    def number(self) -> int:
        found: int = self._of(int, "whole number")
        return found

    def _of(self, kind: type, noun: str) -> Any:
        if not isinstance(self.value, kind) or isinstance(self.value, bool):
            raise SuperbLiteError(f"{self.where}: {type(self.value).__name__} instead of a {noun}")
        return self.value


def read_nested(path: Path, fields: tuple[str, ...], flat: Callable[[Nested], Iterator[Cells]]) -> Rows:
    """A file whose lines hold several rows each, or nested ones; a row has the number of its line.

    Raises `SuperbLiteError`, naming file, line and field, where something is missing or of another type.
    """
    lines = read_json_lines(path, fields)
    rows = Rows(lines.name)
    for line in lines.rows:
        for cells in flat(Nested(line.cells, f"{lines.name}, row {line.number}")):
            rows.rows.append(Row(line.number, cells))
    rows.total = len(rows.rows)
    return rows


def multirc(line: Nested) -> Iterator[Cells]:
    """A paragraph with questions and their answers: a row for each answer."""
    paragraph = line["passage"]
    for question in paragraph["questions"]:
        for answer in question["answers"]:
            yield {
                "paragraph": paragraph["text"].text(),
                "question": question["question"].text(),
                "answer": answer["text"].text(),
                "label": answer.value.get("label"),
                "idx": {
                    "paragraph": line["idx"].number(),
                    "question": question["idx"].number(),
                    "answer": answer["idx"].number(),
                },
            }


def record(line: Nested) -> Iterator[Cells]:
    """An article with queries: a row for each, as SQuAD's on the hub.

    Ends of entities are the last character of theirs; what is read is where they start, and their text.
    """
    document = line["passage"]["text"].text()
    for query in line["qas"]:
        number = query["idx"].number()
        answers = list(query["answers"]) if "answers" in query.value else []
        yield {
            "id": str(number),
            "title": str(line["idx"].number()),
            "question": query["query"].text(),
            "context": document,
            "answers": {
                "text": [answer["text"].text() for answer in answers],
                "answer_start": [answer["start"].number() for answer in answers],
            },
        }


def record_of_hub(rows: Rows) -> Rows:
    """The rows of ReCoRD on the hub, in which answers are texts of entities, as those of `record`."""
    found = Rows(rows.name, total=rows.total)
    for row in rows.rows:
        entities, answers = row.cells["entity_spans"], row.cells["answers"]
        right = [n for n, text in enumerate(entities["text"]) if text in answers]
        found.rows.append(
            Row(
                row.number,
                {
                    "id": str(row.cells["idx"]["query"]),
                    "title": str(row.cells["idx"]["passage"]),
                    "question": row.cells["query"],
                    "context": row.cells["passage"],
                    "answers": {
                        "text": [entities["text"][n] for n in right],
                        "answer_start": [entities["start"][n] for n in right],
                    },
                },
            )
        )
    return found


def wsc(line: Nested) -> Iterator[Cells]:
    """A text with two stretches of words."""
    target = line["target"]
    names = ("span1_text", "span2_text")
    yield {
        "text": line["text"].text(),
        "label": line.value.get("label"),
        "idx": line["idx"].number(),
        **{name: target[name].text() for name in names},
        **{(name := f"span{n}_index"): target[name].number() for n in (1, 2)},
    }
