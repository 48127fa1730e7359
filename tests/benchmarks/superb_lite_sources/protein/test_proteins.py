"""Proteins: the proteome and its parts, translation, and that no relative of a tested protein is in the corpus."""

from itertools import combinations

import pytest

from superb_lite_sources import protein
from superb_lite_sources.dna import genomes
from superb_lite_sources.fasta import records
from superb_lite_sources.protein import proteins

PARTS = ("train", "validation", "test")


def stretches(sequence):
    return {sequence[i : i + proteins.K] for i in range(len(sequence) - proteins.K + 1)}


def test_each_protein_of_the_proteome_is_in_one_part():
    found = [sequence for part in PARTS for sequence in proteins.proteome(part)]
    assert len(set(found)) == len(found) == 2095
    assert {letter for sequence in found for letter in sequence} == {*proteins.RESIDUES, "X"}
    shares = [len(proteins.proteome(part)) / len(found) for part in ("test", "validation", "train")]
    assert shares == pytest.approx([0.5, 0.08, 0.42], abs=0.02)


def test_related_proteins_are_in_one_part():
    sets = {part: [stretches(sequence) for sequence in proteins.proteome(part)] for part in PARTS}
    for one, other in combinations(PARTS, 2):
        for left in sets[one][::25]:
            fewest = [min(len(left), len(right)) for right in sets[other]]
            shared = [len(left & right) for right in sets[other]]
            assert not any(s and s >= proteins.SHARED * f for s, f in zip(shared, fewest, strict=True))


def test_genes_are_translated_as_the_program_that_called_them_does():
    """Prodigal's own translation of the Escherichia coli scaffold that the package carries beside the genes."""
    genes = records(genomes.PYRODIGAL.folder() / "tests/data/MIIJ01000039.meta.fna.gz")
    expected = dict(records(genomes.PYRODIGAL.folder() / "tests/data/MIIJ01000039.meta.faa.gz"))
    checked = 0
    for header, gene in genes:
        if "partial=00" in header and set(gene) <= set("ACGT"):
            assert proteins.translate(gene) == expected[header].removesuffix("*")
            checked += 1
    assert checked > 300


def test_translated_genes_are_none_of_the_arcs_that_are_held_back():
    translated = set(proteins.translated())
    for part in ("test", "validation"):
        own = {proteins.translate(gene.sequence) for gene in genomes.genes(part)}
        assert translated.isdisjoint(own)


@pytest.mark.parametrize("part", ["test", "validation"])
def test_no_relative_of_a_held_back_protein_is_in_the_corpus(part):
    documents = [stretches(document) for document in protein.corpus()]
    for sequence in proteins.proteome(part)[::25]:
        own = stretches(sequence)
        shared = [len(own & document) for document in documents]
        assert not any(
            s and s >= proteins.SHARED * min(len(own), len(document))
            for s, document in zip(shared, documents, strict=True)
        )


def test_what_is_held_out_is_not_pretrained_on():
    assert set(protein.corpus()).isdisjoint(protein.corpus("held-out"))
    assert sum(map(len, protein.corpus())) > 900_000
    tested = set(proteins.proteome("test"))
    assert tested.isdisjoint(protein.corpus("held-out"))
