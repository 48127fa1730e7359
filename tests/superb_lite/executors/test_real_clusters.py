"""A Ray cluster of two workers and jobs of submitit, started here: the same numbers, and a death costs one unit."""

import contextlib
import io
import os
import signal
import threading
import time

import pytest
import torch

from superb_lite.cli.evaluation import evaluate_all
from superb_lite.cli.options import EvaluationOptions
from superb_lite.cli.progress import LineConsole
from superb_lite.encoders.checkpoint import WEIGHTS
from superb_lite.errors import SuperbLiteError
from superb_lite.executors.base import Unit
from superb_lite.executors.named import opened
from superb_lite.executors.running import run_units
from superb_lite.executors.runs import pretrain_on
from superb_lite.results.store import ResultStore
from superb_lite_leaderboard.board import board_of_modalities
from superb_lite_leaderboard.commands.columns import asked_on
from superb_lite_leaderboard.entry import Submitted, Tier
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.terminal.board import render
from superb_lite_leaderboard.views.board import BoardView

pytestmark = [
    pytest.mark.slow,
    # Ray and submitit leave pipes and processes to the interpreter's end.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def ray_cluster():
    before = os.environ.get("OMP_NUM_THREADS")
    with opened("ray:workers=2,store=0.3") as executor:
        yield executor
    assert os.environ.get("OMP_NUM_THREADS") == before


@pytest.fixture
def submitit_jobs(tmp_path):
    with opened(f"submitit:cluster=local,workers=2,folder={tmp_path / 'jobs'}") as executor:
        yield executor


@pytest.fixture(params=["ray", "submitit"])
def executor(request):
    return request.getfixturevalue({"ray": "ray_cluster", "submitit": "submitit_jobs"}[request.param])


def counted_unit():
    """A function that notes its process in a file, and waits in its first call until a file is there."""

    def noted(directory, name, wait):
        from pathlib import Path

        with open(f"{directory}/{name}", "a") as file:
            file.write(f"{os.getpid()}\n")
        while wait and len(Path(f"{directory}/{name}").read_text().splitlines()) == 1:
            time.sleep(0.05)
        return name.upper()

    return noted


def test_a_killed_worker_costs_its_unit_alone(executor, tmp_path):
    units = [Unit(name, counted_unit(), (str(tmp_path), name, name == "b")) for name in "abcd"]
    lines = []

    def kill():
        while not (tmp_path / "b").exists() or not (tmp_path / "b").read_text():
            time.sleep(0.05)
        os.kill(int((tmp_path / "b").read_text()), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    found = {unit.name: value for unit, value in run_units(executor, units, report=lines.append)}
    killer.join()

    assert found == {name: name.upper() for name in "abcd"}
    begun = {name: len((tmp_path / name).read_text().splitlines()) for name in "abcd"}
    assert begun == {"a": 1, "b": 2, "c": 1, "d": 1}
    assert lines == ["a worker died during b: it is done again"]


BASELINES = ("raw:characters", "raw:log-mel", "raw:pixels")


def board_of(directory, executor, seeds=2):
    """The core board of the baselines, evaluated somewhere: its table, and all that it holds but times."""
    core = board_of_modalities(())
    columns = {name for name, _ in core.columns}
    asked = [asked_on(each, each, core) for each in BASELINES]
    with _cache(directory):
        found = evaluate_all(asked, ResultStore(directory / "results"), EvaluationOptions(seeds=seeds), executor)
    board = Leaderboard(str(directory / "board.sqlite"), core)
    results = [result for of_encoder in found for result in of_encoder]
    assert {result.task for result in results} == columns
    board.submit("baselines", [Submitted(result, Tier.RERUN) for result in results])
    standings = board.standings()
    console = LineConsole(width=200, record=True, file=io.StringIO())
    console.print(render(BoardView.of(standings, board.entries())))
    return console.export_text(), [_lasting(result) for result in results]


def _lasting(result):
    kept = result.replace(seconds=0.0, cost=result.cost and result.cost.model_copy(update=dict.fromkeys(TIMED)))
    return kept.model_dump()


TIMED = ("items_per_second", "batch_size", "peak_memory")


@contextlib.contextmanager
def _cache(directory):
    """Features of one place are not found in another; the data that are made for tasks are."""
    patch = pytest.MonkeyPatch()
    patch.setattr("superb_lite.cli.evaluation.feature_dir", lambda: directory / "features")
    try:
        yield
    finally:
        patch.undo()


def test_the_core_board_is_the_local_one_in_every_digit(ray_cluster, submitit_jobs, tmp_path):
    """With one thread here, as a unit has."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        table, results = board_of(tmp_path / "here", None)
        of_ray = board_of(tmp_path / "ray", ray_cluster)
        of_jobs = board_of(tmp_path / "submitit", submitit_jobs)
    finally:
        torch.set_num_threads(threads)

    assert table.count("baselines") >= 1
    assert of_ray == (table, results)
    assert of_jobs == (table, results)


def test_a_run_of_pretraining_is_a_unit(ray_cluster, tmp_path):
    options = ("--trainer.max_steps", "2", "--batch_size", "4")
    runs = {
        str(seed): ("image-simclr", tmp_path / str(seed), "quick", (*options, f"--seed_everything={seed}"))
        for seed in (0, 1)
    }

    assert sorted(pretrain_on(ray_cluster, runs)) == ["0", "1"]

    weights = [(tmp_path / str(seed) / WEIGHTS).read_bytes() for seed in (0, 1)]
    assert weights[0] != weights[1]
    assert all((tmp_path / str(seed) / "config.json").is_file() for seed in (0, 1))


def test_values_are_put_into_the_object_store_once(ray_cluster):
    shared = ray_cluster.shared(list(range(1000)))

    found = [value for _, value in run_units(ray_cluster, [Unit(str(n), sum, (shared, n)) for n in range(3)])]

    assert sorted(found) == [sum(range(1000)) + n for n in range(3)]


def test_a_full_object_store_is_one_line(ray_cluster, monkeypatch):
    full = ray_cluster._ray.exceptions.ObjectStoreFullError

    def put(value):
        raise full("no room")

    monkeypatch.setattr(ray_cluster._ray, "put", put)

    with pytest.raises(
        SuperbLiteError, match=r"^--executor ray: Ray's object store is full: give it more \(ray:store="
    ):
        ray_cluster.shared([1])


def test_a_second_cluster_in_one_process_is_refused(ray_cluster):
    with pytest.raises(SuperbLiteError, match="this process uses Ray already"), opened("ray"):
        pass


def test_a_unit_that_fits_nowhere_is_refused(ray_cluster, monkeypatch):
    monkeypatch.setattr(ray_cluster, "settings", type(ray_cluster.settings)(cpus=64))

    with pytest.raises(
        SuperbLiteError, match="no node has room for a unit of 64 cores and 0 GPUs: the largest of 1 have 2"
    ):
        ray_cluster.nodes()


def test_units_see_what_they_were_given(executor, tmp_path, monkeypatch):
    """No GPU where none was asked for, as many threads as cores, and the working directory of the asking process."""
    (_, found), *_ = run_units(executor, [Unit("look", _look())])

    assert found == ("", 1, os.getcwd())


def _look():
    def look():
        import os

        import torch

        return os.environ["CUDA_VISIBLE_DEVICES"], torch.get_num_threads(), os.getcwd()

    return look
