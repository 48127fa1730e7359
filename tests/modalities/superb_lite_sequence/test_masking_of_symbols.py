"""Masks, against a slow loop over the same draws."""

import pytest
import torch

from superb_lite_sequence.alphabet import CLS, MASK, ORDINARY, PAD, SEP, UNK
from superb_lite_sequence.masking import mask_symbols


def tokens(rows, length, seed=0):
    generator = torch.Generator().manual_seed(seed)
    token = torch.randint(ORDINARY, ORDINARY + 9, (rows, length), generator=generator)
    token[:, 0], token[:, -3], token[:, -2:], token[:, 5] = CLS, SEP, PAD, UNK
    return token


def slow(token, rate, span, generator):
    """The rule, position by position."""
    begins, fate, elsewhere = (torch.rand(token.shape, generator=generator) for _ in range(3))
    corrupted, chosen = token.clone(), torch.zeros_like(token, dtype=torch.bool)
    for row in range(len(token)):
        symbols = [t for t in token[row].tolist() if t >= ORDINARY]
        for place in range(token.shape[1]):
            starts = [
                s for s in range(max(0, place - span + 1), place + 1) if begins[row, s] < 1 - (1 - rate) ** (1 / span)
            ]
            if not starts or token[row, place] < ORDINARY:
                continue
            chosen[row, place] = True
            drawn = fate[row, starts[-1]]
            if drawn < 0.8:
                corrupted[row, place] = MASK
            elif drawn < 0.9:
                corrupted[row, place] = symbols[int(elsewhere[row, place] * len(symbols))]
    return corrupted, chosen


@pytest.mark.parametrize("span", [1, 3])
def test_as_the_rule_says(span):
    token = tokens(20, 60)
    corrupted, chosen = mask_symbols(token, rate=0.2, span=span, generator=torch.Generator().manual_seed(1))
    wanted, places = slow(token, 0.2, span, torch.Generator().manual_seed(1))
    assert torch.equal(chosen, places)
    assert torch.equal(corrupted, wanted)
    assert (corrupted[chosen] != MASK).any()


@pytest.mark.parametrize("span", [1, 4])
def test_the_share_that_is_chosen(span):
    token = tokens(400, 200)
    corrupted, chosen = mask_symbols(token, rate=0.3, span=span, generator=torch.Generator().manual_seed(1))
    share = chosen.sum() / (token >= ORDINARY).sum()
    assert share == pytest.approx(0.3, abs=0.01)
    assert (corrupted[chosen] == MASK).float().mean() == pytest.approx(0.8, abs=0.02)
    assert torch.equal(corrupted[~chosen], token[~chosen])


def test_a_row_without_symbols_is_left_alone():
    token = torch.full((2, 9), PAD)
    corrupted, chosen = mask_symbols(token, rate=0.5)
    assert torch.equal(corrupted, token)
    assert not chosen.any()
