import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.encoders.references import Reference, decide, load_encoder
from superb_lite.encoders.trajectory import Series, Trajectory, expanded, run_directory
from superb_lite.errors import SuperbLiteError
from superb_lite.paths import CONFIG
from superb_lite_text.bert import BertEncoder
from superb_lite_text.tokenizer import train_tokenizer

TOKENIZER = train_tokenizer(["天地玄黄"])


def save(directory, step, *, width=8, **said):
    encoder = BertEncoder(TOKENIZER, layers=1, width=width, heads=2, hidden=8)
    pretraining = {"objective": "text-bert", "seed": 3, "steps": step, "checkpoints": "log", **said}
    save_checkpoint(encoder, directory, name="text-bert", pretraining=pretraining)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for step in (0, 1, 2, 4, 6):
        save(tmp_path / f"run/steps/{step}", step)
    save(tmp_path / "run", 6)
    return tmp_path / "run"


@pytest.mark.parametrize(
    ("rule", "last", "steps"),
    [
        ("log", 0, (0,)),
        ("log", 1, (0, 1)),
        ("log", 8, (0, 1, 2, 4, 8)),
        ("log", 11, (0, 1, 2, 4, 8, 11)),
        ("3", 7, (0, 3, 6, 7)),
        ("3", 6, (0, 3, 6)),
        ("100", 7, (0, 7)),
    ],
)
def test_a_series_begins_with_0_and_holds_the_last(rule, last, steps):
    series = Series.parse(rule)
    assert series.until(last) == steps
    assert [step for step in range(last + 1) if step in series] == [s for s in steps if s != last or s in series]
    assert str(series) == rule


@pytest.mark.parametrize("rule", ["", "0", "-1", "1.5", "logs", "٣", "1" * 30])
def test_what_is_no_series(rule):
    with pytest.raises(SuperbLiteError, match=r"--checkpoints '.*': give log .* or every so many steps"):
        Series.parse(rule)


def test_a_trajectory_loads_the_encoder_of_each_step(run):
    trajectory = Trajectory("run")
    assert trajectory.steps == (0, 1, 2, 4, 6)
    assert trajectory.reference(4) == "run@4"
    assert trajectory.load(4).content_hash() == load_encoder("./run/steps/4").content_hash()
    assert trajectory.load(4).pretraining["steps"] == 4
    assert trajectory.load(4).content_hash() != trajectory.load(2).content_hash()


def test_a_reference_names_the_encoder_of_a_step(run, tmp_path, monkeypatch):
    assert decide("run@4") == Reference("checkpoint", argument="run/steps/4")
    assert decide(f"{run}@0").argument == str(run / "steps/0")
    assert decide(run.with_name("run@0")).argument == str(run / "steps/0")
    assert decide("random:run@4") == Reference("twin", argument="run/steps/4")
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "work"))
    shutil.copytree(run, tmp_path / "work/checkpoints/text-bert")
    assert decide("text-bert@4").argument == str(tmp_path / "work/checkpoints/text-bert/steps/4")


def test_a_directory_of_that_name_comes_first(run):
    save(run.with_name("run@4"), 9)
    assert decide("run@4").argument == "run@4"


def test_all_steps_stand_for_several_encoders(run):
    assert expanded(["majority", "run@all", "run@1", "hf:a@all"][:3]) == [
        "majority",
        *(f"run@{step}" for step in (0, 1, 2, 4, 6)),
        "run@1",
    ]
    with pytest.raises(SuperbLiteError, match=r"^'run@all' is 5 encoders, and one is wanted: name a step, .*'run@6'$"):
        decide("run@all")


def test_the_name_of_an_objective_is_its_run_in_the_workspace(monkeypatch, tmp_path):
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path))
    directory = tmp_path / "checkpoints" / "text-bert"
    for step in (0, 1):
        save(directory / "steps" / str(step), step)
    assert run_directory("text-bert") == directory
    assert run_directory("./text-bert") == Path("text-bert")
    assert expanded(["text-bert@all"]) == ["text-bert@0", "text-bert@1"]
    assert decide("text-bert@1") == Reference("checkpoint", argument=str(directory / "steps" / "1"))


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("run@3", "'run' has no encoder of step 3: it has those of 0, 1, 2, 4, 6"),
        ("run@04", "'run@04': after @ stands a step, such as 'run@6'"),
        ("run@", "'run@': after @ stands a step, such as 'run@6'"),
        ("ran@4", "no such directory: 'ran'"),
        ("bare@4", "'bare' has no encoders of its pretraining steps: pretrain with --checkpoints log"),
        ("text-bert@4", "no such directory: 'superb-lite-out/checkpoints/text-bert'"),
    ],
)
def test_what_is_no_step_of_a_run(run, reference, said, monkeypatch):
    monkeypatch.delenv("SUPERB_LITE_OUT", raising=False)
    save(run.with_name("bare"), 6)
    with pytest.raises(SuperbLiteError) as caught:
        decide(reference)
    assert str(caught.value) == said


def test_missing_steps_are_named(run):
    shutil.rmtree(run / "steps/2")
    (run / "steps/4" / CONFIG).unlink()  # being written when the process ended
    with pytest.raises(SuperbLiteError, match=r"^'run' lacks the encoders of steps 2, 4: pretrain it again with "):
        Trajectory("run")
    assert decide("run@6").argument == "run/steps/6"


def test_the_last_step_of_a_finished_run_may_be_missing_too(run):
    shutil.rmtree(run / "steps/6")
    with pytest.raises(SuperbLiteError, match="lacks the encoders of steps 6:"):
        Trajectory(run)
    (run / CONFIG).unlink()  # it is still running
    assert Trajectory(run).steps == (0, 1, 2, 4)


def test_steps_that_were_put_together_elsewhere_have_no_holes(tmp_path):
    for step in (0, 1000):
        save(tmp_path / f"own/steps/{step}", step, checkpoints=None)
    assert Trajectory(tmp_path / "own").steps == (0, 1000)


@pytest.mark.parametrize(
    ("changes", "differing"), [({"width": 4}, "config"), ({"seed": 4}, "seed"), ({"objective": "x"}, "objective")]
)
def test_encoders_of_two_runs_are_no_trajectory(run, changes, differing):
    save(run / "steps/4", 4, **changes)
    with pytest.raises(SuperbLiteError, match=f"of steps 0 and 4 in .* are not of one run: .* their {differing}"):
        Trajectory(run)


def test_a_folder_must_be_called_as_its_step(run):
    (run / "steps/4").rename(run / "steps/8")
    with pytest.raises(SuperbLiteError, match=r"'.*steps/8' is not of step 8: its config.json says step 4"):
        Trajectory(run)


def test_damage_is_one_line(run):
    (run / "steps/4" / CONFIG).write_text(json.dumps({"format": 1}))
    with pytest.raises(SuperbLiteError, match=r"steps/4/config.json' has no \"format\""):
        Trajectory(run)


def test_what_a_reference_is_takes_no_torch(run):
    code = "import sys; from superb_lite.encoders.references import decide; decide('run@4'); assert not "
    code += "{'torch'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=run.parent)
