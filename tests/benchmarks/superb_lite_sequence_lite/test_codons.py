"""The letters of codons, checked against the task on whole windows."""

from collections import Counter

from superb_lite_sequence_lite.codons import ASKED
from superb_lite_sequence_lite.dna_tasks import CODON, FRAME
from superb_lite_sources.dna import genomes

GENES = {gene.id: gene.sequence for part in ("train", "test") for gene in genomes.genes(part)}


def test_letters_are_those_of_the_codons_of_their_gene():
    data = CODON.data()
    for example in (*data.train[::10], *data.test[::10]):
        gene, window = GENES[example.cluster], data.items[example.id]
        start = gene.index(window)
        assert [unit.start for unit in example.label] == list(ASKED)
        assert all(unit.label == (start + unit.start) % 3 and unit.end == unit.start + 1 for unit in example.label)


def test_windows_are_those_of_frame_one_a_gene_and_their_frames_tell_nothing():
    data, frames = CODON.data(), FRAME.data()
    assert all(data.items[e.id] == frames.items[e.id] for e in data.test)
    assert len({e.cluster for e in data.test}) == len(data.test) > 1000
    assert {e.cluster for e in data.test}.isdisjoint(e.cluster for e in data.train)
    first = Counter(e.label[0].label for e in data.test)
    assert max(first.values()) - min(first.values()) <= 10
    assert len(data.items) == len(data.train) + len(data.test)
