"""Probes of layers, on a tiny encoder and on made-up scores."""

from __future__ import annotations

import dataclasses
import zlib

import numpy as np
import pytest

from superb_lite.analysis.kept import Kept
from superb_lite.analysis.layers.claims import claims_of
from superb_lite.analysis.layers.measure import Probed, check_tasks, probe
from superb_lite.analysis.layers.on_task import LEARNED, OnTask
from superb_lite.analysis.layers.section import make_section
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import Evaluator
from superb_lite.results.store import ResultStore
from tests.superb_lite.analysis.tiny_texts import strings_task, tiny_bert

TASK = dataclasses.replace(strings_task(), modality="text")


@pytest.fixture(scope="module")
def probed(tmp_path_factory):
    directory = tmp_path_factory.mktemp("probes")

    def of(encoder):
        store, kept = ResultStore(directory / "results"), Kept(directory / "kept")
        return probe(encoder, [TASK], name="tiny", results=store, kept=kept, device="cpu", seeds=2)[TASK.name]

    return of


def test_layers_are_what_the_evaluator_says_and_are_not_probed_again(probed, monkeypatch):
    found = probed(tiny_bert(0))
    expected = list(Evaluator(tiny_bert(0), reference="x", device="cpu", seeds=2).layers([TASK]))
    assert [result.score for result in found.layers] == [each.result.score for each in expected]
    monkeypatch.setattr(Evaluator, "layers", lambda self, tasks: pytest.fail("probed again"))
    again = probed(tiny_bert(0))
    assert again.layers == found.layers
    assert len(found.weights) == len(found.layers) == 2
    assert sum(found.weights) == pytest.approx(1.0, abs=1e-3)
    assert found.centre == pytest.approx(found.weights[1], abs=1e-3)


def made_up(probed_one: Probed, name: str, scores, weights) -> Probed:
    """Probes with other scores and weights; each test example is answered by chance."""
    random = np.random.default_rng(zlib.crc32(name.encode()))

    def scored(result, score):
        values = np.clip(score + 0.05 * random.normal(size=(1, len(result.clusters))), 0, 1)
        return result.replace(
            score=float(values.mean()), pseudo_values=tuple(map(tuple, values.tolist())), seeds=result.seeds[:1]
        )

    layers = tuple(scored(probed_one.layers[0], score) for score in scores)
    seeds = tuple(row.model_copy(update={"chosen": {"layers": list(weights)}}) for row in probed_one.mixed.seeds[:1])
    return Probed(layers, scored(probed_one.mixed, max(scores)).replace(seeds=seeds))


@pytest.fixture
def found(probed):
    one = probed(tiny_bert(0))

    def task(name, scores, weights):
        shares = [np.array(weights) + 0.01 * s * np.array([1, -2, 1]) for s in range(3)]
        trained = tuple(made_up(one, f"{name}{s}", [x + 0.01 * s for x in scores], shares[s]) for s in range(3))
        twins = tuple(made_up(one, f"{name}twin{s}", [0.3, 0.3, 0.3 + 0.01 * s], (0.3, 0.3, 0.4)) for s in range(3))
        return OnTask(f"set/{name}", trained, twins)

    return [
        task("form", [0.4, 0.7, 0.5], (0.7, 0.2, 0.1)),
        task("middle", [0.4, 0.7, 0.5], (0.2, 0.6, 0.2)),
        task("meaning", [0.4, 0.6, 0.5], (0.1, 0.2, 0.7)),
    ]


def test_planted_layers_are_found(found):
    claims = {claim.claim.partition(":")[0]: claim for claim in claims_of(found, ("form", "set/meaning"))}
    assert {name: claim.verdict for name, claim in claims.items()} == {
        "The last layer is not the one that knows most": "holds",
        "What pretraining adds lies above the input embeddings": "holds",
        "Different tasks read different layers": "holds",
        "Form is found in lower layers than meaning": "holds",
    }
    assert claims["The last layer is not the one that knows most"].value == pytest.approx(16.7, abs=3)


def test_an_order_that_is_the_other_way_around_does_not_hold(found):
    (*_, claim) = claims_of(found, ("meaning", "middle", "form"))
    assert claim.value == pytest.approx(-0.6)
    assert claim.verdict == "does not hold"


def test_where_a_head_that_found_nothing_looks_says_nothing(found):
    idle = dataclasses.replace(found[0], trained=found[0].twins)
    (*_, claim) = claims_of([idle, *found[1:]], ("form", "middle", "meaning"))
    assert "and left out: form" in claim.measured
    assert claim.claim.endswith("middle < meaning")
    assert all("Form is" not in claim.claim for claim in claims_of([idle, *found[1:]], ("form", "middle")))


def test_a_task_at_chance_is_left_out_whatever_its_twins_score(found):
    def with_floor(each, floor):
        trained = [
            dataclasses.replace(one, mixed=one.mixed.replace(floor=dict.fromkeys(one.mixed.metrics, floor)))
            for one in each.trained
        ]
        return dataclasses.replace(each, trained=tuple(trained))

    at_chance = [with_floor(found[0], 0.7), *(with_floor(each, 0.3) for each in found[1:])]
    assert not at_chance[0].answered
    assert all(each.answered for each in (found[0], *at_chance[1:]))
    (*_, claim) = claims_of(at_chance, ("form", "middle", "meaning"))
    assert claim.claim.endswith(": middle < meaning")
    assert claim.measured.endswith("and left out: form")


def test_layers_that_heads_on_random_weights_prefer_as_well_are_in_no_order(found):
    def twin_weights(one, of):
        return dataclasses.replace(one, mixed=one.mixed.replace(seeds=of.mixed.seeds))

    same = [
        dataclasses.replace(each, twins=tuple(map(twin_weights, each.twins, np.roll(np.array(each.trained), 1))))
        for each in found
    ]
    claims = {claim.claim.partition(":")[0]: claim for claim in claims_of(same, ("form", "middle", "meaning"))}
    assert claims["Form is found in lower layers than meaning"].value == pytest.approx(0.0, abs=1e-9)
    assert claims["Form is found in lower layers than meaning"].verdict != "holds"
    assert claims["Different tasks read different layers"].verdict != "holds"


def test_the_section_has_a_row_for_each_layer_and_task_and_draws(found):
    section = make_section(found, command="x", encoders=("a", "b", "c"), settings={})
    rows = section.table("scores").records()
    assert [row["layer"] for row in rows[:4]] == ["0", "1", "2", LEARNED]
    assert rows[1]["score"] == pytest.approx(71, abs=2)
    assert rows[1]["gain"] == pytest.approx(rows[1]["score"] - rows[1]["twin"])
    assert [row["best_layer"] for row in section.table("summary").records()] == ["1", "1", "1"]
    assert [len(picture.draw().axes) for picture in section.pictures] == [3, 2]
    assert section.claims


def test_without_twins_it_says_so(found):
    bare = [OnTask(each.task, each.trained, ()) for each in found]
    section = make_section(bare, command="x", encoders=("a", "b", "c"), settings={})
    assert "no random twin" in section.notes[-1]
    assert section.table("scores").records()[0]["gain"] is None
    assert all("above the input" not in claim.claim for claim in section.claims)
    assert [len(picture.draw().axes) for picture in section.pictures] == [3, 1]


def test_a_task_whose_form_reads_no_layer_is_one_line():
    with pytest.raises(SuperbLiteError, match="'toy/strings' has form 'choose', whose head reads no single layer"):
        check_tasks([dataclasses.replace(TASK, form="choose")])
