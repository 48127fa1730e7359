"""Options that several commands have. Nothing heavy is imported here: every command and `--help` read this file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.request import check_numbers
from superb_lite.executors.named import check_executor

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Root = Annotated[Path | None, typer.Option(help="A directory of official releases, where a set reads them.")]
TrustCode = Annotated[
    bool,
    typer.Option("--trust-code", help="Let py:MODULE:FACTORY, hear:MODULE, and a model of hf:, run code of their own."),
]
Seeds = Annotated[int, typer.Option(help="Evaluation seeds, at least 3 for honest intervals.")]
Limit = Annotated[int | None, typer.Option(help="Use only so many test examples (never ranked).")]
Device = Annotated[
    str,
    typer.Option(metavar="auto|cpu|cuda|mps", help="Where the encoder runs; auto: CUDA or MPS where there is one."),
]
BatchSize = Annotated[int, typer.Option(help="How many items go through the encoder at a time.")]
Shown = Annotated[
    list[str] | None,
    typer.Option(
        "--as", metavar="NAME", help="The encoder's name in tables, charts, boards and files; once for each encoder."
    ),
]
Budget = Annotated[
    str, typer.Option(metavar="minute|ten-minutes|hour", help="How long to pretrain on two cores: whose recipe.")
]
EncoderName = Annotated[str, typer.Argument(help="A checkpoint, random:NAME, raw:NAME, hf:NAME_OR_PATH, ...")]
ExecutorName = Annotated[
    str,
    typer.Option(
        "--executor",
        metavar="local|ray|submitit[:KEY=VALUE,...]",
        help="Where it runs: here, on a Ray cluster (ray:address=HOST:PORT,cpus=4,gpus=0.5), or as jobs of Slurm "
        "(submitit:partition=gpu,gpus=1).",
    ),
]
Objective = Annotated[str, typer.Argument(help="An objective: superb-lite list objectives")]


@dataclass(frozen=True, kw_only=True)
class EvaluationOptions:
    """How encoders are evaluated, as the options of a command say."""

    seeds: int = 5
    """Evaluation seeds."""

    device: str = "auto"
    """auto, cpu, cuda, cuda:N or mps."""

    batch_size: int = 32
    """Items that go through the encoder at a time."""

    limit: int | None = None
    """Use only so many test examples; None: all."""

    root: Path | None = None
    """A directory with official releases."""

    executor: str = "local"
    """Where it runs; see `superb_lite.executors.named`."""

    def __post_init__(self) -> None:
        check_executor(self.executor)
        check_numbers(seeds=self.seeds, limit=self.limit, batch_size=self.batch_size)
        check_root(self.root)


def check_root(root: Path | None) -> None:
    """Refuse a directory of official releases that is not there."""
    if root is not None and not root.is_dir():
        raise SuperbLiteError(f"--root '{root}' {'is not a directory' if root.exists() else 'does not exist'}")


def check_out(out: Path | None) -> None:
    """Refuse a file where a directory is to be written, before anything is computed."""
    if out is not None and out.exists() and not out.is_dir():
        raise SuperbLiteError(f"--out '{out}' is a file: name a directory")
