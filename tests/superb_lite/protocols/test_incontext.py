"""In-context learning with language models whose likelihoods are known."""

import dataclasses
import math
from typing import Any, ClassVar

import numpy as np
import pytest
import torch

from superb_lite.encoders.encoder import Encoder, Features, Generative
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.run import evaluate
from superb_lite.features.store import FeatureStore
from superb_lite.metrics import METRICS, WholeMetric
from superb_lite.protocols.incontext import InContext, InContextSettings, ask, calibrated, shots_of
from superb_lite.tasks.labels import Example, TaskData
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, toy_task

WORDS = ("no", "yes")


class ToyModel(Encoder):
    """A language model of one rule: an answer is e^2 times as likely where the last line holds its letter.

    bias: what it adds to the answer "yes" whatever was asked.
    """

    modality: ClassVar[str | None] = "toy"

    def __init__(self, bias: float = 0.0, knows: bool = True) -> None:
        super().__init__()
        self.bias, self.knows = bias, knows
        self.asked: list[tuple[str, str]] = []

    def config(self) -> dict[str, Any]:
        return {"bias": self.bias, "knows": self.knows}

    def collate(self, items):
        return {"item": torch.arange(len(items))}

    def forward(self, batch):
        rows = len(batch["item"])
        return Features(layers=(torch.ones(rows, 1, 1),), mask=torch.ones(rows, 1, dtype=bool), item=batch["item"])

    def log_likelihood(self, contexts, continuations):
        self.asked += zip(contexts, continuations, strict=True)
        return torch.tensor([self.value(c, a.strip()) for c, a in zip(contexts, continuations, strict=True)])

    def value(self, context, answer):
        question = context.strip().split("\n")[-1]
        return 2.0 * (self.knows and answer[0] in question) + self.bias * (answer == "yes") - 5.0


def sentiment(*, train=30, test=40, shuffle=False, pair=False):
    """Texts with the letter n or y; labels 0 and 1."""
    rng = np.random.default_rng(0)
    items, parts = {}, {}
    for part, size in (("train", train), ("test", test)):
        for i in range(size):
            shown = int(rng.integers(0, 2)) if shuffle else i % 2
            items[f"{part}{i}"] = f"{'ny'[shown]}{i}"
            items[f"{part}{i}b"] = f"{'ny'[shown]}b{i}"
        names = [(f"{part}{i}", f"{part}{i}b") if pair else (f"{part}{i}",) for i in range(size)]
        parts[part] = tuple(Example(f"{part}{i}", name, i % 2) for i, name in enumerate(names))
    return TaskData(items, parts["train"], parts["test"])


def classify_task(data, **changes):
    return toy_task(data, labels=("bad", "good"), verbalizers=WORDS, protocols=("incontext",), **changes)


def cloze(*, size=40, right=1):
    """Which of three endings goes with the context? Its first letter is in the context."""
    items, parts = {"a": "apple", "b": "bear", "c": "cold"}, {}
    for part in ("train", "test"):
        for i in range(size):
            items[f"{part}{i}"] = f"say {'abc'[i % 3]} {i}"
        parts[part] = tuple(Example(f"{part}{i}", (f"{part}{i}", "c", "a", "b"), (1, 2, 0)[i % 3]) for i in range(size))
    return TaskData(items, parts["train"], parts["test"])


def choose_task(data):
    return toy_task(data, form="choose", metrics=("accuracy",), protocols=("incontext",), prompt="{first} {label}")


def problem_of(task, seeds=2):
    return make_problem(task, seeds=range(seeds), limit=None, root=None)


@pytest.mark.parametrize(
    "task", [classify_task(sentiment()), classify_task(sentiment(pair=True)), choose_task(cloze())]
)
def test_a_model_that_knows_reaches_the_ceiling(task):
    model = ToyModel()
    assert isinstance(model, Generative)
    (result,) = evaluate(model, task, seeds=2)
    assert result.score == 1.0
    assert result.seeds[0].parameters == {"encoder": 0, "head": 0}


def test_texts_that_say_nothing_of_the_label_give_chance():
    (result,) = evaluate(ToyModel(), classify_task(sentiment(test=200, shuffle=True)), seeds=2)
    assert result.ci[0] <= 0.5 <= result.ci[1]


def test_a_bias_towards_an_answer_is_taken_off():
    """Without the calibration a bias larger than the evidence would decide every example."""
    (result,) = evaluate(ToyModel(bias=7.0), classify_task(sentiment()), seeds=2)
    assert result.score == 1.0
    problem = problem_of(classify_task(sentiment()))
    uncalibrated = InContext(InContextSettings(content_free=()))
    outcomes = uncalibrated.run(FeatureStore(ToyModel(bias=7.0), None), problem)
    assert set(outcomes[0].predictions.values()) == {1}


def test_calibrated_is_the_ratio_of_the_paper():
    rng = np.random.default_rng(0)
    rows = rng.uniform(-9, 0, (4, 3))
    p = [[math.exp(v) / sum(math.exp(u) for u in row) for v in row] for row in rows]
    weights = [1 / (sum(row[c] for row in p[1:]) / 3) for c in range(3)]
    scores = [w * v for w, v in zip(weights, p[0], strict=True)]
    expected = [math.log(s / sum(scores)) for s in scores]
    assert calibrated(rows.tolist()) == pytest.approx(expected)
    impossible = calibrated([[-1.0, -math.inf], [-1.0, -math.inf]])
    assert impossible == [0.0, -math.inf]


