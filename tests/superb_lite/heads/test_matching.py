"""verify and search: what is scored, what is chosen, what is refused."""

import dataclasses

import numpy as np
import pytest
import torch

from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.run import evaluate
from superb_lite.features.store import FeatureStore
from superb_lite.heads.dtw import subsequence_costs
from superb_lite.heads.linear import ProbeSettings
from superb_lite.heads.pairs import fit
from superb_lite.protocols import PROTOCOLS
from superb_lite.protocols.frozen import Frozen
from superb_lite.tasks.labels import Example, TaskData
from tests.superb_lite.toy_speakers import speakers, verify_task
from tests.superb_lite.toy_tasks import ToyEncoder, one_hot, toy_task

SHORT = ProbeSettings(learning_rate=1e-1, weight_decays=(1e-3, 1e-1), steps=100)


@pytest.fixture(autouse=True)
def _short_probes(monkeypatch):
    monkeypatch.setitem(PROTOCOLS, "frozen", Frozen(SHORT))


def utterances(*, noise=0.0, shuffle=False, queries=10, others=8, seed=0):
    """Queries of four symbols; half of the utterances hold the query, the rest is made of other symbols."""
    rng = np.random.default_rng(seed)
    items, parts = {}, {"validation": [], "test": []}

    def item(symbols):
        return one_hot(symbols, scale=1.0, noise=noise, rng=rng, copies=1, classes=8)

    for q in range(queries):
        symbols = rng.permutation(8)
        items[f"q{q}"] = item(symbols[:4])
        for u in range(2 * others):
            said = rng.choice(symbols[4:], 12)
            if rng.integers(0, 2) if shuffle else u % 2:
                said = np.insert(said, 5, symbols[:4])
            items[f"q{q}u{u}"] = item(said)
            part = "validation" if u < others else "test"
            parts[part].append(Example(f"q{q}/u{u}", (f"q{q}", f"q{q}u{u}"), u % 2, cluster=f"q{q}"))
    return TaskData(items, (), tuple(parts["test"]), tuple(parts["validation"]))


def search_task(data, **changes):
    return toy_task(data, form="search", metrics=("mtwv",), protocols=("frozen",), labels=("no", "yes"), **changes)


@pytest.mark.parametrize("head", [None, "linear", "cosine"])
def test_an_oracle_of_speakers_makes_no_error(head):
    (result,) = evaluate(ToyEncoder(width=192), verify_task(speakers(copies=64), head=head), seeds=2)
    assert result.score == 0.0
    assert result.seeds[0].chosen["validation_score"] == 0.0
    assert result.seeds[0].parameters["head"] == (0 if head == "cosine" else 192 * 3 + 3 + 2)


@pytest.mark.parametrize("head", ["linear", "cosine"])
def test_items_that_know_nothing_of_the_speaker_give_chance(head):
    (result,) = evaluate(ToyEncoder(), verify_task(speakers(shuffle=True, noise=0.5, pairs=300), head=head), seeds=2)
    assert 0.4 < result.score < 0.6


def test_an_oracle_finds_every_query():
    (result,) = evaluate(ToyEncoder(width=8), search_task(utterances()), seeds=2)
    assert result.score == 1.0
    assert result.seeds[0].parameters == {"encoder": 0, "head": 0}


def test_a_search_for_what_was_not_said_finds_nothing():
    (result,) = evaluate(ToyEncoder(width=8), search_task(utterances(shuffle=True, noise=0.3)), seeds=2)
    assert result.score < 0.15


def problem_of(task):
    return make_problem(task, seeds=range(2), limit=None, root=None)


def run(task, encoder, head, settings=SHORT, layer=None):
    problem = problem_of(task)
    store = FeatureStore(encoder, None)
    return problem, fit(store.table(problem.views()), problem, head, settings, layer=layer)


def test_the_cosine_is_that_of_standardised_means():
    data = speakers(noise=1.0)
    problem, outcomes = run(verify_task(data), ToyEncoder(), "cosine")
    for number, outcome in enumerate(outcomes):
        train = np.array([data.items[e.items[0]].mean(axis=0) for e in problem.train[number]])
        for example in data.test:
            u, v = ((data.items[k].mean(axis=0) - train.mean(axis=0)) / train.std(axis=0) for k in example.items)
            expected = u @ v / np.linalg.norm(u) / np.linalg.norm(v)
            assert outcome.predictions[example.id] == pytest.approx(expected, abs=1e-4)


