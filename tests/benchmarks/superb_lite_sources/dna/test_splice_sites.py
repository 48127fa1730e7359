"""Splice sites: parts, decoys, and that no tested site is in the corpus."""

import re
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from superb_lite_sources import dna
from superb_lite_sources.dna import splice_sites

PARTS = ("train", "validation", "test")


def test_the_sites_are_those_of_the_file():
    path = splice_sites.LOGOMAKER.file(*splice_sites._FILE)
    rows = re.findall(r"^([ACGU]{9})\t(\d+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = {site.sequence: site.count for part in PARTS for site in splice_sites.sites(part)}
    assert found == {sequence.replace("U", "T"): int(count) for sequence, count in rows}
    assert len(found) == 10_227
    assert found["CAGGTGAGT"] == 3729
    assert all(re.fullmatch("[ACGT]{3}G[CT][ACGT]{4}", sequence) for sequence in found)


def test_sites_and_decoys_are_in_one_part():
    known = {site.sequence for part in PARTS for site in splice_sites.sites(part)}
    sets = {
        part: {site.sequence for site in splice_sites.sites(part)} | set(splice_sites.decoys(part)) for part in PARTS
    }
    for one, other in combinations(PARTS, 2):
        assert sets[one].isdisjoint(sets[other])
    for part in PARTS:
        decoys = splice_sites.decoys(part)
        assert len(set(decoys)) == len(decoys) == len(splice_sites.common(part))
        assert known.isdisjoint(decoys)


@pytest.mark.parametrize("place", range(9))
def test_letters_of_decoys_are_as_frequent_at_each_place_as_those_of_sites(place):
    sites = [s for part in PARTS for s in splice_sites.common(part)]
    decoys = [s for part in PARTS for s in splice_sites.decoys(part)]
    one, other = (Counter(s[place] for s in some) for some in (sites, decoys))
    assert all(abs(one[letter] - other[letter]) / len(sites) < 0.03 for letter in "ACGT")


def test_no_place_tells_a_decoy_from_a_site_but_places_together_do():
    """Linear models of all labels; what is learnt on the training part is asked of the validation part."""
    sequences = {p: [*splice_sites.common(p), *splice_sites.decoys(p)] for p in PARTS}
    labels = {p: np.repeat([1, 0], len(splice_sites.common(p))) for p in PARTS}
    fits = {}
    for name, features in (("places", splice_sites._one_hot), ("pairs", pairs)):
        model = LogisticRegression(C=0.1, max_iter=200).fit(features(sequences["train"]), labels["train"])
        fits[name] = model.score(features(sequences["validation"]), labels["validation"])
    assert fits["places"] < 0.58
    assert fits["pairs"] > 0.70


def pairs(sequences):
    rows = splice_sites._one_hot(sequences)
    return (rows[:, :, None] * rows[:, None, :]).reshape(len(rows), -1)


def test_matched_rows_are_different_and_their_sum_comes_near_the_target():
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 2, size=(300, 6))
    target = np.array([80, 20, 50, 50, 30, 70])
    taken = splice_sites.matched(rows, target, 100, np.random.default_rng(1), steps=2000)
    assert len(set(taken)) == len(taken) == 100
    assert np.abs(rows[taken].sum(axis=0) - target).max() <= 1
    assert taken == splice_sites.matched(rows, target, 100, np.random.default_rng(1), steps=2000)


def test_no_tested_or_validated_site_is_a_document_of_the_corpus():
    documents = set(dna.corpus())
    assert {site.sequence for site in splice_sites.sites("train")} <= documents
    for part in ("test", "validation"):
        assert documents.isdisjoint(site.sequence for site in splice_sites.sites(part))
        assert documents.isdisjoint(splice_sites.decoys(part))
