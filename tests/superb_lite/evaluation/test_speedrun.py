"""Speedruns: what is measured, how it is tested, and what the record says."""

import dataclasses
import json
import math

import numpy as np
import pytest

from superb_lite.cli import main
from superb_lite.encoders.checkpoint_config import CONFIG
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation import speedrun
from superb_lite.evaluation.speedrun import Record, p_value, pairs, read_record, run_speedrun

TINY = ["--width=8", "--heads=2", "--hidden=8", "--layers=1", "--batch_size=2", "--trainer.accelerator=cpu"]


def test_the_p_value_is_that_of_a_one_sided_t_test():
    values = [3.27, 3.29, 3.26, 3.28]
    mean, spread = np.mean(values), np.std(values, ddof=1) / 2
    for target in (3.30, 3.27):
        t = (mean - target) / spread
        # The distribution of t with three degrees of freedom in closed form.
        below = 0.5 + (math.atan(t / 3**0.5) + (t / 3**0.5) / (1 + t**2 / 3)) / math.pi
        assert p_value(values, target, below=True) == pytest.approx(below)
        assert p_value(values, target, below=False) == pytest.approx(1 - below)
    assert p_value([3.0, 3.0, 3.0], 4.0, below=True) == 1.0


def test_options_are_pairs():
    given = ["--model.learning_rate", "-1", "--trainer.max_steps=3", "--flag"]
    assert pairs(given) == {"model.learning_rate": "-1", "trainer.max_steps": "3", "flag": ""}


@pytest.fixture
def superb_lite(monkeypatch, capsys, tmp_path):
    """Run a command in this process: (exit code, standard output, standard error)."""
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "workspace"))
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path / "cache"))

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["superb-lite", "speedrun", *arguments])
        code = 0
        try:
            main()
        except SystemExit as error:
            code = error.code or 0
        return code, *capsys.readouterr()

    return run


RECORD = Record(
    objective="text-bert",
    budget="minute",
    changed={"trainer.max_steps": "300"},
    note="larger steps",
    steps=300,
    measure="held-out loss",
    target=5.1,
    values=(5.0, 5.05, 5.02),
    p=0.008,
    seconds=(40.0, 41.0, 42.0),
    cpu_seconds=(80.0, 81.0, 82.0),
    machine={"cores": 2, "threads": 2},
    versions={"torch": "2.11"},
    date="2026-11-26",
)


def test_a_record_is_read_as_it_was_written(tmp_path):
    RECORD.write(tmp_path / "record.json")
    assert read_record(tmp_path / "record.json") == RECORD
    assert RECORD.holds
    assert not dataclasses.replace(RECORD, p=0.01).holds
    for text in ("{}", "no JSON", json.dumps({**dataclasses.asdict(RECORD), "values": 3})):
        (tmp_path / "broken.json").write_text(text)
        with pytest.raises(SuperbLiteError, match="is no record of a speedrun"):
            read_record(tmp_path / "broken.json")


def test_a_score_of_a_task_is_measured_on_validation_examples(monkeypatch, tmp_path):
    """The seeds' checkpoints are made anew, and what is scored is what the heads were chosen by."""
    trained = []

    def pretrain(name, out, *, budget, arguments, callbacks):
        assert not out.exists()
        out.mkdir(parents=True)
        (out / CONFIG).touch()
        trained.append((name, budget, arguments))
        callbacks[0].on_train_start(None, None)
        callbacks[0].on_train_end(None, None)

    class Encoder:
        pretraining = {"steps": 7}  # noqa: RUF012

    scores = iter([0.5, 0.6, 0.52, 0.5, 0.6, 0.52])
    monkeypatch.setattr(speedrun, "pretrain", pretrain)
    monkeypatch.setattr(speedrun, "load_encoder", lambda path: Encoder)
    monkeypatch.setattr(speedrun, "validation_score", lambda reference, task: next(scores))
    task = speedrun.Task("toy/task", 1, "text", "classify", ("accuracy",), ("a", "b"), "nowhere:load")
    keywords = {"task": task, "target": 0.4, "seeds": 3, "date": "today", "say": lambda line: None}
    for _ in range(2):
        record = run_speedrun("text-bert", tmp_path, arguments=["--layers", "1"], **keywords)
    assert [arguments[-1] for _, _, arguments in trained] == ["0", "1", "2"] * 2
    assert (record.measure, record.values, record.steps) == ("toy/task", (0.5, 0.6, 0.52), 7)
    assert record.changed == {"layers": "1"}
    assert record.p == pytest.approx(p_value([0.5, 0.6, 0.52], 0.4, below=False))
    with pytest.raises(SuperbLiteError, match="at least 3 pretraining seeds"):
        run_speedrun("text-bert", tmp_path, **{**keywords, "seeds": 2})


@pytest.mark.slow
def test_a_speedrun_measures_the_held_out_loss_of_each_seed(superb_lite, tmp_path):
    command = ["text-bert", "--steps", "3", "--target", "20", "--seeds", "3", "--note", "a smaller one", *TINY]
    code, out, err = superb_lite(*command)
    assert code == 0, err
    assert "target 20.0000 reached" in out
    record = read_record(tmp_path / "workspace" / "speedruns" / "record.json")
    assert (record.steps, record.note, record.changed["trainer.max_steps"]) == (3, "a smaller one", "3")
    assert len(set(record.values)) == 3
    assert all(5 < value < 12 for value in record.values)
    assert all(seconds > 0 for seconds in (*record.seconds, *record.cpu_seconds))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "give the target: --target LOSS, or --task NAME --score PERCENT"),
        (["--target", "5", "--task", "clue-lite/pos"], "give the target"),
        (["--task", "clue-lite/pos"], "give the target"),
        (["--target", "5", "--steps", "3", "--minutes", "1"], "give one of them"),
        (["--target", "5", "--steps", "0"], "at least one step"),
        (["--task", "superb-lite/ks", "--score", "50"], "is a task of speech, and 'text-bert' trains text"),
        (["--target", "5", "--budget", "week"], "no recipe for the budget 'week'"),
        (["--target", "5", "--seeds", "2"], "at least 3 pretraining seeds"),
        (["--target", "5", "--depth", "2"], "unknown pretraining option '--depth'"),
    ],
)
def test_what_cannot_be_run_is_one_line(superb_lite, arguments, words):
    code, out, err = superb_lite("text-bert", *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
