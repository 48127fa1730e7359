"""Tiny runs of the text objective that keep their encoders on the way."""

import pytest

from superb_lite.encoders.checkpoint_config import WEIGHTS
from superb_lite.encoders.references import load_encoder
from superb_lite.encoders.trajectory import Trajectory
from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.metrics_file import METRICS, read_rows
from superb_lite.pretraining.run import pretrain
from superb_lite_text.masked_lm import MaskedLM

TINY = ["--model.width=8", "--model.heads=2", "--model.hidden=8", "--model.layers=1", "--data.batch_size=2"]


@pytest.fixture
def text(tmp_path):
    file = tmp_path / "one.txt"
    file.write_text("天地玄黄，宇宙洪荒。\n日月盈昃，辰宿列张。\n" * 6, encoding="utf-8")
    return file


def run(out, text, steps, *options, **keywords):
    arguments = [*TINY, "--trainer.accelerator=cpu", f"--trainer.max_steps={steps}", *options]
    return pretrain("text-bert", out, data=text, arguments=arguments, **keywords)


def weights(out):
    return (out / WEIGHTS).read_bytes()


def interrupt_at(monkeypatch, step):
    original = MaskedLM.on_train_batch_start

    def on_train_batch_start(self, batch, batch_idx):
        if self.global_step == step:
            raise KeyboardInterrupt
        original(self, batch, batch_idx)

    monkeypatch.setattr(MaskedLM, "on_train_batch_start", on_train_batch_start)


def test_the_run_is_what_it_is_without_and_steps_are_those_of_shorter_runs(text, tmp_path):
    plain = run(tmp_path / "plain", text, 6)
    kept = run(tmp_path / "kept", text, 6, checkpoints="log")
    assert weights(kept) == weights(plain)
    assert read_rows(kept / METRICS) == read_rows(plain / METRICS)
    trajectory = Trajectory(kept)
    assert trajectory.steps == (0, 1, 2, 4, 6)
    assert weights(trajectory.path(6)) == weights(plain)
    assert len({weights(trajectory.path(step)) for step in trajectory.steps}) == 5
    still = run(
        tmp_path / "still", text, 1, "--model.learning_rate=0", "--model.muon_rate=0"
    )  # its weights are those that were drawn
    assert weights(trajectory.path(0)) == weights(still)


def test_each_encoder_tells_its_step(text, tmp_path):
    trajectory = Trajectory(run(tmp_path / "out", text, 5, checkpoints="2"))
    assert trajectory.steps == (0, 2, 4, 5)
    told = [trajectory.load(step).pretraining for step in trajectory.steps]
    assert [each["steps"] for each in told] == [0, 2, 4, 5]
    assert [each["items"] for each in told] == [0, 4, 8, 10]
    assert [each["checkpoints"] for each in told] == ["2"] * 4
    assert told[0]["final_loss"] is None
    assert all(each["final_loss"] > 0 for each in told[1:])
    assert load_encoder(tmp_path / "out").pretraining["final_loss"] == told[-1]["final_loss"]


def test_accumulated_gradients_make_one_step(text, tmp_path):
    out = run(tmp_path / "out", text, 4, "--trainer.accumulate_grad_batches=3", checkpoints="log")
    plain = run(tmp_path / "plain", text, 4, "--trainer.accumulate_grad_batches=3")
    trajectory = Trajectory(out)
    assert trajectory.steps == (0, 1, 2, 4)
    assert [trajectory.load(step).pretraining["items"] for step in trajectory.steps] == [0, 6, 12, 24]
    assert weights(trajectory.path(4)) == weights(plain)


def test_an_interrupted_run_goes_on(text, tmp_path):
    whole = run(tmp_path / "whole", text, 70, checkpoints="log")
    out = tmp_path / "out"
    with pytest.MonkeyPatch.context() as monkeypatch:
        interrupt_at(monkeypatch, 66)  # the last state is of step 50
        with pytest.raises(SuperbLiteError, match="interrupted at step 66"):
            run(out, text, 70, checkpoints="log")
    assert Trajectory(out).steps == (0, 1, 2, 4, 8, 16, 32, 64)
    for other in (None, "10"):
        with pytest.raises(SuperbLiteError, match=f"--checkpoints is {other}, but the interrupted run .* with log"):
            run(out, text, 70, resume=True, checkpoints=other)
    run(out, text, 70, resume=True, checkpoints="log")
    assert Trajectory(out).steps == Trajectory(whole).steps == (0, 1, 2, 4, 8, 16, 32, 64, 70)
    for step in Trajectory(whole).steps:
        assert weights(out / f"steps/{step}") == weights(whole / f"steps/{step}")


def test_encoders_of_a_run_that_left_no_state_make_room(text, tmp_path):
    out = tmp_path / "out"
    with pytest.MonkeyPatch.context() as monkeypatch:
        interrupt_at(monkeypatch, 7)
        with pytest.raises(SuperbLiteError, match="nothing was saved yet"):
            run(out, text, 9, checkpoints="3")
    (out / "steps/mine").mkdir()
    assert run(out, text, 9, checkpoints="log") == out
    assert Trajectory(out).steps == (0, 1, 2, 4, 8, 9)
    assert (out / "steps/mine").is_dir()


def test_a_wrong_series_is_one_line(superb_lite_command, tmp_path):
    code, _, said = superb_lite_command("pretrain", "text-bert", "--checkpoints", "often", "--out", tmp_path / "x")
    assert code == 2
    assert said.strip().endswith("--checkpoints 'often': give log (steps 0, 1, 2, 4, ...) or every so many steps")
    assert not (tmp_path / "x").exists()
