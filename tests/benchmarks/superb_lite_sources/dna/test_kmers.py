"""Stretches of k letters as numbers, against slow loops over strings."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from superb_lite_sources.dna.kmers import KmerSet, canonical_kmers, reverse_complement

DNA = st.text(alphabet="ACGT", max_size=40)
K = st.integers(min_value=1, max_value=6)


def stretches(sequence, k):
    return [sequence[i : i + k] for i in range(len(sequence) - k + 1)]


def other_strand(sequence):
    return "".join({"A": "T", "C": "G", "G": "C", "T": "A"}[letter] for letter in reversed(sequence))


def number(letters):
    return int("".join(str("ACGT".index(letter)) for letter in letters), base=4)


@given(DNA, K)
def test_a_number_is_the_smaller_one_of_both_strands(sequence, k):
    expected = [min(number(one), number(other_strand(one))) for one in stretches(sequence, k)]
    assert canonical_kmers(sequence, k).tolist() == expected


@given(DNA)
def test_the_other_strand_has_the_same_numbers_backwards(sequence):
    assert reverse_complement(sequence) == other_strand(sequence)
    assert canonical_kmers(reverse_complement(sequence), 5).tolist() == canonical_kmers(sequence, 5)[::-1].tolist()


@given(st.lists(DNA, min_size=1, max_size=3), DNA, K)
def test_hits_are_the_stretches_that_a_sequence_shares_on_either_strand(sequences, sequence, k):
    known = {s for one in sequences for s in (*stretches(one, k), *stretches(other_strand(one), k))}
    expected = [i for i, s in enumerate(stretches(sequence, k)) if s in known]
    assert KmerSet(sequences, k).hits(sequence).tolist() == expected


@given(DNA, DNA, K)
def test_only_what_stands_at_several_places_is_repeated(first, second, k):
    found = [min(s, other_strand(s)) for one in (first, second) for s in stretches(one, k)]
    expected = sorted({number(s) for s in found if found.count(s) > 1})
    assert np.unique(KmerSet([first, second], k, repeated=True).values).tolist() == expected


@given(DNA, DNA, K, st.integers(min_value=1, max_value=10))
def test_pieces_hold_what_no_shared_stretch_covers(sequence, other, k, shortest):
    found = KmerSet([other], k)
    covered = {i + j for i in found.hits(sequence).tolist() for j in range(k)}
    marked = "".join(" " if i in covered else letter for i, letter in enumerate(sequence))
    assert found.pieces_outside(sequence, shortest) == [piece for piece in marked.split() if len(piece) >= shortest]
