"""`superb-lite features`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from superb_lite import plugins
from superb_lite.cli.names import check_names, shown_names
from superb_lite.cli.options import BatchSize, Device, EncoderName, Shown, TrustCode, check_out
from superb_lite.errors import UnknownNameError, printable
from superb_lite.evaluation.request import check_numbers


def features(
    encoder: EncoderName,
    items: Annotated[
        str, typer.Option("--items", metavar="TASK|PATH", help="A task, or your own text file, audio or image folder.")
    ],
    out: Annotated[Path, typer.Option(help="Write the arrays here: one .npy file a layer, and index.json.")],
    positions: Annotated[
        bool, typer.Option("--positions", help="Every position with its span instead of one mean vector an item.")
    ] = False,
    device: Device = "auto",
    batch_size: BatchSize = 32,
    trust_code: TrustCode = False,
    shown: Shown = None,
) -> None:
    """Write the features of any items as plain arrays.

    Example: superb-lite features raw:pixels --items vision-lite/mnist-5 --out pixels
    """
    is_task = plugins.is_task(items)
    if not is_task and not Path(items).exists():
        known = [task.name for taskset in plugins.tasksets().values() for task in taskset]
        raise UnknownNameError("task, file or folder", items, known)
    check_names(encoders=[encoder], device=device, tasks=[items] if is_task else None, trust_code=trust_code)
    check_numbers(batch_size=batch_size)
    check_out(out)
    (name,) = shown_names([encoder], shown)

    from superb_lite.cli.progress import counter, say
    from superb_lite.encoders.references import load_encoder
    from superb_lite.evaluation.devices import device_named
    from superb_lite.features.export import export_features, read_items
    from superb_lite.paths import feature_dir

    model = load_encoder(encoder, trust_code=trust_code).to(device_named(device))
    found = read_items(items, model.modality)
    bars, progress = counter(f"{name}: {len(found)} items")
    with bars:
        index = export_features(
            model,
            found,
            out,
            reference=name,
            view="positions" if positions else "mean",
            feature_dir=feature_dir(),
            batch_size=batch_size,
            progress=progress,
        )
    say(f"features of {len(found)} items")
    print(printable(str(index)))
