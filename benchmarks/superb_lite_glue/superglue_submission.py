"""SuperGLUE's submission: `python -m superb_lite_glue.superglue_submission ENCODER --root DIR --out DIR`.

The server scores the official test sets, whose labels are hidden. For each of them, and for the two diagnostic sets,
there is a file of JSON lines; they are sent in one zip archive (super.gluebenchmark.com/faq).
"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from superb_lite.encoders.encoder import Encoder, Generative
from superb_lite.errors import note
from superb_lite.evaluation.devices import AUTO
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.run import Evaluator
from superb_lite.features.data_checks import check_data
from superb_lite.forms import form_of
from superb_lite.metrics import Prediction
from superb_lite.paths import write_text
from superb_lite.protocols import protocol
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.task import Task
from superb_lite_glue.official_data import task_data
from superb_lite_glue.official_tables import Row, Rows
from superb_lite_glue.submission import command
from superb_lite_glue.superglue import DIAGNOSTIC, SOURCES, diagnostic_rows
from superb_lite_glue.superglue_tasks import CB, ENTAILMENT, SUPERGLUE

TASKS = {task.name.removeprefix("superglue/"): task for task in SUPERGLUE}
_SMALL, _NUMBERS = ("false", "true"), (0, 1)
WORDS: Mapping[str, Sequence[str | int]] = {
    "boolq": _SMALL,
    "cb": CB,
    "copa": _NUMBERS,
    "multirc": _NUMBERS,
    "rte": ENTAILMENT,
    "wic": _SMALL,
    "wsc": ("False", "True"),
    "ax-b": ENTAILMENT,
    "ax-g": ENTAILMENT,
}
"""What the server calls the classes; the answer to a query of ReCoRD is its words."""

_ANY_LABEL = {"cb": CB[0], "rte": ENTAILMENT[0], "copa": 0, "multirc": 0}
"""Nobody's: what the labels of the test rows are until they are answered."""


def write_submission(
    encoder: Encoder,
    root: Path,
    out: Path,
    *,
    name: str,
    protocol_name: str = "frozen",
    device: str = AUTO,
    batch_size: int = 32,
    features: Path | None = None,
) -> list[Path]:
    """Train on each task's labels with evaluation seed 0, answer its test rows, and write one file for each.

    A task that the protocol does not go with has its own. Of an encoder that is no language model COPA gets the first
    choice everywhere, and a note says so.

    Args:
        name: what the encoder is called in errors.
        device, batch_size: see `superb_lite.evaluation.run.evaluate`.
        features: where features are kept; None: nowhere.

    Raises:
        SuperbLiteError: a file is missing or cannot be read, the device cannot be used, or the encoder changes while it
            is used; nothing is written then.
    """
    evaluator = Evaluator(
        encoder, reference=name, device=device, batch_size=batch_size, seeds=1, root=root, feature_dir=features
    )
    rows = {task: _test_rows(task, root) for task in TASKS}
    texts = {}
    for task, of_task in rows.items():
        folder = (DIAGNOSTIC.get(task) or SOURCES[task]).folder
        texts[f"{folder}.jsonl"] = _lines(task, of_task, _answers(evaluator, task, of_task, protocol_name))
    for file, text in texts.items():
        write_text(out / file, text)
    return [out / file for file in texts]


def _test_rows(task: str, root: Path) -> Rows:
    if task in DIAGNOSTIC:
        return diagnostic_rows(task, root)
    rows = SOURCES[task].rows(root, "test", labelled=False)
    filled = [Row(row.number, _with_any_label(task, row)) for row in rows.rows]
    return Rows(rows.name, filled, rows.total)


def _with_any_label(task: str, row: Row) -> dict[str, object]:
    if task != "record":
        return {**row.cells, "label": _ANY_LABEL.get(task, "False")}
    first = str(row.cells["context"]).strip()[:1]
    start = str(row.cells["context"]).find(first)
    return {**row.cells, "answers": {"text": [first], "answer_start": [start]}}


def _answers(evaluator: Evaluator, task: str, rows: Rows, protocol_name: str) -> dict[str, Prediction]:
    """By the id of the entry what is answered; the usual answer where a row cannot be read."""
    problem = make_problem(TASKS[task], seeds=range(evaluator.seeds), limit=None, root=evaluator.root)
    entries = (DIAGNOSTIC.get(task) or SOURCES[task]).entries(rows, "test")
    name = f"superglue-{task}"
    found = task_data(f"{name}-asked", train=(), validation=(), test=entries)
    items = {**problem.data.items, **found.items}
    data = TaskData(items, problem.data.train, found.test, problem.data.validation)
    check_data(problem.task, data)
    how = _protocol(TASKS[task], protocol_name)
    if not protocol(how).any_encoder and not isinstance(evaluator.encoder, Generative):
        note(f"superglue/{task}: the encoder is no language model: the first choice is answered everywhere")
        outcome: Mapping[str, Prediction] = {example.id: 0 for example in data.test}
    else:
        (trained,) = evaluator.outcomes(dataclasses.replace(problem, data=data, test=data.test), protocol(how))
        outcome = trained.predictions
    return {entry.id: outcome[f"{name}-asked-{entry.id}"] for entry in entries} | _usual(problem.labels_of(0))


USUAL = ""
"""The key of the most frequent label, which is answered where a row cannot be read."""


def _usual(labelled: Sequence[Example]) -> dict[str, Prediction]:
    labels = [example.label for example in labelled if isinstance(example.label, int)]
    return {USUAL: Counter(labels).most_common(1)[0][0]} if labels else {}


def _protocol(task: Task, name: str) -> str:
    return name if protocol(name).takes(form_of(task)) else task.protocols[0]


def _lines(task: str, rows: Rows, answers: Mapping[str, Prediction]) -> str:
    """The file of a task."""
    if task == "multirc":
        return _multirc(rows, answers)
    lines = []
    for row in rows.rows:
        if task == "record":
            answer = answers.get(f"test-{row.cells['id']}")
            lines.append({"idx": int(row.cells["id"]), "label": answer[2] if isinstance(answer, tuple) else ""})
        else:
            answer = answers.get(f"test-{row.number}", answers[USUAL])
            assert isinstance(answer, int)
            lines.append({"idx": row.cells["idx"], "label": WORDS[task][answer]})
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)


def _multirc(rows: Rows, answers: Mapping[str, Prediction]) -> str:
    """A line for each paragraph, with its questions and their answers."""
    paragraphs: dict[int, dict[int, list[dict[str, object]]]] = {}
    for row in rows.rows:
        idx = row.cells["idx"]
        key = f"test-{idx['paragraph']}-{idx['question']}-{idx['answer']}"
        of_question = paragraphs.setdefault(idx["paragraph"], {}).setdefault(idx["question"], [])
        of_question.append({"idx": idx["answer"], "label": answers.get(key, answers[USUAL])})
    lines = []
    for number, questions in paragraphs.items():
        nested = [{"idx": question, "answers": found} for question, found in questions.items()]
        lines.append(json.dumps({"idx": number, "passage": {"questions": nested}}))
    return "".join(f"{line}\n" for line in lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    holds = "the directory that holds superglue/BoolQ/train.jsonl, ..."
    command("superb_lite_glue.superglue_submission", "SuperGLUE", holds, write_submission, arguments)


if __name__ == "__main__":
    main()
