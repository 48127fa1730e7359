import pytest
import torch

from superb_lite.encoders.encoder import Features
from superb_lite.evaluation.run import Evaluator
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task


class NoiseFirst(ToyEncoder):
    """Its first layer is noise, which is another one for each item and the same in each batch."""

    def forward(self, batch):
        found = super().forward(batch)
        _, positions, width = found.layers[0].shape
        seeds = [int(1e6 * float(x[0, 0])) & 0x7FFFFFFF for x in batch["x"]]
        drawn = [torch.randn(16, width, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
        noise = torch.stack(drawn)[:, :positions]
        return Features((noise, found.layers[1]), found.mask, found.item, found.spans)


def test_each_layer_is_scored_by_itself():
    tasks = [toy_task(classify_data(copies=8, noise=0.3)), toy_task(tag_data(copies=8, noise=0.3), form="tag")]
    found = list(Evaluator(NoiseFirst(width=24), reference="x", seeds=2).layers(tasks))
    assert [(row.layer, row.depth, row.result.task) for row in found] == [
        (layer, 2, task.name) for task in tasks for layer in (0, 1)
    ]
    for first, second in (found[:2], found[2:]):
        assert first.result.score < 0.5 < 0.8 < second.result.score
        assert first.result.protocol == "frozen layer 0"
        assert first.result.settings["layer"] == 0
        assert first.result.normalised is None


@pytest.fixture
def cost_unmeasured(monkeypatch):
    """The speed of an encoder is measured on items that are no part of an evaluation."""
    monkeypatch.setattr(Evaluator, "_measure_cost", lambda self, problems: None)


class Counting(ToyEncoder):
    def __init__(self, width=3):
        super().__init__(width)
        self.seen = []

    def collate(self, items):
        self.seen += [item.tobytes() for item in items]
        return super().collate(items)


def test_tasks_that_share_items_share_one_pass(cost_unmeasured):
    from superb_lite.tasks.labels import Example, TaskData, Unit

    data = classify_data(train=30, test=30, noise=1.0)

    def tagged(examples):
        return tuple(
            Example(e.id, e.items, tuple(Unit(2 * t, 2 * t + 2, e.label) for t in range(len(data.items[e.items[0]]))))
            for e in examples
        )

    both = TaskData(data.items, tagged(data.train), tagged(data.test))
    tasks = [(toy_task(data), "frozen"), (toy_task(data), "knn"), (toy_task(both, form="tag"), "frozen")]
    encoder = Counting()
    assert len(list(Evaluator(encoder, reference="x", seeds=2).evaluate(tasks))) == 3
    distinct = {item.tobytes() for item in data.items.values()}
    again = len(encoder.seen) - len(distinct)
    assert set(encoder.seen) == distinct
    assert again < 60  # a few items, tried before the first task and checked after each


@pytest.mark.parametrize("kind", ["memory", "disk"])
def test_features_kept_on_disk_save_the_pass(kind, tmp_path, cost_unmeasured):
    task = toy_task(classify_data(train=30, test=30, noise=1.0))
    directory = tmp_path if kind == "disk" else None
    results, passes = [], []
    for _ in range(2):
        encoder = Counting()
        results += Evaluator(encoder, reference="x", seeds=2, feature_dir=directory).evaluate([(task, "frozen")])
        passes.append(len(encoder.seen))
    assert results[0].predictions_sha256 == results[1].predictions_sha256
    assert (passes[1] < passes[0]) == (kind == "disk")


def test_the_batch_size_is_that_of_the_forward_passes():
    sizes = []

    class Batches(ToyEncoder):
        def collate(self, items):
            sizes.append(len(items))
            return super().collate(items)

    task = toy_task(classify_data(train=30, test=30, noise=1.0))
    found = [
        list(Evaluator(Batches(), reference="x", seeds=1, batch_size=n).evaluate([(task, "frozen")])) for n in (7, 60)
    ]
    assert max(sizes) == 60
    assert sizes.count(7) >= 8
    assert found[0][0].score == pytest.approx(found[1][0].score, abs=0.05)
