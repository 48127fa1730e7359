"""`superb-lite sweep` and `superb-lite generate`, with tiny models on a text of a few lines."""

import sys

import pytest

from superb_lite.cli import main
from superb_lite.cli.evaluation import trainer_options
from superb_lite.errors import SuperbLiteError

TINY = "--width=8 --heads=2 --hidden=8 --layers=1 --batch_size=4 --trainer.max_steps=2 --trainer.accelerator=cpu"
DAYS = ("星期一", "星期二", "星期六", "星期天")


@pytest.fixture
def superb_lite(monkeypatch, capsys, tmp_path):
    """Run a command in this process: (exit code, standard output, standard error)."""
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "workspace"))
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path / "cache"))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["superb-lite", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as error:
            code = error.code or 0
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("天地玄黄。宇宙洪荒。日月盈昃。\nThe dogs run. The dogs sleep.\n" * 9, encoding="utf-8")
    return path


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "days.tsv"
    rows = [
        f"我们{day}{deed}{n}\t{'on' if day in DAYS[:2] else 'off'}" for n in range(8) for deed in "看听" for day in DAYS
    ]
    path.write_text("text\tlabel\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_sweep_pretrains_evaluates_and_compares(superb_lite, text, table, tmp_path):
    command = ["sweep", "text-bert", "--vary", "second_task=none,sop", "--tasks", f"tsv:{table}", "--seeds", "3"]
    code, out, err = superb_lite(*command, *TINY.split(), f"--path={text}")
    assert code == 0, err
    assert "second_task=none" in out
    assert "second_task=sop" in out
    assert "95% interval" in out
    checkpoints = tmp_path / "workspace" / "sweeps" / "text-bert"
    assert {path.name for path in checkpoints.iterdir()} == {"second_task-none", "second_task-sop", "results"}
    code, again, err = superb_lite(*command, *TINY.split(), f"--path={text}")
    assert (code, again) == (0, out)
    assert "second_task=sop: pretrained already" in err


@pytest.mark.parametrize("vary", ["second_task", "second_task=none", "=a,b", "second_task=none,none"])
def test_values_that_are_no_list_are_refused(superb_lite, vary):
    code, _, err = superb_lite("sweep", "text-bert", "--vary", vary, "--tasks", "clue-lite/pos")
    assert code == 2
    assert "write OPTION=VALUE,VALUE,..." in err


def test_an_unknown_option_is_named_and_nothing_is_trained(superb_lite, text):
    code, _, err = superb_lite("sweep", "text-bert", "--vary", "corruption=t5,mass", "--tasks", "clue-lite/pos")
    assert code == 2
    assert "--corruption" in err
    assert err.count("\n") == 1


def test_every_value_is_read_before_the_first_is_pretrained(superb_lite, text, tmp_path):
    command = ["sweep", "text-bert", "--vary", "layers=1,one", "--tasks", "clue-lite/pos"]
    code, _, err = superb_lite(*command, "--trainer.max_steps=1", f"--path={text}")
    assert code == 2
    assert err == "superb-lite: objective 'text-bert': --model.encoder.layers one: must be a whole number\n"
    assert err.count("\n") == 1
    assert not (tmp_path / "workspace").exists()


def test_a_language_model_goes_on_with_a_text(superb_lite, text, tmp_path):
    checkpoint = tmp_path / "gpt"
    assert superb_lite("pretrain", "text-gpt", "--out", checkpoint, "--data", text, *TINY.split())[0] == 0
    command = ["generate", checkpoint, "--prompt", "天地", "--tokens", "7", "--seed"]
    (code, first, _), again, other = (superb_lite(*command, seed) for seed in (1, 1, 2))
    assert code == 0
    assert first.startswith("天地")
    assert first == again[1] != other[1]
    code, _, err = superb_lite(*command, "1", "--top-p", "1.5")
    assert code == 2
    assert "--top-p 1.5" in err


def test_an_encoder_that_cannot_write_is_named(superb_lite):
    code, _, err = superb_lite("generate", "raw:characters", "--prompt", "天")
    assert code == 2
    assert "'raw:characters' cannot write" in err


def test_pretraining_goes_to_the_device_of_the_evaluation_unless_options_say_where(superb_lite, monkeypatch):
    seen = []

    def pretrain(name, out, *, resume, budget, arguments):
        seen.append(arguments)
        raise SuperbLiteError("enough")

    monkeypatch.setattr("superb_lite.cli.pretraining.pretrain", pretrain)
    command = ["sweep", "text-bert", "--vary", "second_task=none,sop", "--tasks", "clue-lite/pos"]
    superb_lite(*command, "--device", "cpu", "--trainer.accelerator=gpu")
    superb_lite(*command)
    first, second = seen
    assert first == ["--trainer.accelerator", "cpu", "--second_task", "none", "--trainer.accelerator=gpu"]
    assert second == [*trainer_options("auto"), "--second_task", "none"]
