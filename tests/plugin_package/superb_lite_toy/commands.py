"""A command, and a group of commands."""

from typing import Annotated

import typer

app = typer.Typer(help="What can be done with strings of bits.")


def count_ones(
    items: list[str], as_share: Annotated[bool, typer.Option("--share", help="A share, not a number.")] = False
) -> None:
    """Count the ones in strings of bits."""
    for item in items:
        print(item.count("1") / len(item) if as_share else item.count("1"))


@app.command()
def flip(item: str) -> None:
    """Exchange zeros and ones."""
    print(item.translate(str.maketrans("01", "10")))


@app.command()
def length(item: str) -> None:
    """Count the bits."""
    print(len(item))
