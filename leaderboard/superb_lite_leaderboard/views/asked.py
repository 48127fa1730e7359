"""A query in words: options of the command line and the query string of an address have the same names and values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from superb_lite.errors import NAME_LIMIT, SuperbLiteError, UnknownNameError, one_line
from superb_lite_leaderboard.entry import Tier
from superb_lite_leaderboard.views.query import BoardQuery

Asked = Mapping[str, Sequence[str]]
"""Values by name; an empty value asks for nothing."""

ONCE = ("modality", "tier", "tag", "search", "max-parameters", "sort")
"""What is asked for once."""

MANY = ("set", "pin", "columns")
"""What may be asked for several times; cost columns also with commas between them."""


def query_of(asked: Asked) -> BoardQuery:
    """The query of such words. Raises `SuperbLiteError` for a name that there is not, or that comes twice, and for a
    value that cannot be; what only the board knows is checked by `BoardView.select`."""
    given = {name: [value for value in values if value] for name, values in asked.items()}
    for name, values in given.items():
        if name not in (*ONCE, *MANY):
            raise UnknownNameError("filter", name, [*ONCE, *MANY])
        if name in ONCE and len(values) > 1:
            raise SuperbLiteError(f"'{name}' is given {len(values)} times: once is enough")
    once = {name: values[0] for name, values in given.items() if name in ONCE and values}
    return BoardQuery(
        modality=once.get("modality", ""),
        tasksets=tuple(given.get("set", ())),
        tier=_tier(once["tier"]) if "tier" in once else Tier.REPORTED,
        tag=once.get("tag", ""),
        search=once.get("search", "").strip(),
        most_parameters=_number(once["max-parameters"]) if "max-parameters" in once else None,
        costs=tuple(dict.fromkeys(name for value in given.get("columns", ()) for name in value.split(",") if name)),
        sort=once.get("sort", ""),
        pinned=tuple(given.get("pin", ())),
    )


def asked_of(query: BoardQuery) -> list[tuple[str, str]]:
    """The words of a query, (name, value); `query_of` reads them."""
    once = {
        "modality": query.modality,
        "tier": "" if query.tier == Tier.REPORTED else query.tier.label,
        "tag": query.tag,
        "search": query.search,
        "max-parameters": "" if query.most_parameters is None else _text(query.most_parameters),
        "columns": ",".join(query.costs),
        "sort": query.sort,
    }
    many = {"set": query.tasksets, "pin": query.pinned}
    return [
        *((name, value) for name, value in once.items() if value),
        *((name, value) for name, values in many.items() for value in values),
    ]


def _tier(word: str) -> Tier:
    known = {tier.label: tier for tier in Tier}
    if word not in known:
        raise UnknownNameError("tier", word, known)
    return known[word]


def _text(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(number)


def _number(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not (found > 0 and math.isfinite(found)):
        raise SuperbLiteError(f"max-parameters must be a number above 0, not '{one_line(text, NAME_LIMIT)}'")
    return found