def test_the_layer_and_the_grid_point_are_the_best_on_validation():
    class Misled(ToyEncoder):
        """Its second layer says nothing."""

        def __init__(self, width=3):
            super().__init__(width)
            with torch.no_grad():
                self.map.weight.zero_()

    data = speakers(noise=0.7)
    for head in ("linear", "cosine"):
        _, outcomes = run(verify_task(data), Misled(), head)
        if head == "cosine":
            assert [o.chosen["layers"] for o in outcomes] == [0, 0]
        for number, outcome in enumerate(outcomes):
            alone = []
            for decay in SHORT.weight_decays:
                one = dataclasses.replace(SHORT, weight_decays=(decay,))
                chosen = run(verify_task(data), Misled(), head, one)[1][number].chosen
                alone.append((chosen["validation_score"], -chosen["validation_gap"]))
            found = (outcome.chosen["validation_score"], -outcome.chosen["validation_gap"])
            assert found == pytest.approx(min(alone), abs=2e-3)


def test_search_scores_are_costs_standardised_by_query():
    data = utterances(noise=0.5, queries=4)
    _, outcomes = run(search_task(data), ToyEncoder(width=8), "dtw")
    known = np.concatenate([data.items[k] for k in dict.fromkeys(k for e in data.validation for k in e.items)])
    mean, std = known.mean(axis=0), known.std(axis=0)
    for query in ("q0", "q3"):
        mine = [e for e in data.test if e.items[0] == query]
        scaled = [(data.items[e.items[1]] - mean) / std for e in mine]
        scores = -subsequence_costs((data.items[query] - mean) / std, scaled)
        expected = (scores - scores.mean()) / scores.std()
        # Positions are kept in half precision.
        assert [outcomes[0].predictions[e.id] for e in mine] == pytest.approx(expected, abs=0.02)


def test_one_layer_can_be_asked_for():
    data = speakers(noise=0.5)
    for head in ("linear", "cosine"):
        _, outcomes = run(verify_task(data), ToyEncoder(), head, layer=1)
        assert [o.chosen["layers"] for o in outcomes] == [1, 1]


def test_the_test_labels_decide_nothing_but_the_score():
    for task, data, width in ((verify_task, speakers(noise=0.8), 3), (search_task, utterances(noise=0.5), 8)):
        wrong = tuple(dataclasses.replace(e, label=1 - e.label) for e in data.test)
        (right,) = evaluate(ToyEncoder(width), task(data), seeds=2)
        (other,) = evaluate(ToyEncoder(width), task(dataclasses.replace(data, test=wrong)), seeds=2)
        assert right.predictions == other.predictions
        assert [s.chosen for s in right.seeds] == [s.chosen for s in other.seeds]


def refused(task, match):
    with pytest.raises(SuperbLiteError, match=match) as caught:
        evaluate(ToyEncoder(), task, seeds=1)
    assert "\n" not in str(caught.value)


def test_what_verify_refuses():
    data = speakers()
    refused(verify_task(dataclasses.replace(data, validation=())), "validation split needs pairs that match")
    same = tuple(e for e in data.test if e.label == 1)
    refused(verify_task(dataclasses.replace(data, test=same)), "test split needs pairs that match")
    single = Example("one", ("i0",), 1)
    refused(verify_task(dataclasses.replace(data, test=(*data.test, single))), "'one' is a test example .* two items")
    pair = Example("two", ("i0", "i1"), 1)
    refused(verify_task(dataclasses.replace(data, train=(*data.train, pair))), "'two' is a training example .* one")
    refused(verify_task(dataclasses.replace(data, train=(Example("x", ("i0",), 7),))), "'x' has class 7")
    two = Example("x", ("i0", "i1"), 2)
    refused(verify_task(dataclasses.replace(data, test=(*data.test, two))), "'x' is a pair with label 2")
    number = Example("x", ("i0",), 0.5)
    refused(verify_task(dataclasses.replace(data, train=(*data.train, number))), "'x' needs a whole number")
    three = Example("x", ("i0", "i1", "i2"), 1)
    refused(verify_task(dataclasses.replace(data, test=(*data.test, three))), "'x' has 3 items: form 'verify' takes 1")
    one_class = tuple(e for e in data.train if e.label == 0)
    refused(verify_task(dataclasses.replace(data, train=one_class)), "fewer than two classes")
    refused(verify_task(data, head="bilstm"), "form 'verify' has no head 'bilstm' .it has linear, cosine, xvector")


def test_what_search_refuses():
    data = utterances()
    bad = Example("x", ("q0", "q0u0"), 2)
    refused(search_task(dataclasses.replace(data, test=(*data.test, bad))), "'x' needs the label 1")
    refused(search_task(dataclasses.replace(data, validation=())), "labelled examples need pairs that match")
    no_match = tuple(e for e in data.test if e.label == 0)
    refused(search_task(dataclasses.replace(data, test=no_match)), "test examples need pairs that match")


@pytest.mark.parametrize("protocol", ["finetune", "knn", "incontext"])
@pytest.mark.parametrize("task", [verify_task(speakers()), search_task(utterances())], ids=lambda t: t.form)
def test_other_protocols_do_not_go_with_these_forms(task, protocol):
    with pytest.raises(SuperbLiteError, match=f"protocol '{protocol}' does not go with form '{task.form}'"):
        evaluate(ToyEncoder(), task, protocol=protocol, seeds=1)
