"""The tasks on splice sites and on the origin of replication hold what their sources say."""

import math
from collections import Counter

from superb_lite_sequence_lite.dna_tasks import ARS, SPLICE_COUNT, SPLICE_DECOY
from superb_lite_sequence_lite.labelled import on_validation
from superb_lite_sources.dna import ars1, splice_sites


def test_a_site_is_labelled_site_and_a_decoy_decoy():
    data = SPLICE_DECOY.data()
    common = {*splice_sites.common("train"), *splice_sites.common("test")}
    assert all((data.items[e.id] in common) == (SPLICE_DECOY.labels[e.label] == "site") for e in data.test)
    counts = Counter(e.label for e in data.test)
    assert counts[0] == counts[1] == 1500


def test_the_number_is_the_logarithm_of_how_many_sites_there_are():
    data = SPLICE_COUNT.data()
    by_sequence = {data.items[e.id]: e.label for e in (*data.train, *data.test)}
    counts = {site.sequence: site.count for part in ("train", "test") for site in splice_sites.sites(part)}
    assert {sequence: round(2**label) for sequence, label in by_sequence.items()} == counts
    assert min(by_sequence.values()) == 0.0
    assert max(by_sequence.values()) < math.log2(3730)


def test_what_works_is_labelled_works():
    data = ARS.data()
    yes = {*ars1.mutants("train")[1], *ars1.mutants("test")[1]}
    assert all((data.items[e.id] in yes) == (ARS.labels[e.label] == "works") for e in (*data.train, *data.test))
    assert Counter(e.label for e in data.test) == {0: ars1.TEST, 1: ars1.TEST}


def test_validation_items_are_in_no_other_part():
    for task in (SPLICE_DECOY, SPLICE_COUNT, ARS):
        data, validation = task.data(), on_validation(task).data()
        validated = {validation.items[e.id] for e in validation.test}
        assert validated.isdisjoint(data.items.values())
