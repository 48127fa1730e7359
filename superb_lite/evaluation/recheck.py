"""verify: are the scores in a result file those of its predictions? Asked by `superb-lite verify` and `submit`.

Everything that follows from predictions and labels is computed again, from the Parquet file beside the result and the
task's data as it is loaded now. What cannot be checked without the encoder is taken as it stands: that it made these
predictions, how long it took and what was chosen on validation.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.evaluation.problems import limited
from superb_lite.evaluation.scoring import score_predictions
from superb_lite.results.files import Predicted, ResultFile, read_predictions, read_result_file, with_predictions
from superb_lite.results.result import Result
from superb_lite.results.scale import scale
from superb_lite.tasks.labels import Example, cluster_of

SAME = 1e-9
"""Numbers closer than this are equal: another machine may round the last bits of a sum differently."""


@dataclass(frozen=True)
class Verdict:
    """What checking one result found."""

    task: str
    protocol: str
    differences: tuple[str, ...]
    """What is not as the result says, one line each; none when all is well."""

    @property
    def ok(self) -> bool:
        """Whether everything was as the result says."""
        return not self.differences


def verify(path: Path, *, root: Path | None = None) -> list[Verdict]:
    """Check every result of a file that `superb_lite.results.files` wrote.

    root: where official releases lie, if the tasks read them. Raises `SuperbLiteError` for files that cannot be read.
    """
    return list(_verdicts(read_result_file(path), read_predictions(path), root))


def verified_results(path: Path, *, only: Set[tuple[str, str]], root: Path | None = None) -> list[Result]:
    """The results of a file on some (task, protocol), with their predictions, if nothing about them differs.

    Raises `SuperbLiteError` with the first difference, and for files that cannot be read.
    """
    content, predictions = read_result_file(path), read_predictions(path)
    for verdict in _verdicts(content, predictions, root, only=only):
        if not verdict.ok:
            raise SuperbLiteError(f"'{path}': {verdict.task} ({verdict.protocol}): {verdict.differences[0]}")
    wanted = [result for result in content.results if (result.task, result.protocol) in only]
    return [with_predictions(result, predictions, path) for result in wanted]


def differences(result: Result, *, root: Path | None = None) -> tuple[str, ...]:
    """What is not as a result says that holds its predictions, one line each; see `verify`."""
    clusters = [result.clusters[index] for index in result.cluster_index]
    of_seeds = {
        row.seed: {example: of_example[number] for example, of_example in result.predictions.items()}
        for number, row in enumerate(result.seeds)
    }
    predicted = Predicted(of_seeds, dict(zip(result.predictions, clusters, strict=True)))
    return tuple(one_line(line) for line in _differences(result, predicted, root))


def _verdicts(
    content: ResultFile,
    predictions: Mapping[tuple[str, str], Predicted],
    root: Path | None,
    *,
    only: Set[tuple[str, str]] | None = None,
) -> Iterator[Verdict]:
    checked = set()
    for result, checksum in zip(content.results, content.checksums, strict=True):
        key = (result.task, result.protocol)
        if only is not None and key not in only:
            continue
        if key in checked:
            yield Verdict(*key, ("it stands twice in the file",))
            continue
        checked.add(key)
        differences = tuple(
            one_line(line) for line in _differences(result, predictions.get(key, Predicted({}, {})), root)
        )
        if not differences and result.checksum() != checksum:
            differences = ("it was edited after it was written, where the predictions say nothing",)
        yield Verdict(*key, differences)
    for key in predictions.keys() - checked if only is None else ():
        yield Verdict(*key, ("there are predictions, but no result",))


def _differences(result: Result, predicted: Predicted, root: Path | None) -> Iterator[str]:
    """What differs; a line that makes all the rest meaningless is the last."""
    try:
        (task,) = plugins.tasks(result.task)
        data = task.data(root)
    except (SuperbLiteError, ValueError) as error:
        yield f"its data cannot be loaded: {error}"
        return
    if (task.name, task.modality) != (result.task, result.modality):
        yield f"a {result.modality} task, but what is installed is '{task.name}', a {task.modality} task"
        return
    if task.version != result.task_version:
        yield f"task version {result.task_version}, but version {task.version} is installed"
        return
    if (found := data.content_hash()) != result.data_sha256:
        yield f"data {result.data_sha256[:8]}, but {found[:8]} is what is loaded now"
        return
    test = limited(data.test, result.limit)
    seeds = [row.seed for row in result.seeds]
    if faults := list(_missing(test, predicted, seeds)):
        yield from faults
        return
    try:
        scores = score_predictions(task, test, [predicted.of_seeds[s] for s in seeds], scale(task, result.protocol))
    except Exception as error:  # predictions of a stranger may be of any type and shape
        yield f"its predictions cannot be scored: {type(error).__name__}: {error}"
        return
    for name in (
        "predictions_sha256",
        "score",
        "ci",
        "metrics",
        "normalised",
        "floor",
        "ceiling",
        "n_test",
        "clusters",
        "pseudo_values",
    ):
        recorded, computed = getattr(result, name), getattr(scores, name)
        if not _same(recorded, computed):
            yield f"{name} {_short(recorded)}, but {_short(computed)} from the predictions"
    for row, (score, metrics) in zip(result.seeds, scores.of_seeds, strict=True):
        if not _same((row.score, row.metrics), (score, metrics)):
            yield f"seed {row.seed}: score {_short(row.score)}, but {_short(score)} from the predictions"


def _missing(test: Sequence[Example], predicted: Predicted, seeds: Sequence[int]) -> Iterator[str]:
    """Examples and seeds that lack a prediction, or have one that nothing asked for."""
    wanted = {example.id for example in test}
    for seed in sorted({*seeds, *predicted.of_seeds}):
        found = set(predicted.of_seeds.get(seed, ()))
        if seed not in seeds:
            yield f"there are predictions for seed {seed}, which the result does not name"
        elif not found:
            yield f"there are no predictions for seed {seed}"
        elif missing := sorted(wanted - found):
            yield f"seed {seed}: no prediction for {_named(missing)}"
        elif unknown := sorted(found - wanted):
            yield f"seed {seed}: predictions for {_named(unknown)}, not in the test data"
    wrong = [e.id for e in test if predicted.clusters.get(e.id, cluster_of(e)) != cluster_of(e)]
    if wrong:
        yield f"the cluster of {_named(wrong)} is another one"


def _named(ids: Sequence[str]) -> str:
    return f"example '{ids[0]}'" + (f" and {len(ids) - 1} more" if len(ids) > 1 else "")


def _same(a: Any, b: Any) -> bool:
    """Equal, numbers up to rounding."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, float | int) and isinstance(b, float | int):
        return math.isclose(a, b, rel_tol=SAME, abs_tol=SAME)
    return bool(a == b)


def _short(value: Any) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
