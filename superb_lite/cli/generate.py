"""`superb-lite generate`."""

from __future__ import annotations

from typing import Annotated

import typer

from superb_lite.cli.names import check_names
from superb_lite.cli.options import TrustCode
from superb_lite.errors import SuperbLiteError


def generate(
    encoder: Annotated[str, typer.Argument(help="A language model: a checkpoint of text-gpt, ...")],
    prompt: Annotated[str, typer.Option(help="What the text begins with; may be empty.")] = "",
    tokens: Annotated[int, typer.Option(help="How many tokens to write at most.")] = 60,
    temperature: Annotated[float, typer.Option(help="0: always the likeliest token.")] = 1.0,
    top_k: Annotated[int | None, typer.Option("--top-k", help="Draw from so many likeliest tokens.")] = None,
    top_p: Annotated[float, typer.Option("--top-p", help="Draw from the likeliest that are so probable.")] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed writes the same text.")] = 0,
    trust_code: TrustCode = False,
) -> None:
    """Let a language model go on with a text.

    Example: superb-lite generate superb-lite-out/checkpoints/text-gpt --prompt "The farmer" --top-p 0.9
    """
    check_names(encoders=[encoder], trust_code=trust_code)

    from superb_lite.encoders.encoder import TextGenerator
    from superb_lite.encoders.references import load_encoder

    model = load_encoder(encoder, trust_code=trust_code)
    if not isinstance(model, TextGenerator):
        raise SuperbLiteError(f"'{encoder}' cannot write: a language model can, such as a checkpoint of text-gpt")
    print(model.generate(prompt, tokens=tokens, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed))
