from __future__ import annotations

import pytest
import torch

from superb_lite_speech.masking import draw_span_mask, span_mask


def slow_span_mask(starts: torch.Tensor, span: int) -> torch.Tensor:
    mask = torch.zeros_like(starts)
    for b in range(starts.shape[0]):
        for t in range(starts.shape[1]):
            if starts[b, t]:
                for k in range(t, min(t + span, starts.shape[1])):
                    mask[b, k] = True
    return mask


@pytest.mark.parametrize("span", [1, 2, 5, 19, 20, 50])
@pytest.mark.parametrize("density", [0.0, 0.05, 0.5, 1.0])
def test_span_mask_is_that_of_a_slow_loop(span: int, density: float):
    starts = torch.rand(8, 20, generator=torch.Generator().manual_seed(span)) < density
    assert torch.equal(span_mask(starts, span), slow_span_mask(starts, span))


@pytest.mark.parametrize(("share", "span"), [(0.5, 5), (0.3, 10), (0.65, 1)])
def test_the_share_of_masked_positions_is_as_asked(share: float, span: int):
    valid = torch.ones(200, 400, dtype=torch.bool)
    mask = draw_span_mask(valid, share=share, span=span, generator=torch.Generator().manual_seed(0))
    assert float(mask.float().mean()) == pytest.approx(share, abs=0.015)


def test_spans_are_at_least_as_long_as_asked_unless_the_row_ends():
    mask = draw_span_mask(
        torch.ones(50, 100, dtype=torch.bool), share=0.4, span=5, generator=torch.Generator().manual_seed(1)
    )
    for row in mask.tolist():
        runs = "".join("x" if m else "." for m in row).split(".")
        assert all(len(run) >= 5 for run in runs[:-1] if run)


def test_every_row_is_masked_somewhere_and_never_on_padding():
    valid = torch.zeros(300, 30, dtype=torch.bool)
    for row in range(300):
        valid[row, : 1 + row % 30] = True
    mask = draw_span_mask(valid, share=0.1, span=5, generator=torch.Generator().manual_seed(2))
    assert mask.any(dim=1).all()
    assert not (mask & ~valid).any()


def test_the_draw_is_seeded():
    valid = torch.ones(4, 50, dtype=torch.bool)
    draws = [
        draw_span_mask(valid, share=0.5, span=5, generator=torch.Generator().manual_seed(seed)) for seed in (0, 0, 1)
    ]
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])
