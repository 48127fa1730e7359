"""Do the numbers of a result that nobody can score again follow from each other, and fit its task?

This does not show that they are true. It refuses what cannot be: what lies outside the metric's range, means that are
not means, an interval that is not that of the table, a scale that is not the task's.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping

import numpy as np
from pydantic import ValidationError

from superb_lite.encoders.provenance import declared_in_domain
from superb_lite.errors import NAME_LIMIT, SuperbLiteError, one_line
from superb_lite.evaluation.scoring import normalised
from superb_lite.metrics import metric
from superb_lite.metrics.proportions import bounded
from superb_lite.metrics.statistics import Interval, Sample, interval
from superb_lite.results.result import Result, refusal
from superb_lite.results.scale import Scale
from superb_lite_leaderboard.board import Column

SAME = 1e-6
"""Numbers closer than this, relatively or absolutely, are equal: other machines round and integrate differently."""

LONGEST_ID = 4096
"""Characters of the name of a cluster."""

LARGEST_EXTRA = 10**6
"""Characters of settings, of versions, and of what was chosen under all seeds, each as JSON."""


def revalidated(result: Result) -> Result:
    """The result, made again of its plain values: nothing that skipped the checks of `Result` remains.

    Raises `SuperbLiteError` for what is no result.
    """
    try:
        again = Result.model_validate_json(result.model_dump_json(warnings=False))
        return again.replace(predictions=result.predictions, cluster_index=result.cluster_index, shown=result.shown)
    except ValidationError as error:
        raise SuperbLiteError(f"a result cannot be kept: {refusal(error)}") from None
    except (ArithmeticError, AttributeError, TypeError, ValueError, RecursionError) as error:
        raise SuperbLiteError(f"a result cannot be kept: {type(error).__name__}: {error}") from None


def check_plausible(result: Result) -> None:
    """Raise `SuperbLiteError` with the first number of a result that cannot be, by the name of its field."""
    _raise_first(result, _faults(result))


def check_said(result: Result, column: Column) -> None:
    """Raise `SuperbLiteError` for what a result says of itself and cannot be, whatever its predictions are."""
    _raise_first(result, itertools.chain(_texts(result), _marks(result, column)))


def _raise_first(result: Result, faults: Iterator[str]) -> None:
    for found in faults:
        where = f"{one_line(result.task, NAME_LIMIT)} ({one_line(result.protocol, NAME_LIMIT)})"
        raise SuperbLiteError(f"the result on {where}: {found}")


def _faults(result: Result) -> Iterator[str]:
    yield from _means(result)
    yield from _table(result)
    yield from _interval(result)
    yield from _scale(result)


def _texts(result: Result) -> Iterator[str]:
    """Names that are one printable line, and nothing that is there to fill a disk."""
    for name in ("encoder", "dtype", "revision"):
        value = getattr(result, name)
        if value is not None and not str(value).isprintable():
            yield f"field '{name}': holds control characters"
    if any(len(cluster) > LONGEST_ID for cluster in result.clusters):
        yield f"field 'clusters': a name has more than {LONGEST_ID} characters"
    for name in ("settings", "versions", "seeds"):
        size = len(result.model_dump_json(include={name}))
        if size > LARGEST_EXTRA:
            yield f"field '{name}': has {size} characters: at most {LARGEST_EXTRA}"


def _means(result: Result) -> Iterator[str]:
    bounds = {name: metric(name).bounds for name in result.metrics}
    for where, values in (("", result.metrics), *((f"seed {row.seed}: ", row.metrics) for row in result.seeds)):
        if values.keys() != result.metrics.keys():
            yield f"field 'seeds': {where}its metrics are not {', '.join(result.metrics)}"
            return
        for name, value in values.items():
            low, high = bounds[name]
            if not low <= value <= high:
                yield f"field 'metrics': {where}{name} {value:.6g} is not between {low:g} and {high:g}"
    for row in result.seeds:
        if not _same(row.score, _mean(row.metrics)):
            yield f"field 'seeds': seed {row.seed}: score {row.score:.6g} is not the mean of its metrics"
    for name, value in result.metrics.items():
        if not _same(value, float(np.mean([row.metrics[name] for row in result.seeds]))):
            yield f"field 'metrics': {name} {value:.6g} is not the mean over seeds"
    if not _same(result.score, _mean(result.metrics)):
        yield f"field 'score': {result.score:.6g} is not the mean of metrics"


def _table(result: Result) -> Iterator[str]:
    """Pseudo-values whose means are the scores, but for the bias that a jackknife takes away."""
    if result.n_test < len(result.clusters):
        yield f"field 'n_test': {result.n_test} examples cannot be in {len(result.clusters)} clusters"
    values = np.array(result.pseudo_values, dtype=np.float64)
    simple = all(metric(name).all_or_nothing for name in result.metrics) and result.n_test == len(result.clusters)
    for row, of_seed in zip(result.seeds, values, strict=True):
        # The bias of a ratio is of the order of its standard error's square; three errors are far more.
        spread = 0.0 if simple else 3 * float(of_seed.std()) / math.sqrt(of_seed.size)
        if not _same(float(of_seed.mean()), row.score, SAME + spread):
            yield f"field 'pseudo_values': seed {row.seed}: mean {of_seed.mean():.6g}, but its score is {row.score:.6g}"


def _interval(result: Result) -> Iterator[str]:
    try:
        found: Interval = interval(
            Sample(result.score, np.array(result.pseudo_values, dtype=np.float64), result.clusters)
        )
    except ValueError as error:
        yield f"field 'clusters': {error}"
        return
    lowest, highest = np.mean([metric(name).bounds for name in result.metrics], axis=0).tolist()
    ends = bounded(found, (lowest, highest), examples=result.n_test, clusters=result.clusters)
    if not (_same(ends[0], result.ci[0]) and _same(ends[1], result.ci[1])):
        said, follows = (f"[{low:.4f}, {high:.4f}]" for low, high in (result.ci, ends))
        yield f"field 'ci': {said}, but {follows} follows from pseudo_values"


def _scale(result: Result) -> Iterator[str]:
    """Whether the normalised score follows from the ends that the result names; `rescaled` gives it those of here."""
    if result.floor is None or result.ceiling is None or result.normalised is None:
        if any(value is not None for value in (result.floor, result.ceiling, result.normalised)):
            yield "field 'normalised': goes with 'floor' and 'ceiling', all three or none"
        return
    if not result.floor.keys() == result.ceiling.keys() == result.metrics.keys():
        yield "field 'floor': it and 'ceiling' must have the metrics of the result"
    elif any(result.floor[name] == result.ceiling[name] for name in result.metrics):
        yield "field 'ceiling': is equal to 'floor'"
    else:
        follows = normalised(result.metrics, Scale(result.floor, result.ceiling))
        if not _same(result.normalised, follows, 100 * SAME):
            yield f"field 'normalised': {result.normalised:.6g}, but {follows:.6g} follows from 'floor' and 'ceiling'"


def _marks(result: Result, column: Column) -> Iterator[str]:
    known = result.pretraining
    if known is None or known.corpora is None:
        return
    seen = declared_in_domain(known.corpora, column.task, complete=known.corpora_complete)
    if result.in_domain is not seen:
        yield f"field 'in_domain': {result.in_domain}, but {seen} follows from the corpora in 'pretraining'"


def _mean(metrics: Mapping[str, float]) -> float:
    return float(np.mean(list(metrics.values())))


def _same(a: float, b: float, tolerance: float = SAME) -> bool:
    return math.isclose(a, b, rel_tol=SAME, abs_tol=tolerance)
