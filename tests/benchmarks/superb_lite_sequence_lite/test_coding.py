"""The tasks on genes, checked against the chromosome itself."""

from collections import Counter

import pytest

from superb_lite_sequence_lite.coding import MARGIN, WINDOW
from superb_lite_sequence_lite.dna_tasks import FRAME, STRAND
from superb_lite_sequence_lite.labelled import on_validation
from superb_lite_sources.dna import genomes
from superb_lite_sources.dna.kmers import canonical_kmers, reverse_complement

BY_ID = {gene.id: gene for part in ("train", "validation", "test") for gene in genomes.genes(part)}


def kmers(data, examples):
    return {n for e in examples for n in canonical_kmers(data.items[e.id], genomes.SHARED).tolist()}


def test_the_label_of_frame_is_where_a_codon_begins():
    data = FRAME.data()
    for example in (*data.train[::10], *data.test[::10]):
        gene, window = BY_ID[example.cluster].sequence, data.items[example.id]
        [start] = [i for i in range(len(gene)) if gene.startswith(window, i)]
        assert (start + example.label) % 3 == 0
        assert len(window) == WINDOW
        assert MARGIN <= start <= len(gene) - WINDOW - MARGIN
        codons = [window[i : i + 3] for i in range(example.label, WINDOW - 2, 3)]
        assert not {"TAA", "TAG", "TGA"} & set(codons)


def test_the_label_of_strand_says_whether_the_window_stands_in_the_gene():
    data = STRAND.data()
    for example in (*data.train[::10], *data.test[::10]):
        gene, window = BY_ID[example.cluster].sequence, data.items[example.id]
        assert (window in gene) == (example.label == 1)
        assert (reverse_complement(window) in gene) == (example.label == 0)


@pytest.mark.parametrize("task", [FRAME, STRAND], ids=lambda task: task.name)
def test_test_windows_share_no_twenty_letters_with_training_windows(task):
    data = task.data()
    assert kmers(data, data.test).isdisjoint(kmers(data, data.train))
    assert {e.cluster for e in data.test}.isdisjoint(e.cluster for e in data.train)


@pytest.mark.parametrize(("task", "fewest"), [(FRAME, 3100), (STRAND, 2100)], ids=["frame", "strand"])
def test_classes_are_balanced(task, fewest):
    data = task.data()
    counts = Counter(e.label for e in data.test)
    assert sum(counts.values()) > fewest
    assert max(counts.values()) - min(counts.values()) <= 5
    assert len({e.cluster for e in data.test}) > 1000


def test_the_validation_part_takes_the_place_of_the_test():
    data, validation = FRAME.data(), on_validation(FRAME).data()
    assert validation.train == data.train
    assert {e.cluster for e in validation.test} <= {gene.id for gene in genomes.genes("validation")}
    assert len(validation.test) > 600
