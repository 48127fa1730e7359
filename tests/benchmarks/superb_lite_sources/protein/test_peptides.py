"""Peptides: what was mended in the file, and that no family is in two parts."""

from collections import Counter, defaultdict
from itertools import combinations

from superb_lite_sources import protein
from superb_lite_sources.protein import peptides

PARTS = ("train", "validation", "test")


def raw():
    lines = peptides.MODLAMP.file(*peptides._FILE).read_text().splitlines()[1:]
    return [(line.split(",")[0], line.split(",")[1].strip()) for line in lines]


def test_the_peptides_are_those_of_the_file_without_contradictions():
    assert len(raw()) == 5200
    labels = defaultdict(set)
    for sequence, label in raw():
        labels[sequence[1:] if sequence.startswith("M") else sequence].add(label)
    found = [one for part in PARTS for one in peptides.peptides(part)]
    assert len({one.sequence for one in found}) == len(found) == 4347
    assert all(labels[one.sequence] == {"1" if one.antimicrobial else "0"} for one in found)
    assert all(8 <= len(one.sequence) <= 50 for one in found)
    assert sum(len(signs) == 2 for signs in labels.values()) > 20
    assert {letter for one in found for letter in one.sequence} == set("ACDEFGHIKLMNPQRSTVWY")


def test_the_first_residue_does_not_give_the_class_away():
    """A guess by the first residue alone is right in 72% of the file, for the M of whole proteins."""
    found = [one for part in PARTS for one in peptides.peptides(part)]

    def right(pairs):
        table = defaultdict(Counter)
        for letter, label in pairs:
            table[letter][label] += 1
        return sum(max(counts.values()) for counts in table.values()) / len(pairs)

    assert right([("M" if s.startswith("M") else "", label) for s, label in raw()]) > 0.72
    assert right([("M" if p.sequence.startswith("M") else "", p.antimicrobial) for p in found]) < 0.54


def test_no_family_is_in_two_parts_and_long_chains_are_for_training():
    family = {part: {one.family for one in peptides.peptides(part)} for part in PARTS}
    for one, other in combinations(PARTS, 2):
        assert family[one].isdisjoint(family[other])
    sizes = Counter(one.family for part in ("test", "validation") for one in peptides.peptides(part))
    assert max(sizes.values()) <= peptides.CHAIN
    assert len(family["test"]) > 900


def test_balanced_parts_have_as_many_of_both():
    for part in PARTS:
        some = peptides.balanced(part)
        counts = Counter(one.antimicrobial for one in some)
        assert counts[True] == counts[False] == min(Counter(p.antimicrobial for p in peptides.peptides(part)).values())
        assert set(some) <= set(peptides.peptides(part))


def test_no_tested_peptide_and_none_of_its_family_is_in_the_corpus():
    documents = set(protein.corpus())
    train = {one.sequence for one in peptides.peptides("train")}
    assert len(train - documents) < 0.01 * len(train)  # those that a protein of the tests holds
    for part in ("test", "validation"):
        assert documents.isdisjoint(one.sequence for one in peptides.peptides(part))
        assert {one.family for one in peptides.peptides(part)}.isdisjoint(p.family for p in peptides.peptides("train"))
    assert set(protein.corpus("held-out")).isdisjoint(one.sequence for one in peptides.peptides("test"))


def test_no_protein_of_the_corpus_shares_a_long_stretch_with_a_tested_peptide_nor_the_reverse():
    def stretches(sequences):
        n = protein.IDENTICAL
        return {sequence[i : i + n] for sequence in sequences for i in range(len(sequence) - n + 1)}

    known = stretches(protein.corpus())
    for part in ("test", "validation"):
        assert known.isdisjoint(stretches(one.sequence for one in peptides.peptides(part)))
