"""What `make gpu` measures of large models, on the CPU and small."""

import pytest

from tests.gpu import large
from tests.gpu.training import TrainingSpeed

SMALL = (
    *large.BERT_BASE,
    *("--layers=1", "--width=32", "--heads=2", "--hidden=64", "--batch_size=2", "--row_length=64", "--max_length=64"),
    *("--vocabulary=200", "--data.workers=0"),
)


def test_operations_of_a_step_are_counted(tmp_path):
    data = tmp_path / "a.txt"
    data.write_text("The first sentence. The second one.\n" * 40, encoding="utf-8")
    found = large.bert_base(tmp_path, accelerator="cpu", data=data, shape=SMALL)
    assert list(found) == list(large.VARIANTS)
    positions, width, hidden = 2 * 64, 32, 64
    # Forward once and backward twice two operations for each weight that a position meets; attention and the output
    # come on top.
    least = 6 * positions * (4 * width * width + 2 * width * hidden)
    flops = [speed.flops for speed in found.values()]
    assert flops[0] == pytest.approx(flops[1], rel=0.2)  # as many, but for the tokens that are masked
    assert all(0.8 * least < one < 4 * least for one in flops)


def test_the_share_of_the_peak_is_that_of_the_named_device():
    speed = TrainingSpeed("text-bert", 10.0, 640.0, None, 0.02, flops=round(9.89e12))
    name, steps, teraflops, share, waited = large.training_row("AdamW", speed, device="NVIDIA H200")
    assert (name, steps, teraflops, share, waited) == ("AdamW", "10.00", "98.9", "10.0%", "2%")
    assert large.training_row("AdamW", speed, device="another")[3] == ""
    assert len(large.TRAINING_HEADER) == 5
