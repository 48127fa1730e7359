"""What a submitter says of an entry, and what is said back."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from superb_lite.errors import NAME_LIMIT, SuperbLiteError, one_line
from superb_lite.results.result import refusal
from superb_lite_leaderboard.entry import About, Entry


def about_from(*, description: str = "", url: str = "", licence: str = "", tags: Sequence[str] = ()) -> About:
    """What is said of an entry. Raises `SuperbLiteError` that names the field that is too long."""
    try:
        return About(description=description, url=url, licence=licence, tags=tuple(tags))
    except ValidationError as error:
        raise SuperbLiteError(refusal(error)) from None


def same_encoders(entry: Entry, others: Sequence[Entry]) -> list[str]:
    """A line for each entry of another name that has an encoder of this one, by content hash."""
    lines = []
    for other in others:
        if other.name == entry.name:
            continue
        hashes = {result.encoder_hash: result.modality for result in other.results}
        shared = dict.fromkeys(hashes[r.encoder_hash] for r in entry.results if r.encoder_hash in hashes)
        if shared:
            name = one_line(other.name, NAME_LIMIT)
            lines.append(
                f"the {' and '.join(shared)} encoder of '{entry.ref}' is also that of '{name}': the same weights"
            )
    return lines
