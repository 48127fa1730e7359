from __future__ import annotations

import pytest
import torch

from superb_lite_speech.alteration import Action, Alteration, alter_time, channel_block

SHARES = {"time_share": 0.15, "time_span": 4, "channel_share": 0.2, "noise_share": 0.15, "noise_std": 0.2}


def slow_alter_time(
    features: torch.Tensor, chosen: torch.Tensor, action: list[int], offset: list[int], length: list[int]
) -> torch.Tensor:
    out = features.clone()
    for b in range(features.shape[0]):
        for t in range(features.shape[1]):
            if chosen[b, t] and action[b] == Action.ZERO:
                out[b, t] = 0.0
            elif chosen[b, t] and action[b] == Action.REPLACE:
                out[b, t] = features[b, (t + offset[b]) % length[b]]
    return out


@pytest.mark.parametrize("seed", range(5))
def test_time_alteration_is_that_of_a_slow_loop(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(6, 11, 4, generator=generator)
    length = torch.tensor([11, 11, 7, 7, 3, 1])
    valid = torch.arange(11) < length[:, None]
    chosen = (torch.rand(6, 11, generator=generator) < 0.4) & valid
    action = torch.randint(3, (6,), generator=generator)
    offset = torch.stack([torch.randint(int(n), (), generator=generator) for n in length])
    altered = alter_time(features, chosen, action, offset, length)
    wanted = slow_alter_time(features, chosen, action.tolist(), offset.tolist(), length.tolist())
    torch.testing.assert_close(altered, wanted, atol=0, rtol=0)
    assert torch.equal(altered[~chosen], features[~chosen])


def test_a_channel_block_lies_on_the_same_bands_of_both_stacked_frames() -> None:
    block = channel_block(torch.tensor([0, 2, 4]), torch.tensor([0, 3, 1]), bands=5)
    for row, bands in enumerate([set(), {2, 3, 4}, {4}]):
        for column in range(10):
            assert bool(block[row, column]) == (column % 5 in bands)


def test_draws_have_the_shares_that_were_asked_for() -> None:
    valid = torch.ones(4000, 50, dtype=torch.bool)
    draw = Alteration.draw(valid, 20, generator=torch.Generator().manual_seed(0), **SHARES)
    assert float(draw.chosen.float().mean()) == pytest.approx(0.15, abs=0.01)
    shares = [float((draw.action == action).float().mean()) for action in Action]
    assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.02)
    # Widths are uniform over 0 to 4 of 20 bands, and so is the start over all places where the block fits.
    widths = draw.block.sum(dim=1) // 2
    assert torch.bincount(widths).tolist() == pytest.approx([800] * 5, abs=110)
    one_wide = draw.block[widths == 1][:, :20].float().mean(dim=0)
    assert one_wide.tolist() == pytest.approx([0.05] * 20, abs=0.03)
    noisy = draw.noise.flatten(1).abs().sum(dim=1) > 0
    assert float(noisy.float().mean()) == pytest.approx(0.15, abs=0.02)
    assert float(draw.noise[noisy].std()) == pytest.approx(0.2, abs=0.01)
    assert draw.offset.max() < 50


def test_what_is_altered_is_what_was_chosen_and_all_else_is_as_it_was() -> None:
    generator = torch.Generator().manual_seed(3)
    features = torch.randn(64, 30, 40, generator=generator)
    valid = torch.ones(64, 30, dtype=torch.bool)
    valid[::2, 18:] = False
    draw = Alteration.draw(valid, 20, generator=generator, **{**SHARES, "noise_share": 0.0})
    altered, selected = draw.apply(features), draw.altered(valid)
    changed = altered != features
    assert not (changed & valid[..., None] & ~selected).any()
    assert not selected[~valid].any()
    zeroed = selected & (draw.action == Action.ZERO)[:, None, None]
    assert not altered[zeroed].any()
    kept = selected & (draw.action == Action.KEEP)[:, None, None] & ~draw.block[:, None]
    assert kept.any()
    assert torch.equal(altered[kept], features[kept])


def test_each_alteration_can_be_switched_off() -> None:
    valid = torch.ones(50, 30, dtype=torch.bool)
    none = {"time_share": 0.0, "channel_share": 0.0, "noise_share": 0.0}
    features = torch.randn(50, 30, 40)
    draw = Alteration.draw(valid, 20, **{**SHARES, **none})
    assert torch.equal(draw.apply(features), features)
    assert not draw.altered(valid).any()


def test_the_draw_is_seeded() -> None:
    valid = torch.ones(4, 30, dtype=torch.bool)
    features = torch.randn(4, 30, 40)
    once, again, other = (
        Alteration.draw(valid, 20, generator=torch.Generator().manual_seed(seed), **SHARES).apply(features)
        for seed in (0, 0, 1)
    )
    assert torch.equal(once, again)
    assert not torch.equal(once, other)
