"""The files that GLUE's server takes: `python -m superb_lite_glue.submission ENCODER --root DIR --out DIR`.

The server scores the official test sets, whose labels are hidden. For each of them there is a table with the columns
index and prediction; they are sent in one zip archive, at most two a day (gluebenchmark.com/faq).
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError, printable
from superb_lite.evaluation.devices import AUTO, NAMES
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.run import Evaluator
from superb_lite.features.data_checks import check_data
from superb_lite.metrics import Prediction
from superb_lite.paths import feature_dir, write_text
from superb_lite.protocols import protocol
from superb_lite.tasks.labels import Example, TaskData
from superb_lite_glue import GLUE
from superb_lite_glue.dataset import Dataset, texts_of
from superb_lite_glue.glue import ABOVE, DATASETS
from superb_lite_glue.official_tables import Rows, read_table

TASKS = {task.name: task for task in GLUE}


@dataclass(frozen=True)
class Unlabelled:
    """A test table."""

    task: str
    """Whose training set serves it, a key of `DATASETS`."""

    file: str
    """What the server calls its predictions."""

    path: Path


def test_tables(root: Path) -> list[Unlabelled]:
    """The official test tables below `root`; the diagnostic one (AX) is left out where it is missing."""
    tables = []
    for name, dataset in DATASETS.items():
        folder = dataset.train_name.removeprefix("glue/")
        file = {"mnli": "MNLI-m.tsv", "mnli-mm": "MNLI-mm.tsv"}.get(name, f"{folder}.tsv")
        path = dataset.file(root, [dataset.test])
        tables.append(Unlabelled("mnli" if name == "mnli-mm" else name, file, path))
    diagnostic = (f"{above}{name}" for above in ABOVE for name in ("diagnostic/diagnostic.tsv", "AX/AX.tsv", "AX.tsv"))
    tables += [Unlabelled("mnli", "AX.tsv", root / name) for name in diagnostic if (root / name).is_file()][:1]
    return tables


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
    """Train on each task's labels with evaluation seed 0, predict its test tables, and write one file for each.

    Args:
        name: what the encoder is called in errors.
        device, batch_size: see `superb_lite.evaluation.run.evaluate`.
        features: where features are kept; None: nowhere.

    Raises:
        SuperbLiteError: a table is missing or cannot be read, the device cannot be used, or the encoder changes while
            it is used; nothing is written then.
    """
    tables = test_tables(root)
    evaluator = Evaluator(
        encoder, reference=name, device=device, batch_size=batch_size, seeds=1, root=root, feature_dir=features
    )
    texts: dict[str, str] = {}
    for task in dict.fromkeys(table.task for table in tables):
        mine = [table for table in tables if table.task == task]
        texts |= _predict(evaluator, DATASETS[task], mine, protocol_name)
    written = []
    for table in tables:
        write_text(out / table.file, texts[table.file])
        written.append(out / table.file)
    return written


def _predict(
    evaluator: Evaluator, dataset: Dataset, tables: Sequence[Unlabelled], protocol_name: str
) -> dict[str, str]:
    """By name of a file what it will hold."""
    problem = make_problem(TASKS[dataset.task], seeds=range(evaluator.seeds), limit=None, root=evaluator.root)
    read = {table.file: read_table(table.path, dataset.columns.texts) for table in tables}
    items, asked = dict(problem.data.items), []
    for file, rows in read.items():
        kept = 0
        for row in rows.rows:
            texts = texts_of(rows, row, dataset.columns.texts, broken=False)
            if texts is not None:
                keys = tuple(f"{file}-{row.number}-{place}" for place in range(len(texts)))
                items.update(zip(keys, texts, strict=True))
                asked.append(Example(f"{file}-{row.number}", keys, problem.train[0][0].label))  # the label is nobody's
                kept += 1
        rows.report(kept, accidents=0.0)  # a row that is cut in two would shift the index of all that follow
    data = TaskData(items, problem.data.train, tuple(asked), problem.data.validation)
    check_data(problem.task, data)
    asking = dataclasses.replace(problem, data=data, test=data.test)
    (outcome,) = evaluator.outcomes(asking, protocol(protocol_name))
    usual = _usual([example.label for example in problem.labels_of(0)], dataset)
    return {file: _table(file, rows, outcome.predictions, usual, dataset) for file, rows in read.items()}


def _usual(labels: Sequence[object], dataset: Dataset) -> float:
    """What is answered where a row cannot be read, since the server wants an answer: the most frequent label."""
    numbers = [label for label in labels if isinstance(label, int | float)]
    return Counter(numbers).most_common(1)[0][0] if dataset.columns.labels else sum(numbers) / len(numbers)


def _table(file: str, rows: Rows, predictions: Mapping[str, Prediction], usual: float, dataset: Dataset) -> str:
    columns, (low, high) = dataset.columns, dataset.columns.bounds
    lines = ["index\tprediction"]
    for index, number in enumerate(rows.numbers()):
        answer = predictions.get(f"{file}-{number}", usual)
        assert isinstance(answer, int | float)
        word = columns.labels[int(answer)] if columns.labels else f"{min(high, max(low, answer)):.3f}"
        lines.append(f"{index}\t{word}")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    command(
        "superb_lite_glue.submission",
        "GLUE",
        "the directory that holds glue/CoLA/train.tsv, ...",
        write_submission,
        arguments,
    )


def command(
    module: str, server: str, root: str, write: Callable[..., list[Path]], arguments: Sequence[str] | None
) -> None:
    """`python -m MODULE ENCODER --root DIR --out DIR`, which writes the files that a server takes.

    Args:
        root: what is to be given with --root.
        write: `write_submission`, or what takes the same.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m {module}", description=f"Write the files that {server}'s server takes."
    )
    parser.add_argument("encoder", help="a checkpoint, random:NAME, raw:NAME, ...")
    parser.add_argument("--root", type=Path, required=True, help=root)
    parser.add_argument("--out", type=Path, required=True, help="the files are written here")
    parser.add_argument("--protocol", default="frozen", help="frozen (default), finetune or knn")
    parser.add_argument("--device", default=AUTO, help=f"where the encoder runs: {NAMES} (default: {AUTO})")
    parser.add_argument("--batch-size", type=int, default=32, help="items that go through it at a time (default: 32)")
    parser.add_argument("--trust-code", action="store_true", help="let py:MODULE:FACTORY run the code that it names")
    given = parser.parse_args(arguments)
    try:
        written = write(
            load_encoder(given.encoder, trust_code=given.trust_code),
            given.root,
            given.out,
            name=given.encoder,
            protocol_name=given.protocol,
            device=given.device,
            batch_size=given.batch_size,
            features=feature_dir(),
        )
        for path in written:
            print(printable(str(path)))
    except SuperbLiteError as error:
        print(f"superb-lite: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
