"""compare: are encoders different on the tasks they share, and on the mean of these?

Every pair of encoders is compared on paired differences, cell by cell of the same test clusters and evaluation seeds,
so that what two encoders have in common drops out. The p-values are adjusted by Holm (1979) over all differences of one
call. The formulas are in `superb_lite.metrics.statistics`.
"""

from __future__ import annotations

import dataclasses
import itertools
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.metrics import higher_is_better
from superb_lite.metrics.statistics import Interval, Sample, holm, interval, mean_interval
from superb_lite.protocols.base import RULE
from superb_lite.results.means import mean_weights
from superb_lite.results.result import Result
from superb_lite.results.scale import Scale

ALPHA = 0.05
LETTERS = string.ascii_uppercase


@dataclass(frozen=True)
class Difference:
    """Encoder `a` minus encoder `b`, on one task or on the mean of a modality's tasks."""

    a: str
    """A letter, "A" for the encoder given first."""
    b: str
    """A letter, as `a`."""
    modality: str
    task: str | None
    """"set/task"; None for a mean."""
    protocol: str | None
    """None for a mean."""
    difference: float
    """Paired; a fraction for a task, normalised points for a mean."""
    ci: tuple[float, float]
    """The 95% interval of `difference`, not adjusted."""
    p: float
    """Two-sided, Holm-adjusted over everything in the same comparison."""
    detectable: float
    """The smallest true difference that such a comparison alone shows with 80% power."""
    verdict: str
    """"A better", "B better" or "undecided" (p is not below 0.05)."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**dataclasses.asdict(self), "ci": list(self.ci)}


def compare(*encoders: Sequence[Result]) -> tuple[Difference, ...]:
    """Compare the results of two or more encoders pairwise, on the tasks that the two of a pair share.

    encoders: the results of each, as `superb_lite.evaluate` returns them. Where a pair shares at least two columns
        (task, protocol) of a modality, all with the same recorded floor and ceiling, their mean on the normalised scale
        is compared too, taken within each language first.

    Raises:
        SuperbLiteError: fewer than two encoders; no task in common; one task measured under different protocols or
            settings, in different versions or on different test data; seeds that cannot be paired.
    """
    if not 2 <= len(encoders) <= len(LETTERS):
        raise SuperbLiteError(f"a comparison takes 2 to {len(LETTERS)} encoders, not {len(encoders)}")
    columns = {letter: _columns(letter, results) for letter, results in zip(LETTERS, encoders, strict=False)}
    found: list[tuple[Difference, Interval]] = []
    for a, b in itertools.combinations(columns, 2):
        found += _differences(a, columns[a], b, columns[b])
    adjusted = holm([paired.p_value() for _, paired in found])
    return tuple(
        dataclasses.replace(difference, p=p, verdict=difference.verdict if p < ALPHA else "undecided")
        for (difference, _), p in zip(found, adjusted, strict=True)
    )


Columns = Mapping[tuple[str, str], Result]
"""The results of one encoder by (task, protocol)."""


class Scored(Protocol):
    """Whatever has a score and its metrics: a result, or what a leaderboard keeps of one."""

    @property
    def score(self) -> float: ...

    @property
    def metrics(self) -> Mapping[str, float]: ...


def normalised_sample(result: Result, scale: Scale) -> Sample:
    """The table behind a result on the normalised scale, in percent."""
    return result.sample().scaled(*normalising(result, scale))


def normalising(result: Scored, scale: Scale) -> tuple[float, float]:
    """Factor and offset that bring the table behind a result to the normalised scale, in percent.

    The estimate is exact. Where a task has several metrics the pseudo-values are those of their mean, so their spread
    is scaled by the mean factor.
    """
    coefficients = {name: scale.coefficients(name) for name in result.metrics}
    factor = sum(f for f, _ in coefficients.values()) / len(coefficients)
    estimate = sum(f * result.metrics[name] + o for name, (f, o) in coefficients.items()) / len(coefficients)
    return factor, estimate - factor * result.score


def _columns(letter: str, results: Sequence[Result]) -> Columns:
    if not results:
        raise SuperbLiteError(f"encoder {letter} has no results to compare")
    found: dict[tuple[str, str], Result] = {}
    for result in results:
        key = (result.task, result.protocol)
        if key in found:
            raise SuperbLiteError(f"encoder {letter} has two results on '{result.task}' ({result.protocol}): give one")
        if [row.seed for row in result.seeds] != list(range(len(result.seeds))):
            raise SuperbLiteError(f"{_label(letter, result)}: only evaluation seeds 0, 1, 2, ... can be paired")
        found[key] = result
    return found


def _differences(a: str, of_a: Columns, b: str, of_b: Columns) -> list[tuple[Difference, Interval]]:
    shared = [key for key in of_a if key in of_b]
    for task in dict.fromkeys(task for task, _ in of_a):
        mine, theirs = ([p for t, p in columns if t == task] for columns in (of_a, of_b))
        if theirs and not set(mine) & set(theirs):
            raise SuperbLiteError(
                f"'{task}' was measured under {' and '.join(mine)} for {a} ('{of_a[task, mine[0]].encoder}') but under "
                f"{' and '.join(theirs)} for {b} ('{of_b[task, theirs[0]].encoder}'): compare under one protocol"
            )
    if not shared:
        raise SuperbLiteError(
            f"{a} ('{next(iter(of_a.values())).encoder}') and {b} ('{next(iter(of_b.values())).encoder}') "
            "have no task in common"
        )
    found: list[tuple[Difference, Interval]] = []
    for key in shared:
        one, other = of_a[key], of_b[key]
        _check_comparable(a, one, b, other)
        paired = interval(one.sample().minus(other.sample()))
        found.append((_difference(a, b, one.modality, key, paired, higher_is_better(tuple(one.metrics))), paired))
    for modality in dict.fromkeys(of_a[key].modality for key in shared):
        keys = [key for key in shared if of_a[key].modality == modality]
        scales = [_scale(of_a[key], of_b[key]) for key in keys]
        known = [scale for scale in scales if scale is not None]
        if len(known) == len(keys) > 1:
            samples = [
                normalised_sample(of_a[key], scale).minus(normalised_sample(of_b[key], scale))
                for key, scale in zip(keys, known, strict=True)
            ]
            paired = mean_interval(samples, mean_weights([_language(task) for task, _ in keys]))
            found.append((_difference(a, b, modality, None, paired, True), paired))
    return found


def _language(task: str) -> str:
    """The language of a task; none where the task is not installed."""
    owner = plugins.tasksets().get(task.split("/")[0])
    return next((known.language for known in owner or () if known.name == task), "")


def _difference(
    a: str, b: str, modality: str, key: tuple[str, str] | None, paired: Interval, more_is_better: bool
) -> Difference:
    task, protocol = key or (None, None)
    winner = a if (paired.estimate > 0) == more_is_better else b
    ci = (paired.lo, paired.hi)
    p, detectable = paired.p_value(), paired.noise.detectable()
    return Difference(a, b, modality, task, protocol, paired.estimate, ci, p, detectable, f"{winner} better")


def _check_comparable(a: str, one: Result, b: str, other: Result) -> None:
    """Raise unless two results of one task and protocol measured the same thing."""
    where = f"{a} ('{one.encoder}') and {b} ('{other.encoder}') cannot be compared on '{one.task}' ({one.protocol})"
    if one.task_version != other.task_version:
        raise SuperbLiteError(f"{where}: task versions {one.task_version} and {other.task_version}; evaluate it again")
    if one.data_sha256 != other.data_sha256:
        raise SuperbLiteError(f"{where}: other data ({one.data_sha256[:8]} and {other.data_sha256[:8]})")
    if one.limit != other.limit or set(one.clusters) != set(other.clusters):
        raise SuperbLiteError(f"{where}: other test examples ({one.n_test} and {other.n_test})")
    if _how(one) != _how(other):
        raise SuperbLiteError(f"{where}: the protocol had other settings; evaluate both with one version")


def _how(result: Result) -> Any:
    """How a result was measured: the rule that gave its settings, or else the settings."""
    return result.settings.get(RULE, result.settings)


def _scale(one: Result, other: Result) -> Scale | None:
    """The floor and ceiling recorded with both results; None where there is none, or not the same."""
    if one.floor is None or one.ceiling is None or (one.floor, one.ceiling) != (other.floor, other.ceiling):
        return None
    return Scale(floor=one.floor, ceiling=one.ceiling)


def _label(letter: str, result: Result) -> str:
    return f"{letter} ('{result.encoder}') on '{result.task}' ({result.protocol})"
