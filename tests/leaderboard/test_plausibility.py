"""Forged results that come without predictions: each is refused by the name of the field that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from synthetic_results import BOARD, CEILING, FLOOR, entry_results, outcomes
from synthetic_results import result as made

from superb_lite.errors import SuperbLiteError
from superb_lite.results.pretraining import Pretraining
from superb_lite.results.result import Result
from superb_lite_leaderboard.entry import Tier
from superb_lite_leaderboard.plausibility import LARGEST_EXTRA
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from tests.superb_lite.made_up_results import without_predictions

HONEST = without_predictions(made("smell-lite/rose", modality="smell", values=outcomes("smell-lite/rose", 0.7)))


def forged(**fields: Any) -> Result:
    """What nobody checked: pydantic lets values be replaced unseen."""
    return HONEST.model_copy(update=fields)


def with_score(score: float) -> Result:
    """A score that all means agree with; the table behind it is the honest one."""
    seeds = tuple(row.model_copy(update={"score": score, "metrics": {"accuracy": score}}) for row in HONEST.seeds)
    low, high = score - 0.01, score + 0.01
    return forged(score=score, metrics={"accuracy": score}, seeds=seeds, ci=(low, high))


def test_an_honest_one_is_reported(leaderboard: Leaderboard) -> None:
    entry = leaderboard.submit("mine", [HONEST])
    assert entry.tier is Tier.REPORTED
    assert leaderboard.result(entry.results[0]) == HONEST


@pytest.mark.parametrize(
    ("result", "field"),
    [
        (with_score(1.0), "'pseudo_values': seed 0: mean 0."),
        (with_score(5.0), "'metrics': accuracy 5 is not between 0 and 1"),
        (with_score(-3.0), "'metrics': accuracy -3 is not between 0 and 1"),
        (with_score(1e308), "'score': Input should be less than or equal to"),
        (with_score(float("nan")), "'score': Input should be a valid number"),
        (forged(score=0.99), "'score': 0.99 is not the mean of metrics"),
        (forged(metrics={"accuracy": 0.99}), "'metrics': accuracy 0.99 is not the mean over seeds"),
        (
            forged(seeds=(HONEST.seeds[0].model_copy(update={"score": 0.1}), *HONEST.seeds[1:])),
            "'seeds': seed 0: score",
        ),
        (forged(ci=(0.9, 0.1)), "'ci': the lower end comes first"),
        (forged(ci=(0.1, 0.2)), "'ci': [0.1000, 0.2000], but [0."),
        (forged(ci=(HONEST.score, HONEST.score)), "follows from pseudo_values"),
        (forged(ci=(0.0, 1.0)), "'ci': [0.0000, 1.0000], but [0."),
        (forged(n_test=0), "'n_test': Input should be greater than or equal to 1"),
        (forged(n_test=100), "'n_test': 100 examples cannot be in 200 clusters"),
        (forged(seeds=HONEST.seeds[:1]), "pseudo_values must hold one row for each seed"),
        (forged(seeds=tuple(row.model_copy(update={"seed": row.seed + 1}) for row in HONEST.seeds)), "must be 0, 1, 2"),
        (forged(normalised=100.0), "'normalised': 100, but "),
        (forged(normalised=None), "'normalised': goes with 'floor' and 'ceiling'"),
        (forged(floor={"accuracy": CEILING}), "'ceiling': is equal to 'floor'"),
        (forged(floor={"f1": 0.1}), "'floor': it and 'ceiling' must have the metrics"),
        (forged(encoder="\x1b[2Jgone"), "'encoder': holds control characters"),
        (forged(encoder="x" * 10**7), "'encoder': Value should have at most 4096 items"),
        (forged(clusters=("x" * 10**5, *HONEST.clusters[1:])), "'clusters': a name has more than"),
        (forged(settings={"x": "y" * LARGEST_EXTRA}), f"'settings': has 1000021 characters: at most {LARGEST_EXTRA}"),
        (forged(in_domain=True, pretraining=Pretraining(corpora=("elsewhere",))), "'in_domain': True, but False"),
        (forged(in_domain=None, pretraining=Pretraining(corpora=("elsewhere",))), "'in_domain': None, but False"),
        (forged(data_sha256="wrong"), "'data_sha256': String should match pattern"),
        (forged(encoder_hash="wrong"), "'encoder_hash': String should match pattern"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(leaderboard: Leaderboard, result: Result, field: str) -> None:
    with pytest.raises(SuperbLiteError) as error:
        leaderboard.submit("mine", [result])
    assert field in str(error.value)
    assert "\n" not in str(error.value)
    assert not leaderboard.exists()


def test_the_scale_of_another_calibration_is_replaced(leaderboard: Leaderboard) -> None:
    other = FLOOR + 0.1
    moved = forged(floor={"accuracy": other}, normalised=100 / (CEILING - other) * (HONEST.score - other))
    (stored,) = leaderboard.submit("mine", [moved]).results
    found = leaderboard.result(stored)
    assert (found.floor, found.normalised) == (HONEST.floor, pytest.approx(HONEST.normalised))


@pytest.mark.parametrize(
    "name", ["", " ", "x" * 10**7, "\x1b[2J", "two\nlines", "\u202egpj", " padded", "null\0"], ids=lambda name: name[:5]
)
def test_names_that_are_none(leaderboard: Leaderboard, name: str) -> None:
    with pytest.raises(SuperbLiteError, match="must be one printable line") as error:
        leaderboard.submit(name, [HONEST])
    assert len(str(error.value)) <= 300
    assert not leaderboard.exists()


@pytest.mark.parametrize("change", [lambda r: r, lambda r: r.replace(n_test=r.n_test)])
def test_a_ratio_of_unequal_clusters_is_plausible(leaderboard: Leaderboard, change: Callable[[Result], Result]) -> None:
    """A jackknife's mean is not the value itself; what is honest is not refused for that."""
    from superb_lite.metrics.statistics import jackknife

    rng = np.random.default_rng(5)
    size = rng.integers(1, 30, 60)
    right = rng.binomial(size, rng.uniform(0.3, 0.9, 60), (3, 60))
    counts = np.stack([right, np.broadcast_to(size, right.shape)], axis=-1).astype(float)
    values = jackknife(counts, lambda summed: summed[..., 0] / summed[..., 1])
    scores = right.sum(axis=1) / size.sum()
    plain = made("smell-lite/rose", modality="smell", values=values, n_test=int(size.sum()))
    seeds = tuple(
        row.model_copy(update={"score": float(s), "metrics": {"accuracy": float(s)}})
        for row, s in zip(plain.seeds, scores, strict=True)
    )
    score = float(scores.mean())
    from synthetic_results import ends

    result = plain.replace(
        score=score, metrics={"accuracy": score}, seeds=seeds, normalised=100 / (CEILING - FLOOR) * (score - FLOOR)
    )
    result = without_predictions(result.replace(ci=ends(result)))
    assert any(abs(np.mean(row) - s) > 1e-6 for row, s in zip(result.pseudo_values, scores, strict=True))
    assert leaderboard.submit("mine", [change(result)]).tier is Tier.REPORTED


def test_a_second_submission_on_other_data_is_not_held_up_by_the_first(tmp_path: Path) -> None:
    board = Leaderboard(tmp_path / "b.db", BOARD)
    board.submit("first", [forged(data_sha256="f" * 64)])
    board.submit("honest", entry_results(0.6, label="h"))
    assert {entry.name for entry in board.entries()} == {"first", "honest"}