def test_what_is_asked():
    task = classify_task(sentiment(pair=True), prompt="A: {first} B: {second} same? {label}")
    problem = problem_of(task)
    example = problem.test[0]
    # The space goes with the answer, as most tokenisers have it.
    assert ask(problem, example, "yes") == ("A: n0 B: nb0 same?", " yes")
    assert ask(problem, example, "yes", "N/A") == ("A: N/A B: N/A same?", " yes")
    plain = problem_of(classify_task(sentiment(pair=True)))
    assert ask(plain, example, "yes") == ("n0\nnb0\n", "yes")
    chosen = problem_of(choose_task(cloze()))
    assert ask(chosen, chosen.test[0], "apple") == ("say a 0", " apple")


def test_shots_come_from_the_training_draw_of_the_seed_with_classes_in_turn():
    task = classify_task(sentiment(train=40), prompt="{first}={label}")
    problem = problem_of(task, seeds=3)
    model = ToyModel()
    InContext(InContextSettings(shots=(4,), content_free=("N/A",))).run(FeatureStore(model, None), problem)
    drawn = set()
    for number in range(3):
        shots = shots_of(problem.train[number], 4, number)
        assert sorted(e.label for e in shots) == [0, 0, 1, 1]
        assert sorted(e.label for e in shots[:2]) == [0, 1]
        assert {e.id for e in shots} <= {e.id for e in problem.train[number]}
        drawn.add(tuple(e.id for e in shots))
        before = "".join(f"{problem.data.items[e.items[0]]}={WORDS[e.label]}\n\n" for e in shots)
        assert (f"{before}{problem.data.items['test0']}=", "yes") in model.asked
        assert (f"{before}N/A=", "no") in model.asked
    assert len(drawn) == 3
    assert len(model.asked) == len(set(model.asked))


def test_the_number_of_shots_is_the_best_on_validation():
    class Learner(ToyModel):
        """It answers by the rule only after it has seen four solved examples."""

        def value(self, context, answer):
            return super().value(context, answer) if context.count("\n\n") >= 4 else -5.0

    (result,) = evaluate(Learner(), classify_task(sentiment(train=40)), seeds=2)
    assert result.score == 1.0
    assert [s.chosen["shots"] for s in result.seeds] == [4, 4]


def test_the_test_labels_decide_nothing_but_the_score():
    data = sentiment()
    wrong = tuple(dataclasses.replace(e, label=1 - e.label) for e in data.test)
    (right,) = evaluate(ToyModel(), classify_task(data), seeds=2)
    (other,) = evaluate(ToyModel(), classify_task(dataclasses.replace(data, test=wrong)), seeds=2)
    assert right.predictions == other.predictions
    assert (right.score, other.score) == (1.0, 0.0)


def refused(task, match, model=None, protocol=None):
    with pytest.raises(SuperbLiteError, match=match) as caught:
        evaluate(model or ToyModel(), task, protocol=protocol, seeds=1)
    assert "\n" not in str(caught.value)


def test_an_encoder_that_is_no_language_model_is_refused():
    refused(toy_task(classify_data()), "encoder ToyEncoder: .* it has no log_likelihood", ToyEncoder(), "incontext")


def test_items_that_are_no_text_are_refused():
    refused(toy_task(classify_data()), "is a ndarray: 'incontext' reads text only", protocol="incontext")


def test_likelihoods_that_are_not_numbers_are_refused():
    class Wrong(ToyModel):
        def log_likelihood(self, contexts, continuations):
            return torch.full((len(contexts),), math.nan)

    refused(classify_task(sentiment()), "encoder Wrong: log_likelihood must return a number", Wrong())

    class Fails(ToyModel):
        def log_likelihood(self, contexts, continuations):
            raise RuntimeError("out of\nwords")

    refused(classify_task(sentiment()), "encoder Fails: log_likelihood failed: RuntimeError: out of words", Fails())


def test_what_choose_refuses():
    data = cloze()
    for label in (3, -1, 0.5):
        bad = Example("x", ("test0", "a", "b", "c"), label)
        refused(
            choose_task(dataclasses.replace(data, test=(*data.test, bad))), "'x' needs the index of its right choice"
        )
    few = Example("x", ("test0", "a"), 0)
    refused(choose_task(dataclasses.replace(data, test=(*data.test, few))), "'x' has 2 items: form 'choose' takes 3 to")


@pytest.mark.parametrize("protocol", ["frozen", "finetune", "knn"])
def test_other_protocols_do_not_choose(protocol):
    refused(choose_task(cloze()), f"protocol '{protocol}' does not go with form 'choose'", protocol=protocol)


@pytest.mark.parametrize("prompt", ["{first}", "{label}!", "{label}{label}", "{0}{label}", "{text}{label}", "{{label}"])
def test_prompts_that_cannot_be_filled_are_refused(prompt):
    with pytest.raises(SuperbLiteError, match=r"the prompt must end in \{label\}"):
        classify_task(sentiment(), prompt=prompt)


@pytest.mark.parametrize("words", [("one",), ("same", "same"), ("", "x")])
def test_verbalizers_are_a_word_for_each_label(words):
    with pytest.raises(SuperbLiteError, match="verbalizers must be 2 different words"):
        toy_task(sentiment(), labels=("bad", "good"), verbalizers=words)


def test_a_negative_validation_score_is_recorded_as_it_is(monkeypatch):
    low = WholeMetric("low", frozenset({"class"}), True, lambda *_: -0.25, bounds=(-1.0, 1.0))
    monkeypatch.setitem(METRICS, "low", low)
    (result,) = evaluate(ToyModel(), classify_task(sentiment(), metrics=("low",)), seeds=1)
    assert result.seeds[0].chosen["validation_score"] == -0.25
