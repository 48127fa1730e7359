"""`superb-lite analyze context`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superb_lite.cli.analyze._output import Formats, Out, Output
from superb_lite.cli.analyze._shared import Encoders, check_encoders, command_line
from superb_lite.cli.options import BatchSize, Device, Json, TrustCode
from superb_lite.errors import SuperbLiteError

if TYPE_CHECKING:
    from superb_lite.encoders.encoder import Encoder


def context(
    context: typer.Context,
    encoders: Encoders,
    word: Annotated[
        list[str] | None,
        typer.Option(
            "--word",
            metavar="WORD",
            help="Draw the cosines of this word in pairs of sentences; several times. Default: a table of all built-in "
            "words, and the neighbours of things.",
        ),
    ] = None,
    sentences: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Your own sentences with --word: each line a sense, a tab, a sentence."),
    ] = None,
    static: Annotated[
        list[str] | None,
        typer.Option(metavar="CKPT", help="A control that knows no context, as text-cbow; several pretraining seeds."),
    ] = None,
    pieces: Annotated[
        bool, typer.Option("--pieces", help="Of a word that the tokeniser splits, take the mean of its pieces.")
    ] = False,
    device: Device = "auto",
    batch_size: BatchSize = 32,
    trust_code: TrustCode = False,
    out: Out = None,
    formats: Formats = "svg",
    as_json: Json = False,
) -> None:
    """Does a word have another vector where it means something else? Do words of one kind lie close?

    Example: superb-lite analyze context text-bert --static text-cbow
    """
    output = Output.of("context", out, formats)
    check_encoders([*encoders, *(static or ())], device=device, trust_code=trust_code, batch_size=batch_size)
    if sentences is not None and len(word or ()) != 1:
        raise SuperbLiteError("--sentences goes with one --word, which stands in each of them")

    from superb_lite.analysis.context.run import context as analyse
    from superb_lite.analysis.pretraining_seeds import check_seeds
    from superb_lite.analysis.twins import random_twins
    from superb_lite.cli.progress import counter, say
    from superb_lite.evaluation.devices import device_named
    from superb_lite.features.store import Progress
    from superb_lite.paths import feature_dir

    def loaded(names: Sequence[str]) -> dict[str, Encoder]:
        from superb_lite.encoders.references import load_encoder

        found = {name: load_encoder(name, trust_code=trust_code).to(device_named(device)) for name in names}
        check_seeds(found)
        return found

    models = loaded(encoders)
    twins = {f"random:{name}": twin.to(device_named(device)) for name, twin in random_twins(models).items()}
    bars, advance = counter("words in context")

    def progress(name: str) -> Progress:
        say(f"  {name}")
        return advance

    with bars:
        section = analyse(
            models,
            static=loaded(static or ()),
            twins=twins,
            words=word or (),
            sentences=sentences,
            pieces=pieces,
            command=command_line(context),
            kept=output.directory / "kept",
            feature_dir=feature_dir(),
            batch_size=batch_size,
            progress=progress,
        )
    output.finish(section, as_json=as_json)
