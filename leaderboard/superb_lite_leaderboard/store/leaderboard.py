"""Leaderboard: entries in a database, a SQLite file unless a URL says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from superb_lite.errors import NAME_LIMIT, SuperbLiteError, UnknownNameError, one_line
from superb_lite.metrics.statistics import Sample
from superb_lite.paths import workspace
from superb_lite.results.files import Predicted
from superb_lite.results.result import Result
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.board import CORE, Column, resolve_columns
from superb_lite_leaderboard.checks import accepted, check_name
from superb_lite_leaderboard.entry import About, Entry, Event, Measured, Submitted, Tier
from superb_lite_leaderboard.names import public_name
from superb_lite_leaderboard.ranking.ranking import Standings, rank
from superb_lite_leaderboard.store import incoming, submitting, uniting, versions
from superb_lite_leaderboard.store.database import Database
from superb_lite_leaderboard.store.incoming import Checked, Incoming, Outcome
from superb_lite_leaderboard.store.kept import KeptStandings
from superb_lite_leaderboard.store.models import BoardRow, ClustersRow, EntryRow, EventRow, MetaRow, ResultRow, storable
from superb_lite_leaderboard.store.predictions import PredictionFiles
from superb_lite_leaderboard.store.reading import Found, read_entries, read_events, read_samples
from superb_lite_leaderboard.store.rows import board_from, board_row, read_clusters, read_result
from superb_lite_leaderboard.store.schema import bring_up_to_date, create_tables, schema_of
from superb_lite_leaderboard.store.seals import BOARD, board_checksum, seal_board

T = TypeVar("T")


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
        self._whole = False
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
        if self._given is not None and stored is not None and stored.name != storable(self._given.name):
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
        about: what the submitter says; None: nothing.

        Columns may be missing; the entry then has no score for that modality, and none overall. Where the newest
        version of the name holds exactly these results, checked as far or further, and says the same, that one is
        returned and nothing is stored.

        Raises:
            SuperbLiteError: the name is none; two encoders of one modality; a result of another task version, with a
                limit, off the board, or measured on other data than what was scored here.
        """
        return self._add(name, results, about, several=False, keep_others=False)

    def merge(
        self,
        name: str,
        results: Sequence[Result | Submitted],
        *,
        several: bool = False,
    ) -> Entry:
        """Store results under a name, beside what its newest version holds of other modalities, as its next version.

        several: whether the entry may hold several encoders of a modality, each on tasks of its own.

        Reading and writing are one transaction: two processes that merge at the same time both find their results.

        Raises `SuperbLiteError` as `submit` does.
        """
        return self._add(name, results, None, several=several, keep_others=True)

    def take(self, versions: Iterable[Incoming], source: str) -> list[Outcome]:
        """Store what another board holds, with its history, in one transaction; returns what became of each version.

        source: where it comes from, for the history; may be shown to strangers.

        Each version is scored again here as far as that can be done. One that is refused, say for another version of a
        task, is named and leaves the others alone; everything else is stored, or where the process dies, nothing is.
        """
        checked: list[Checked | Outcome] = []
        for each in versions:
            try:
                checked.append(incoming.check(each, self.board, self.columns, self._predictions))
            except SuperbLiteError as error:
                checked.append(Outcome(each.ref, None, str(error), refused=True))
        sound = [each for each in checked if isinstance(each, Checked)]
        found = self._write(lambda session: uniting.unite(session, sound, source, self)) if sound else []
        stored = {outcome.ref: outcome for outcome in found}
        return [each if isinstance(each, Outcome) else stored[each.incoming.ref] for each in checked]

    def entries(self) -> tuple[Entry, ...]:
        """What stands: of each name the newest version that is not withdrawn, in the order they were submitted.

        Results that are damaged are left out; `standings` says which.
        """
        return tuple(self._standing()[0])

    def versions(self) -> tuple[Entry, ...]:
        """All versions of all names, withdrawn ones too, in the order they were submitted."""
        return tuple(self._read(lambda session: read_entries(session, self), nothing=_nothing())[0])

    def histories(self) -> tuple[list[tuple[Entry, tuple[Event, ...]]], list[str]]:
        """All versions of all names, each with what happened to it, and one line for everything that is damaged."""

        def read(session: Session) -> tuple[list[tuple[Entry, tuple[Event, ...]]], list[str]]:
            entries, notes = read_entries(session, self)
            events = read_events(session, entries)
            return [(entry, tuple(events.get(entry.id, ()))) for entry in entries], notes

        nothing: tuple[list[tuple[Entry, tuple[Event, ...]]], list[str]] = ([], [])
        return self._read(read, nothing=nothing)

    def history(self, name: str) -> tuple[tuple[Entry, tuple[Event, ...]], ...]:
        """All versions of a name, the oldest first, each with what happened to it. Raises `UnknownNameError`."""

        def read(session: Session) -> tuple[tuple[Entry, tuple[Event, ...]], ...]:
            entries, _ = read_entries(session, self, EntryRow.name == name)
            events = read_events(session, entries)
            ordered = sorted(entries, key=lambda entry: entry.version)
            return tuple((entry, tuple(events.get(entry.id, ()))) for entry in ordered)

        nothing: tuple[tuple[Entry, tuple[Event, ...]], ...] = ()
        found = self._read(read, nothing=nothing)
        if not found:
            raise UnknownNameError(f"entry of {self._database}", name, self._names())
        return found

    def entry(self, ref: str) -> Entry:
        """The entry that a person means by "NAME", its newest version that stands, or "NAME@2".

        Of a name whose versions are all withdrawn it is the newest of these.

        Raises `UnknownNameError` for a name that is not there, `SuperbLiteError` for such a version.
        """
        name, at, version = ref.rpartition("@")
        if at and version.isascii() and version.isdigit() and ref not in self._names():
            for found, _ in self.history(name):
                if str(found.version) == version.lstrip("0"):
                    return found
            raise SuperbLiteError(f"{self._database}: '{one_line(name, NAME_LIMIT)}' has no version {version:.20}")
        versions = [found for found, _ in self.history(ref)]
        return ([found for found in versions if not found.withdrawn] or versions)[-1]

    def changed(self) -> tuple[int, str]:
        """How many times anything was done to the board, and when last (ISO 8601, UTC); (0, "") of an empty one."""

        def read(session: Session) -> tuple[int, str]:
            number, last = session.execute(select(func.count(EventRow.id), func.max(EventRow.at))).one()
            return number, str(last or "")

        return self._read(read, nothing=(0, ""))

    def withdraw(self, ref: str, reason: str = "") -> Entry:
        """Mark an entry as withdrawn, so that it is ranked no more; the version before it stands again.

        Raises `SuperbLiteError` for an entry that is not there, or is withdrawn already.
        """
        entry = self.entry(ref)
        self._write(lambda session: versions.withdraw(session, entry, reason))
        return self.entry(entry.ref)

    def rename(self, old: str, new: str) -> None:
        """Give all versions of a name another one. Raises `SuperbLiteError` where that is taken, or none."""
        check_name(new)
        self.history(old)
        if not self._write(lambda session: versions.rename(session, old, new)):
            raise UnknownNameError(f"entry of {self._database}", old, self._names())

    def promote(self, entry: Entry, results: Sequence[Measured], tier: Tier, detail: str = "") -> Entry:
        """Say that results of an entry were checked as far as `tier`; returns the entry.

        A result that was checked further stays so. Raises `SuperbLiteError` where the entry does not hold a result.
        """
        self._write(lambda session: versions.promote(session, entry, results, tier, detail))
        return self.entry(entry.ref)

    def result(self, measured: Measured) -> Result:
        """All of a stored result but its predictions. Raises `SuperbLiteError` where it is damaged."""

        def read(session: Session) -> Result:
            heavy = [undefer(ResultRow.pseudo_values), undefer(ResultRow.payload)]
            row = session.get(ResultRow, measured.id, options=heavy)
            clusters = None if row is None else session.get(ClustersRow, row.clusters)
            if row is None or clusters is None:
                raise SuperbLiteError("it is not there any more")
            return read_result(row, read_clusters(clusters))

        try:
            return self._database.read(read)
        except (SuperbLiteError, TypeError, ValueError) as error:
            where = f"the result of '{public_name(measured.encoder)}' on '{measured.task}'"
            raise SuperbLiteError(f"{where} ({measured.protocol}) is damaged: {error}; submit it again") from None

    def predictions(self, measured: Measured) -> Predicted | None:
        """The predictions of a stored result; None where they are not kept here."""
        return self._predictions.get(measured.predictions_sha256)

    def has_predictions(self, measured: Measured) -> bool:
        """Whether the predictions of a stored result are kept here."""
        return self._predictions.path(measured.predictions_sha256).exists()

    def samples(self, results: Sequence[Measured]) -> list[Sample | SuperbLiteError]:
        """The tables behind the scores of stored results (`entry.Tables`), many in one query.

        In the place of a table that is damaged stands what is wrong with it, so that the others can be ranked.
        """
        return self._database.read(lambda session: read_samples(session, results))

    def standings(self, board: Board | None = None) -> Standings:
        """The ranked rows as values, with everything that the page and the terminal table show.

        board: rank by its columns, as far as they have results here; None: by those of the board itself.

        Its `notes` say what is damaged or cannot be compared, and was left out.
        """
        entries, damaged = self._standing()
        columns = self.columns if board is None else resolve_columns(board)
        # Nothing is added to a file in which something is damaged.
        kept = None if damaged else KeptStandings(self._database)
        return rank(entries, board or self.board, columns, notes=tuple(damaged), kept=kept)

    def rows(self) -> list[dict[str, Any]]:
        """The ranked rows as plain JSON values; see `superb_lite_leaderboard.ranking.Row.to_dict`."""
        return [row.to_dict() for row in self.standings().rows]

    def _add(
        self, name: str, results: Sequence[Result | Submitted], about: About | None, *, several: bool, keep_others: bool
    ) -> Entry:
        check_name(name)
        submitted = accepted(results, self.board, self.columns, several=several)
        return self._write(
            lambda session: submitting.add(
                session,
                name,
                submitted,
                about,
                tables=self,
                predictions=self._predictions,
                keep_others=keep_others,
            )
        )

    def _standing(self) -> Found:
        def read(session: Session) -> Found:
            return read_entries(session, self, newest=True)

        return self._read(read, nothing=_nothing())

    def _names(self) -> set[str]:
        nothing: set[str] = set()
        return self._read(lambda session: set(map(str, session.scalars(select(EntryRow.name)))), nothing=nothing)

    def _stored_board(self, session: Session) -> Board | None:
        row = session.get(BoardRow, 1)
        try:
            sealed = session.get(MetaRow, BOARD)
            if row is not None and sealed is not None and sealed.value != board_checksum(row):
                raise SuperbLiteError("what it ranks by is damaged: bring back a copy of it")
            return None if row is None else board_from(row)
        except SuperbLiteError as error:
            raise SuperbLiteError(f"{self._database}: {error}") from None

    def _read(self, work: Callable[[Session], T], *, nothing: T) -> T:
        """What `work` finds in one transaction; `nothing` where there is no board yet."""
        if not self._database.exists():
            return nothing
        self._check()

        def read(session: Session) -> T:
            return nothing if schema_of(session, self._database) is None else work(session)

        return self._database.read(read)

    def _write(self, work: Callable[[Session], T]) -> T:
        """One transaction that stores the board, too."""

        def write(session: Session) -> T:
            if schema_of(session, self._database) is None:
                create_tables(session)
            row = session.merge(board_row(self.board))
            found = work(session)
            seal_board(session, row)
            return found

        self._check()
        if not self._whole:
            self._database.check_pages()
            self._whole = True
        return self._database.write(write)

    def _check(self) -> None:
        """Once: whether there is a board that can be read, which is brought to the present schema."""
        if self._checked or not self._database.exists():
            return
        self._database.check_file()
        bring_up_to_date(self._database)
        self._checked = True


def _nothing() -> Found:
    return [], []
