"""Versions of another board become versions of this one: within a transaction of `Leaderboard`.

The versions of a name are put in the order in which they were submitted, wherever that was, so that two boards that
take each other's entries become the same board.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite_leaderboard.entry import Event, Measured, Tables, content_of
from superb_lite_leaderboard.store.incoming import Checked, Outcome
from superb_lite_leaderboard.store.models import EntryRow, EventRow, ResultRow
from superb_lite_leaderboard.store.rows import read_entry, result_row
from superb_lite_leaderboard.store.seals import check_sealed, seal
from superb_lite_leaderboard.store.submitting import check_comparable
from superb_lite_leaderboard.store.versions import now, raise_tier

_ELSEWHERE = "elsewhere: "
"""Before what another board says of checks: they were not made here."""

_SHARED = ("submitted", "withdrawn", "renamed")
"""What is told of a version that both boards have."""


def unite(session: Session, versions: Sequence[Checked], source: str, tables: Tables) -> list[Outcome]:
    """Store versions of another board, and say what became of each, in the order in which they are given.

    A version that is here already, by its name and content, stands once, since the earlier of its dates, and is
    withdrawn if it was withdrawn there. A name that is new here is not stored where what stands under it stands here
    under another name.
    """
    of_name: dict[str, list[Checked]] = {}
    for each in versions:
        of_name.setdefault(each.incoming.name, []).append(each)
    here = {name: _rows(session, name) for name in of_name}
    outcomes: dict[str, Outcome] = {}
    for name, found in of_name.items():
        if here[name]:
            outcomes |= {outcome.ref: outcome for outcome in _of_known(session, here[name], found, source, tables)}
    standing = _standing(session)
    for name, found in of_name.items():
        if not here[name]:
            outcomes |= {outcome.ref: outcome for outcome in _of_new(session, standing, found, source, tables)}
    return [outcomes[each.incoming.ref] for each in versions]


def _of_new(
    session: Session, standing: dict[str, str], found: Sequence[Checked], source: str, tables: Tables
) -> Iterable[Outcome]:
    """Versions of a name that is new here keep their numbers."""
    newest = max((each for each in found if not each.incoming.withdrawn), key=_number, default=None)
    same = None if newest is None else standing.get(newest.content)
    for each in sorted(found, key=_number):
        if same is not None:
            yield Outcome(each.incoming.ref, None, f"is here already, as '{same}'")
            continue
        yield _stored(session, each, each.incoming.version, source, tables)


def _of_known(
    session: Session, rows: Sequence[EntryRow], found: Sequence[Checked], source: str, tables: Tables
) -> Iterable[Outcome]:
    """Versions of a name that is here: those that are here too are brought together, the others come between."""
    outcomes: dict[str, Outcome] = {}
    pairs, rest = _paired(rows, found)
    before = {row.version: (row.submitted, _content(row)) for row in rows}
    new: dict[int, Checked] = {}
    for each in rest:
        number = max([*before, *new]) + 1
        outcomes[each.incoming.ref] = outcome = _stored(session, each, number, source, tables)
        if outcome.stored is not None:
            new[number] = each
    said = {each.incoming.ref: _brought_together(row, each, source) for row, each in pairs}
    ages = {row.version: (row.submitted, _content(row)) for row in rows} | {n: each.age for n, each in new.items()}
    if ages != before:
        _renumber(session, rows[0].name, sorted(ages, key=lambda version: ages[version]), new)
    for row, each in pairs:
        told = f"is here already, as '{row.name}@{row.version}'{said[each.incoming.ref]}"
        outcomes[each.incoming.ref] = Outcome(each.incoming.ref, None, told)
    numbered = {row.id: row for row in _rows(session, rows[0].name)}
    for each in new.values():
        stored = outcomes[each.incoming.ref].stored
        if stored is not None:
            row = numbered[stored.id]
            outcomes[each.incoming.ref] = Outcome(each.incoming.ref, read_entry(row, row.results, tables)[0])
    return outcomes.values()


def _paired(rows: Sequence[EntryRow], found: Sequence[Checked]) -> tuple[list[tuple[EntryRow, Checked]], list[Checked]]:
    """Which versions are the same: of one content and date, or else of one content, the earliest first."""
    left, rest, pairs = list(rows), sorted(found, key=lambda each: (*each.age, _number(each))), []
    for dated in (True, False):
        for each in list(rest):
            wanted = (each.content, each.incoming.submitted if dated else None)
            row = next((r for r in left if (_content(r), r.submitted if dated else None) == wanted), None)
            if row is not None:
                left.remove(row)
                rest.remove(each)
                pairs.append((row, each))
    return pairs, rest


def _brought_together(row: EntryRow, each: Checked, source: str) -> str:
    """Let a version say what both boards know of it; returns what changed, for people.

    Its description stays: nobody writes into somebody's entry by sending a copy of it.
    """
    theirs, said = each.incoming, ""
    there = {(event.at, event.kind, event.detail) for event in row.events}
    for event in theirs.events:
        if event.kind in _SHARED and (event.at, event.kind, event.detail) not in there:
            row.events.append(_event_row(event))
    if theirs.submitted < row.submitted:
        row.submitted = theirs.submitted
        said += f"; it was submitted there on {theirs.submitted[:10]}"
    if theirs.withdrawn and not (row.withdrawn and row.withdrawn <= theirs.withdrawn):
        row.withdrawn = theirs.withdrawn
        said += f"; it was withdrawn there on {theirs.withdrawn[:10]}"
    of_column = {(result.task, result.protocol): result for result in row.results}
    for submitted in each.results:
        raised = raise_tier(of_column[submitted.result.task, submitted.result.protocol], submitted.tier)
        said += f"; {raised} is {submitted.tier.label}" if raised else ""
    if said:
        seal(row)
        row.events.append(EventRow(at=now(), kind="imported", detail=one_line(f"from {source}{said}")))
    return said


def _stored(session: Session, each: Checked, version: int, source: str, tables: Tables) -> Outcome:
    incoming = each.incoming
    try:
        for submitted in each.results:
            check_comparable(session, Measured.of(submitted), tables)
    except SuperbLiteError as error:
        return Outcome(incoming.ref, None, str(error), refused=True)
    rows = []
    for submitted in each.results:
        row, clusters = result_row(submitted)
        session.merge(clusters)
        rows.append(row)
    unchecked = "; ".join(submitted.note for submitted in each.results if submitted.note)
    told = f"from {source}" + (f"; {unchecked}" if unchecked else "")
    entry = EntryRow(
        name=incoming.name,
        version=version,
        submitted=incoming.submitted,
        withdrawn=incoming.withdrawn,
        about=incoming.about.model_dump_json(),
        results=rows,
        events=[
            *(_event_row(event) for event in incoming.events),
            EventRow(at=now(), kind="imported", detail=one_line(told)),
        ],
    )
    session.add(entry)
    session.flush()
    seal(entry, rows)
    return Outcome(incoming.ref, read_entry(entry, entry.results, tables)[0])


def _event_row(event: Event) -> EventRow:
    detail = event.detail
    if event.kind == "promoted" and not detail.startswith(_ELSEWHERE):
        detail = _ELSEWHERE + detail
    return EventRow(at=event.at, kind=event.kind, detail=one_line(detail))


def _renumber(session: Session, name: str, order: Sequence[int], new: Collection[int]) -> None:
    """Give the versions of a name the numbers 1, 2, ... in this order. new: those that had none here before."""
    wanted = {old: new for new, old in enumerate(order, start=1) if old != new}
    rows = {row.version: row for row in _rows(session, name) if row.version in wanted}
    for old, row in rows.items():
        row.version = -wanted[old]  # a number belongs to one version at every moment
    session.flush()
    for old, row in rows.items():
        row.version = wanted[old]
        seal(row)
        if old in new:
            continue
        row.events.append(EventRow(at=now(), kind="renumbered", detail=one_line(f"it was '{name}@{old}'")))
    session.flush()


def _rows(session: Session, name: str) -> list[EntryRow]:
    """All versions of a name."""
    wanted = select(EntryRow).where(EntryRow.name == name).order_by(EntryRow.version)
    rows = list(session.scalars(wanted.options(selectinload(EntryRow.results), selectinload(EntryRow.events))))
    for row in rows:
        check_sealed(row)
    return rows


def _standing(session: Session) -> dict[str, str]:
    """What stands on the board: by content how a person calls it."""
    columns = (EntryRow.name, EntryRow.version, ResultRow.task, ResultRow.protocol, ResultRow.result_sha256)
    found = select(*columns).join(ResultRow.entry).where(EntryRow.withdrawn == "")
    results: dict[str, dict[int, list[tuple[str, str, str]]]] = {}
    for name, version, *result in session.execute(found):
        results.setdefault(name, {}).setdefault(version, []).append(tuple(map(str, result)))  # type: ignore[arg-type]
    newest = {name: max(versions) for name, versions in results.items()}
    return {content_of(results[name][version]): f"{name}@{version}" for name, version in newest.items()}


def _content(row: EntryRow) -> str:
    return content_of((each.task, each.protocol, each.result_sha256) for each in row.results)


def _number(each: Checked) -> int:
    return each.incoming.version
