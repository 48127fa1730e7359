import pytest
import torch

from superb_lite_text.masking import first_of_word, mask_tokens

MASK, FIRST, LAST = 4, 5, 50


def draw(token, *, rate=0.3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return mask_tokens(token, rate=rate, mask_id=MASK, vocabulary=range(FIRST, LAST), generator=generator)


def slow_mask(token, *, rate, seed):
    """Position by position, from the same three draws."""
    generator = torch.Generator().manual_seed(seed)
    chance, fate = (torch.rand(token.shape, generator=generator) for _ in range(2))
    other = torch.randint(FIRST, LAST, token.shape, generator=generator)
    corrupted, chosen = token.clone(), torch.zeros_like(token, dtype=torch.bool)
    for b, row in enumerate(token.tolist()):
        for t, one in enumerate(row):
            if not FIRST <= one < LAST or chance[b, t] >= rate:
                continue
            chosen[b, t] = True
            if fate[b, t] < 0.8:
                corrupted[b, t] = MASK
            elif fate[b, t] < 0.9:
                corrupted[b, t] = other[b, t]
    return corrupted, chosen


@pytest.mark.parametrize("seed", range(5))
def test_masking_is_that_of_a_slow_loop(seed):
    token = torch.randint(0, LAST + 5, (7, 30), generator=torch.Generator().manual_seed(100 + seed))
    for found, expected in zip(draw(token, seed=seed), slow_mask(token, rate=0.3, seed=seed), strict=True):
        assert torch.equal(found, expected)


def test_the_shares_are_those_of_the_paper():
    token = torch.full((400, 500), 7)
    corrupted, chosen = draw(token, rate=0.15)
    assert float(chosen.float().mean()) == pytest.approx(0.15, abs=0.003)
    fates = corrupted[chosen]
    assert float((fates == MASK).float().mean()) == pytest.approx(0.8, abs=0.01)
    changed = fates[(fates != MASK) & (fates != 7)]
    # One random token in 45 is the old one by chance.
    assert len(changed) / len(fates) == pytest.approx(0.1 * 44 / 45, abs=0.01)
    assert set(changed.tolist()) == set(range(FIRST, LAST)) - {7}
    assert bool((corrupted[~chosen] == 7).all())


def test_special_tokens_are_never_chosen():
    token = torch.arange(FIRST).repeat(100, 1)
    corrupted, chosen = draw(token, rate=1.0)
    assert not bool(chosen.any())
    assert torch.equal(corrupted, token)


def test_masks_are_drawn_anew():
    token = torch.full((4, 50), 7)
    torch.manual_seed(0)
    first, second = (mask_tokens(token, rate=0.3, mask_id=MASK, vocabulary=range(FIRST, LAST))[1] for _ in range(2))
    assert not torch.equal(first, second)


CONTINUES = torch.arange(LAST + 5) % 3 == 0


@pytest.mark.parametrize("seed", range(3))
def test_a_word_begins_at_the_last_piece_that_does_not_go_on(seed):
    token = torch.randint(0, LAST, (5, 20), generator=torch.Generator().manual_seed(seed))
    found = first_of_word(token, CONTINUES)
    for row, places in zip(token.tolist(), found.tolist(), strict=True):
        first = 0
        for place, one in enumerate(row):
            first = place if not CONTINUES[one] else first
            assert places[place] == first


def test_the_pieces_of_a_word_are_masked_together():
    token = torch.randint(FIRST, LAST, (50, 60), generator=torch.Generator().manual_seed(1))
    generator = torch.Generator().manual_seed(2)
    corrupted, chosen = mask_tokens(
        token, rate=0.3, mask_id=MASK, vocabulary=range(FIRST, LAST), continues=CONTINUES, generator=generator
    )
    assert float(chosen.float().mean()) == pytest.approx(0.3, abs=0.02)
    goes_on = CONTINUES[token]
    goes_on[:, 0] = False
    rows, places = goes_on.nonzero(as_tuple=True)
    assert bool((chosen[rows, places] == chosen[rows, places - 1]).all())
    assert bool(((corrupted == MASK)[rows, places] == (corrupted == MASK)[rows, places - 1]).all())
