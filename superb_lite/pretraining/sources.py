"""Which embedded sources a person's own corpus holds, told by its content: a file has any name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from superb_lite.errors import MissingPackageError

SHARE = 0.01
"""A source is in a corpus if so much of the corpus is of it, or so much of it is in the corpus."""


def sources_in(pieces: Collection[str], embedded: Mapping[str, Callable[[], Collection[str]]]) -> tuple[str, ...]:
    """The names of the sources of which at least `SHARE` is found.

    pieces: of the corpus, as hashes or as normalised text. embedded: by source, what gives the pieces of all of its
        parts, the tested ones too, made in the same way; a source whose package is not installed is left out.
    """
    found, own = [], set(pieces)
    for name, make in embedded.items():
        try:
            known = set(make())
        except MissingPackageError:
            continue
        common = len(own & known)
        if common and common >= SHARE * min(len(own), len(known)):
            found.append(name)
    return tuple(found)
