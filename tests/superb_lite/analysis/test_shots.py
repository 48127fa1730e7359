"""Few-shot curves of planted models: one copies the answer of the most alike solved example, one knows no more."""

import csv
import dataclasses
import json
from typing import Any, ClassVar

import pytest
import torch
from torch import nn

from superb_lite.analysis.kept import Kept
from superb_lite.analysis.shots.claims import claims_of
from superb_lite.analysis.shots.curves import paired, unpaired
from superb_lite.analysis.shots.groups import grouped, labels, last_steps, short
from superb_lite.analysis.shots.run import measure
from superb_lite.analysis.shots.section import section_of
from superb_lite.analysis.writing import write_section
from superb_lite.encoders.encoder import Encoder, Features
from superb_lite.errors import SuperbLiteError
from superb_lite.protocols.finetune import Finetune
from superb_lite.protocols.incontext import shots_of
from superb_lite.tasks.labels import Example, TaskData
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, toy_task

ANSWERS = ("left", "right", "up")


class Copier(Encoder):
    """It looks up the solved example whose question is the nearest number, and gives its answer.

    width: of its only weight, which does nothing but tell sizes apart. reach: how many solved examples, from the end,
    it reads. bias: what it adds to the first answer whatever is asked.
    """

    modality: ClassVar[str | None] = "toy"

    def __init__(self, width: int = 2, reach: int = 99, bias: float = 0.0) -> None:
        super().__init__()
        self.width, self.reach, self.bias = width, reach, bias
        self.weight = nn.Parameter(torch.arange(width, dtype=torch.float32))
        self.asked = 0

    def config(self) -> dict[str, Any]:
        return {"width": self.width, "bias": self.bias}  # how far it reaches is learnt

    def collate(self, items):
        return {"item": torch.arange(len(items)), "number": torch.tensor([[float(int(i) % 3)] for i in items])}

    def forward(self, batch):
        rows = len(batch["item"])
        x = (batch["number"][:, None] == torch.arange(3.0)).float() * (1 + 0 * self.weight[0])
        return Features(layers=(x,), mask=torch.ones(rows, 1, dtype=bool), item=batch["item"])

    def log_likelihood(self, contexts, continuations):
        self.asked += len(contexts)
        return torch.tensor([self._value(c, a.strip()) for c, a in zip(contexts, continuations, strict=True)])

    def reads_whole(self, contexts, continuations):
        return [context.count("\n\n") <= self.reach for context in contexts]

    def _value(self, context, answer):
        *solved, question = context.split("\n\n")
        solved = [one.split(" is ") for one in solved[max(0, len(solved) - self.reach) :]]
        bias = self.bias * (answer == ANSWERS[0])
        asked = question.removesuffix(" is")
        if not solved or not asked.isdigit():
            return bias - 3.0
        nearest = min(solved, key=lambda one: (int(one[0]) - int(asked)) % 3)
        return 4.0 * (nearest[1] == answer) + bias - 5.0


def numbers(train=60, test=60):
    """A number's label is its remainder; which answer stands for it can be seen in solved examples alone."""
    items = {
        f"{part}{i}": str(i + 1000 * (part == "test")) for part in ("train", "test") for i in range(max(train, test))
    }
    parts = {
        part: tuple(Example(f"{part}{i}", (f"{part}{i}",), int(items[f"{part}{i}"]) % 3) for i in range(size))
        for part, size in (("train", train), ("test", test))
    }
    return TaskData(items, parts["train"], parts["test"])


def task(**changes):
    return toy_task(
        numbers(), labels=("zero", "one", "two"), verbalizers=ANSWERS, prompt="{first} is {label}",
        protocols=("incontext",), name="toy/numbers", **changes,
    )  # fmt: skip


def pretrained(encoder, *, seed=0, steps=100, corpora=("toy",)):
    encoder.pretraining = {"objective": "toy", "seed": seed, "steps": steps, "corpora": list(corpora)}
    with torch.no_grad():
        encoder.weight += 0.01 * seed + 1e-5 * steps
    return encoder


def measured(tmp_path, encoders, **changes):
    settings = {"shots": (0, 1, 3, 9), "draws": 2, "limit": None, "device": "cpu", **changes}
    return measure(encoders, [task()], kept=Kept(tmp_path / "kept"), **settings)


def test_a_model_that_copies_the_nearest_example_rises_from_chance_to_the_ceiling(tmp_path):
    found = measured(tmp_path, {f"c{s}": pretrained(Copier(), seed=s) for s in range(3)}, finetune=False)
    (group,) = found.groups
    values = [found.score(group, "toy/numbers", k).value for k in (0, 1, 3, 9)]
    # One example of each class is enough, since classes come in turn; one alone answers for all.
    assert values == pytest.approx([1 / 3, 1 / 3, 1.0, 1.0])
    claim = claims_of(found)[0]
    assert claim.verdict == "holds"
    assert claim.value == pytest.approx(2 / 3)
    assert "9 examples minus 0" in claim.measured


