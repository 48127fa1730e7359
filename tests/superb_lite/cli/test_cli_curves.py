"""The table of `curves`: an interval stands only where there are seeds to make it of."""

from __future__ import annotations

import pytest
from rich.console import Console

from superb_lite.cli.curves import _table
from superb_lite.evaluation.learning_curves import Curve
from superb_lite.protocols.finetune import Epoch
from tests.superb_lite.toy_tasks import classify_data, toy_task


@pytest.mark.parametrize("seeds", [1, 2])
def test_one_seed_has_no_interval(seeds: int) -> None:
    task = toy_task(classify_data(test=4))
    epochs = tuple((Epoch(step=3, loss=0.5 + 0.1 * s, rating=0.429 + 0.1 * s),) for s in range(seeds))
    console = Console(width=100, no_color=True)
    with console.capture() as capture:
        console.print(_table([Curve("raw:rows", task, (0.1,) * seeds, epochs)]))
    row = capture.get().splitlines()[1]
    assert ("42.9" in row) is (seeds == 1)
    assert ("[" in row) is (seeds > 1)
