"""What `superb-lite run` says beforehand: what is finished is not counted, and evaluation goes by the machine."""

import itertools
from types import SimpleNamespace

import pytest

from superb_lite import plugins
from superb_lite.paths import CONFIG
from superb_lite_leaderboard.commands import forecast as module
from superb_lite_leaderboard.commands.forecast import REFERENCE_SECONDS, forecast, machine_factor


def test_pretraining_that_is_finished_and_tasks_that_are_not_asked_for_take_no_time(monkeypatch, tmp_path):
    seconds = {"text-bert": 50.0, "text-gpt": 30.0}
    monkeypatch.setattr(
        module,
        "estimate",
        lambda name, *, budget, arguments: SimpleNamespace(seconds=seconds[name] * {"minute": 1, "hour": 20}[budget]),
    )
    monkeypatch.setattr(module, "machine_factor", lambda: 1.5)
    monkeypatch.setattr(module, "board_of_modalities", lambda names: 4)
    monkeypatch.setattr(module, "board_columns", lambda board, modality: range(board))  # a board is its length
    text = plugins.modality("text")
    chosen = [(text, [plugins.objective(name) for name in seconds])]
    encoders = len(text.baselines) + 2 * 2
    evaluation = 1.5 * text.evaluation_seconds * encoders / 3
    assert forecast(chosen, 4, tmp_path, budget="minute") == pytest.approx(80 + evaluation)
    assert forecast(chosen, 4, tmp_path, budget="hour") == pytest.approx(1600 + evaluation)
    (tmp_path / "text-bert").mkdir()
    (tmp_path / "text-bert" / CONFIG).touch()
    assert forecast(chosen, 4, tmp_path, budget="minute") == pytest.approx(30 + evaluation)
    assert forecast(chosen, 1, tmp_path, budget="minute") == pytest.approx(30 + evaluation / 4)


def test_a_machine_is_as_fast_as_its_fastest_try(monkeypatch):
    clock = itertools.accumulate([0.0, 3.0, 1.0, 2 * REFERENCE_SECONDS, *[5.0] * 8])
    monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    assert machine_factor() == pytest.approx(2)
