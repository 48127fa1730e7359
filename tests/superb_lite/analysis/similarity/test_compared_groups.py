"""Groups of encoders that are planted to be alike, or not."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from superb_lite.analysis.similarity.claims import claims_of
from superb_lite.analysis.similarity.compare import Seen, compare, groups_of
from superb_lite.analysis.similarity.section import make_section
from tests.superb_lite.analysis.tiny_texts import tiny_bert

N = 40


def space(seed, shared=None, weight=1.0):
    """A layer: what is shared, turned around, under noise of its own."""
    random = np.random.default_rng(seed)
    noise = random.normal(size=(N, 6))
    return noise if shared is None else weight * shared @ random.normal(size=(6, 6)) + 0.3 * noise


@pytest.fixture
def groups():
    shared = np.random.default_rng(99).normal(size=(N, 6))

    def seen(label, seed, own):
        return Seen(f"{label}-{seed}", seed, own, [space(zlib.crc32(f"{label} {seed} {n}".encode())) for n in range(2)])

    return {
        "one": [seen("one", s, [space(s), space(10 + s, shared)]) for s in range(3)],
        "two": [seen("two", s, [space(20 + s, shared), space(30 + s, shared, 0.5)]) for s in range(3)],
        "alone": [seen("alone", 0, [space(40), space(41)])],
    }


def test_what_is_shared_is_found_where_it_lies(groups):
    found = {(each.a, each.b): each for each in compare(groups, "CKA", permutations=99)}
    assert set(found) == {("one", "one"), ("one", "two"), ("two", "two"), ("one", "alone"), ("two", "alone")}
    across = found["one", "two"]
    assert across.best == (1, 0)
    assert across.p_value == 0.01
    assert across.gain().low > 0
    assert across.last == (1, 1)
    assert across.at(across.last).value == pytest.approx(across.values[:, 1, 1].mean())
    assert across.at(across.best).n == 6
    assert found["one", "alone"].p_value > 0.05


def test_groups_are_compared_between_different_pretraining_seeds(groups):
    found = {(each.a, each.b): each for each in compare(groups, "neighbours", permutations=9)}
    assert len(found["one", "two"].values) == 6  # of 9
    assert len(found["one", "one"].values) == 3
    assert len(found["one", "alone"].values) == 2
    only = compare({label: group[:1] for label, group in groups.items() if label != "alone"}, "CKA", permutations=9)
    assert not only  # one seed, which both have: they begin alike


def test_without_twins_nothing_is_gained(groups):
    bare = {label: [Seen(each.name, each.seed, each.own, None) for each in group] for label, group in groups.items()}
    found = compare(bare, "CKA", permutations=9)
    assert all(each.twins is None and each.gain() is None for each in found)
    claims = claims_of(found, dict.fromkeys(groups, "text"))
    assert {claim.verdict for claim in claims} == {"not decided"}
    assert "no random twins" in claims[0].measured


def test_claims_are_about_seeds_objectives_and_modalities(groups):
    found = [each for measure in ("CKA", "neighbours") for each in compare(groups, measure, permutations=99)]
    claims = claims_of(found, {"one": "text", "two": "image", "alone": "text"})
    assert {claim.claim: claim.verdict for claim in claims} == {
        "one (text) and two (image) come to see the same things alike": "holds",
        "two (image) and alone (text) come to see the same things alike": "not decided",
    }
    said = {claim.claim: claim for claim in claims_of(found, dict.fromkeys(groups, "text"))}
    assert said["Two pretraining runs of one end up alike"].verdict == "holds"
    assert said["one and alone see items alike, whatever their objective"].verdict != "holds"


def test_the_section_holds_every_pair_of_layers_and_draws(groups):
    found = compare(groups, "CKA", permutations=9)
    section = make_section(
        found,
        modality_of=dict.fromkeys(groups, "text"),
        command="x",
        encoders=("a", "b"),
        seeds=1,
        settings={},
    )
    assert len(section.table("layers").rows) == 4 * len(found)
    record = next(row for row in section.table("layers").records() if (row["a"], row["b"]) == ("one", "two"))
    assert record["similarity"] == pytest.approx(found[1].values.mean(axis=0)[0, 0])
    assert len(section.pictures[0].draw().axes) == 2 * len(found)


def test_encoders_of_one_objective_and_architecture_are_seeds_of_one_thing():
    encoders = {f"bert-{seed}": tiny_bert(seed) for seed in range(2)}
    assert groups_of(encoders) == {"text-bert": ["bert-0", "bert-1"]}
    early, little = tiny_bert(1), tiny_bert(1)
    early.pretraining = {**early.pretraining, "steps": 1}
    little.pretraining = {**little.pretraining, "options": {"data.share": 0.1}}
    assert len(groups_of({**encoders, "early": early, "little": little})) == 3
    other = tiny_bert(0)
    other.pretraining = None
    wide = tiny_bert(1)
    wide.config = lambda: {"width": 2}
    assert groups_of({**encoders, "other": other, "wide": wide}) == {
        "text-bert (bert-0)": ["bert-0", "bert-1"],
        "other": ["other"],
        "text-bert (wide)": ["wide"],
    }
