"""The tasks on proteins hold what their sources say, and pieces of one protein are in one part."""

from collections import Counter

from superb_lite_sequence_lite.labelled import on_validation
from superb_lite_sequence_lite.protein_tasks import AMP, PROTEIN_ORDER
from superb_lite_sources import protein
from superb_lite_sources.protein import peptides, proteins


def test_what_kills_bacteria_is_labelled_so():
    data = AMP.data()
    known = {one.sequence: one.antimicrobial for part in ("train", "test") for one in peptides.peptides(part)}
    assert all(known[data.items[e.id]] == (AMP.labels[e.label] == "antimicrobial") for e in (*data.train, *data.test))
    counts = Counter(e.label for e in data.test)
    assert counts[0] == counts[1] > 750
    assert {e.cluster for e in data.test}.isdisjoint(e.cluster for e in data.train)
    assert set(protein.corpus()).isdisjoint(data.items[e.id] for e in data.test)


def test_a_piece_stands_in_a_protein_of_its_part_as_it_is_or_backwards():
    data = PROTEIN_ORDER.data()
    for part, examples in (("train", data.train), ("test", data.test)):
        whole = "\n".join(proteins.proteome(part))
        for example in examples[::10]:
            piece = data.items[example.id]
            assert len(piece) == 50
            assert (piece in whole) == (example.label == 1)
            assert (piece[::-1] in whole) == (example.label == 0)


def test_directions_are_balanced_within_each_protein_and_test_proteins_are_new():
    data = PROTEIN_ORDER.data()
    assert Counter(e.label for e in data.test)[0] == len(data.test) / 2 > 850
    assert {e.cluster for e in data.test}.isdisjoint(e.cluster for e in data.train)
    both = Counter(e.id.split("-")[0] for e in data.test)
    assert set(both.values()) == {2}


def test_which_piece_of_a_protein_is_read_backwards_is_drawn():
    """Were it always the second one, the end of a protein would tell."""
    data = PROTEIN_ORDER.data()
    forward = {e.id.split("-")[0]: data.items[e.id] for e in data.test if e.label == 1}
    backward = {e.id.split("-")[0]: data.items[e.id][::-1] for e in data.test if e.label == 0}
    whole = "\n".join(proteins.proteome("test"))
    first = [whole.index(forward[name]) < whole.index(backward[name]) for name in forward]
    assert 0.45 < sum(first) / len(first) < 0.55


def test_validation_items_are_in_no_other_part():
    for task in (AMP, PROTEIN_ORDER):
        data, validation = task.data(), on_validation(task).data()
        assert {validation.items[e.id] for e in validation.test}.isdisjoint(data.items.values())
