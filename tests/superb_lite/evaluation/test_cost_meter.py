"""What an encoder costs: counts against numbers worked out by hand, and nothing is disturbed by measuring."""
# ruff: noqa: NPY002 - the global generator of numpy is what is watched here

from __future__ import annotations

import dataclasses
import random
import sys
import time

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from superb_lite.encoders.encoder import Encoder, Features
from superb_lite.encoders.foreign import FunctionEncoder
from superb_lite.encoders.majority import MajorityEncoder
from superb_lite.encoders.references import load_encoder
from superb_lite.evaluation.cost import SAMPLE, SECONDS, CostMeter
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.run import Evaluator, evaluate
from superb_lite.heads.linear import ProbeSettings
from superb_lite.protocols import PROTOCOLS
from superb_lite.protocols.frozen import Frozen
from superb_lite.results.cost import Cost
from superb_lite.results.store import ResultStore
from superb_lite.tasks.labels import Example
from tests.superb_lite.toy_tasks import ReadCounter, ToyEncoder, classify_data, tag_data, toy_task

TASK = toy_task(classify_data(train=30, test=40))
"""Items of 1, 2, 3 and 4 rows, equally many of each: that of median length has 3."""


@pytest.fixture(autouse=True)
def _short_probes(monkeypatch):
    probe = ProbeSettings(learning_rate=1e-1, weight_decays=(1e-3,), steps=20)
    monkeypatch.setitem(PROTOCOLS, "frozen", Frozen(probe))


def cost_of(encoder: Encoder, task=TASK, batch_size: int = 8) -> Cost:
    problem = make_problem(task, seeds=range(1), limit=None, root=None)
    return CostMeter(encoder.eval(), batch_size).measure(problem, problem.data.items)


