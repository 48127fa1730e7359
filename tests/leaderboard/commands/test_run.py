"""`superb-lite run` on a toy modality: what is pretrained and which entries come out."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from superb_lite import plugins
from superb_lite.cli import evaluation
from superb_lite.encoders.checkpoint_config import CONFIG
from superb_lite.errors import SuperbLiteError
from superb_lite.heads.linear import ProbeSettings
from superb_lite.modality import Modality, ObjectiveSpec
from superb_lite.protocols import PROTOCOLS
from superb_lite.protocols.frozen import Frozen
from superb_lite.tasks.taskset import Board, TaskSet
from superb_lite_leaderboard import board
from superb_lite_leaderboard.commands import pipeline
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, toy_task


def _objective(name: str) -> ObjectiveSpec:
    recipes = {budget: f"superb_lite_text:recipes/text-bert.{budget}.yaml" for budget in ("quick", "minute", "hour")}
    return ObjectiveSpec(name=name, modality="toy", encoder=name, objective="", data="", recipes=recipes)


MODALITY = Modality(
    name="toy",
    item="array",
    objective="toy-one",
    baselines=("raw:toy", "raw:other"),
    check="builtins:print",
    extra_references=("other:toy",),
)
OBJECTIVES = {name: _objective(name) for name in ("toy-two", "toy-one")}
TASKS = TaskSet("toy", (toy_task(classify_data(noise=0.8)),))
BOARD = Board("toys", 1, (("toy/classify", "frozen"),))


@pytest.fixture
def superb_lite(superb_lite_command, monkeypatch, tmp_path):
    """Run a command in this process; returns the exit code, its output and what was pretrained."""
    pretrained: list[str] = []

    def pretrain(name: str, out: Path, *, budget: str, **_: object) -> Path:
        pretrained.append(name if budget == "minute" else f"{name} {budget}")
        out.mkdir(parents=True)
        (out / CONFIG).touch()
        return out

    def load(reference: str, *, trust_code: bool = False) -> ToyEncoder:
        torch.manual_seed(sum(map(ord, Path(reference).name)))
        encoder = ToyEncoder().eval().requires_grad_(False)
        torch.nn.init.normal_(encoder.map.weight)
        return encoder

    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "workspace"))
    monkeypatch.setattr(plugins, "tasksets", lambda: {"toy": TASKS})
    monkeypatch.setattr(plugins, "modalities", lambda: {"toy": MODALITY})
    monkeypatch.setattr(plugins, "objectives", lambda: OBJECTIVES)
    monkeypatch.setattr(board, "CORE", BOARD)
    monkeypatch.setattr(board, "QUICK", BOARD)
    monkeypatch.setattr(board, "BUILT_IN", {"core": BOARD})
    monkeypatch.setattr(pipeline, "BUILT_IN", {"core": BOARD})
    monkeypatch.setattr("superb_lite.cli.pretraining.pretrain", pretrain)
    monkeypatch.setattr(pipeline, "forecast", lambda *_, budget, **__: {"minute": 61.0, "hour": 3600.0}[budget])
    monkeypatch.setattr("superb_lite.cli.evaluation.load_encoder", load)
    monkeypatch.setattr(pipeline, "twin_of", lambda directory: f"random:{directory}")
    monkeypatch.setattr(MODALITY.__class__, "check_item", lambda *_: None)
    monkeypatch.setitem(PROTOCOLS, "frozen", Frozen(ProbeSettings(learning_rate=1e-1, weight_decays=(1e-2,), steps=20)))

    def run(*arguments: str) -> tuple[int, str, list[str]]:
        pretrained.clear()
        code, out, err = superb_lite_command("run", *arguments)
        return code, out + err, list(pretrained)

    return run


def entries(tmp_path: Path, folder: str = "workspace") -> set[str]:
    return {entry.name for entry in Leaderboard(tmp_path / folder / "board.sqlite", BOARD).entries()}


def test_one_encoder_a_modality_and_a_second_run_pretrains_nothing(superb_lite, tmp_path):
    code, out, pretrained = superb_lite()
    assert (code, pretrained) == (0, ["toy-one"]), out
    assert entries(tmp_path) == {"pretrained", "random twins", "simple baselines"}
    rows = {row["name"]: row for row in Leaderboard(tmp_path / "workspace" / "board.sqlite", BOARD).rows()}
    assert rows["simple baselines"]["encoders"]["toy"] in MODALITY.baselines
    assert (tmp_path / "workspace" / "site" / "index.html").exists()
    code, out, pretrained = superb_lite()
    assert (code, pretrained) == (0, [])
    assert "pretrained already" in out


def test_a_modality_by_name_has_all_its_objectives_and_what_stands_beside_them(superb_lite, tmp_path):
    code, out, pretrained = superb_lite("--modality", "toy")
    assert (code, pretrained) == (0, ["toy-one", "toy-two"]), out
    expected = {"pretrained", "random twins", "simple baselines", "toy-two", "random toy-two", "other:toy"}
    assert entries(tmp_path) == expected


def test_each_budget_has_its_own_directory(superb_lite, tmp_path):
    assert superb_lite()[2] == ["toy-one"]
    code, out, pretrained = superb_lite("--budget", "hour")
    assert (code, pretrained) == (0, ["toy-one hour"]), out
    assert "about 60 min" in out
    assert "random:" in next(line for line in out.splitlines() if "random:" in line and "checkpoints" in line)
    code, out, pretrained = superb_lite("--budget", "hour", "--out", str(tmp_path / "mine"))
    assert (code, pretrained) == (0, ["toy-one hour"]), out
    for folder in ("workspace", "workspace/hour", "mine/hour"):
        assert entries(tmp_path, folder) == {"pretrained", "random twins", "simple baselines"}


def test_a_quick_run_has_its_own_directory_and_the_first_objective_only(superb_lite, tmp_path):
    code, out, pretrained = superb_lite("--quick", "--modality", "toy")
    assert (code, pretrained) == (0, ["toy-one quick"]), out
    assert entries(tmp_path, "workspace/quick") == {"pretrained", "random twins", "simple baselines"}


def test_a_board_of_tasks_is_a_file_of_its_own_and_knows_its_tasks(superb_lite, tmp_path):
    assert superb_lite()[0] == 0
    code, out, pretrained = superb_lite("--tasks", "toy", "--modality", "toy")
    assert (code, pretrained) == (0, ["toy-two"]), out  # toy-one is there already
    file = tmp_path / "workspace" / "board-toy.sqlite"
    assert (tmp_path / "workspace" / "site-toy" / "index.html").exists()
    assert f"leaderboard show --board {file}" in out
    assert len(entries(tmp_path)) == 3
    assert len(Leaderboard(file).entries()) == 6
    assert Leaderboard(file).board.columns == (("toy/classify", "frozen"),)
    assert "toy-two" in {row["name"] for row in Leaderboard(file).rows()}


NOTHING = Board("core", 1, ())


def test_a_modality_that_the_core_board_lacks_has_one_of_its_own(superb_lite, monkeypatch, tmp_path):
    monkeypatch.setattr(board, "CORE", NOTHING)
    monkeypatch.setattr(board, "QUICK", NOTHING)
    two = (*TASKS.tasks, dataclasses.replace(TASKS.tasks[0], name="toy/again"))
    for core, columns in (((), ["toy/classify", "toy/again"]), (("toy/again",), ["toy/again"])):
        monkeypatch.setattr(plugins, "tasksets", lambda core=core: {"toy": TaskSet("toy", two, core=core)})
        assert [name for name, _ in board.board_of_modalities(["toy"]).columns] == columns
    code, out, _ = superb_lite("--modality", "toy")
    assert code == 0, out
    ranked = Leaderboard(tmp_path / "workspace" / "board-toy.sqlite").board
    assert (ranked.name, ranked.columns) == ("toy", (("toy/again", "frozen"),))
    code, out, _ = superb_lite("--modality", "toy", "--quick")
    assert code == 0, out
    assert Leaderboard(tmp_path / "workspace" / "quick" / "board-quick-toy.sqlite").board.name == "quick-toy"


@pytest.mark.parametrize(
    ("names", "sets", "words"),
    [
        (["toy", "other"], {"toy": TASKS}, "modality 'toy' has a board of its own: run it by itself"),
        (["toy"], {}, "modality 'toy' has no tasks to run"),
    ],
)
def test_modalities_without_a_board_are_refused(monkeypatch, names, sets, words):
    monkeypatch.setattr(board, "CORE", NOTHING)
    monkeypatch.setattr(plugins, "tasksets", lambda: sets)
    with pytest.raises(SuperbLiteError, match=words):
        board.board_of_modalities(names)


def test_pretraining_goes_to_the_device_of_the_evaluation(monkeypatch):
    found = {"auto": "cpu", "cpu": "cpu", "cuda": "cuda", "cuda:1": "cuda:1", "mps": "mps"}
    monkeypatch.setattr(evaluation, "device_named", lambda name: torch.device(found[name]))
    assert evaluation.trainer_options("auto") == []
    assert evaluation.trainer_options("cpu") == ["--trainer.accelerator", "cpu"]
    assert evaluation.trainer_options("cuda") == ["--trainer.accelerator", "cuda"]
    assert evaluation.trainer_options("cuda:1") == ["--trainer.accelerator", "cuda", "--trainer.devices", "[1]"]
    assert evaluation.trainer_options("mps") == ["--trainer.accelerator", "mps"]
    found["auto"] = "cuda"
    assert evaluation.trainer_options("auto") == ["--trainer.accelerator", "cuda"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--tasks", "toy", "--quick"], "a quick run has tasks of its own"),
        (["--tasks", "toyy"], "'toyy': did you mean 'toy'"),
        (["--budget", "hour", "--quick"], "a quick run has a budget of its own"),
        (["--budget", "week"], "objective 'toy-one' has no recipe for the budget 'week': choose among quick, minute"),
    ],
)
def test_tasks_that_cannot_be_run_are_one_line(superb_lite, arguments, words):
    code, out, pretrained = superb_lite(*arguments)
    assert (code, pretrained) == (2, [])
    assert words in out
    assert out.count("\n") == 1
