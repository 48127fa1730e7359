"""What every test has in common."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Each test and its fixtures draw the same numbers whatever ran before it, on whatever worker."""
    torch.manual_seed(0)
    np.random.seed(0)  # noqa: NPY002 - what draws without a generator of its own is meant
    random.seed(0)
