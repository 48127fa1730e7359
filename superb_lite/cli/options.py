"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Root = Annotated[Path | None, typer.Option(help="A directory of official releases, where a set reads them.")]
TrustCode = Annotated[
    bool, typer.Option("--trust-code", help="Let py:MODULE:FACTORY, and a model of hf:, run code of their own.")
]
Seeds = Annotated[int, typer.Option(help="Evaluation seeds, at least 3 for honest intervals.")]
Device = Annotated[str, typer.Option(help="Where the encoder runs.")]
EncoderName = Annotated[str, typer.Argument(help="A checkpoint, random:NAME, raw:NAME, hf:NAME_OR_PATH, ...")]
Objective = Annotated[str, typer.Argument(help="An objective: superb-lite list objectives")]
