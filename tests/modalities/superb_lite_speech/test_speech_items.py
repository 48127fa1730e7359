from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from superb_lite.errors import BadItemError
from superb_lite_speech.items import check_item

GOOD = np.zeros(400, dtype=np.float32)


def with_value(value: float) -> np.ndarray:
    bad = GOOD.copy()
    bad[7] = value
    return bad


@pytest.mark.parametrize("item", [GOOD, GOOD.astype(np.float64), np.ones(16_000, np.float32)])
def test_waveforms_are_accepted(item: np.ndarray):
    check_item("a.wav", item)


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (with_value(np.nan), "NaN"),
        (with_value(np.inf), "infinity"),
        (GOOD[:399], "399 samples"),
        (GOOD[:0], "0 samples"),
        (np.zeros((2, 400), np.float32), "mono"),
        (np.zeros(400, np.int16), "int16"),
        ([0.0] * 400, "list"),
        ("a.wav", "str"),
    ],
)
def test_anything_else_is_refused_by_name(item: Any, reason: str):
    with pytest.raises(BadItemError, match=reason) as caught:
        check_item("a.wav", item)
    assert "a.wav" in str(caught.value)
    assert "\n" not in str(caught.value)
