"""Loggers by name; packages that are not installed here are made up."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from superb_lite.errors import MissingPackageError, UnknownNameError
from superb_lite.pretraining import loggers
from superb_lite.pretraining.loggers import LOGGERS, TrackioLogger, check_loggers, logger_options
from superb_lite.pretraining.run import pretrain

TINY = ["--model.width=8", "--model.heads=2", "--model.hidden=8", "--model.layers=1", "--data.batch_size=2"]


def test_every_name_stands_for_a_logger(monkeypatch):
    monkeypatch.setattr(loggers, "find_spec", lambda package: True)
    for name in LOGGERS:
        made = logger_options(name, Path("runs/mine"))
        module, _, attribute = made["class_path"].rpartition(".")
        assert hasattr(__import__(module, fromlist=[attribute]), attribute)
        assert "mine" in str(made["init_args"])


def test_a_logger_that_is_not_installed_or_not_known_is_one_line(monkeypatch):
    monkeypatch.setattr(loggers, "find_spec", lambda package: None)
    with pytest.raises(
        MissingPackageError, match=r"^--logger wandb needs .* 'wandb': pip install 'superb-lite\[wandb\]'$"
    ):
        check_loggers(["wandb"])
    with pytest.raises(UnknownNameError, match="unknown logger 'neptune': known: mlflow, tensorboard, trackio, wandb"):
        check_loggers(["neptune"])


def test_a_run_writes_to_trackio(monkeypatch, tmp_path):
    calls = []
    trackio = ModuleType("trackio")
    trackio.__spec__ = object()
    trackio.init = lambda **options: calls.append(("init", options)) or "run"
    trackio.log = lambda metrics, step: calls.append(("log", set(metrics), step))
    trackio.finish = lambda: calls.append(("finish",))
    monkeypatch.setitem(sys.modules, "trackio", trackio)
    text = tmp_path / "one.txt"
    text.write_text("the quick brown fox\njumps over the lazy dog\n" * 6, encoding="utf-8")
    arguments = [*TINY, "--trainer.max_steps=2", "--trainer.log_every_n_steps=1", "--trainer.accelerator=cpu"]
    pretrain("text-bert", tmp_path / "mine", data=text, arguments=arguments, loggers=["trackio"])
    (_, options), *logged, last = calls
    assert (options["project"], options["name"], options["config"]["model.encoder.width"]) == ("superb-lite", "mine", 8)
    assert [step for name, metrics, step in logged if "loss" in metrics] == [0, 1]
    assert last == ("finish",)
    assert (tmp_path / "mine" / "metrics.csv").exists()


def test_nothing_is_opened_before_something_is_logged():
    logger = TrackioLogger("x")
    logger.log_hyperparams({"a": 1})
    assert (logger.name, logger.version) == ("x", "")
    assert logger._run is None
