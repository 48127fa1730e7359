import itertools
import math

import numpy as np
import pytest
from torch.utils.data import DistributedSampler

from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.corpus import POOL, Corpus, _BatchSampler, bucketed_indices, epoch_indices
from superb_lite.pretraining.objective import warmup_cosine, warmup_linear
from superb_lite.seeds import step_seed


@pytest.mark.parametrize(("size", "batch_size"), [(10, 4), (7, 7), (5, 12)])
def test_every_epoch_reads_every_example_once_in_another_order(size, batch_size):
    epochs = 4
    steps = math.ceil(epochs * size / batch_size)
    read = [i for step in range(steps) for i in epoch_indices(step, size=size, batch_size=batch_size, seed=1).tolist()]
    orders = [tuple(read[size * e : size * (e + 1)]) for e in range(epochs)]
    assert all(sorted(order) == list(range(size)) for order in orders)
    assert len(set(orders)) == epochs


def test_a_batch_depends_on_seed_and_step_alone():
    def batch(step, seed):
        return epoch_indices(step, size=100, batch_size=8, seed=seed).tolist()

    forward = [batch(step, 0) for step in range(30)]
    assert [batch(step, 0) for step in reversed(range(30))] == forward[::-1]
    assert batch(0, 1) != batch(0, 0)


@pytest.mark.parametrize(("size", "batch_size"), [(5, 4), (1000, 8), (3000, 16)])
def test_buckets_read_what_epochs_read_pool_by_pool(size, batch_size):
    lengths = np.random.default_rng(0).integers(1, 100, size)
    for pool in range(3):
        steps = range(pool * POOL, (pool + 1) * POOL)
        plain = [epoch_indices(s, size=size, batch_size=batch_size, seed=1) for s in steps]
        bucketed = [bucketed_indices(s, lengths=lengths, batch_size=batch_size, seed=1) for s in steps]
        assert sorted(np.concatenate(bucketed)) == sorted(np.concatenate(plain))
        # Sorted by length, the pool is cut into batches that follow one another.
        ranges = sorted((lengths[batch].min(), lengths[batch].max()) for batch in bucketed)
        assert all(one[1] <= following[0] for one, following in itertools.pairwise(ranges))


def test_buckets_come_in_random_order_that_depends_on_seed_and_step_alone():
    lengths = np.arange(1000)

    def means(seed, pool):
        return [
            float(lengths[bucketed_indices(step, lengths=lengths, batch_size=8, seed=seed)].mean())
            for step in range(pool * POOL, (pool + 1) * POOL)
        ]

    first = means(0, 0)
    assert means(0, 0) == first
    assert first not in (sorted(first), sorted(first, reverse=True))
    assert np.argsort(first).tolist() != np.argsort(means(0, 1)).tolist()
    assert means(1, 0) != first


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_processes_share_the_batches_and_a_resumed_run_reads_those_that_are_left(processes):
    def read(steps):
        samplers = [_BatchSampler(steps, rank=rank, processes=processes) for rank in range(processes)]
        assert all(len(sampler) == 10 for sampler in samplers)
        assert all(isinstance(sampler, DistributedSampler) for sampler in samplers)  # or Lightning would wrap them
        return [list(sampler) for sampler in samplers]

    whole, left = read(range(10)), read(range(4, 10))
    assert sorted(itertools.chain(*whole)) == list(range(10 * processes))
    assert left == [numbers[4:] for numbers in whole]
    assert {len(numbers) for numbers in whole} == {10}


def test_step_seeds_differ():
    seeds = {step_seed(seed, step) for seed in range(20) for step in range(200)}
    assert len(seeds) == 4000
    assert all(0 <= s < 2**63 for s in seeds)


def test_the_schedule_rises_linearly_and_falls_as_half_a_cosine():
    factors = [warmup_cosine(step, steps=50, warmup=10) for step in range(51)]
    assert factors[:10] == pytest.approx([(i + 1) / 10 for i in range(10)])
    assert factors[10] == 1
    assert factors[30] == pytest.approx(0.5)
    assert factors[50] == pytest.approx(0)
    assert all(a > b for a, b in itertools.pairwise(factors[10:]))
    assert warmup_cosine(0, steps=5, warmup=0) == 1


def test_the_other_schedule_falls_as_a_line():
    factors = [warmup_linear(step, steps=50, warmup=10) for step in range(51)]
    assert factors[:11] == pytest.approx([*((i + 1) / 10 for i in range(10)), 1])
    assert factors[10:] == pytest.approx([(50 - step) / 40 for step in range(10, 51)])
    assert warmup_linear(0, steps=5, warmup=0) == 1


class Numbers(Corpus):
    def batch(self, step):
        return step

    def content_hash(self):
        return ""


def test_a_share_holds_every_smaller_one_whatever_the_seed():
    parts = [Numbers(share=share, seed=seed).part(range(100, 300)) for seed, share in enumerate((0.01, 0.1, 0.5, 1.0))]
    assert [len(part) for part in parts] == [2, 20, 100, 200]
    assert all(set(small) < set(large) for small, large in itertools.pairwise(parts))
    assert all(part == sorted(part) for part in parts)
    assert Numbers(share=0.01).part("ab") in (["a"], ["b"])
    for wrong in (0, -1, 1.5, math.nan):
        with pytest.raises(SuperbLiteError, match=r"--data.share .*: it must be more than 0 and at most 1"):
            Numbers(share=wrong)
