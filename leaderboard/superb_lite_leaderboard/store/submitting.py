"""Storing an entry: within a transaction of `Leaderboard`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite_leaderboard.checks import check_same_data
from superb_lite_leaderboard.entry import About, Entry, Measured, Submitted, Tables, Tier
from superb_lite_leaderboard.store.models import EntryRow, EventRow, ResultRow
from superb_lite_leaderboard.store.predictions import PredictionFiles
from superb_lite_leaderboard.store.rows import copied, read_entry, read_measured, result_row
from superb_lite_leaderboard.store.seals import row_checksum, seal
from superb_lite_leaderboard.store.versions import newest_version, now

_FEW = 20
"""So many results of a task are looked at for one that can be read."""


def add(
    session: Session,
    name: str,
    results: Sequence[Submitted],
    about: About | None,
    *,
    tables: Tables,
    predictions: PredictionFiles,
    keep_others: bool,
) -> Entry:
    """Store the next version of a name, and the predictions; see `Leaderboard.submit` and `Leaderboard.merge`.

    keep_others: whether it also holds what the version before holds of other columns and modalities.
    """
    newest = newest_version(session, name)
    kept = (
        []
        if newest is None or not keep_others
        else [row for row in newest.results if not _replaced(row, results, tables)]
    )
    rows = [copied(row) for row in kept]
    sound = [copy for row, copy in zip(kept, rows, strict=True) if row.checksum == row_checksum(row)]
    for submitted in results:
        check_comparable(session, Measured.of(submitted), tables)
        row, clusters = result_row(submitted)
        session.merge(clusters)
        rows.append(row)
        sound.append(row)
    said = about.model_dump_json() if about else newest.about if newest and keep_others else About().model_dump_json()
    if newest is not None and not newest.withdrawn and _says_as_much(newest, rows, said if about else newest.about):
        return read_entry(newest, newest.results, tables)[0]
    at = now()
    unchecked = "; ".join(each.note for each in results if each.note)
    entry = EntryRow(
        name=name,
        version=1 if newest is None else newest.version + 1,
        submitted=at,
        withdrawn="",
        about=said,
        results=rows,
        events=[EventRow(at=at, kind="submitted", detail=one_line(unchecked))],
    )
    session.add(entry)
    session.flush()
    seal(entry, sound)
    for submitted in results:  # before the transaction ends: an entry that is there has its predictions
        predictions.put(submitted.result)
    return read_entry(entry, entry.results, tables)[0]


def _says_as_much(stored: EntryRow, rows: Sequence[ResultRow], about: str) -> bool:
    """Whether a stored version holds exactly these results, each checked as far or further, and this description."""
    tiers = {(row.task, row.protocol, row.result_sha256): row.tier for row in stored.results}
    wanted = {(row.task, row.protocol, row.result_sha256): row.tier for row in rows}
    same = stored.about == about and tiers.keys() == wanted.keys()
    return same and all(tiers[key] >= tier for key, tier in wanted.items())


def _replaced(row: ResultRow, results: Sequence[Submitted], tables: Tables) -> bool:
    """Whether a stored result is of a column or a modality that these results hold."""
    if (row.task, row.protocol) in {(each.result.task, each.result.protocol) for each in results}:
        return True
    try:
        return read_measured(row, tables).modality in {each.result.modality for each in results}
    except SuperbLiteError:
        return False


def check_comparable(session: Session, result: Measured, tables: Tables) -> None:
    """Results that were scored here have one data; what was only reported, or withdrawn, holds nobody up."""
    rows = session.scalars(
        select(ResultRow)
        .join(ResultRow.entry)
        .options(joinedload(ResultRow.entry))
        .where(
            ResultRow.task == result.task,
            ResultRow.protocol == result.protocol,
            ResultRow.tier > int(Tier.REPORTED),
            EntryRow.withdrawn == "",
        )
        .order_by(ResultRow.id.desc())
        .limit(_FEW)
    )
    for row in rows:
        try:
            other = read_measured(row, tables)
        except SuperbLiteError:
            continue
        if other.task_version == result.task_version:
            check_same_data(result, other, row.entry.name)
            return