class Tokens(ToyEncoder):
    """A table of 50 rows, one layer of attention with 2 heads of 4, and a map that is never used."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(50, 8)
        self.query_key_value = nn.Linear(8, 24, bias=False)
        self.unused = nn.Linear(100, 100)
        self.place = nn.Parameter(torch.zeros(10, 8))

    def forward(self, batch):
        found = super().forward(batch)
        x = self.table(torch.zeros(batch["x"].shape[:2], dtype=torch.long)) + self.place[: batch["x"].shape[1]]
        q, k, v = self.query_key_value(x).unflatten(-1, (3, 2, 4)).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v)
        return Features((found.layers[1], mixed.transpose(1, 2).flatten(2)), found.mask, found.item, found.spans)


def test_a_linear_map_is_counted_as_by_hand():
    cost = cost_of(ToyEncoder(width=3))
    assert cost.parameters == cost.active_parameters == 3 * 3 + 3
    assert cost.flops == 2 * 3 * 3 * 3  # of 3 rows


def test_attention_and_tables_are_counted_as_by_hand():
    cost = cost_of(Tokens())
    used = 3 * 3 + 3 + 8 * 24 + 10 * 8
    assert cost.active_parameters == used
    assert cost.parameters == used + 50 * 8 + 100 * 100 + 100
    length, heads, width = 3, 2, 4
    attention = 2 * (2 * heads * length * length * width)  # scores, and the sums that they weight
    assert cost.flops == 2 * 3 * 3 * length + 2 * 8 * 24 * length + attention


def test_a_table_that_is_also_a_map_is_active():
    class Tied(Tokens):
        def forward(self, batch):
            found = super().forward(batch)
            return Features((F.linear(found.layers[1], self.table.weight),), found.mask, found.item, found.spans)

    assert cost_of(Tied()).active_parameters - cost_of(Tokens()).active_parameters == 50 * 8


def test_a_weight_that_stands_in_two_places_counts_once():
    encoder = ToyEncoder(width=3)
    encoder.again = encoder.map
    assert cost_of(encoder).parameters == 12


def test_a_head_that_no_feature_depends_on_is_not_counted():
    encoder = ToyEncoder(width=3)
    encoder.head, encoder.without_features = nn.Linear(3, 50), ("head.weight", "head.bias")
    assert cost_of(encoder).parameters == 12


def test_a_built_in_encoder_agrees_with_a_count_by_its_modules():
    encoder = load_encoder("random:text-bert")
    tables = sum(m.weight.numel() for m in encoder.modules() if isinstance(m, nn.Embedding))
    (result,) = evaluate(encoder, "glue-lite/acceptability", seeds=1, limit=8)
    assert result.cost is not None
    assert result.cost.parameters == sum(p.numel() for name, p in encoder.named_parameters() if "head." not in name)
    assert 0 < result.cost.active_parameters <= result.cost.parameters - tables


def test_speed_is_that_of_the_encoder():
    class Slow(ToyEncoder):
        def forward(self, batch):
            time.sleep(0.002 * len(batch["x"]))
            return super().forward(batch)

    cost = cost_of(Slow())
    assert 100 < cost.items_per_second <= 500
    assert cost.batch_size == 8
    assert (cost.device.startswith("cpu"), cost.threads) == (True, torch.get_num_threads())


def test_a_slow_encoder_is_not_given_whole_batches():
    class VerySlow(ToyEncoder):
        def forward(self, batch):
            time.sleep(0.6 * SECONDS * len(batch["x"]))
            return super().forward(batch)

    started = time.perf_counter()
    assert cost_of(VerySlow(), batch_size=100).batch_size == 1
    assert time.perf_counter() - started < 10 * SECONDS


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much memory was resident at most")
def test_memory_holds_the_weights_and_what_a_batch_takes():
    class Hungry(ToyEncoder):
        def forward(self, batch):
            torch.ones(50_000_000)  # 200 MB
            return super().forward(batch)

    weights = 4 * 12
    assert 180e6 < cost_of(Hungry()).peak_memory < 260e6
    assert weights <= cost_of(ToyEncoder()).peak_memory < 100e6


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_memory_on_cuda_is_what_the_allocator_gave_out():
    class Hungry(ToyEncoder):
        def forward(self, batch):
            torch.ones(50_000_000, device=self.device)
            return super().forward(batch)

    cost = cost_of(Hungry().to("cuda"))
    assert 200e6 <= cost.peak_memory < 210e6
    assert (cost.device.startswith("cuda: "), cost.threads, cost.flops) == (True, None, 54)


def test_what_is_known_without_running_stays_where_running_fails():
    class Broken(ToyEncoder):
        def forward(self, batch):
            raise RuntimeError("out of memory")

    assert cost_of(Broken()) == Cost(parameters=12)


def test_at_most_so_many_items_are_read():
    problem = make_problem(TASK, seeds=range(1), limit=None, root=None)
    for size in (1, SAMPLE, SAMPLE + 1, 3 * SAMPLE - 1, 5 * SAMPLE):
        test = tuple(problem.test[number % len(problem.test)] for number in range(size))
        keys = [f"{number}" for number in range(size)]
        many = {key: TASK.data().items[example.items[0]] for key, example in zip(keys, test, strict=True)}
        asked = dataclasses.replace(problem, test=tuple(Example(key, (key,), 0) for key in keys))
        items = ReadCounter(many)
        assert CostMeter(ToyEncoder(), 8).measure(asked, items).flops
        assert min(size, SAMPLE) / 2 <= sum(items.reads.values()) <= SAMPLE


def test_nothing_that_is_random_moves():
    class Noisy(ToyEncoder):
        def forward(self, batch):
            torch.rand(1), random.random(), np.random.rand()
            return super().forward(batch)

    encoder = Noisy()
    torch.manual_seed(0)
    random.seed(0)
    np.random.seed(0)
    before = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()
    assert cost_of(encoder).flops
    assert torch.equal(torch.get_rng_state(), before[0])
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before[1:]


def test_predictions_are_those_without_a_measurement(monkeypatch):
    (with_cost,) = evaluate(ToyEncoder(), TASK, seeds=2)
    monkeypatch.setattr(CostMeter, "measure", lambda *_: Cost())
    (without,) = evaluate(ToyEncoder(), TASK, seeds=2)
    assert with_cost.predictions_sha256 == without.predictions_sha256
    assert (with_cost.cost.flops, without.cost.flops) == (54, None)


def test_an_encoder_that_cannot_be_followed_is_evaluated_all_the_same():
    class Opaque(ToyEncoder):
        def forward(self, batch):
            if torch.utils._python_dispatch._get_current_dispatch_mode() is not None:
                raise RuntimeError("no mode can follow this")
            return super().forward(batch)

    (result,) = evaluate(Opaque(), TASK, seeds=1)
    assert (result.cost.parameters, result.cost.flops, result.cost.active_parameters) == (12, None, None)
    assert result.cost.items_per_second > 0


def test_what_is_hidden_behind_a_function_is_unknown_and_not_zero():
    (result,) = evaluate(lambda items: np.stack([item.mean(0) for item in items]), TASK, seeds=1)
    assert (result.cost.parameters, result.cost.active_parameters, result.cost.flops) == (None, None, None)
    behind = nn.Linear(3, 5)
    seen = FunctionEncoder(lambda items: behind(torch.stack([torch.from_numpy(i).mean(0) for i in items])), "f")
    assert cost_of(seen).flops == 2 * 3 * 5


def test_a_constant_costs_nothing():
    cost = cost_of(MajorityEncoder())
    assert (cost.parameters, cost.active_parameters, cost.flops) == (0, 0, 0)


def test_the_encoder_is_timed_once_and_counted_on_each_task(monkeypatch):
    calls = []
    of_batches = CostMeter._of_batches
    monkeypatch.setattr(CostMeter, "_of_batches", lambda *a: calls.append(1) or of_batches(*a))
    tag = toy_task(tag_data(), form="tag")  # 4 to 7 rows: 6 in the middle
    short, long = Evaluator(ToyEncoder(), reference="x", seeds=1).evaluate([(TASK, "frozen"), (tag, "frozen")])
    assert (short.cost.flops, long.cost.flops) == (54, 108)
    assert len(calls) == 1
    assert short.cost.items_per_second == long.cost.items_per_second


def test_a_stored_result_keeps_its_cost(tmp_path):
    store = ResultStore(tmp_path)
    (first,) = Evaluator(ToyEncoder(), reference="x", seeds=1, results=store).evaluate([(TASK, "frozen")])
    (again,) = Evaluator(ToyEncoder(), reference="x", seeds=1, results=store).evaluate([(TASK, "frozen")])
    assert first.cost == again.cost
    assert first.cost.items_per_second


def test_a_result_without_cost_in_the_store_is_not_computed_again(tmp_path, monkeypatch):
    store = ResultStore(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Evaluator, "_measure_cost", lambda *_: None)
        (old,) = Evaluator(ToyEncoder(), reference="x", seeds=1, results=store).evaluate([(TASK, "frozen")])
    assert old.cost is None
    monkeypatch.setattr(Evaluator, "outcomes", lambda *_: pytest.fail("computed again"))
    (again,) = Evaluator(ToyEncoder(), reference="x", seeds=1, results=store).evaluate([(TASK, "frozen")])
    assert again == old
