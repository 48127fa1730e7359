"""`superb-lite cache clear`."""

from __future__ import annotations

from typing import Annotated

import typer

from superb_lite.errors import SuperbLiteError

app = typer.Typer(help="Free the disk space of what can be made again.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def cache() -> None:
    """A group, although it has one command."""


@app.command("clear")
def clear(
    features: Annotated[bool, typer.Option("--features", help="Only the features of encoders.")] = False,
    data: Annotated[bool, typer.Option("--data", help="Only synthesised speech and music that was read.")] = False,
    keep: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="With --features: leave those of the encoders used last, 20GB of them, say."),
    ] = None,
) -> None:
    """Delete cached features and data, and say how much space that freed. Results and checkpoints stay.

    Example: superb-lite cache clear --features
    """
    from superb_lite import caches

    if keep is not None and (data or not features):
        raise SuperbLiteError("--keep goes with --features alone")
    asked = {"features": features, "data": data}
    for kind in caches.CACHES:
        if asked[kind] or not any(asked.values()):
            freed = caches.clear(kind) if keep is None else _trim(keep)
            print(f"{kind}: {freed / 10**6:.1f} MB freed")


def _trim(keep: str) -> int:
    """Delete features of encoders, the least recently used first, until what is left fits; returns the bytes freed."""
    from superb_lite.caches import size
    from superb_lite.features.budget import bytes_of, evict
    from superb_lite.paths import feature_dir

    return evict(feature_dir(), size(feature_dir()) - bytes_of(keep, "--keep"))
