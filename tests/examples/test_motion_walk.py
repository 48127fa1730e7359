"""The package examples/superb_lite_motion in a fresh environment, by commands only: installed, trained, ranked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fresh_environment import FreshEnvironment, superb_lite_wheel, wheel

EXAMPLE = Path(__file__).parents[2] / "examples" / "superb_lite_motion"
TASKS = [f"motion-lite/{name}" for name in ("direction", "appliance", "activity", "speaker", "beat")]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("wheels")
    return [superb_lite_wheel(folder), wheel(EXAMPLE, folder)]


def scores_in(folder: Path) -> dict[str, float]:
    """The scores of the one file of results in a folder, by task."""
    (file,) = folder.glob("*.json")
    return {result["task"]: result["score"] for result in json.loads(file.read_text())["results"]}


def test_a_strangers_modality_is_installed_pretrained_evaluated_and_ranked(
    wheels: list[Path], sktime: Path, tmp_path: Path
) -> None:
    fresh = FreshEnvironment(tmp_path / "fresh")
    fresh.install(wheels[0])
    assert "motion" not in fresh.run("superb-lite", "list", "modalities", cwd=tmp_path).stdout
    fresh.install(wheels[1])
    missing = fresh.run("superb-lite", "evaluate", "majority", "--tasks", TASKS[0], cwd=tmp_path, code=2)
    assert missing.stderr.splitlines()[-1].endswith("is not installed: pip install 'sktime>=1,<2'")
    fresh.install(wheel(sktime, tmp_path))

    assert "motion-masked" in fresh.run("superb-lite", "list", "objectives", cwd=tmp_path).stdout
    fresh.run("superb-lite", "pretrain", "motion-masked", "--budget", "quick", "--out", "mine", cwd=tmp_path)
    options = ["--tasks", TASKS[2], "--tasks", TASKS[3], "--seeds", "2", "--out", "results"]
    fresh.run("superb-lite", "evaluate", "mine", *options, cwd=tmp_path)
    scores = scores_in(tmp_path / "results")
    assert list(scores) == TASKS[2:4]
    assert scores["motion-lite/activity"] > 0.5 > 0.25  # twice what guessing gives
    assert scores["motion-lite/speaker"] > 0.3

    # `run` does all of it, on a board of the task that is admitted; then what was pretrained above joins that board.
    fresh.run("superb-lite", "run", "--modality", "motion", "--quick", "--out", "work", cwd=tmp_path)
    board = "work/quick/board-quick-motion.sqlite"
    fresh.run("superb-lite", "submit", "mine", "--board", board, "--name", "mine", cwd=tmp_path)
    shown = fresh.run("superb-lite", "leaderboard", "show", "--board", board, "--json", cwd=tmp_path).stdout
    rows = json.loads(shown)["rows"]
    assert {row["name"] for row in rows} == {"mine", "pretrained", "random twins", "simple baselines"}
    for row in rows:
        score = row["scores"]["overall"]
        lo, hi = score["ci"]
        assert lo < score["score"] < hi
        assert 1 <= score["rank"][0] <= score["rank"][1] <= len(rows)
    conform = ["-q", str(EXAMPLE / "tests"), "-k", "not motion-lite"]  # whose sheet is of the true files
    fresh.run("python", "-m", "pytest", *conform, cwd=tmp_path)


def test_the_files_of_the_released_sktime_are_read(wheels: list[Path], tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        str(tmp_path),
        "sktime==1.2.0",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"sktime cannot be downloaded: {done.stderr.strip().splitlines()[-1]}")
    fresh = FreshEnvironment(tmp_path / "fresh")
    fresh.install(*wheels, *tmp_path.glob("sktime*.whl"))
    options = ["--tasks", "motion-lite", "--out", "results"]
    fresh.run("superb-lite", "evaluate", "raw:motion-statistics", *options, cwd=tmp_path)
    scores = scores_in(tmp_path / "results")
    assert scores["motion-lite/direction"] == 0.5  # no mean says which way time goes
    assert scores["motion-lite/activity"] > 0.8
    assert scores["motion-lite/speaker"] > 0.75
    assert 0.3 < scores["motion-lite/beat"] < 0.6
    fresh.run("python", "-m", "pytest", "-q", str(EXAMPLE / "tests"), "-k", "motion-lite", cwd=tmp_path)
