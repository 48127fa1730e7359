"""SQuAD 1.1 (Rajpurkar et al. 2016) and DRCD (Shao et al. 2018): questions whose answers are spans of a paragraph.

Both releases have one JSON format. The test labels of SQuAD are hidden, so its development set is the test and
validation is drawn from the training articles; DRCD publishes all three parts, which are used as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Answer, TaskData
from superb_lite_glue.official_data import Entry, hold_out, task_data
from superb_lite_glue.official_tables import Row, Rows, read_text
from superb_lite_glue.release import download
from superb_lite_sources.releases import find_file, find_folder

SQUAD_LAYOUT = "DIR/squad/train-v1.1.json and dev-v1.1.json (rajpurkar.github.io/SQuAD-explorer)"
DRCD_LAYOUT = "DIR/drcd/DRCD_training.json, DRCD_dev.json and DRCD_test.json (github.com/DRCKnowledgeTeam/DRCD)"
_HUB_COLUMNS = ("id", "context", "question", "answers")


def squad(root: Path | None) -> TaskData:
    """SQuAD 1.1; `root` holds DIR/squad/train-v1.1.json or DIR/train-v1.1.json, None downloads."""
    if root is None:
        columns = (*_HUB_COLUMNS, "title")
        parts = [download("rajpurkar/squad", None, split, columns, SQUAD_LAYOUT) for split in ("train", "validation")]
    else:
        folder = find_folder(root, ("squad", "SQuAD", "."), SQUAD_LAYOUT)
        paths = [find_file(folder, [f"{part}-v1.1.json"], SQUAD_LAYOUT) for part in ("train", "dev")]
        parts = [read(path) for path in paths]
    labelled, test = (entries(rows, part) for rows, part in zip(parts, ("train", "dev"), strict=True))
    train, validation = hold_out(labelled, "squad/v1.1")
    return task_data("squad", train=train, validation=validation, test=test)


def drcd(root: Path | None) -> TaskData:
    """DRCD; `root` holds DIR/drcd/DRCD_training.json or DIR/DRCD_training.json, None downloads."""
    if root is None:
        splits = ("train", "validation", "test")
        parts = [download("clue/clue", "drcd", split, _HUB_COLUMNS, DRCD_LAYOUT) for split in splits]
    else:
        folder = find_folder(root, ("drcd", "DRCD", "."), DRCD_LAYOUT)
        paths = [find_file(folder, [f"DRCD_{part}.json"], DRCD_LAYOUT) for part in ("training", "dev", "test")]
        parts = [read(path) for path in paths]
    train, dev, test = (entries(rows, part) for rows, part in zip(parts, ("train", "dev", "test"), strict=True))
    return task_data("drcd", train=train, validation=dev, test=test)


def read(path: Path) -> Rows:
    """The questions of a file of either release, numbered from 1 on, with the columns that the hub gives them.

    Raises `SuperbLiteError`, naming the article, paragraph and question (from 1 on), where something is not as it
    should be.
    """
    try:
        content = json.loads(read_text(path))
    except (json.JSONDecodeError, RecursionError) as error:
        raise SuperbLiteError(f"'{path}': not JSON: {error}") from None
    rows = Rows(f"'{path}'")
    for cells in _questions(content, f"'{path}'"):
        rows.total += 1
        rows.rows.append(Row(rows.total, cells))
    return rows


def _questions(content: Any, where: str) -> Iterator[Mapping[str, Any]]:
    for a, article in enumerate(_list(content, "data", where), start=1):
        in_article = f"{where}, article {a}"
        for p, paragraph in enumerate(_list(article, "paragraphs", in_article), start=1):
            in_paragraph = f"{in_article}, paragraph {p}"
            context = _value(paragraph, "context", str, in_paragraph)
            for q, question in enumerate(_list(paragraph, "qas", in_paragraph), start=1):
                in_question = f"{in_paragraph}, question {q}"
                answers = [] if question_is_impossible(question) else _list(question, "answers", in_question)
                yield {
                    "id": str(_value(question, "id", (str, int), in_question)),
                    "title": str(article.get("title", article.get("id", a))),
                    "question": _value(question, "question", str, in_question),
                    "context": context,
                    "answers": {
                        "text": [_value(answer, "text", str, in_question) for answer in answers],
                        "answer_start": [_value(answer, "answer_start", int, in_question) for answer in answers],
                    },
                }


def question_is_impossible(question: Any) -> bool:
    """Whether a question of SQuAD 2.0 has no answer."""
    return isinstance(question, dict) and question.get("is_impossible") is True


def _list(holder: Any, name: str, where: str) -> list[Any]:
    found: list[Any] = _value(holder, name, list, where)
    return found


def _value(holder: Any, name: str, kind: type | tuple[type, ...], where: str) -> Any:
    if not isinstance(holder, dict) or name not in holder:
        raise SuperbLiteError(f"{where}: '{name}' is missing: is this a file of SQuAD 1.1 or DRCD?")
    if not isinstance(holder[name], kind) or isinstance(holder[name], bool):
        raise SuperbLiteError(f"{where}: '{name}' is a {type(holder[name]).__name__}")
    return holder[name]


def entries(rows: Rows, part: str) -> list[Entry]:
    """The questions with an answer that stands where it should. part: what their ids begin with."""
    found: list[Entry] = []
    seen: set[str] = set()
    for row in rows.rows:
        question, document = rows.text(row, "question"), rows.text(row, "context")
        texts, starts = row.cells["answers"]["text"], row.cells["answers"]["answer_start"]
        right = dict.fromkeys(
            Answer(start, start + len(text), text)
            for text, start in zip(texts, starts, strict=True)
            if text and start >= 0 and document[start : start + len(text)] == text
        )
        if not question.strip() or not document.strip():
            rows.leave_out(row.number, "an empty question or paragraph")
        elif not texts:
            rows.leave_out(row.number, "no answer")
        elif not right:
            rows.leave_out(row.number, "an answer that is not where it is said to be")
        elif row.cells["id"] in seen:
            raise SuperbLiteError(f"{rows.name}: question {row.number} has the id '{row.cells['id']}' of another one")
        else:
            seen.add(row.cells["id"])
            # On the hub DRCD has no titles; its ids are article-paragraph-question.
            article = row.cells.get("title") or row.cells["id"].partition("-")[0]
            found.append(Entry(f"{part}-{row.cells['id']}", ((question, document),), tuple(right), group=str(article)))
    rows.report(len(found))
    return found
