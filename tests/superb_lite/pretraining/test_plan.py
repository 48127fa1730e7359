"""`plan`: what a recipe takes, before it is run."""

import contextlib
import json
import math

import pytest

from superb_lite.cli import main
from superb_lite.cli.plan import span
from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining import plan as plan_module
from superb_lite.pretraining.estimate import Estimate
from superb_lite.pretraining.plan import make_plan, measured_rate
from superb_lite_text.masked_lm import MaskedLM

pytestmark = pytest.mark.filterwarnings("ignore:LightningCLI's args parameter is intended")

TINY = ("--width=8", "--heads=2", "--hidden=8", "--layers=1", "--batch_size=2", "--trainer.accelerator=cpu")


@pytest.fixture
def data(tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("天地玄黄，宇宙洪荒。\n寒来暑往，秋收冬藏。\n" * 6, encoding="utf-8")
    return file


@pytest.fixture
def superb_lite(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["superb-lite", *map(str, arguments)])
        with contextlib.suppress(SystemExit):
            main()
        return capsys.readouterr()

    return run


def test_the_paper_recipe_is_planned_without_being_computed(data, superb_lite, monkeypatch):
    monkeypatch.setattr(plan_module, "estimate", lambda *_, **__: pytest.fail("a step of it was computed"))
    monkeypatch.setattr(plan_module, "measured_rate", lambda: 1e11)
    monkeypatch.setattr(plan_module, "PATIENCE", 0)
    options = ("--model.encoder.layers=4", "--data.batch_size=8", "--data.second_task=none")
    out = superb_lite("plan", "text-bert", "--budget", "paper", "--data", data, "--json", "--gpus", 2, *options)
    assert out.err == ""
    found = json.loads(out.out)
    assert (found["steps"], found["batches"], found["rows"], found["precision"]) == (1_000_000, 4, 8, "bf16-mixed")
    # Four layers, no second task, and everything else as in the paper.
    judge = 768 * 768 + 768 + 2 * 768 + 2
    assert found["parameters"] == 110_106_428 - 8 * 7_087_872 - judge
    assert found["timed"] is False
    assert found["flops"] == 4 * 1_000_000 * found["step"]["flops"]
    assert found["seconds"] == pytest.approx(found["flops"] / 1e11)
    assert found["gpu"]["seconds"] == pytest.approx(found["flops"] / (2 * 989e12 * 0.4))
    positions = math.prod(found["shapes"]["token"])
    assert found["step"]["flops"] > 6 * positions * 2 * 12 * 768 * 768
    out = superb_lite(
        "plan", "text-bert", "--budget", "paper", "--data", data, "--json", *options, "--checkpointing=true"
    )
    assert json.loads(out.out)["step"]["activations"] < found["step"]["activations"]


def test_a_small_recipe_is_timed(data, superb_lite, monkeypatch):
    monkeypatch.setattr(plan_module, "estimate", lambda *_, **__: Estimate(650, 1.0, 0.25))
    out = superb_lite("plan", "text-bert", "--data", data, *TINY, "--gpu", "a100", "--mfu", "0.1").out
    lines = dict(line.split("  ", 1) for line in out.splitlines())
    assert lines["this machine"].strip().startswith("2.7 minutes: ")
    assert "nine of its steps were timed" in out
    assert "10% (given; the recipe computes in 32-true, which is slower; steps as small" in out
    assert "fits one a100" in out


def test_accumulated_batches_count_each(data, monkeypatch):
    monkeypatch.setattr(plan_module, "PATIENCE", 0)
    once = make_plan("text-bert", arguments=[f"--path={data}", *TINY])
    thrice = make_plan("text-bert", arguments=[f"--path={data}", *TINY, "--trainer.accumulate_grad_batches=3"])
    assert thrice.flops == pytest.approx(3 * once.flops, rel=0.2)  # masks differ
    assert once.seconds_on(1e12, gpus=4, mfu=0.5) == pytest.approx(once.flops / 2e12)
    assert measured_rate() > 1e8


def test_what_cannot_be_counted_is_one_line(data, monkeypatch):
    monkeypatch.setattr(MaskedLM, "training_step", lambda self, *_: self.output_bias[self.output_bias > 0].sum())
    with pytest.raises(
        SuperbLiteError, match="a step of objective 'text-bert' cannot be counted without being computed"
    ):
        make_plan("text-bert", arguments=[f"--path={data}", *TINY])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("text-bert", "--gpu", "h101"), "unknown GPU 'h101'"),
        (("text-bert", "--gpus", "0"), "--gpus 0: at least one"),
        (("text-bert", "--mfu", "1.5"), "--mfu 1.5: a share of the peak"),
        (("text-bert", "--budget", "week"), "has no recipe for the budget 'week'"),
        (("text-bart", "--data", "nowhere.txt"), "--data 'nowhere.txt' does not exist"),
        (("text-bertt",), "text-bert"),
    ],
)
def test_wrong_arguments_are_one_line(arguments, words, superb_lite):
    (line,) = superb_lite("plan", *arguments).err.splitlines()
    assert words in line


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (3.0, "3.0 seconds"),
        (150, "2.5 minutes"),
        (9000, "2.5 hours"),
        (2.5 * 86400, "2.5 days"),
        (1e11, "3,168.8 years"),
    ],
)
def test_a_span_has_the_unit_that_suits_it(seconds, text):
    assert span(seconds) == text
