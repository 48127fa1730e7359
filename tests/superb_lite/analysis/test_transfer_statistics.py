"""Samples over pretraining seeds, and how fast training goes, of made-up cells."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from superb_lite.analysis.transfer.convergence import POINTS, SMOOTH, Mean, compare_curves, curves
from superb_lite.analysis.transfer.design import Cell
from superb_lite.analysis.transfer.rows import BERT, RAND, SPECIFIC
from superb_lite.analysis.transfer.run import Measured
from superb_lite.analysis.transfer.samples import difference, mean_over_tasks, sample_of, table
from superb_lite.metrics.statistics import Sample, interval
from tests.superb_lite.analysis.tiny_texts import strings_task
from tests.superb_lite.made_up_results import made_up

ONE, OTHER = strings_task("toy/one"), strings_task("toy/other")


def measured(row, checkpoint, draw, values, *, task=ONE, losses=None) -> Measured:
    """A cell whose clusters have the scores `values`, and whose training had the losses."""
    result = made_up(task.name, values=[values])
    if losses is not None:
        found = {"updates": 2 * len(losses), "means": list(losses)}
        result = result.replace(seeds=(result.seeds[0].model_copy(update={"chosen": {"training_loss": found}}),))
    return Measured(Cell(row, task, checkpoint, draw), result)


def drawn(rng, checkpoints=3, draws=2, clusters=40):
    return rng.random((checkpoints, draws, clusters))


def cells_of(row, values, task=ONE):
    return [
        measured(row, c, d, values[c, d], task=task) for c in range(values.shape[0]) for d in range(values.shape[1])
    ]


@pytest.fixture
def rng():
    return np.random.default_rng(1)


def test_a_row_of_the_sample_is_a_checkpoint_averaged_over_its_mappings(rng):
    values = drawn(rng)
    sample = sample_of(table(cells_of(BERT, values))[BERT, ONE.name])
    assert np.allclose(sample.values, values.mean(axis=1))
    assert sample.estimate == pytest.approx(values.mean())


def test_a_single_checkpoint_has_a_row_for_each_mapping(rng):
    values = drawn(rng, checkpoints=1, draws=4)
    assert np.allclose(sample_of(table(cells_of(BERT, values))[BERT, ONE.name]).values, values[0])


def test_differences_are_paired_by_checkpoint_and_what_one_lacks_is_left_out(rng):
    a, b = drawn(rng), drawn(rng)
    found = table([*cells_of(BERT, a), *cells_of(RAND, b[:2])])
    sample = difference(found[BERT, ONE.name], found[RAND, ONE.name])
    assert np.allclose(sample.values, (a[:2] - b[:2]).mean(axis=1))
    assert sample.estimate == pytest.approx(float((a[:2] - b[:2]).mean()))


def test_the_interval_covers_what_checkpoints_are_worth(rng):
    """Of checkpoints that differ much and examples that are many, it is about a t-interval of the checkpoints."""
    worth = np.array([0.1, 0.5, 0.9])
    values = np.repeat(worth[:, None, None], 2000, axis=2) + 0.01 * rng.standard_normal((3, 1, 2000))
    found = interval(sample_of(table(cells_of(BERT, values))[BERT, ONE.name]))
    half = stats.t.ppf(0.975, 2) * worth.std(ddof=1) / np.sqrt(3)
    assert (found.hi - found.lo) / 2 == pytest.approx(half, rel=0.05)


def test_the_mean_over_tasks_is_that_of_the_estimates_whatever_their_sizes(rng):
    a = sample_of(table(cells_of(BERT, drawn(rng, clusters=30)))[BERT, ONE.name])
    b = sample_of(table(cells_of(BERT, 0.5 * drawn(rng, clusters=300), OTHER))[BERT, OTHER.name])
    mean = mean_over_tasks([a, b])
    assert mean.estimate == pytest.approx((a.estimate + b.estimate) / 2)
    assert np.allclose(mean.values.mean(axis=1), (a.values.mean(axis=1) + b.values.mean(axis=1)) / 2)
    assert len(mean.clusters) == 330


def test_test_examples_that_tasks_share_stand_in_one_column(rng):
    a = Sample(0.5, rng.random((3, 10)), tuple(map(str, range(10))))
    b = Sample(0.5, rng.random((3, 10)), tuple(map(str, range(5, 15))))
    mean = mean_over_tasks([a, b])
    assert len(mean.clusters) == 15
    assert np.allclose(mean.values.mean(axis=1), (a.values.mean(axis=1) + b.values.mean(axis=1)) / 2)


def test_a_noise_of_checkpoints_that_all_tasks_share_is_not_averaged_away(rng):
    worth = np.array([-0.1, 0.0, 0.1])[:, None]
    samples = [
        Sample(0.0, worth + 0.001 * rng.standard_normal((3, 200)), tuple(f"{t}-{n}" for n in range(200)))
        for t in range(6)
    ]
    one, mean = interval(samples[0]), interval(mean_over_tasks(samples))
    assert mean.hi - mean.lo == pytest.approx(one.hi - one.lo, rel=0.05)


def test_the_curve_of_a_row_and_when_it_is_where_rand_ends():
    falling = np.linspace(1.0, 0.5, POINTS)
    cells = []
    for c in range(2):
        cells.append(measured(RAND, c, 0, [0.5, 0.5], losses=falling))
        cells.append(measured(BERT, c, 0, [0.5, 0.5], losses=np.maximum(0.4, 1.0 - 0.04 * np.arange(POINTS))))
    found = {curve.row: curve for curve in curves(table(cells))}
    assert found[BERT].updates == 2 * POINTS
    assert np.allclose(found[RAND].loss, falling)
    assert found[RAND].reach == (1.0, 1.0)
    target = falling[-SMOOTH:].mean()
    slow = next(
        n for n in range(SMOOTH, POINTS + 1) if np.maximum(0.4, 1.0 - 0.04 * np.arange(n - SMOOTH, n)).mean() <= target
    )
    assert found[BERT].reach == pytest.approx((slow / POINTS,) * 2)
    (faster,) = compare_curves(table(cells))
    assert (faster.a, faster.b) == (BERT, RAND)
    assert faster.reach.value == pytest.approx(slow / POINTS - 1)
    assert faster.area.value == pytest.approx(found[BERT].area.value - falling.mean())


def test_a_run_that_never_gets_there_counts_with_all_its_updates():
    cells = [
        measured(RAND, 0, 0, [0.5, 0.5], losses=[0.5] * POINTS),
        measured(BERT, 0, 0, [0.5, 0.5], losses=[0.9] * POINTS),
    ]
    found = {curve.row: curve for curve in curves(table(cells))}
    assert (found[BERT].reach, found[BERT].reached) == ((1.0,), 0.0)
    assert found[RAND].reached == 1.0


def test_fewer_updates_than_points_are_drawn_out():
    cells = [measured(RAND, c, 0, [0.5, 0.5], losses=[3.0, 2.0, 1.0]) for c in range(2)]
    (curve,) = curves(table(cells))
    assert len(curve.loss) == POINTS
    assert (curve.loss[0], curve.loss[-1]) == (3.0, 1.0)


def test_without_recorded_losses_there_are_no_curves():
    assert curves(table([measured(RAND, 0, 0, [0.5, 0.5])])) == ()


def test_a_mean_has_the_interval_of_a_t_distribution():
    values = [0.2, 0.5, 0.4, 0.7]
    low, high = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))
    assert Mean.of(values).ci == pytest.approx((low, high))
    assert Mean.of([0.3]).ci is None


def test_curves_of_one_specific_encoder_are_paired_with_the_draws_of_the_first_bert():
    cells = []
    for c in range(3):
        for d in range(2):
            cells.append(measured(RAND, c, d, [0.5, 0.5], losses=[1.0] * POINTS))
            cells.append(measured(BERT, c, d, [0.5, 0.5], losses=[0.8 - 0.3 * c + 0.1 * d] * POINTS))
    cells += [measured(SPECIFIC, 0, d, [0.5, 0.5], losses=[0.6 + 0.1 * d] * POINTS) for d in range(2)]
    (found,) = (each for each in compare_curves(table(cells)) if (each.a, each.b) == (SPECIFIC, BERT))
    assert found.area is not None
    assert found.area.value == pytest.approx(-0.2)
    assert found.area.ci == pytest.approx((-0.2, -0.2))