def test_a_model_that_reads_no_examples_stays_at_chance_and_is_not_said_to_rise(tmp_path):
    found = measured(tmp_path, {f"c{s}": pretrained(Copier(reach=0), seed=s) for s in range(3)}, finetune=False)
    (group,) = found.groups
    assert [found.score(group, "toy/numbers", k).value for k in (0, 1, 3, 9)] == pytest.approx([1 / 3] * 4)
    assert claims_of(found)[0].verdict != "holds"
    assert found.whole(group, "toy/numbers", 0) == 1.0
    assert found.whole(group, "toy/numbers", 3) == 0.0


def test_a_bias_is_taken_off_by_content_free_inputs_and_by_nothing_else(tmp_path):
    found = measured(tmp_path, {"b": pretrained(Copier(bias=6.0))}, finetune=False)
    (group,) = found.groups
    assert found.score(group, "toy/numbers", 9).value == 1.0
    assert found.score(group, "toy/numbers", 9, "plain").value == pytest.approx(1 / 3)
    gain = found.difference((group, 9, "calibrated"), (group, 9, "plain"), ["toy/numbers"])
    assert gain.value == pytest.approx(2 / 3)
    assert gain.low > 0.4


def test_fine_tuning_sees_the_same_examples_and_no_others(tmp_path, monkeypatch):
    seen, run = [], Finetune.run
    monkeypatch.setattr(Finetune, "run", lambda self, store, few, *rest: seen.append(few) or run(self, store, few))
    found = measured(tmp_path, {"c": pretrained(Copier())}, shots=(0, 1, 3))
    (group,) = found.groups
    assert found.samples(group, "toy/numbers", 0, "finetuned") is None
    assert {len(draw) for draw in found.answers["c", "toy/numbers", 3].finetuned} == {60}
    problem = found.problems["toy/numbers"]
    for few, k in zip(seen, (1, 3), strict=True):
        solved = [tuple(shots_of(train, k, seed)) for train, seed in zip(problem.train, problem.seeds, strict=True)]
        assert few.train == few.validation == solved
        assert few.test == problem.test


def test_size_and_steps_are_told_apart_and_seeds_are_not(tmp_path):
    large = {f"l{s}@{n}": pretrained(Copier(9, 99 if n else 0), seed=s, steps=n) for s in range(3) for n in (0, 50)}
    small = {f"s{s}": pretrained(Copier(2, 0), seed=s, steps=50) for s in range(3)}
    other = {"x": Copier(9)}
    found = measured(tmp_path, {**large, **small, **other}, finetune=False)
    assert [(g.parameters, g.steps, len(g.members)) for g in found.groups] == [
        (2, 50, 3),
        (9, None, 1),
        (9, 0, 3),
        (9, 50, 3),
    ]
    assert [g.steps for g in last_steps(found.groups)] == [50, None, 50]
    verdicts = {claim.claim.split()[0] + claim.source[:5]: claim for claim in claims_of(found)}
    assert verdicts["TheBrown"].verdict == "holds"  # larger minus smaller
    assert verdicts["Answerslectu"].verdict == "holds"
    section = section_of(found, command="superb-lite analyze shots", settings={})
    assert [picture.name for picture in section.pictures] == ["by-shots", "by-size", "by-steps"]


def test_encoders_are_paired_by_their_pretraining_seed_and_what_has_no_counterpart_is_named(tmp_path):
    small = {f"s{s}": pretrained(Copier(2, 0), seed=s) for s in (0, 1, 2)}
    large = {f"l{s}": pretrained(Copier(9), seed=s) for s in (3, 2, 1)}
    found = measured(tmp_path, {**small, **large}, finetune=False)
    few, many = found.groups
    assert paired(many, few) == [(1, 2), (2, 1)]
    assert unpaired(many, few) == ["l3", "s0"]
    claim = next(claim for claim in claims_of(found) if "larger model answers" in claim.claim)
    assert claim.measured.endswith("lacks their pretraining seed: l3, s0")


def test_the_mean_over_tasks_has_the_noise_of_test_examples_that_all_seeds_share(tmp_path):
    encoders = {f"b{s}": pretrained(Copier(bias=6.0), seed=s) for s in range(3)}  # all seeds answer alike
    tasks = [task(), dataclasses.replace(task(), name="toy/more")]
    found = measure(
        encoders, tasks, shots=(0, 9), draws=2, limit=None, kept=Kept(tmp_path), finetune=False, device="cpu"
    )
    (group,) = found.groups
    both = found.difference((group, 9, "calibrated"), (group, 9, "plain"), ["toy/numbers", "toy/more"])
    one = found.difference((group, 9, "calibrated"), (group, 9, "plain"), ["toy/numbers"])
    # The two ask the same examples, so that the second adds nothing.
    assert (both.value, both.low, both.high) == pytest.approx((one.value, one.low, one.high), abs=0.02)
    assert both.high - both.low > 0.1


