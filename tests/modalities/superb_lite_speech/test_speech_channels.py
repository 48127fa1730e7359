from __future__ import annotations

import math

import pytest
import torch

from superb_lite_speech.channels import WAVES, draw_responses


def test_a_response_is_a_sum_of_cosines():
    weights = torch.randn(3, len(WAVES), generator=torch.Generator().manual_seed(2))
    responses = draw_responses(3, 7, 5.0, torch.Generator().manual_seed(2))
    for row in range(3):
        for band in range(7):
            wanted = sum(
                float(weights[row, k]) * WAVES[k] * math.cos(math.pi * k * band / 6) for k in range(len(WAVES))
            )
            assert float(responses[row, band]) == pytest.approx(wanted * 5.0 * math.log(10) / 10, abs=1e-5)


def test_responses_have_the_level_that_was_asked_for():
    levels = draw_responses(20_000, 41, 3.0, torch.Generator().manual_seed(0))
    middle = levels[:, 20] * 10 / math.log(10)  # where odd cosines are zero
    assert float(middle.std()) == pytest.approx(3.0 * math.hypot(WAVES[0], WAVES[2]), rel=0.03)
    assert float(middle.mean()) == pytest.approx(0.0, abs=0.1)


def test_one_band_has_a_response_too():
    assert torch.isfinite(draw_responses(2, 1, 3.0)).all()
