"""Calibrations, pretraining and what analyses keep, as units."""

import pickle
from pathlib import Path

import pytest

from superb_lite import plugins
from superb_lite.analysis.kept import Kept
from superb_lite.cli.analyze import _spread
from superb_lite.cli.analyze._spread import silent, spread
from superb_lite.cli.pretraining import Run, pretrain_all
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.measure_scale import calibrate
from superb_lite.executors import cluster, runs
from superb_lite.executors.calls import calibrate_on, call_on
from superb_lite.paths import CONFIG
from superb_lite.pretraining.arguments import TRAINING_STATE
from tests.superb_lite.executors.in_process import InProcess, WorkerDiedError


def keep(directory, number):
    return Kept(directory / "kept").get_or_compute({"number": number}, lambda: number**2)


def read(directory, number):
    def missing():
        raise AssertionError("it was to be kept")

    return Kept(directory / "kept").get_or_compute({"number": number}, missing)


def numbers(directory):
    for number in (7, 8):
        yield keep(directory, number)


def test_workers_keep_what_an_analysis_then_finds(tmp_path, monkeypatch):
    executor = InProcess()
    monkeypatch.setattr(_spread, "opened", lambda word: executor)
    calls = {f"cell {n}": (silent(keep), {"directory": tmp_path, "number": n}) for n in range(3)}

    spread("ray", {**calls, "several": (silent(numbers), {"directory": tmp_path})}, tmp_path, device="cpu")

    assert [read(tmp_path, n) for n in (0, 1, 2, 7, 8)] == [0, 1, 4, 49, 64]
    assert silent(keep)(directory=tmp_path, number=2) is None


def test_here_nothing_is_computed_beforehand(tmp_path):
    spread("local", {"cell": (silent(keep), {"directory": tmp_path, "number": 1})}, tmp_path, device="cpu")

    assert not (tmp_path / "kept").exists()


def test_a_directory_that_a_machine_does_not_see_is_refused(tmp_path, monkeypatch):
    described = cluster.describe
    monkeypatch.setattr(cluster, "describe", described)

    class Elsewhere(InProcess):
        def nodes(self):
            unit_of = super().nodes()[0]
            return [lambda unit: unit_of(type(unit)(unit.name, unit.function, (unit.arguments[0], ("/no/such",))))]

    with pytest.raises(SuperbLiteError, match=r"does not see .*: name a directory on a disk that all of them share"):
        list(call_on(Elsewhere(), {"a": (keep, {"directory": tmp_path, "number": 1})}, shared=[tmp_path]))


def test_calibrated_tasks_stand_in_the_order_of_asking_with_their_lines():
    tasks = [plugins.tasks(f"vision-lite/{name}")[0] for name in ("shape", "count")]
    here, there = [], []

    expected = calibrate(tasks, report=here.append, only_floors=True)
    found = calibrate(
        tasks,
        report=there.append,
        only_floors=True,
        measure=lambda asked, report: calibrate_on(InProcess(), list(reversed(asked)), report),
    )

    assert found == expected
    assert list(found["tasks"]) == [task.name for task in tasks]
    assert sorted(there) == sorted(here)


@pytest.fixture
def pretrained(monkeypatch):
    """What pretraining was asked for; it writes a checkpoint of two files. The first of `deaths` runs dies midway."""
    asked = []

    def run(name, out, *, resume, budget, arguments):
        asked.append((name, resume, budget, arguments))
        out.mkdir(parents=True, exist_ok=True)
        if arguments == ("--dies",) and not resume:
            (out / TRAINING_STATE).write_text("half")
            raise WorkerDiedError
        (out / TRAINING_STATE).unlink(missing_ok=True)
        (out / "weights").write_text(name)
        (out / CONFIG).write_text("{}")

    monkeypatch.setattr(runs, "run", run)
    return asked


class InThisProcess(InProcess):
    """A worker that is really here, so that a function can be replaced, and can die."""

    def start(self, unit, arguments):
        if unit.function is not runs.pretrain:
            return super().start(unit, arguments)
        from concurrent.futures import Future

        from superb_lite.executors.worker import Answer

        future = Future()
        try:
            future.set_result(Answer(runs.pretrain(*pickle.loads(pickle.dumps(arguments)))))
        except WorkerDiedError as error:
            future.set_exception(error)
        return future


def test_a_run_whose_worker_dies_is_resumed(pretrained, tmp_path, capsys):
    wanted = [
        Run("text-bert", "first", tmp_path / "a", "quick"),
        Run("text-gpt", "second", tmp_path / "b", "quick", ("--dies",)),
    ]

    pretrain_all(wanted, InThisProcess())
    pretrain_all(wanted, InThisProcess())

    assert pretrained == [
        ("text-bert", False, "quick", ()),
        ("text-gpt", False, "quick", ("--dies",)),
        ("text-gpt", True, "quick", ("--dies",)),
    ]
    said = capsys.readouterr().err
    assert "a worker died during second: it is done again" in said
    assert "first: pretrained already" in said


def test_a_checkpoint_comes_back_from_a_disk_that_is_not_shared(pretrained, tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "cache_dir", lambda: tmp_path / "their cache")
    monkeypatch.setattr(cluster, "_marks", _Unseen)

    list(runs.pretrain_on(InThisProcess(), {"one": ("text-bert", tmp_path / "here" / "a", "quick", ())}))

    assert sorted(file.name for file in (tmp_path / "here" / "a").iterdir()) == sorted([CONFIG, "weights"])
    assert list((tmp_path / "their cache" / "runs").iterdir()) == []


class _Unseen:
    def __init__(self, directories):
        self.paths = [Path("/no/such/disk") for _ in directories]

    def __enter__(self):
        return self.paths

    def __exit__(self, *_):
        return None
