"""Mutants of ARS1: any two differ, mutations are matched, and the corpus keeps its distance."""

import gzip
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from superb_lite_sources import dna
from superb_lite_sources.dna import ars1

PARTS = ("train", "validation", "test")


def codes(sequences):
    return np.frombuffer("".join(sequences).encode(), dtype=np.uint8).reshape(len(sequences), -1)


def nearest(sequences, others):
    """For each sequence in how many letters the nearest other one differs."""
    return np.array([(codes(others) != row).sum(axis=1).min() for row in codes(sequences)])


@given(st.lists(st.text(alphabet="ACGT", min_size=5, max_size=5), min_size=1, max_size=12), st.integers(1, 4))
def test_distant_rows_are_those_of_a_slow_loop(sequences, apart):
    kept = []
    for i, sequence in enumerate(sequences):
        if all(sum(a != b for a, b in zip(sequence, sequences[j], strict=True)) >= apart for j in kept):
            kept.append(i)
    assert ars1.distant(ars1._letters(sequences), apart, block=3) == kept


def test_the_mutants_are_of_one_parent():
    assert ars1.parent()[:10] == "TCTAACAAAA"
    found = [s for part in PARTS for some in ars1.mutants(part) for s in some]
    assert len(set(found)) == len(found) > 9000
    away = (codes(found) != codes([ars1.parent()])).sum(axis=1)
    assert 4 <= np.median(away) <= 15
    assert away.min() > 0


def test_labels_follow_the_counts_of_the_file():
    with gzip.open(ars1.LOGOMAKER.file(*ars1._MUTANTS), "rt", encoding="utf-8") as file:
        lines = file.read().splitlines()
    counts = {
        cells[2]: (int(cells[0]), int(cells[1]))
        for line in lines
        if len(cells := line.split("\t")) == 3 and cells[0].isdigit()
    }
    assert len(counts) == 603_569
    for part in PARTS:
        no, yes = ars1.mutants(part)
        assert len(no) == len(yes)
        assert all(counts[s][1] >= 50 for s in yes)
        assert all(counts[s][0] >= 4 and counts[s][1] == 0 for s in no)


def test_mutants_that_work_have_as_many_mutations_as_those_that_do_not():
    no, yes = ([s for part in PARTS for s in ars1.mutants(part)[label]] for label in range(2))
    one, other = (Counter((codes(some) != codes([ars1.parent()])).sum(axis=1).tolist()) for some in (no, yes))
    assert one == other


def test_no_test_mutant_has_a_near_twin_in_training_or_in_the_corpus():
    tested = [s for some in ars1.mutants("test") for s in some]
    trained = [s for some in ars1.mutants("train") for s in some]
    assert nearest(tested[::20], trained).min() >= ars1.APART
    assert len(ars1.unlabelled()) == ars1.UNLABELLED
    assert set(ars1.unlabelled()) <= set(dna.corpus())
    validated = [s for some in ars1.mutants("validation") for s in some]
    assert nearest(ars1.unlabelled()[::10], tested + validated).min() >= ars1.APART


@pytest.mark.parametrize("part", ["pretrain", "held-out"])
def test_no_tested_mutant_is_a_document_of_the_corpus(part):
    assert set(dna.corpus(part)).isdisjoint(s for some in ars1.mutants("test") for s in some)
