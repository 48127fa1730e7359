"""The types of the fields of results: exact, bounded, and the same after they were written and read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from superb_lite.encoders.content_hash import PROCESS

LARGEST = 1e12
"""No number in a result is larger: squares and sums of such numbers are still finite."""

LARGEST_COUNT = 2**63 - 1
"""The largest number that a column of a database holds."""

LONGEST_NAME = 4096
"""Characters of a name: tasks on a person's own data and encoders are named by their paths."""


def _plain(value: Any) -> Any:
    """Lists for tuples and so on, so that what is recorded equals what is read again. Raises ValueError otherwise."""
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except TypeError as error:
        raise ValueError(str(error)) from None


def _without_surrogates(name: Any) -> Any:
    """The bytes of a path that is not UTF-8, which Python keeps as halves of surrogate pairs, as "\\udcff"."""
    return name.encode("utf-8", "backslashreplace").decode() if isinstance(name, str) else name


Number = Annotated[float, Field(allow_inf_nan=False, ge=-LARGEST, le=LARGEST)]
Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT)]
Name = Annotated[str, BeforeValidator(_without_surrogates), Field(min_length=1, max_length=LONGEST_NAME)]
ShortName = Annotated[str, Field(min_length=1, max_length=100)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
EncoderHash = Annotated[str, Field(pattern=f"^([0-9a-f]{{64}}|{PROCESS}[0-9a-f]{{1,64}})$")]
Metrics = Annotated[Mapping[ShortName, Number], Field(min_length=1)]
PlainJson = Annotated[Mapping[str, Any], BeforeValidator(_plain)]


class FrozenModel(BaseModel):
    """A value that is checked when it is made: exact types, no unknown field, nothing changes afterwards."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", revalidate_instances="never")
