"""`make gpu`: every objective trains on a CUDA device, and every encoder is evaluated there and on the CPU.

Prints tables in the form that docs/performance.md holds. The exit code is 1 when scores do not agree.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch
from tabulate import tabulate

from superb_lite import plugins
from tests.gpu import agreement, frozen, large, simclr, training


def main() -> int:
    """Measure and print; without a CUDA device say so in one line and leave with 0."""
    if not torch.cuda.is_available():
        print("make gpu: no CUDA device was found, so nothing was measured")
        return 0
    print(f"Measured on {torch.cuda.get_device_name()}, torch {torch.__version__}.\n")
    with tempfile.TemporaryDirectory() as folder:
        measured = [training.measure(name, Path(folder), accelerator="cuda") for name in plugins.objectives()]
    print(table(training.HEADER, [training.row(speed) for speed in measured]))
    agreements = [agreement.compare(name, name, task, device="cuda") for name, task in agreement.columns()]
    agreements += [
        agreement.compare(name, encoder, task, device="cuda", protocol="finetune")
        for name, encoder, task in agreement.fine_tuned()
    ]
    print(table(agreement.HEADER, [agreement.row(one) for one in agreements]))
    print(f"Scores agree when they are at most {100 * agreement.TOLERANCE:g} points apart.\n")
    with tempfile.TemporaryDirectory() as folder:
        speeds = large.bert_base(Path(folder), accelerator="cuda")
    device = torch.cuda.get_device_name()
    rows = [large.training_row(name, speed, device=device) for name, speed in speeds.items()]
    print(table(large.TRAINING_HEADER, rows))
    with tempfile.TemporaryDirectory() as folder:
        pictures = simclr.write_pictures(Path(folder) / "pictures")
        speed = simclr.ours(Path(folder), pictures, accelerator="cuda")
        print(table(simclr.HEADER, [simclr.row(speed, simclr.theirs(pictures, device="cuda"))]))
    print(
        table(
            frozen.HEADER,
            [frozen.row(name, frozen.evaluation(case, device="cuda")) for name, case in frozen.CASES.items()],
        )
    )
    return 0 if all(one.holds for one in agreements) else 1


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    return tabulate(rows, header, tablefmt="pipe", disable_numparse=True) + "\n"


if __name__ == "__main__":
    sys.exit(main())
