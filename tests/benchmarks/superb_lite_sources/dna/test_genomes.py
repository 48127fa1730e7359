"""The genomes: what is a gene, and that what is held back is in no corpus."""

from collections import Counter

import pytest

from superb_lite_sources import dna
from superb_lite_sources.dna import genomes
from superb_lite_sources.dna.kmers import canonical_kmers

PARTS = ("train", "validation", "test")


def test_genes_are_whole_codons_from_a_start_to_a_stop():
    found = [gene.sequence for part in PARTS for gene in genomes.genes(part)]
    assert len(found) == 2340  # of 2,342 genes two lie across a border of parts
    assert {len(sequence) % 3 for sequence in found} == {0}
    assert {sequence[:3] for sequence in found} == {"ATG", "GTG", "TTG"}
    assert {sequence[-3:] for sequence in found} == {"TAA", "TAG", "TGA"}
    inner = Counter(sequence[i : i + 3] for sequence in found[:200] for i in range(3, len(sequence) - 3, 3))
    assert not {"TAA", "TAG", "TGA"} & set(inner)


def test_each_gene_is_in_one_part_and_in_its_arc():
    ids = [gene.id for part in PARTS for gene in genomes.genes(part)]
    assert len(set(ids)) == len(ids)
    arcs = sorted(genomes.arc(part) for part in PARTS)
    assert [arcs[0][0], arcs[0][1], arcs[1][1]] == [0, arcs[1][0], arcs[2][0]]
    assert arcs[2][1] == len(genomes.chromosome())
    for part in PARTS:
        low, high = genomes.arc(part)
        assert all(low <= gene.begin < gene.end <= high for gene in genomes.genes(part))


@pytest.mark.parametrize("part", ["pretrain", "held-out"])
def test_the_corpus_shares_no_twenty_letters_with_what_is_tested_on_either_strand(part):
    low, high = genomes.arc("test")
    tested = set(canonical_kmers(genomes.chromosome()[low:high], genomes.SHARED).tolist())
    pieces = genomes.corpus(part)
    assert all(set(piece) <= set("ACGT") and len(piece) >= genomes.SHORTEST for piece in pieces)
    for piece in pieces[::2]:  # the other half are the other strands of these
        assert tested.isdisjoint(canonical_kmers(piece, genomes.SHARED).tolist())


def test_pretraining_sees_nothing_of_what_is_validated():
    low, high = genomes.arc("validation")
    validated = set(canonical_kmers(genomes.chromosome()[low:high], genomes.SHARED).tolist())
    pieces = genomes.corpus("pretrain")
    assert sum(map(len, pieces)) > 3_500_000
    for piece in pieces[::2]:
        assert validated.isdisjoint(canonical_kmers(piece, genomes.SHARED).tolist())
    assert set(dna.corpus("held-out")).isdisjoint(dna.corpus())


def test_repeats_are_found_on_both_strands():
    sequence = genomes.chromosome()
    repeat = next(sequence[i : i + 20] for i in range(0, len(sequence), 7) if genomes.is_repeated(sequence[i : i + 20]))
    other = genomes.reverse_complement(repeat)
    places = [i for one in (repeat, other) for i in range(len(sequence)) if sequence.startswith(one, i)]
    assert len(places) > 1
    assert not genomes.is_repeated("ACGT" * 10)


@pytest.mark.slow
def test_the_table_of_genes_is_what_the_program_finds():
    pyrodigal = pytest.importorskip("pyrodigal", minversion="3.7.1")
    if pyrodigal.__version__ != "3.7.1":
        pytest.skip(f"the table is of 3.7.1, and {pyrodigal.__version__} is installed")
    finder = pyrodigal.GeneFinder()
    finder.train(genomes.chromosome())
    found = {
        (gene.begin - 1, gene.end, gene.strand == -1)
        for gene in finder.find_genes(genomes.chromosome())
        if not (gene.partial_begin or gene.partial_end)
    }
    written = {(g.begin, g.end, g.reverse) for part in PARTS for g in genomes.genes(part)}
    assert written <= found
    assert len(found) == 2342
