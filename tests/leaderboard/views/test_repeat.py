"""The command on an entry's page gives the digits on it."""

from __future__ import annotations

import contextlib
import json
import shlex
import sys

import pytest

from superb_lite import plugins
from superb_lite.cli import main
from superb_lite.encoders.references import Reference
from superb_lite.evaluation.run import evaluate
from superb_lite.modality import EncoderSpec, ObjectiveSpec
from superb_lite.results.pretraining import HIDDEN, Pretraining
from superb_lite.results.result import Architecture, Result
from superb_lite.tasks.taskset import TaskSet
from superb_lite_leaderboard.views.repeat import repeat
from tests.superb_lite.made_up_results import made_up
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task

CLASSIFY = toy_task(classify_data(noise=1.0, test=40))
TAG = toy_task(tag_data(noise=0.8, test=20), form="tag")


def result(encoder: str, name: str = "", *, untrained: bool = False, **changes) -> Result:
    known = Architecture(name=name or "module:Class", config_sha256="0" * 64, untrained=untrained)
    return made_up("toy/classify", values=[[1.0, 0.0, 1.0]] * 3, encoder=encoder, architecture=known, **changes)


def test_the_command_gives_the_same_digits(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "workspace"))
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(plugins, "tasksets", lambda: {"toy": TaskSet("toy", (CLASSIFY, TAG))})
    monkeypatch.setattr(plugins, "encoder_factories", lambda: {"toy": "somewhere:factory"})
    monkeypatch.setattr("superb_lite.cli.names.decide", lambda reference: Reference("plugin", "toy"))
    monkeypatch.setattr("superb_lite.encoders.references.load_encoder", lambda *_, **__: ToyEncoder().eval())
    monkeypatch.setattr("superb_lite.features.preflight.preflight", lambda *_, **__: None)
    measured = [
        made.replace(encoder="toy:three")
        for made in (
            *evaluate(ToyEncoder(), CLASSIFY, protocol="knn", seeds=3),
            *evaluate(ToyEncoder(), TAG, protocol="frozen", seeds=2),
        )
    ]
    found = repeat(measured)
    assert found.same_digits
    assert len(found.lines) == 2
    again = []
    for line in found.lines:
        monkeypatch.setattr(sys, "argv", [*shlex.split(line), "--json"])
        with contextlib.suppress(SystemExit):
            main()
        again += json.loads(capsys.readouterr().out)
    assert [row["score"] for row in again] == [made.score for made in measured]
    assert [row["ci"] for row in again] == [list(made.ci) for made in measured]
    assert [row["predictions_sha256"] for row in again] == [made.predictions_sha256 for made in measured]


def test_a_registered_encoder_is_named_as_it_is():
    found = repeat(
        [result("raw:characters", plugins.architectures()["raw:characters"].encoder, versions={"torch": "9.1"})]
    )
    assert found.lines == (
        "superb-lite evaluate raw:characters --tasks toy/classify --protocol frozen --seeds 3 --device cpu",
    )
    assert found.same_digits
    assert found.note == "the same digits with torch 9.1 on such a processor: cpu"
    assert repeat([result("random:text-bert:7", plugins.architectures()["text-bert"].encoder, untrained=True)]).lines


@pytest.mark.parametrize(
    ("encoder", "name"),
    [
        ("raw:characters", "superb_lite_text.bert:BertEncoder"),  # it says that it is something else
        ("random:text-bert:7; rm -rf ~", "superb_lite_text.bert:BertEncoder"),
        ("random:/home/ann/ckpt", ""),
        ("hf:/home/ann/model", ""),
        ("hf:$(reboot)", ""),
        ("timm:resnet18,weights=/home/ann/w.safetensors", ""),
        ("py:os:abort", ""),
        ("/home/ann/ckpt", ""),
        ("My BERT", ""),
        ("$(reboot)", ""),
    ],
)
def test_where_nobody_knows_the_encoder_there_is_no_command(encoder, name):
    found = repeat([result(encoder, name)])
    assert found.lines == ()
    assert not found.same_digits
    assert found.note
    assert "/home" not in f"{found.encoder}{found.note}"


def test_own_code_is_no_command_whatever_it_is_called():
    assert repeat([result("majority")], own_code=True).lines == ()


def test_an_accelerator_gives_no_promise_of_the_same_digits():
    found = repeat([result("majority", deterministic=False)])
    assert found.lines
    assert not found.same_digits


OBJECTIVE = "text-bert"


def pretrained(**changes) -> Result:
    spec: ObjectiveSpec = plugins.objective(OBJECTIVE)
    encoder: EncoderSpec = plugins.architectures()[spec.encoder]
    known = Pretraining(objective=OBJECTIVE, budget="minute", seed=0, steps=650, options={})
    return result("/home/ann/ckpt", encoder.encoder, pretraining=known.model_copy(update=changes))


def test_a_checkpoint_is_pretrained_first():
    found = repeat([pretrained()])
    assert found.lines[0] == "superb-lite pretrain text-bert --budget minute --out text-bert-minute-0"
    assert found.lines[1].startswith("superb-lite evaluate ./text-bert-minute-0 --tasks toy/classify")
    assert found.same_digits


def test_only_options_beside_the_recipe_are_written_out():
    options = {
        "data.seed": 3,
        "model.seed": 3,
        "data.path": None,
        "model.mask_rate": 0.45,
        "model.encoder.layers": 2,  # the constructor's default
        "model.whole_words": True,
    }
    found = repeat([pretrained(seed=3, steps=700, options=options)])
    assert shlex.split(found.lines[0])[7:] == [
        "--seed_everything",
        "3",
        "--trainer.max_steps",
        "700",
        "--model.mask_rate=0.45",
        "--model.whole_words=true",
    ]
    hour = repeat(
        [pretrained(budget="hour", steps=3400, options={"model.encoder.layers": 4, "model.encoder.width": 192})]
    )
    assert hour.lines[0] == "superb-lite pretrain text-bert --budget hour --out text-bert-hour-0"


@pytest.mark.parametrize(
    "changes",
    [
        {"options": {"model.x; reboot": 1}},
        {"options": {"model.a": "a b"}},
        {"options": {"data.path": HIDDEN}},
        {"options": None},
    ],
)
def test_what_a_command_cannot_repeat_is_said(changes):
    found = repeat([pretrained(**changes)])
    assert not found.same_digits
    assert found.note
    assert "reboot" not in " ".join(found.lines)


@pytest.mark.parametrize("changes", [{"objective": "no-such"}, {"budget": "year"}, {"seed": None}])
def test_pretraining_that_is_not_known_is_no_command(changes):
    assert repeat([pretrained(**changes)]).lines == ()


def test_every_command_is_one_that_superb_lite_takes(monkeypatch):
    """The options of `pretrain` are checked by its own parser."""
    from superb_lite.pretraining.run import check_arguments

    found = repeat([pretrained(options={"model.mask_rate": 0.45, "data.row_length": 64})])
    words = shlex.split(found.lines[0])
    check_arguments(words[2], words[words.index("--out") + 2 :])
