"""`superb-lite analyze embryology` on runs whose encoders are told, step by step, which word is likely."""

from __future__ import annotations

import dataclasses
import json
import shutil

import pytest
import torch
from typer.testing import CliRunner

from superb_lite import plugins
from superb_lite.analysis.embryology import measure
from superb_lite.cli.app import app
from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.encoders.trajectory import Trajectory
from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.tagged_words import TaggedWord, WordSource
from superb_lite.tasks.task import Task
from superb_lite_text.bert import BertEncoder
from tests.superb_lite.analysis.tiny_texts import SPECIFICATION

STEPS = (0, 1, 2, 4, 8, 16)
SAID = {"the": 8.0, "tale": 12.0}
"""From which step on a word's bias makes it the likeliest."""


def words(each):
    texts = [f"{word} the tale {word}" for word in ("fox", "dog", "hens", "told", "over", "lazy")]
    for number, text in enumerate(texts):
        at = text.index("the")
        yield TaggedWord(text, at, at + 3, "article", f"d{number}")
        yield TaggedWord(text, at + 4, at + 8, "noun", f"d{number}")


SOURCE = WordSource(
    name="toy",
    modality="text",
    language="en",
    tags={"article": "function", "noun": "content"},
    load="tests.superb_lite.cli.test_cli_embryology:words",
    description="",
    source="",
)
ITEMS = {f"t{n}": f"{'fox' if n % 2 else 'hens'} {'lazy' if n % 3 else 'dog'} {n % 7}" for n in range(40)}
EXAMPLES = [Example(key, (key,), int("fox" in text)) for key, text in ITEMS.items()]
TASK = Task(
    name="toy/fox",
    version=1,
    modality="text",
    form="classify",
    metrics=("accuracy",),
    labels=("no", "yes"),
    load=lambda root: TaskData(ITEMS, tuple(EXAMPLES[:24]), tuple(EXAMPLES[24:])),
)


def a_run(directory, seed, head=True, **about):
    for step in STEPS:
        torch.manual_seed(seed)
        made = BertEncoder(SPECIFICATION, layers=1, width=16, heads=2, hidden=16, max_length=24, head=head)
        if head:
            torch.nn.init.zeros_(made.head.transform[2].weight)  # what is likely does not depend on the text
            with torch.no_grad():
                for word, when in SAID.items():
                    made.head.output_bias[made.token_ids([word])[0]] = 1.0 if step >= when else -1.0
        said = {"seed": seed, "steps": step, **about}
        save_checkpoint(made, directory / f"steps/{step}", name="text-bert", pretraining=said)
    return directory


@pytest.fixture
def analyze(monkeypatch):
    known = plugins.tasks
    monkeypatch.setattr(plugins, "tasks", lambda name: (TASK,) if name == TASK.name else known(name))
    monkeypatch.setattr(plugins, "word_sources", lambda modality: {"toy": SOURCE} if modality == "text" else {})

    def run(*arguments: object):
        result = CliRunner().invoke(app, ["analyze", "embryology", *map(str, arguments), "--device", "cpu"])
        if isinstance(result.exception, SuperbLiteError):
            raise result.exception
        assert result.exit_code == 0, (result.output, result.exception)
        return result

    return run


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    directory = tmp_path_factory.mktemp("runs")
    return [a_run(directory / f"bert-{seed}", seed) for seed in range(3)]


def test_the_steps_at_which_words_become_likely_are_found(analyze, runs, tmp_path):
    out = tmp_path / "out"
    options = ("--tasks", TASK.name, "--before", "toy:article,toy:noun", "--out", out, "--json")
    section = json.loads(analyze(*runs, *options).stdout)
    assert (section["seeds"], section["variant"]) == (3, "text")
    table = section["tables"][0]
    rows = {row[0]: dict(zip(table["columns"], row, strict=True)) for row in table["rows"]}
    # In both the likeliest token is another one before: from 4 to 8 and from 8 to 16 half is half a doubling on.
    assert rows["toy:article"]["step_50"] == pytest.approx(4 * 2**0.5)
    assert rows["toy:noun"]["first"] == 0.0
    assert "toy/fox" in rows
    assert section["tables"][2]["columns"][:3] == ["within", "first", "second"]
    assert "words of toy: article (6)" in section["answer"]
    assert any("isotonic regression" in note for note in section["notes"])
    assert {path.name for path in out.iterdir()} >= {
        "report.html",
        "embryology-text.json",
        "embryology-text.steps.csv",
        "embryology-text.curves.csv",
        "embryology-text.order.csv",
        "embryology-text.steps.svg",
        "embryology-text.curves.svg",
    }
    again = json.loads(analyze(*runs, *options).stdout)
    assert again == section


def test_scores_of_some_examples_are_measured_anew_once_the_data_of_a_task_differ(runs, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(measure, "probe", lambda *args, **how: asked.append(how["steps"]) or ())
    runs_by_name = {"bert-0": Trajectory(str(runs[0]))}
    fewer = dataclasses.replace(TASK, load=lambda root: TaskData(ITEMS, tuple(EXAMPLES[:24]), tuple(EXAMPLES[25:])))
    for task in (TASK, TASK, fewer):
        measure.task_curves(runs_by_name, [task], seeds=1, limit=8, directory=tmp_path, device="cpu")
    assert asked == 2 * [[0], [8], [16]]  # what 1, 2 and 4 steps made is what 0 made


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--before", "toy:article"), "two questions with a comma"),
        (("--before", "toy:article,toy:nuon"), "'toy:nuon': that is not asked; there is toy:noun"),
        (("--words", -1), "0 or more"),
    ],
)
def test_bad_options_are_named_before_anything_is_computed(analyze, runs, tmp_path, options, said):
    with pytest.raises(SuperbLiteError, match=said):
        analyze(*runs, "--tasks", TASK.name, "--out", tmp_path / "out", *options)


def test_bad_runs_are_named(analyze, runs, tmp_path):
    with pytest.raises(SuperbLiteError, match="is given twice"):
        analyze(runs[0], runs[0])
    shutil.copytree(runs[0], tmp_path / "short")
    for step in STEPS[2:]:
        shutil.rmtree(tmp_path / f"short/steps/{step}")
    with pytest.raises(SuperbLiteError, match="has 2 steps: curves need more"):
        analyze(tmp_path / "short", "--tasks", TASK.name)
    other = a_run(tmp_path / "other", 1, budget="hour")
    with pytest.raises(SuperbLiteError, match=r"bert-0' and '.*other' have other budget: give encoders that differ"):
        analyze(runs[0], other, "--tasks", TASK.name, "--out", tmp_path / "out")
    old = a_run(tmp_path / "old", 0, head=False)
    with pytest.raises(SuperbLiteError, match=r"old@0': .*saved without what predicts masked tokens.*--words 0"):
        analyze(old, "--tasks", TASK.name, "--out", tmp_path / "out")
