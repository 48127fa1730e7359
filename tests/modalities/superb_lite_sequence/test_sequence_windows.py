"""Rows of sequences: every symbol is read, and counted once."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superb_lite_sequence.alphabet import CLS, PAD, SEP, UNK, Alphabet
from superb_lite_sequence.windows import collate_sequences, windows

ALPHABET = Alphabet("ACGT")


@given(length=st.integers(1, 400), size=st.integers(2, 60))
def test_windows_are_short_enough_and_count_every_symbol_once(length, size):
    cuts = windows(length, size)
    assert [place for cut in cuts for place in range(cut.first, cut.last)] == list(range(length))
    for cut in cuts:
        assert 0 <= cut.start <= cut.first < cut.last <= cut.stop <= length
        assert cut.stop - cut.start <= size
    for before, cut in pairwise(cuts):
        assert cut.start <= before.stop, "a gap that no window reads"


def test_a_seam_has_context_on_both_sides():
    for before, cut in pairwise(windows(1000, 40)):
        assert before.stop - before.last >= 5
        assert cut.first - cut.start >= 5


def test_a_row():
    batch = collate_sequences(["ACG", "TN"], ALPHABET, 16)
    a, c, g, t = ALPHABET.encode("ACGT").tolist()
    assert batch["token"].tolist() == [[CLS, a, c, g, SEP], [CLS, t, UNK, SEP, PAD]]
    assert batch["mask"].tolist() == [[False, True, True, True, False], [False, True, True, False, False]]
    assert batch["span"][0].tolist() == [[0, 0], [0, 1], [1, 2], [2, 3], [0, 0]]
    assert batch["segment"].sum() == 0
    assert batch["item"].tolist() == [0, 1]


def test_a_pair_is_one_row_with_two_segments():
    batch = collate_sequences([("ACG", "TT")], ALPHABET, 16)
    a, c, g, t = ALPHABET.encode("ACGT").tolist()
    assert batch["token"].tolist() == [[CLS, a, c, g, SEP, t, t, SEP]]
    assert batch["segment"].tolist() == [[0, 0, 0, 0, 0, 1, 1, 1]]
    assert batch["span"][0, 5:7].tolist() == [[0, 1], [1, 2]]


sequences = st.text("ACGTN", min_size=1, max_size=120)


@given(items=st.lists(st.one_of(sequences, st.tuples(sequences, sequences)), min_size=1, max_size=4))
def test_nothing_is_lost_however_long(items):
    batch = collate_sequences(items, ALPHABET, 16)
    assert batch["token"].shape[1] <= 16
    for number, item in enumerate(items):
        of_item = batch["item"] == number
        for which, sequence in enumerate(item if isinstance(item, tuple) else (item,)):
            seen = of_item[:, None] & batch["mask"] & (batch["segment"] == which)
            order = batch["span"][seen][:, 0].argsort()
            assert batch["span"][seen][order].tolist() == [[n, n + 1] for n in range(len(sequence))]
            assert batch["token"][seen][order].tolist() == ALPHABET.encode(sequence).tolist()


@pytest.mark.parametrize("symbols", ["", "ACA"])
def test_an_alphabet_says_each_symbol_once(symbols):
    with pytest.raises(ValueError, match="at least one symbol, and each of them once"):
        Alphabet(symbols)
