"""What an analysis hands over: plain values that `superb_lite.analysis.writing` turns into files and a report.

A section holds tables, pictures of these tables, and claims with verdicts. Everything but the drawing of a picture is
JSON, so that a section can be read back and shown beside others.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from superb_lite.analysis.claim import Claim, decided
from superb_lite.analysis.plain import check_name, distinct, fields_of, plain
from superb_lite.errors import SuperbLiteError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Cell = str | int | float | bool | None
"""What stands in a table. A number that is not known, or not finite, is None."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Numbers as numbers; an interval is three columns: x, x_low, x_high.

    Raises ValueError for a name that no file could have, and for a row that is not as long as `columns`.
    """

    name: str
    """Lower-case letters, digits and hyphens; a part of the names of files."""
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    """What a reader has to know: units, what an interval is over."""

    def __post_init__(self) -> None:
        check_name(self.name)
        object.__setattr__(self, "columns", tuple(self.columns))
        object.__setattr__(self, "rows", tuple(tuple(map(plain, row)) for row in self.rows))
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"table '{self.name}' has {len(self.columns)} columns, but a row of {len(row)} cells")

    def records(self) -> list[dict[str, Cell]]:
        """The rows by the names of columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture of the numbers in one of the section's tables."""

    name: str
    """Lower-case letters, digits and hyphens; a part of the names of files."""
    title: str
    caption: str
    """What it says, in a sentence or two."""
    table: str
    """The name of the table that holds what is drawn."""
    draw: Callable[[], Figure] | None = field(default=None, compare=False)
    """Draws it with `superb_lite.charts`; None in a section that was read from a file."""

    def __post_init__(self) -> None:
        check_name(self.name)


@dataclass(frozen=True, kw_only=True)
class Section:
    """One analysis of some encoders. Raises ValueError where two tables or pictures have one name, or a picture shows
    a table that is not there."""

    analysis: str
    """The name of the command; with `variant` it is the name of the section's files."""
    variant: str = ""
    """What tells several sections of one analysis apart, as a modality."""
    title: str
    question: str
    """What the analysis asks, in a sentence."""
    answer: str = ""
    """What was found, in a sentence or two with numbers."""
    command: str
    """What makes it again."""
    encoders: tuple[str, ...]
    """Their names."""
    seeds: int
    """Pretraining seeds of one thing; below `ENOUGH_SEEDS` no claim is decided (`decided`)."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Whatever else decides the numbers, as JSON."""
    tables: tuple[Table, ...] = ()
    """The first one is the main one."""
    pictures: tuple[Picture, ...] = ()
    claims: tuple[Claim, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader must know to believe it: what was left out, what is small."""

    def __post_init__(self) -> None:
        check_name(self.name)
        for name in ("encoders", "tables", "pictures", "claims", "notes"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "claims", decided(self.claims, self.seeds))
        tables = distinct(table.name for table in self.tables)
        distinct(picture.name for picture in self.pictures)
        for picture in self.pictures:
            if picture.table not in tables:
                raise ValueError(f"picture '{picture.name}' shows table '{picture.table}', which is not there")

    @property
    def name(self) -> str:
        """What its files begin with."""
        return f"{self.analysis}-{self.variant}" if self.variant else self.analysis

    def table(self, name: str) -> Table:
        """The table of that name."""
        return next(table for table in self.tables if table.name == name)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        found = {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}
        found |= {name: list(found[name]) for name in ("encoders", "notes")}
        found["settings"] = dict(self.settings)
        found["tables"] = [fields_of(table) for table in self.tables]
        found["pictures"] = [fields_of(picture, without=("draw",)) for picture in self.pictures]
        found["claims"] = [fields_of(claim) for claim in self.claims]
        return found

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The section that `to_dict` gave; its pictures cannot be drawn. Raises `SuperbLiteError` for anything else."""
        from superb_lite.analysis.stored import check_section  # late: pydantic is slow to import

        check_section(values)
        try:
            parts = {
                "tables": tuple(Table(**table) for table in values["tables"]),
                "pictures": tuple(Picture(**picture) for picture in values["pictures"]),
                "claims": tuple(Claim(**claim) for claim in values["claims"]),
            }
            return cls(**{**values, **parts})
        except (TypeError, ValueError) as error:
            raise SuperbLiteError(f"this is no section of an analysis: {error}") from None
