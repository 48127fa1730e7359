"""Arrays of noises and Holm's procedure on them, against the same one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from superb_lite.metrics.noises import Noises, bounds, expected_noises
from superb_lite.metrics.statistics import Noise, Sample, expected_noise, holm, interval
from superb_lite.metrics.stepdown import rejected
from superb_lite.metrics.thresholds import certainly


def noises(rng: np.random.Generator, m: int, *, same_dof: bool = False) -> list[Noise]:
    """With and without noise of seeds, examples, covariance and grain; few and many degrees of freedom."""
    found = []
    for _ in range(m):
        examples = float(rng.choice([0.0, 1e-3, 1e-3, 1e-3])) * rng.gamma(2)
        seeds = float(rng.choice([0.0, 1e-4, 1e-3, 5e-3])) * rng.gamma(2)
        found.append(
            Noise(
                examples=examples,
                examples_dof=float(rng.choice([1, 2, 5, 50, 300, np.inf])) if examples else np.inf,
                seeds=seeds,
                seeds_dof=4.0 if same_dof else float(rng.uniform(1, 60)) if seeds else np.inf,
                residual=float(rng.choice([0.0, 0.5, 2.0])) * seeds,
                covariance=float(rng.choice([0.0, 2e-4, -2e-4])),
                grain=float(rng.choice([0.0, 1e-4])),
            )
        )
    return found


def distances(rng: np.random.Generator, m: int) -> np.ndarray:
    return rng.choice([0.0, 0.02, 0.1, 0.3, 1.0, 30.0], m) * rng.standard_normal(m)


@pytest.mark.parametrize("same_dof", [True, False])
def test_p_values_and_half_widths_are_those_of_each_noise(same_dof: bool) -> None:
    rng = np.random.default_rng(0)
    each = noises(rng, 400, same_dof=same_dof)
    d = distances(rng, 400)
    found = Noises.of(each)
    assert found.p_values(d) == pytest.approx([n.p_value(x) for n, x in zip(each, d, strict=True)], rel=1e-9)
    for confidence in (0.6, 0.95):
        half = found.half_widths(confidence)
        assert half == pytest.approx([n.half_width(confidence) for n in each], rel=1e-4, abs=1e-9)
        inside = half > 0
        assert found.p_values(half)[inside] == pytest.approx(1 - confidence, rel=1e-9)
    assert found.detectable(0.9) == pytest.approx(found.half_widths(0.95) + found.half_widths(0.8))


def test_the_half_width_of_a_known_variance_is_a_t_quantile() -> None:
    found = Noises.of([Noise(0.04, 29.0), Noise(0.04, 1.0), Noise(0.0, np.inf, grain=0.25), Noise(0.0, np.inf)])
    expected = [0.2 * stats.t.ppf(0.975, 29), 0.2 * stats.t.ppf(0.975, 1), 0.5 * stats.norm.ppf(0.975), 0.0]
    assert found.half_widths() == pytest.approx(expected, rel=1e-8)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), same_dof=st.booleans())
def test_bounds_hold_the_p_value(seed: int, same_dof: bool) -> None:
    rng = np.random.default_rng(seed)
    found = Noises.of(noises(rng, 60, same_dof=same_dof))
    d = distances(rng, 60)
    d[d == 0] = 0.05
    p = found.p_values(d)
    low, high = bounds(found, d)
    normal = p > 1e-250  # of smaller ones few digits are left
    assert (low[normal] <= p[normal]).all()
    assert (high[normal] >= p[normal]).all()
    likely = (found.examples_dof > 40) & (p > 1e-8)
    assert (high[likely] <= 3 * low[likely]).all()  # or they would say nothing


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), same_dof=st.booleans(), threshold=st.sampled_from([1e-9, 1e-6, 1e-3, 0.05]))
def test_what_is_certain_is_so(seed: int, same_dof: bool, threshold: float) -> None:
    rng = np.random.default_rng(seed)
    found = Noises.of(noises(rng, 80, same_dof=same_dof))
    d = distances(rng, 80)
    p = found.p_values(d)
    below, not_below = certainly(found, d, threshold, 2 * threshold)
    assert (p[below] < threshold).all()
    assert (p[not_below & (d != 0)] >= 2 * threshold).all()


MANY = {
    "one column": {"of_seeds": 1.0, "seeds_dof": (4.0, 4.0), "residual": 0.9},
    "two columns": {"of_seeds": 1.0, "seeds_dof": (4.0, 8.0), "residual": 0.9},
    "forty columns": {"of_seeds": 1.0, "seeds_dof": (20.0, 55.0), "residual": 0.9},
    "two seeds": {"of_seeds": 0.3, "seeds_dof": (1.0, 1.0), "residual": 0.5},
    "hardly any noise of seeds": {"of_seeds": 1e-4, "seeds_dof": (4.0, 40.0), "residual": 0.0},
    "one seed": {"of_seeds": 0.0, "seeds_dof": (np.inf, np.inf), "residual": 0.0},
}


def many_noises(
    rng: np.random.Generator, m: int, *, of_seeds: float, seeds_dof: tuple[float, float], residual: float
) -> Noises:
    """As pairs of entries have them: residual is the share of the noise of examples that no cluster explains."""
    examples = 4e-4 * rng.gamma(50, size=m) / 50
    rest = residual * examples * rng.gamma(500, size=m) / 500
    dof = np.full(m, np.inf) if np.isinf(seeds_dof[0]) else rng.uniform(*seeds_dof, m)
    chi2 = np.ones(m) if np.isinf(seeds_dof[0]) else rng.chisquare(dof) / dof
    seeds = (rest + of_seeds * examples) * chi2 if of_seeds else np.zeros(m)
    return Noises(examples, np.full(m, 499.0), seeds, dof, rest, np.full(m, 4e-6))


@pytest.mark.parametrize("kind", list(MANY))
@pytest.mark.parametrize("threshold", [1e-7, 1e-4])
def test_most_of_many_is_certain_and_all_of_it_is_so(kind: str, threshold: float) -> None:
    rng = np.random.default_rng(0)
    found = many_noises(rng, 8_000, **MANY[kind])
    # Distances about as far as the threshold, where it is hardest to say.
    near = found.half_widths(1 - threshold)
    d = near * np.exp(rng.normal(0, 0.5, len(near))) * rng.choice([-1, 1], len(near))
    below, not_below = certainly(found, d, threshold, 1.3 * threshold)
    p = found.p_values(d)
    assert (p[below] < threshold).all()
    assert (p[not_below] >= 1.3 * threshold).all()
    between = (p >= threshold) & (p < 1.3 * threshold)
    unsure = ~below & ~not_below & ~between
    print(f"{kind}, {threshold}: {unsure.mean():.1%} unsure, {between.mean():.1%} between")
    assert unsure.mean() < 0.1


@pytest.mark.parametrize("kind", list(MANY))
def test_many_are_rejected_as_holm_rejects_them(kind: str) -> None:
    rng = np.random.default_rng(1)
    for rejections in (0.001, 0.4, 0.95):
        found = many_noises(rng, 10_000, **MANY[kind])
        usual = np.quantile(found.half_widths(1 - 0.05 / len(found)), 0.5)
        d = (
            usual
            * np.exp(rng.normal(0, 1.0, len(found)) - stats.norm.isf(rejections))
            * rng.choice([-1, 1], len(found))
        )
        d[:5] = 0.0
        adjusted = holm(found.p_values(d).tolist())
        expected = [p < 0.05 for p in adjusted]
        assert rejected(found, d).tolist() == expected
        print(f"{kind}: {np.mean(expected):.1%} rejected")


def test_bounds_hold_beyond_the_table_of_chi2() -> None:
    rng = np.random.default_rng(1)
    dof = rng.uniform(0.2, 9000, 50)
    found = Noises(*(np.full(50, value) for value in (1e-3, 80.0, 1e-3)), dof, *2 * (np.zeros(50),))
    d = 0.2 * rng.standard_normal(50)
    p, (below, not_below) = found.p_values(d), certainly(found, d, 1e-4, 1e-4)
    assert (p[below] < 1e-4).all()
    assert (p[not_below] >= 1e-4).all()
    assert (below | not_below).mean() > 0.5
    low, high = bounds(found, d)
    assert ((low <= p) & (p <= high)).all()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), m=st.integers(0, 120), spread=st.sampled_from([0.01, 0.1, 0.3, 1.0]))
def test_rejected_are_those_that_holm_rejects(seed: int, m: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    found = Noises.of(noises(rng, m))
    d = spread * rng.standard_normal(m) * rng.choice([0.0, 1.0, 1.0, 3.0], m)
    adjusted = holm([float(p) for p in found.p_values(d)])
    assert rejected(found, d).tolist() == [p < 0.05 for p in adjusted]


def test_steps_after_the_first_are_taken() -> None:
    # Each p-value is a third below its own threshold, so that only one after the other is found.
    p_values = 0.05 / np.arange(20, 0, -1) * 0.97
    d = -stats.norm.ppf(p_values / 2)
    found = Noises(np.zeros(20), np.full(20, np.inf), *3 * (np.zeros(20),), np.ones(20))
    assert rejected(found, d).all()
    assert not rejected(found, d * 0.99).any()
    d[3] = 0.0  # which keeps the next one above its threshold
    assert rejected(found, d).tolist() == [True] * 3 + [False] * 17


def test_without_noise_any_difference_is_one_and_none_is_none() -> None:
    found = Noises(np.zeros(2), np.full(2, np.inf), *4 * (np.zeros(2),))
    assert rejected(found, np.array([1e-9, 0.0])).tolist() == [True, False]


@pytest.mark.parametrize("rows", [1, 3, 5])
def test_expected_noises_are_those_of_each_sample(rows: int) -> None:

    rng = np.random.default_rng(0)
    samples = [
        Sample(
            0.0,
            0.3 * rng.standard_normal((rows, 30)) + 0.1 * rng.standard_normal((rows, 1)),
            tuple(map(str, range(30))),
            0.01,
        )
        for _ in range(6)
    ]
    each = [expected_noise(sample, seeds=5) for sample in samples]
    now = [interval(sample).noise for sample in samples]
    found = expected_noises(
        **{name: np.array([getattr(n, name) for n in now]) for name in ("examples", "seeds", "residual", "grain")},
        rows=np.full(6, rows),
        clusters=30,
    )
    for index, noise in enumerate(each):
        assert found.examples[index] == pytest.approx(noise.examples)
        assert found.seeds[index] == pytest.approx(noise.seeds)
        assert found.residual[index] == pytest.approx(noise.residual)
        assert found.constant[index] == pytest.approx(noise.grain)
    assert found.detectable() == pytest.approx([noise.detectable() for noise in each], rel=1e-4)
