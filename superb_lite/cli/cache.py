"""`superb-lite cache clear`."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="Free the disk space of what can be made again.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def cache() -> None:
    """A group, although it has one command."""


@app.command("clear")
def clear(
    features: Annotated[bool, typer.Option("--features", help="Only the features of encoders.")] = False,
    data: Annotated[bool, typer.Option("--data", help="Only synthesised speech and music that was read.")] = False,
) -> None:
    """Delete cached features and data, and say how much space that freed. Results and checkpoints stay.

    Example: superb-lite cache clear --features
    """
    from superb_lite import caches

    asked = {"features": features, "data": data}
    for kind in caches.CACHES:
        if asked[kind] or not any(asked.values()):
            print(f"{kind}: {caches.clear(kind) / 10**6:.1f} MB freed")