def test_what_saw_the_source_of_a_task_is_compared_with_what_did_not(tmp_path):
    encoders = {f"with{s}": pretrained(Copier(), seed=s, corpora=("news", "sums")) for s in range(3)}
    encoders |= {f"without{s}": pretrained(Copier(reach=0), seed=s, corpora=("news",)) for s in range(3)}
    found = measure(
        encoders, [task(corpus="sums")], shots=(0, 9), draws=2, limit=None, kept=Kept(tmp_path), finetune=False,
        device="cpu",
    )  # fmt: skip
    assert list(labels(found.groups).values()) == ["2 parameters without sums", "2 parameters with sums"]
    claim = claims_of(found)[-1]
    assert "corpus had sums" in claim.claim
    assert claim.value == pytest.approx(2 / 3)
    assert claim.verdict == "holds"


def test_an_interrupted_run_asks_nothing_twice(tmp_path, monkeypatch):
    monkeypatch.setattr("superb_lite.analysis.shots.asking.encoder_key", lambda encoder: {"encoder": "as of a package"})
    first, again = pretrained(Copier()), pretrained(Copier())
    measured(tmp_path, {"a": first}, shots=(0, 1))
    asked = first.asked
    measured(tmp_path, {"b": again}, shots=(0, 1))
    assert asked > 0
    assert again.asked == 0
    measured(tmp_path, {"b": again}, shots=(0, 1, 3))
    assert 0 < again.asked <= asked


def test_the_files_hold_what_was_measured(tmp_path):
    found = measured(tmp_path, {f"c{s}": pretrained(Copier(), seed=s) for s in range(3)})
    section = section_of(found, command="superb-lite analyze shots", settings={"draws": 2})
    written = write_section(section, tmp_path / "out")
    assert {path.name for path in written} >= {"shots.json", "shots.scores.csv", "shots.by-shots.svg", "report.html"}
    rows = list(csv.DictReader((tmp_path / "out" / "shots.scores.csv").open(encoding="utf-8")))
    assert [float(row["score"]) for row in rows] == pytest.approx([1 / 3, 1 / 3, 1.0, 1.0])
    assert float(rows[3]["score_low"]) <= 1.0
    assert [row["finetuned"] != "" for row in rows] == [False, True, True, True]
    said = json.loads((tmp_path / "out" / "shots.json").read_text(encoding="utf-8"))
    assert said["seeds"] == 3
    assert float(rows[0]["chance"]) == pytest.approx(1 / 3, abs=0.01)


def test_an_encoder_without_likelihoods_and_a_task_without_answers_get_one_line(tmp_path):
    with pytest.raises(SuperbLiteError, match=r"'e' has no likelihoods: only a language model") as caught:
        measured(tmp_path, {"e": ToyEncoder()})
    assert "\n" not in str(caught.value)
    regress = toy_task(classify_data(), form="regress", metrics=("pearson",), name="toy/numbers")
    with pytest.raises(SuperbLiteError, match=r"'toy/numbers': a prompt asks for a class or a choice, not"):
        measure({"c": Copier()}, [regress], shots=(0,), draws=1, limit=None, kept=Kept(tmp_path))


def test_more_solved_examples_than_there_are_labels_are_left_out(tmp_path):
    found = measured(tmp_path, {"c": pretrained(Copier())}, shots=(0, 1, 500), finetune=False)
    assert found.fitting("toy/numbers") == (0, 1)


def test_groups_of_what_nothing_is_known_of_are_single():
    groups = grouped({"a": Copier(), "b": Copier()})
    assert [(g.name, g.steps) for g in groups] == [("a", None), ("b", None)]
    assert list(labels(groups).values()) == ["a", "b"]


def test_runs_of_other_options_are_other_runs():
    fast = {"objective": "toy", "steps": 100, "options": {"model.learning_rate": 0.1}}
    slow = {"objective": "toy", "steps": 100, "options": {"model.learning_rate": 0.01}}
    encoders = {name: pretrained(Copier()) for name in ("fast", "slow", "early")}
    for seed, (name, said) in enumerate({"fast": fast, "slow": slow, "early": {**fast, "steps": 10}}.items()):
        encoders[name].pretraining = {**said, "seed": seed}
    groups = grouped(encoders)
    assert [(g.steps, *g.members) for g in groups] == [(10, "early"), (100, "fast"), (100, "slow")]
    assert [list(g.members) for g in last_steps(groups)] == [["fast"], ["slow"]]
    assert [label.rpartition(" ")[2] for label in labels(groups).values()] == ["(early)", "(slow)"]


@pytest.mark.parametrize(("number", "text"), [(950, "950"), (12_400, "12k"), (1_340_000, "1.3M"), (2 * 10**9, "2B")])
def test_short_numbers(number, text):
    assert short(number) == text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--shots", "0,two"), "--shots 0,two: whole numbers from 0 to 1000, with commas"),
        (("--limit", "1"), "--limit 1: a whole number from 2 on, or all"),
        (("--draws", "0"), "--draws 0: a number from 1 to 100"),
    ],
)
def test_bad_options_are_one_line(superb_lite_command, words, said):
    code, _, err = superb_lite_command("analyze", "shots", "random:text-gpt", *words)
    assert code == 2
    assert err.strip().splitlines()[-1].endswith(said)


def test_an_encoder_without_likelihoods_is_refused_by_the_command(superb_lite_command):
    code, _, err = superb_lite_command("analyze", "shots", "majority")
    assert code == 2
    assert "'majority' has no likelihoods" in err
