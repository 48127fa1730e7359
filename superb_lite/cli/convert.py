"""`superb-lite convert`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from superb_lite.cli.names import check_names
from superb_lite.errors import SuperbLiteError, printable


def convert(
    encoder: Annotated[str, typer.Argument(help="A checkpoint, a file of PyTorch, or published weights.")],
    to: Annotated[
        str, typer.Option(help="The library that is to load it, such as transformers; safetensors for a file.")
    ],
    out: Annotated[Path, typer.Option(help="An empty or new directory; for a file, a new file.")],
) -> None:
    """Write a checkpoint so that another library loads it, or a .pt, .pth, .ckpt or .bin file as safetensors.

    A file of PyTorch is a pickle: it is read with weights_only=True, which runs nothing that is in it. Weights that are
    published as a pickle (torchvision:NAME.TAG, s3prl:NAME) are fetched and converted in the same way.

    Examples: superb-lite convert my-bert --to transformers --out my-bert-hf,
    superb-lite convert model.pt --to safetensors --out model.safetensors,
    superb-lite convert torchvision:resnet18.IMAGENET1K_V1 --to safetensors --out resnet18.safetensors
    """
    if to == "safetensors" and not Path(encoder).is_dir():
        from superb_lite.encoders.pickled import convert_pickle, published_file

        print(printable(convert_pickle(published_file(encoder), out)))
        return
    check_names(encoders=[encoder])

    from superb_lite.encoders.encoder import Convertible
    from superb_lite.encoders.references import load_encoder
    from superb_lite.paths import make_dir

    model = load_encoder(encoder)
    formats = model.formats if isinstance(model, Convertible) else ()
    if to not in formats or not isinstance(model, Convertible):
        known = " or ".join(formats) or "no other format"
        raise SuperbLiteError(f"'{encoder}' cannot be converted to '{to}', but to {known}")
    if out.exists() and any(out.iterdir()):
        raise SuperbLiteError(f"--out '{out}' is not empty: choose another directory")
    make_dir(out)
    print(printable(str(model.convert(to, out))))
