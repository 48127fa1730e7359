"""Rows of the store as values, and back: boards, and results one by one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import ValidationError
from sqlalchemy import Row

from superb_lite.errors import NAME_LIMIT, SuperbLiteError, one_line
from superb_lite.metrics import all_or_nothing
from superb_lite.metrics.statistics import Sample
from superb_lite.results.cost import Cost
from superb_lite.results.pretraining import Pretraining
from superb_lite.results.result import Architecture, Result, refusal
from superb_lite.surrogates import hashed_bytes
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.board import BUILT_IN
from superb_lite_leaderboard.entry import About, Entry, Event, Measured, Submitted, Tables, Tier, clusters_hash
from superb_lite_leaderboard.store.models import BoardRow, ClustersRow, EntryRow, EventRow, ResultRow
from superb_lite_leaderboard.store.seals import check_sealed, row_checksum


def board_row(board: Board) -> BoardRow:
    """The row that stands for a board; it replaces the one that is there."""
    columns = None if BUILT_IN.get(board.name) == board else json.dumps(board.columns)
    return BoardRow(id=1, name=board.name, version=board.version, columns=columns)


def board_from(row: BoardRow) -> Board:
    """The board of a row. Raises `SuperbLiteError` where the row does not say what it ranks by."""
    if row.columns is None:
        if row.name not in BUILT_IN:
            raise SuperbLiteError(f"it ranks by '{one_line(row.name, NAME_LIMIT)}', which is not a built-in board")
        return BUILT_IN[row.name]
    try:
        columns = tuple((str(task), str(protocol)) for task, protocol in json.loads(row.columns))
    except (TypeError, ValueError, RecursionError):
        raise SuperbLiteError("the columns that it ranks by are damaged: bring back a copy of it") from None
    return Board(one_line(row.name), row.version, columns)


def result_row(submitted: Submitted) -> tuple[ResultRow, ClustersRow]:
    """The rows that hold a result, to be sealed when they are of an entry (`seals.seal`)."""
    result = submitted.result
    ids = json.dumps(result.clusters)
    clusters = ClustersRow(sha256=hashlib.sha256(hashed_bytes(ids)).hexdigest(), ids=ids)
    values = np.array(result.pseudo_values, dtype="<f8").tobytes()
    row = ResultRow(
        task=result.task,
        protocol=result.protocol,
        tier=int(submitted.tier),
        own_code=submitted.own_code,
        result_sha256=result.checksum(),
        measured=_measured_json(result),
        payload=result.model_dump_json(exclude={"clusters", "pseudo_values"}),
        clusters=clusters.sha256,
        clusters_sha256=clusters_hash(result.clusters),
        n_clusters=len(result.clusters),
        pseudo_values=values,
        pseudo_values_sha256=hashlib.sha256(values).hexdigest(),
        checksum="",
    )
    return row, clusters


def _measured_json(result: Result) -> str:
    """What `Measured` needs beside the columns, as JSON."""
    values = result.model_dump(mode="json", include=set(_MEASURED))
    for name in ("cost", "pretraining"):
        if values[name] is not None:
            values[name] = {
                key: value for key, value in values[name].items() if value is not None and key not in _CURVES
            }
    return json.dumps({**values, "seeds": [row.seed for row in result.seeds]})


_MEASURED = (
    *("modality", "task_version", "encoder", "encoder_hash", "architecture", "score", "ci", "metrics", "n_test"),
    *("in_domain", "limit", "data_sha256", "predictions_sha256", "cost", "pretraining"),
)
_CURVES = ("curve", "validation_curve")


def copied(row: ResultRow) -> ResultRow:
    """The same result as a row that belongs to no entry yet; it is to be sealed unless it is damaged."""
    names = [column.key for column in ResultRow.__mapper__.columns if column.key not in ("id", "entry_id", "checksum")]
    return ResultRow(**{name: getattr(row, name) for name in names}, checksum="")


def read_entry(
    row: EntryRow | Row[Any], results: Sequence[ResultRow | Row[Any]], tables: Tables
) -> tuple[Entry, tuple[str, ...]]:
    """An entry with the results that can be read, and one line for each that cannot.

    Raises `SuperbLiteError` where the row itself is damaged.
    """
    words = (row.name, row.submitted, row.withdrawn)
    if not all(isinstance(each, str) for each in words) or not isinstance(row.version, int):
        raise SuperbLiteError(f"entry '{one_line(row.name, NAME_LIMIT)}' is damaged: submit it again")
    check_sealed(row)
    name = one_line(row.name, NAME_LIMIT)
    found, notes = [], []
    if row.n_results != len(results):
        notes.append(f"entry '{name}': {len(results)} of its {row.n_results} results can be found; submit it again")
    for each in results:
        try:
            found.append(read_measured(each, tables))
        except SuperbLiteError as error:
            where = f"'{one_line(each.task, NAME_LIMIT)}' ({one_line(each.protocol, NAME_LIMIT)})"
            notes.append(one_line(f"entry '{name}': {where} is damaged: {error}; submit it again"))
    try:
        about = _NOTHING_SAID if row.about == _NOTHING_SAID_JSON else About.model_validate_json(row.about)
    except ValidationError as error:
        about = _NOTHING_SAID
        notes.append(one_line(f"entry '{name}': its description is damaged: {refusal(error)}"))
    return Entry(one_line(row.name), row.version, row.submitted, tuple(found), about, row.withdrawn, row.id), tuple(
        notes
    )


_NOTHING_SAID = About()
_NOTHING_SAID_JSON = _NOTHING_SAID.model_dump_json()


def read_event(row: EventRow | Row[Any]) -> Event:
    """The event of a row, with what is damaged as text that can be shown."""
    return Event(one_line(row.at, NAME_LIMIT), one_line(row.kind, NAME_LIMIT), one_line(row.detail))


def read_measured(row: ResultRow | Row[Any], tables: Tables) -> Measured:
    """The result in a row without its tables. Raises `SuperbLiteError` where the row is not as it was stored."""
    if row.checksum == "":
        raise SuperbLiteError("it was so already when the board was of an older schema, or when it was copied")
    try:
        if row_checksum(row) != row.checksum:
            raise SuperbLiteError("it was edited after it was stored")
        return _measured(row, json.loads(row.measured), tables)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise SuperbLiteError(f"it cannot be read: {type(error).__name__}: {error}") from None


def read_sample(
    row: ResultRow | Row[Any] | None, measured: Measured, clusters: Mapping[str, tuple[str, ...]]
) -> Sample | SuperbLiteError:
    """The table behind a score, or what is wrong with it.

    clusters: the ids by the hash of their order.
    """
    ids = None if row is None else clusters.get(row.clusters)
    whole = row is not None and row.result_sha256 == measured.checksum
    if row is None or ids is None or not whole or not _is_whole(row.pseudo_values, row.pseudo_values_sha256):
        return SuperbLiteError("its table of test clusters is not the one that was stored")
    values = np.frombuffer(row.pseudo_values, dtype="<f8")
    if values.size != len(measured.seeds) * len(ids):
        return SuperbLiteError(f"its table has {values.size} numbers for {len(measured.seeds)} x {len(ids)}")
    values = values.reshape(len(measured.seeds), len(ids))
    grain = all_or_nothing(tuple(measured.metrics)) / measured.n_test
    return Sample(measured.score, values.astype(np.float64, copy=False), ids, grain)


def _is_whole(table: object, sha256: str) -> bool:
    return isinstance(table, bytes) and hashlib.sha256(table).hexdigest() == sha256


def read_clusters(row: ClustersRow | Row[Any]) -> tuple[str, ...]:
    """The ids of a row; none where they are not those that were stored."""
    whole = isinstance(row.ids, str) and hashlib.sha256(hashed_bytes(row.ids)).hexdigest() == row.sha256
    return tuple(json.loads(row.ids)) if whole else ()


def read_result(row: ResultRow, clusters: tuple[str, ...]) -> Result:
    """All of a stored result but its predictions. Raises `SuperbLiteError` where it is damaged."""
    try:
        values = np.frombuffer(row.pseudo_values, dtype="<f8").reshape(-1, len(clusters))
        payload = {**json.loads(row.payload), "clusters": clusters, "pseudo_values": values.tolist()}
        result = Result.model_validate_json(json.dumps(payload))
    except ValidationError as error:
        raise SuperbLiteError(refusal(error)) from None
    except (TypeError, ValueError, RecursionError) as error:
        raise SuperbLiteError(f"it cannot be read: {error}") from None
    if result.checksum() != row.result_sha256:
        raise SuperbLiteError("it was edited after it was stored")
    return result


def _measured(row: ResultRow | Row[Any], values: Mapping[str, Any], tables: Tables) -> Measured:
    # Validated before it was stored, and the checksum says that nothing changed since: pydantic need not see it again.
    architecture = values["architecture"]
    low, high = map(float, values["ci"])
    trained = values["pretraining"]
    if trained is not None:
        trained = {key: tuple(value) if isinstance(value, list) else value for key, value in trained.items()}
    return Measured(
        task=row.task,
        protocol=row.protocol,
        modality=str(values["modality"]),
        task_version=int(values["task_version"]),
        encoder=one_line(values["encoder"]),
        encoder_hash=str(values["encoder_hash"]),
        architecture=None if architecture is None else Architecture.model_construct(**architecture),
        score=float(values["score"]),
        ci=(low, high),
        metrics={str(name): float(value) for name, value in values["metrics"].items()},
        n_test=int(values["n_test"]),
        seeds=tuple(map(int, values["seeds"])),
        n_clusters=row.n_clusters,
        in_domain=values["in_domain"],
        limit=values["limit"],
        data_sha256=str(values["data_sha256"]),
        clusters_sha256=row.clusters_sha256,
        predictions_sha256=str(values["predictions_sha256"]),
        tier=Tier(row.tier),
        own_code=bool(row.own_code),
        cost=None if values["cost"] is None else Cost.model_construct(**values["cost"]),
        pretraining=None if trained is None else Pretraining.model_construct(**trained),
        checksum=row.result_sha256,
        tables=tables,
        id=row.id,
    )
