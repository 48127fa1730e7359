"""Rerun: the encoders of an entry are evaluated here, and what they predict is compared with what was kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from superb_lite import plugins
from superb_lite.encoders.content_hash import content_hash
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.results.result import Result
from superb_lite.tasks.task import Task
from superb_lite_leaderboard.entry import Entry, Measured, Submitted, Tier
from superb_lite_leaderboard.store.leaderboard import Leaderboard

Evaluate = Callable[[str, Encoder, Sequence[tuple[Task, str]], int], Sequence[Result]]
"""Computes, from nothing, the results of an encoder that is called by a name on some columns with so many seeds."""


@dataclass(frozen=True)
class Difference:
    """A result whose predictions were others."""

    task: str
    protocol: str
    difference: float
    """The score here minus the one that was submitted; a fraction."""


@dataclass(frozen=True)
class Rerun:
    """What became of an entry."""

    entry: Entry
    """As it is now: promoted, or its next version."""
    same: int
    """How many results have the same predictions."""
    differences: tuple[Difference, ...]


def rerun_entry(
    leaderboard: Leaderboard,
    ref: str,
    encoders: Sequence[str],
    evaluate: Evaluate,
    *,
    trust_code: bool = False,
) -> Rerun:
    """Evaluate the encoders of an entry again on the columns that it has.

    encoders: references that are looked at first; an encoder of the entry is known by its content hash. One that is not
        among them is loaded by the reference that it was submitted under.

    Where all predictions are the same, the entry is promoted to *rerun*; otherwise what was computed here becomes its
    next version.

    Raises `SuperbLiteError` for an entry that is not there, and for an encoder that cannot be loaded or is another one.
    """
    entry = leaderboard.entry(ref)
    models = [(name, load_encoder(name, trust_code=trust_code)) for name in encoders]
    given = {content_hash(model): (name, model) for name, model in models}
    groups: dict[str, list[Measured]] = {}
    for result in entry.results:
        groups.setdefault(result.encoder_hash, []).append(result)
    found: dict[tuple[str, str], Result] = {}
    for digest, results in groups.items():
        name, model = given.get(digest) or _by_reference(results[0], digest, trust_code=trust_code)
        seeds = max(len(result.seeds) for result in results)
        columns = [(plugins.tasks(result.task)[0], result.protocol) for result in results]
        found |= {(result.task, result.protocol): result for result in evaluate(name, model, columns, seeds)}
    changed = []
    for old in entry.results:
        new = found[old.task, old.protocol]
        if (new.predictions_sha256, new.data_sha256) != (old.predictions_sha256, old.data_sha256):
            changed.append(Difference(old.task, old.protocol, new.score - old.score))
    same = len(entry.results) - len(changed)
    if not changed:
        promoted = leaderboard.promote(entry, entry.results, Tier.RERUN, "the same predictions were computed here")
        return Rerun(promoted, same, ())
    submitted = [
        Submitted(found[old.task, old.protocol].replace(encoder=old.encoder), Tier.RERUN, old.own_code)
        for old in entry.results
    ]
    several = len(groups) > len({result.modality for result in entry.results})
    if several:
        return Rerun(leaderboard.merge(entry.name, submitted, several=True), same, tuple(changed))
    return Rerun(leaderboard.submit(entry.name, submitted, entry.about), same, tuple(changed))


def _by_reference(result: Measured, digest: str, *, trust_code: bool) -> tuple[str, Encoder]:
    hint = "name where it lies here with --encoder"
    try:
        model = load_encoder(result.encoder, trust_code=trust_code)
    except SuperbLiteError as error:
        raise SuperbLiteError(f"'{result.encoder}' cannot be run again ({error}); {hint}") from None
    if content_hash(model) != digest:
        raise SuperbLiteError(
            f"'{result.encoder}' is another encoder here ({content_hash(model)[:8]}) than the one of the entry "
            f"({digest[:8]}); {hint}"
        )
    return result.encoder, model
