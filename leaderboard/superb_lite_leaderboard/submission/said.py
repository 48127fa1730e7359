"""What a submitter says of an entry, and what is said back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydantic import ValidationError

from superb_lite import plugins
from superb_lite.encoders.provenance import declared_in_domain
from superb_lite.errors import NAME_LIMIT, SuperbLiteError, one_line
from superb_lite.results.pretraining import Pretraining
from superb_lite.results.result import refusal
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.entry import About, Entry, Submitted


def about_from(*, description: str = "", url: str = "", licence: str = "", tags: Sequence[str] = ()) -> About:
    """What is said of an entry. Raises `SuperbLiteError` that names the field that is too long."""
    try:
        return About(description=description, url=url, licence=licence, tags=tuple(tags))
    except ValidationError as error:
        raise SuperbLiteError(refusal(error)) from None


def declared(submitted: Submitted, corpora: Sequence[str], board: Board) -> Submitted:
    """A result whose encoder was pretrained on corpora that a submitter names, all of them.

    What weights say of themselves counts more; a model card, which rarely says all, is added to.
    """
    result = submitted.result
    known = result.pretraining or Pretraining()
    untrained = result.pretraining is None and result.in_domain is False
    columns = [name for name, _ in board.columns]
    if not corpora or untrained or result.task not in columns or (known.corpora is not None and known.corpora_complete):
        return submitted
    named = tuple(dict.fromkeys((*(known.corpora or ()), *corpora)))
    seen = declared_in_domain(named, plugins.tasks(result.task)[0])
    said = known.model_copy(update={"corpora": named, "corpora_complete": True})
    return replace(submitted, result=result.replace(pretraining=said, in_domain=seen))


def same_encoders(entry: Entry, others: Sequence[Entry]) -> list[str]:
    """A line for each entry of another name that has an encoder of this one, by content hash."""
    lines = []
    for other in others:
        if other.name == entry.name:
            continue
        if shared := entry.modalities_shared_with(other):
            name = one_line(other.name, NAME_LIMIT)
            lines.append(
                f"the {' and '.join(shared)} encoder of '{entry.ref}' is also that of '{name}': the same weights"
            )
    return lines
