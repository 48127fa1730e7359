"""What every test has in common."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch

SEED = 20_261
"""Not 0, with which untrained encoders are drawn: a test has to see when something else is drawn like them."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Each test and its fixtures draw the same numbers whatever ran before it, on whatever worker."""
    torch.manual_seed(SEED)
    np.random.seed(SEED)  # noqa: NPY002 - what draws without a generator of its own is meant
    random.seed(SEED)
