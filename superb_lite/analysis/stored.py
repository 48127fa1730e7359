"""What the JSON of a section has to be, so that whatever reads a section can rely on its types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from superb_lite.errors import SuperbLiteError


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Table(_Stored):
    name: str
    title: str
    columns: list[str]
    rows: list[list[str | int | float | bool | None]]
    note: str = ""


class _Picture(_Stored):
    name: str
    title: str
    caption: str
    table: str


class _Claim(_Stored):
    claim: str
    source: str
    measured: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str = ""
    needs: str = ""


class _Section(_Stored):
    analysis: str
    variant: str = ""
    title: str
    question: str
    answer: str = ""
    command: str
    encoders: list[str]
    seeds: NonNegativeInt
    settings: dict[str, Any] = {}
    tables: list[_Table]
    pictures: list[_Picture]
    claims: list[_Claim]
    notes: list[str] = []


def check_section(values: Mapping[str, Any]) -> None:
    """Raise `SuperbLiteError` for what is no `Section.to_dict`: a field too many or too few, or one of another type."""
    try:
        _Section.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise SuperbLiteError(f"this is no section of an analysis: {place}: {first['msg']}") from None
