"""Leaderboard: entries in a database, a SQLite file unless a URL says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session, selectinload, undefer

from superb_lite.errors import NAME_LIMIT, SuperbLiteError, UnknownNameError, one_line
from superb_lite.metrics.statistics import Sample
from superb_lite.paths import workspace
from superb_lite.results.files import Predicted
from superb_lite.results.result import Result
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.board import CORE, Column, resolve_columns
from superb_lite_leaderboard.checks import accepted, check_name, check_same_data
from superb_lite_leaderboard.entry import About, Entry, Event, Measured, Submitted, Tier
from superb_lite_leaderboard.ranking.ranking import Standings, rank
from superb_lite_leaderboard.store.database import Database
from superb_lite_leaderboard.store.kept import KeptStandings
from superb_lite_leaderboard.store.models import (
    SCHEMA_VERSION,
    Base,
    BoardRow,
    ClustersRow,
    EntryRow,
    EventRow,
    MetaRow,
    ResultRow,
)
from superb_lite_leaderboard.store.predictions import PredictionFiles
from superb_lite_leaderboard.store.rows import (
    board_from,
    board_row,
    copied,
    read_clusters,
    read_entry,
    read_event,
    read_measured,
    read_result,
    read_sample,
    result_row,
    row_checksum,
)

T = TypeVar("T")

AT_ONCE = 1000
"""Rows that a query asks for by their numbers; databases limit the length of such a list."""

Found = Sequence[tuple[Entry, tuple[str, ...]]]
"""Entries, each with one line for every result of it that is damaged."""


class Leaderboard:
    """Entries, ranked by a board.

    url: the path of a SQLite file, or any SQLAlchemy URL (see `Database`). Nothing is created before `create` or the
        first entry. A file of an older schema is brought to the present one when it is opened, with a backup first.
    board: by default the one that the file was made for, or of a new file the core board.
    predictions: the folder of predictions; by default "FILE.predictions" beside a SQLite file, and "predictions" in the
        workspace for any other database.

    Nothing is overwritten: what is submitted under a name that is there becomes its next version.

    Every method raises `SuperbLiteError` (one line that names the file) when the database cannot be read or written. An
    entry is stored in one transaction, so an interruption or a full disk leaves the board as it was.
    """

    def __init__(self, url: str | Path, board: Board | None = None, *, predictions: Path | None = None) -> None:
        self._database = Database(url)
        self._given = board
        self._checked = False
        path = self._database.path
        beside = workspace() / "predictions" if path is None else path.with_name(f"{path.name}.predictions")
        self._predictions = PredictionFiles(predictions or beside)

    def __str__(self) -> str:
        """Which database it is, without a password."""
        return str(self._database)

    def exists(self) -> bool:
        """Whether there is a database to read; always so for one that is no file."""
        return self._database.exists()

    @cached_property
    def board(self) -> Board:
        """What it ranks by. Raises `SuperbLiteError` where the file was made for another board than was given."""
        stored = self._read(self._stored_board, nothing=None)
        if self._given is not None and stored is not None and stored.name != self._given.name:
            raise SuperbLiteError(
                f"{self._database} ranks by '{one_line(stored.name, NAME_LIMIT)}', not by '{self._given.name}': "
                "take a new file"
            )
        return self._given or stored or CORE

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the board with their tasks and scales."""
        return resolve_columns(self.board)

    def create(self) -> Leaderboard:
        """Store the board without an entry, so that others open the file with its columns; returns itself.

        A board that is there already keeps its entries.

        Raises:
            SuperbLiteError: the file was made for another board; a task of the board is not registered.
        """
        resolve_columns(self.board)
        self._write(lambda session: None)
        return self

    def submit(self, name: str, results: Sequence[Result | Submitted], about: About | None = None) -> Entry:
        """Store one entry of at most one encoder a modality, and the predictions of its results; returns it.

        results: a `Result` that comes without a tier is scored again here where it holds its predictions, and else is a
            reported one (`checks.accepted`).

        Columns may be missing; the entry then has no score for that modality, and none overall. Where the newest
        version of the name holds exactly these results, that one is returned and nothing is stored.

        Raises:
            SuperbLiteError: the name is none; two encoders of one modality; a result of another task version, with a
                limit, off the board, or measured on other data than what was scored here.
        """
        check_name(name)
        submitted = accepted(results, self.board, self.columns)
        return self._write(lambda session: self._add(session, name, submitted, (), about))

    def merge(self, name: str, results: Sequence[Result | Submitted], *, several: bool = False) -> Entry:
        """Store results under a name, beside what its newest version holds of other modalities, as its next version.

        several: whether the entry may hold several encoders of a modality, each on tasks of its own.

        Reading and writing are one transaction: two processes that merge at the same time both find their results.

        Raises `SuperbLiteError` as `submit` does.
        """

        def store(session: Session) -> Entry:
            newest = self._newest(session, name)
            kept = [] if newest is None else [row for row in newest.results if not self._replaces(row, submitted)]
            about = None if newest is None else read_entry(newest, self)[0].about
            return self._add(session, name, submitted, kept, about)

        check_name(name)
        submitted = accepted(results, self.board, self.columns, several=several)
        return self._write(store)

    def entries(self) -> tuple[Entry, ...]:
        """What stands: of each name the newest version that is not withdrawn, in the order they were submitted.

        Results that are damaged are left out.
        """
        return tuple(entry for entry, _ in self._found())

    def versions(self) -> tuple[Entry, ...]:
        """All versions of all names, withdrawn ones too, in the order they were submitted."""

        def read(session: Session) -> tuple[Entry, ...]:
            rows = session.scalars(select(EntryRow).options(selectinload(EntryRow.results)).order_by(EntryRow.id))
            return tuple(read_entry(row, self)[0] for row in rows)

        nothing: tuple[Entry, ...] = ()
        return self._read(read, nothing=nothing)

    def history(self, name: str) -> tuple[tuple[Entry, tuple[Event, ...]], ...]:
        """All versions of a name, the oldest first, each with what happened to it. Raises `UnknownNameError`."""

        def read(session: Session) -> tuple[tuple[Entry, tuple[Event, ...]], ...]:
            wanted = select(EntryRow).where(EntryRow.name == name).order_by(EntryRow.version)
            rows = session.scalars(wanted.options(selectinload(EntryRow.results), selectinload(EntryRow.events)))
            return tuple((read_entry(row, self)[0], tuple(map(read_event, row.events))) for row in rows)

        nothing: tuple[tuple[Entry, tuple[Event, ...]], ...] = ()
        found = self._read(read, nothing=nothing)
        if not found:
            raise UnknownNameError(f"entry of {self._database}", name, self._names())
        return found

    def entry(self, ref: str) -> Entry:
        """The entry that a person means by "NAME", its newest version that stands, or "NAME@2".

        Of a name whose versions are all withdrawn it is the newest of these.

        Raises `UnknownNameError` for a name or version that is not there.
        """
        name, at, version = ref.rpartition("@")
        if at and version.isascii() and version.isdigit() and ref not in self._names():
            for found, _ in self.history(name):
                if found.version == int(version):
                    return found
            raise SuperbLiteError(f"{self._database}: '{one_line(name, NAME_LIMIT)}' has no version {version:.20}")
        versions = [found for found, _ in self.history(ref)]
        return ([found for found in versions if not found.withdrawn] or versions)[-1]

    def changed(self) -> tuple[int, str]:
        """How many times anything was done to the board, and when last (ISO 8601, UTC); (0, "") of an empty one."""

        def read(session: Session) -> tuple[int, str]:
            number, last = session.execute(select(func.count(EventRow.id), func.max(EventRow.at))).one()
            return number, last or ""

        return self._read(read, nothing=(0, ""))

    def withdraw(self, ref: str, reason: str = "") -> Entry:
        """Mark an entry as withdrawn, so that it is ranked no more; the version before it stands again.

        Raises `SuperbLiteError` for an entry that is not there, or is withdrawn already.
        """
        entry = self.entry(ref)
        if entry.withdrawn:
            raise SuperbLiteError(f"{self._database}: '{entry.ref}' was withdrawn already, {entry.withdrawn}")

        def mark(session: Session) -> None:
            row = session.get_one(EntryRow, entry.id)
            row.withdrawn = _now()
            row.events.append(EventRow(at=row.withdrawn, kind="withdrawn", detail=one_line(reason)))

        self._write(mark)
        return self.entry(entry.ref)

    def rename(self, old: str, new: str) -> None:
        """Give all versions of a name another one. Raises `SuperbLiteError` where that is taken, or none."""
        check_name(new)
        self.history(old)

        def change(session: Session) -> None:
            if self._newest(session, new) is not None:
                raise SuperbLiteError(f"{self._database} has an entry '{new}' already: take another name")
            for row in session.scalars(select(EntryRow).where(EntryRow.name == old)):
                row.name = new
                row.events.append(EventRow(at=_now(), kind="renamed", detail=f"it was called '{old}'"))

        self._write(change)

    def promote(self, entry: Entry, results: Sequence[Measured], tier: Tier, detail: str = "") -> Entry:
        """Say that results of an entry were checked as far as `tier`; returns the entry."""

        def change(session: Session) -> None:
            row = session.get_one(EntryRow, entry.id)
            for measured in results:
                of_result = session.get_one(ResultRow, measured.id)
                of_result.tier = int(tier)
                of_result.checksum = row_checksum(of_result)
            row.events.append(EventRow(at=_now(), kind="promoted", detail=one_line(detail)))

        self._write(change)
        return self.entry(entry.ref)

    def result(self, measured: Measured) -> Result:
        """All of a stored result but its predictions. Raises `SuperbLiteError` where it is damaged."""

        def read(session: Session) -> Result:
            row = session.get_one(ResultRow, measured.id, options=[undefer(ResultRow.pseudo_values)])
            clusters = session.get(ClustersRow, row.clusters)
            return read_result(row, () if clusters is None else read_clusters(clusters))

        return self._database.read(read)

    def predictions(self, measured: Measured) -> Predicted | None:
        """The predictions of a stored result; None where they are not kept here."""
        return self._predictions.get(measured.predictions_sha256)

    def has_predictions(self, measured: Measured) -> bool:
        """Whether the predictions of a stored result are kept here."""
        return self._predictions.path(measured.predictions_sha256).exists()

    def samples(self, results: Sequence[Measured]) -> list[Sample | SuperbLiteError]:
        """The tables behind the scores of stored results (`entry.Tables`), in one query for a thousand of them."""

        def read(session: Session) -> list[Sample | SuperbLiteError]:
            rows: dict[int, ResultRow] = {}
            clusters: dict[str, tuple[str, ...]] = {}
            for start in range(0, len(results), AT_ONCE):
                numbers = [result.id for result in results[start : start + AT_ONCE]]
                wanted = select(ResultRow).where(ResultRow.id.in_(numbers)).options(undefer(ResultRow.pseudo_values))
                rows |= {row.id: row for row in session.scalars(wanted)}
            for number in {row.clusters for row in rows.values()}:
                found = session.get(ClustersRow, number)
                if found is not None and (ids := read_clusters(found)):
                    clusters[number] = ids
            return [read_sample(rows.get(result.id), result, clusters) for result in results]

        return self._database.read(read)

    def standings(self, board: Board | None = None) -> Standings:
        """The ranked rows as values, with everything that the page and the terminal table show.

        board: rank by its columns, as far as they have results here; None: by those of the board itself.
        """
        found = self._found()
        damaged = tuple(note for _, notes in found for note in notes)
        columns = self.columns if board is None else resolve_columns(board)
        kept = KeptStandings(self._database)
        return rank([entry for entry, _ in found], board or self.board, columns, notes=damaged, kept=kept)

    def rows(self) -> list[dict[str, Any]]:
        """The ranked rows as plain JSON values; see `superb_lite_leaderboard.ranking.Row.to_dict`."""
        return [row.to_dict() for row in self.standings().rows]

    def _add(
        self,
        session: Session,
        name: str,
        results: Sequence[Submitted],
        kept: Sequence[ResultRow],
        about: About | None,
    ) -> Entry:
        """The next version of a name: new results, and those of the version before that are kept."""
        rows = [copied(row) for row in kept]
        for submitted in results:
            self._check_comparable(session, Measured.of(submitted))
            row, clusters = result_row(submitted)
            session.merge(clusters)
            rows.append(row)
        newest = self._newest(session, name)
        if newest is not None and not newest.withdrawn and _same(newest.results, rows):
            return read_entry(newest, self)[0]
        now = _now()
        entry = EntryRow(
            name=name,
            version=1 if newest is None else newest.version + 1,
            submitted=now,
            withdrawn="",
            about=(about or About()).model_dump_json(),
            results=rows,
            events=[
                EventRow(
                    at=now, kind="submitted", detail=one_line("; ".join(each.note for each in results if each.note))
                )
            ],
        )
        session.add(entry)
        session.flush()
        for submitted in results:  # before the transaction ends: an entry that is there has its predictions
            self._predictions.put(submitted.result)
        return read_entry(entry, self)[0]

    def _newest(self, session: Session, name: str) -> EntryRow | None:
        """The last version of a name, withdrawn or not."""
        wanted = select(EntryRow).where(EntryRow.name == name).order_by(EntryRow.version.desc()).limit(1)
        return session.scalar(wanted.options(selectinload(EntryRow.results).undefer(ResultRow.pseudo_values)))

    def _replaces(self, row: ResultRow, results: Sequence[Submitted]) -> bool:
        """Whether a stored result is of a column or a modality that these results hold."""
        if (row.task, row.protocol) in {(each.result.task, each.result.protocol) for each in results}:
            return True
        try:
            return read_measured(row, self).modality in {each.result.modality for each in results}
        except SuperbLiteError:
            return False

    def _check_comparable(self, session: Session, result: Measured) -> None:
        """Results that were scored here have one data; what was only reported holds nobody up."""
        rows = session.scalars(
            select(ResultRow)
            .options(selectinload(ResultRow.entry))
            .where(
                ResultRow.task == result.task,
                ResultRow.protocol == result.protocol,
                ResultRow.tier > int(Tier.REPORTED),
            )
            .order_by(ResultRow.id.desc())
        )
        for row in rows:
            try:
                other = read_measured(row, self)
            except SuperbLiteError:
                continue
            if other.task_version == result.task_version:
                check_same_data(result, other, row.entry.name)
                return

    def _names(self) -> set[str]:
        nothing: set[str] = set()
        return self._read(lambda session: set(session.scalars(select(EntryRow.name))), nothing=nothing)

    def _stored_board(self, session: Session) -> Board | None:
        row = session.get(BoardRow, 1)
        try:
            return None if row is None else board_from(row)
        except SuperbLiteError as error:
            raise SuperbLiteError(f"{self._database}: {error}") from None

    def _found(self) -> Found:
        nothing: Found = ()
        return self._read(self._entries, nothing=nothing)

    def _entries(self, session: Session) -> Found:
        rows = session.scalars(
            select(EntryRow)
            .where(EntryRow.withdrawn == "")
            .options(selectinload(EntryRow.results))
            .order_by(EntryRow.id)
        )
        newest = {row.name: row for row in rows}
        return [read_entry(row, self) for row in sorted(newest.values(), key=lambda row: row.id)]

    def _read(self, work: Callable[[Session], T], *, nothing: T) -> T:
        """What `work` finds in one transaction; `nothing` where there is no board yet."""
        if not self._database.exists():
            return nothing
        self._check()
        return self._database.read(lambda session: work(session) if self._schema(session) is not None else nothing)

    def _write(self, work: Callable[[Session], T]) -> T:
        """One transaction that stores the board, too."""

        def write(session: Session) -> T:
            if self._schema(session) is None:
                Base.metadata.create_all(session.connection())
                session.add(MetaRow(key="schema", value=SCHEMA_VERSION))
            session.merge(board_row(self.board))
            return work(session)

        self._check()
        return self._database.write(write)

    def _check(self) -> None:
        """Once: whether the file is sound, and of a schema that is read."""
        if self._checked or not self._database.exists():
            return
        self._database.check_file()
        found = self._database.read(self._schema)
        if found not in (None, SCHEMA_VERSION):
            raise SuperbLiteError(
                f"{self._database} has schema version {one_line(found, NAME_LIMIT)}, but this superb_lite reads "
                f"{SCHEMA_VERSION}: use the version that wrote it, or a new file"
            )
        self._checked = True

    def _schema(self, session: Session) -> str | None:
        """The schema version of the database; None where it has no tables yet."""
        tables = inspect(session.connection()).get_table_names()
        if MetaRow.__tablename__ in tables:
            found = session.get(MetaRow, "schema")
            return "none" if found is None else found.value
        if tables and self._database.path is not None:
            raise SuperbLiteError(f"{self._database} is a database, but not a leaderboard")
        return None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _same(stored: Sequence[ResultRow], rows: Sequence[ResultRow]) -> bool:
    """Whether two versions hold the same results, checked as far."""
    mine, theirs = ({(r.task, r.protocol, r.result_sha256, r.tier) for r in found} for found in (stored, rows))
    return mine == theirs
