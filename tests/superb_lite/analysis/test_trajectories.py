"""Probing tiny checkpoints of two made-up runs."""

import random

import pytest

from superb_lite.analysis.trajectories import common_steps, probe
from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.encoders.trajectory import Trajectory
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.features.store import FeatureStore
from superb_lite.results.store import ResultStore
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.task import Task
from tests.superb_lite.analysis.tiny_texts import tiny_bert

WORDS = ("fox", "dog", "hens", "tale", "quick", "lazy", "brown", "12")


def items() -> dict[str, str]:
    draw = random.Random(0)
    return {f"t{number}": " ".join(draw.choices(WORDS, k=4)) for number in range(50)}


ITEMS = items()


def task_of(word: str) -> Task:
    """Is a word in a text? All of these tasks have the same items."""
    examples = [Example(key, (key,), int(word in text.split())) for key, text in ITEMS.items()]
    data = TaskData(ITEMS, tuple(examples[:30]), tuple(examples[30:]))
    return Task(
        name=f"toy/{word}",
        version=1,
        modality="text",
        form="classify",
        metrics=("accuracy",),
        labels=("no", "yes"),
        load=lambda root: data,
    )


TASKS = (task_of("fox"), task_of("dog"))


def a_run(directory, steps, seed=0):
    for step in steps:
        encoder = tiny_bert(10 * seed + step)
        save_checkpoint(
            encoder, directory / f"steps/{step}", name="text-bert", pretraining={"seed": seed, "steps": step}
        )
    return Trajectory(directory)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    directory = tmp_path_factory.mktemp("runs")
    return {"a": a_run(directory / "a", (0, 1, 2)), "b": a_run(directory / "b", (0, 2, 4), seed=1)}


def found(runs, **options):
    return [(p.run, p.step, p.result) for p in probe(runs, TASKS, seeds=1, device="cpu", **options)]


def test_results_are_those_of_each_checkpoint_by_itself(runs):
    measured = found(runs)
    assert [(run, step, r.task) for run, step, r in measured] == [
        (run, step, task.name) for run in runs for step in (0, 2) for task in TASKS
    ]
    for run, step, result in measured[1::4]:
        (task,) = [task for task in TASKS if task.name == result.task]
        (alone,) = evaluate(runs[run].load(step), task, protocol="frozen", seeds=1, device="cpu")
        assert (result.score, result.ci) == (alone.score, alone.ci)
        assert result.encoder == f"{run}@{step}"
        assert result.pretraining is not None
        assert result.pretraining.steps == step
    assert len({result.encoder_hash for _, _, result in measured}) == 4


def test_a_checkpoint_encodes_what_tasks_share_once(runs, monkeypatch):
    passed = []
    original = FeatureStore._encode

    def counted(self, missing, progress):
        passed.append(len(missing))
        original(self, missing, progress)

    monkeypatch.setattr(FeatureStore, "_encode", counted)
    found(runs)
    distinct = len(set(ITEMS.values()))
    assert passed == [distinct] * 4


def test_what_is_finished_is_not_computed_again(runs, tmp_path, monkeypatch):
    store = ResultStore(tmp_path)
    first = found(runs, results=store)
    monkeypatch.setattr(FeatureStore, "_encode", None)
    again = found(runs, results=store)
    assert [(run, step, r.task, r.score) for run, step, r in again] == [
        (run, s, r.task, r.score) for run, s, r in first
    ]


def test_steps_can_be_chosen(runs):
    assert {(run, step) for run, step, _ in found({"b": runs["b"]}, steps=[4])} == {("b", 4)}
    with pytest.raises(SuperbLiteError, match=r"/a' has no encoder of step 4: it has those of 0, 1, 2"):
        found(runs, steps=[0, 4])


def test_runs_without_a_common_step(runs, tmp_path):
    assert common_steps(runs) == (0, 2)
    other = {"c": a_run(tmp_path / "c", (7,)), **runs}
    with pytest.raises(SuperbLiteError, match="the runs c, a, b have no step in common"):
        list(probe(other, TASKS))


def test_a_task_of_another_modality_is_refused(runs):
    with pytest.raises(SuperbLiteError, match=r"'a@0' takes text, but 'vision-lite/.*' is a task of modality image"):
        list(probe(runs, "vision-lite/digits-5"))
