"""Tiny runs of the text objective on a text of a few lines."""

import json
import os
import signal
import stat
import subprocess
import sys

import pytest
import torch
from filelock import FileLock

from superb_lite.encoders.checkpoint_config import CONFIG, WEIGHTS
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite.pretraining import run as run_module
from superb_lite.pretraining.arguments import TRAINING_STATE
from superb_lite.pretraining.metrics_file import METRICS, read_rows
from superb_lite.pretraining.run import pretrain
from superb_lite.pretraining.state import LOCK
from superb_lite_text.masked_lm import MaskedLM

TINY = ["--model.width=8", "--model.heads=2", "--model.hidden=8", "--model.layers=1", "--data.batch_size=2"]
CPU = ["--trainer.accelerator=cpu"]


@pytest.fixture
def text(tmp_path):
    folder = tmp_path / "text"
    folder.mkdir()
    (folder / "one.txt").write_text("天地玄黄，宇宙洪荒。\n日月盈昃，辰宿列张。\n" * 6, encoding="utf-8")
    (folder / "two.txt").write_text("寒来暑往，秋收冬藏。\n" * 6, encoding="utf-8")
    return folder


def run(out, text, *, steps, options=(), **keywords):
    return pretrain(
        "text-bert", out, data=text, arguments=[*TINY, *CPU, f"--trainer.max_steps={steps}", *options], **keywords
    )


def weights(out):
    return (out / WEIGHTS).read_bytes()


def test_the_checkpoint_tells_how_it_came_about(text, tmp_path):
    out = run(tmp_path / "out", text, steps=3, options=["--model.mask_rate=0.5", "--seed_everything=4"])
    encoder = load_encoder(out)
    told = encoder.pretraining
    assert told["objective"] == "text-bert"
    assert told["corpora"] == [str(text)]
    assert told["budget"] == "minute"
    assert told["steps"] == 3
    assert told["items"] == 3 * 2
    assert told["seed"] == 4
    assert told["options"]["model.mask_rate"] == 0.5
    assert told["options"]["data.seed"] == 4
    assert told["final_loss"] > 0
    assert "天" in encoder.tokenizer.vocabulary
    assert not (out / TRAINING_STATE).exists()
    assert json.loads((out / CONFIG).read_text(encoding="utf-8"))["encoder"] == "text-bert"


def test_every_batch_of_a_step_counts_among_the_items(text, tmp_path):
    out = run(tmp_path / "out", text, steps=3, options=["--trainer.accumulate_grad_batches=4"])
    assert load_encoder(out).pretraining["items"] == 3 * 4 * 2


def test_two_runs_are_the_same_and_seeds_differ(text, tmp_path):
    one, two = (run(tmp_path / name, text, steps=4) for name in ("one", "two"))
    other = run(tmp_path / "other", text, steps=4, options=["--seed_everything=1"])
    assert weights(one) == weights(two) != weights(other)


def test_the_seed_draws_the_first_weights_too(text, tmp_path):
    one = run(tmp_path / "one", text, steps=1, options=["--model.learning_rate=0"])
    other = run(tmp_path / "other", text, steps=1, options=["--model.learning_rate=0", "--seed_everything=1"])
    assert weights(one) != weights(other)


def test_half_precision_trains_weights_of_single_precision(text, tmp_path):
    half, single = (
        run(tmp_path / name, text, steps=3, options=[f"--trainer.precision={name}"])
        for name in ("bf16-mixed", "32-true")
    )
    assert weights(half) != weights(single)
    losses = [load_encoder(out).pretraining["final_loss"] for out in (half, single)]
    assert losses[0] == pytest.approx(losses[1], rel=0.02)
    assert {value.dtype for value in load_encoder(half).state_dict().values()} == {torch.float32}


def interrupt_at(monkeypatch, step):
    original = MaskedLM.on_train_batch_start

    def on_train_batch_start(self, batch, batch_idx):
        if self.global_step == step:
            raise KeyboardInterrupt
        original(self, batch, batch_idx)

    monkeypatch.setattr(MaskedLM, "on_train_batch_start", on_train_batch_start)


def test_a_run_that_is_resumed_twice_equals_one_that_was_never_interrupted(text, tmp_path):
    """The state is saved every 100 steps, so work is lost, but nothing else is."""
    whole = run(tmp_path / "whole", text, steps=230)
    out = tmp_path / "out"
    handler = signal.getsignal(signal.SIGINT)
    for step, resume in ((130, False), (215, True)):
        with pytest.MonkeyPatch.context() as monkeypatch:
            interrupt_at(monkeypatch, step)
            with pytest.raises(SuperbLiteError, match=f"interrupted at step {step}: .*--resume"):
                run(out, text, steps=230, resume=resume)
        assert [p.name for p in out.glob("*.ckpt")] == [TRAINING_STATE]
        assert signal.getsignal(signal.SIGINT) is handler
    with pytest.raises(SuperbLiteError, match="holds an interrupted run: go on with --resume"):
        run(out, text, steps=230)
    run(out, text, steps=230, resume=True)
    assert weights(out) == weights(whole)
    assert list(out.glob("*.ckpt")) == []


class KilledError(Exception):
    """Stands for the end of the process."""


def kill_before_the_checkpoint(monkeypatch):
    def killed(*arguments, **options):
        raise KilledError

    monkeypatch.setattr(run_module, "save_checkpoint", killed)


def test_a_run_that_was_killed_after_its_last_step_is_resumed(text, tmp_path):
    """The state of step 54 of 54 lies there, and no checkpoint."""
    whole = run(tmp_path / "whole", text, steps=54)
    out = tmp_path / "out"
    with pytest.MonkeyPatch.context() as monkeypatch:
        kill_before_the_checkpoint(monkeypatch)
        with pytest.raises(KilledError):
            run(out, text, steps=54)
    assert (out / TRAINING_STATE).exists()
    run(out, text, steps=54, resume=True)
    assert weights(out) == weights(whole)
    assert read_rows(out / METRICS) == read_rows(whole / METRICS) != []
    told, expected = (load_encoder(path).pretraining for path in (out, whole))
    assert (told["final_loss"], told["steps"]) == (expected["final_loss"], 54)
    assert told["seconds"] > 0


def test_a_resumed_run_has_the_metrics_of_a_whole_one(text, tmp_path):
    options = ["--trainer.log_every_n_steps=10"]
    whole = run(tmp_path / "whole", text, steps=80, options=options)
    out = tmp_path / "out"
    with pytest.MonkeyPatch.context() as monkeypatch:
        interrupt_at(monkeypatch, 75)  # rows that come after the state of step 54 are written anew
        with pytest.raises(SuperbLiteError, match="interrupted at step 75"):
            run(out, text, steps=80, options=options)
    run(out, text, steps=80, options=options, resume=True)
    assert [row["step"] for row in read_rows(out / METRICS)] == [str(step) for step in range(9, 80, 10)]
    assert read_rows(out / METRICS) == read_rows(whole / METRICS)


def test_a_run_with_accumulated_gradients_resumes_exactly(text, tmp_path):
    options = ["--trainer.accumulate_grad_batches=2"]
    whole = run(tmp_path / "whole", text, steps=60, options=options)
    out = tmp_path / "out"
    with pytest.MonkeyPatch.context() as monkeypatch:
        interrupt_at(monkeypatch, 57)
        with pytest.raises(SuperbLiteError, match="interrupted at step 57"):
            run(out, text, steps=60, options=options)
    run(out, text, steps=60, options=options, resume=True)
    assert weights(out) == weights(whole)


@pytest.fixture
def interrupted(text, tmp_path):
    """A directory with the state of step 54 of 60."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        interrupt_at(monkeypatch, 56)
        with pytest.raises(SuperbLiteError, match="interrupted at step 56"):
            run(tmp_path / "out", text, steps=60)
    return tmp_path / "out"


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--model.mask_rate=0.5", r"--model\.mask_rate is 0\.5, but the interrupted run in '.*out' began with 0\.3"),
        ("--data.batch_size=3", r"--data\.batch_size is 3, but .* began with 2"),
        ("--seed_everything=1", r"--(data\.seed|seed_everything) is 1, but .* began with 0"),
        ("--trainer.max_steps=70", r"--trainer\.max_steps is 70, but .* began with 60"),
        ("--trainer.gradient_clip_val=2.0", r"--trainer\.gradient_clip_val is 2\.0, but .* began with 1\.0"),
    ],
)
def test_other_options_than_the_first_time_are_refused_by_name(text, interrupted, option, words):
    with pytest.raises(SuperbLiteError, match=words):
        run(interrupted, text, steps=60, options=[option], resume=True)
    assert (interrupted / TRAINING_STATE).exists()


def test_other_data_than_the_first_time_is_refused(text, interrupted):
    (text / "three.txt").write_text("闰余成岁，律吕调阳。\n", encoding="utf-8")
    with pytest.raises(SuperbLiteError, match="the corpus has changed since the interrupted run"):
        run(interrupted, text, steps=60, resume=True)


def test_what_only_shows_a_run_may_change(text, interrupted):
    run(interrupted, text, steps=60, options=["--trainer.log_every_n_steps=5"], resume=True)
    assert (interrupted / CONFIG).exists()


def test_a_truncated_state_is_one_line(text, interrupted):
    state = interrupted / TRAINING_STATE
    state.write_bytes(state.read_bytes()[:1000])
    with pytest.raises(SuperbLiteError, match=r"training\.ckpt' is damaged") as caught:
        run(interrupted, text, steps=60, resume=True)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("option", ["--model.widht=3", "--model.width=9", "--data.path=nowhere"])
def test_a_refused_run_leaves_no_folder(text, tmp_path, option):
    with pytest.raises(SuperbLiteError):
        run(tmp_path / "new" / "out", text, steps=1, options=[option])
    assert list(tmp_path.iterdir()) == [text]


def test_a_directory_that_another_process_trains_into_is_refused(text, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    with FileLock(out / LOCK), pytest.raises(SuperbLiteError, match=r"another process is pretraining into '.*out'"):
        run(out, text, steps=1)
    run(out, text, steps=1)
    assert not (out / LOCK).exists()


def test_files_have_the_mode_that_the_umask_leaves(text, tmp_path):
    before = os.umask(0o027)
    try:
        out = run(tmp_path / "out", text, steps=25)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()}
    assert modes == dict.fromkeys((CONFIG, WEIGHTS, METRICS), 0o640)


@pytest.mark.slow
def test_a_process_that_is_killed_is_resumed(text, tmp_path):
    """SIGKILL at step 57: the lock and the file of metrics are left as they are."""
    whole = run(tmp_path / "whole", text, steps=60)
    out = tmp_path / "out"
    code = """
import os, sys
from pathlib import Path
from superb_lite.pretraining.run import pretrain
from superb_lite_text.masked_lm import MaskedLM
original = MaskedLM.on_train_batch_start
def on_train_batch_start(self, batch, batch_idx):
    if self.global_step == 57:
        os.kill(os.getpid(), 9)
    original(self, batch, batch_idx)
MaskedLM.on_train_batch_start = on_train_batch_start
pretrain("text-bert", Path(sys.argv[1]), data=Path(sys.argv[2]), arguments=sys.argv[3:])
"""
    options = [*TINY, *CPU, "--trainer.max_steps=60"]
    ended = subprocess.run([sys.executable, "-c", code, str(out), str(text), *options], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert not (out / CONFIG).exists()
    run(out, text, steps=60, resume=True)
    assert weights(out) == weights(whole)
    assert read_rows(out / METRICS) == read_rows(whole / METRICS)
    assert {path.name for path in out.iterdir()} == {CONFIG, WEIGHTS, METRICS}


def test_an_interrupt_before_anything_was_saved_says_so(text, tmp_path, monkeypatch):
    interrupt_at(monkeypatch, 2)
    with pytest.raises(SuperbLiteError, match="interrupted at step 2: nothing was saved yet"):
        run(tmp_path / "out", text, steps=5)


def test_a_loss_that_is_not_finite_ends_the_run(text, tmp_path):
    with pytest.raises(SuperbLiteError, match=r"the loss is (nan|inf) at step \d+: lower --model.learning_rate"):
        run(tmp_path / "out", text, steps=20, options=["--model.learning_rate=1e30", "--model.warmup_share=0"])
    assert not (tmp_path / "out" / CONFIG).exists()


def test_a_finished_checkpoint_is_not_overwritten(text, tmp_path):
    out = run(tmp_path / "out", text, steps=1)
    before = weights(out)
    with pytest.raises(SuperbLiteError, match="already holds a finished checkpoint"):
        run(out, text, steps=2)
    assert weights(out) == before


def test_there_is_nothing_to_resume(text, tmp_path):
    with pytest.raises(SuperbLiteError, match="nothing to resume"):
        run(tmp_path / "out", text, steps=1, resume=True)


def test_no_steps_at_all(text, tmp_path):
    with pytest.raises(SuperbLiteError, match=r"nothing would be trained: --trainer\.max_steps is 0"):
        run(tmp_path / "out", text, steps=0)


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--model.widht=3", "unknown pretraining option '--model.widht': did you mean '--model.width'"),
        ("--trainer.max_stepz=3", "unknown pretraining option '--trainer.max_stepz'"),
        ("--model.width=wide", "--model.encoder.width wide: must be a whole number"),
        ("--model.width=9", "width 9 is not a multiple of heads 2"),
        ("--config=nowhere.yaml", "nowhere.yaml"),
        ("stray", "'stray' is not an option: options begin with --"),
        ("--lr=0.1", "'--lr': did you mean '--learning_rate'"),
        ("--layrs=3", "'--layrs': did you mean '--layers'"),
        ("--layer=3", "'--layer': did you mean '--layers'"),
        ("--max_stepz=3", "'--max_stepz': did you mean '--trainer.max_steps'"),
        ("--qwxyzk=3", r"'--qwxyzk': --print_config shows all \d+"),
        ("--model.hidden=0", "hidden 0: it must be at least 1"),
        ("--layers=2", "--model.layers and --layers are one option, --model.encoder.layers: give it once"),
    ],
)
def test_a_bad_option_is_one_line_that_names_it(text, tmp_path, option, words):
    with pytest.raises(SuperbLiteError, match=words) as caught:
        run(tmp_path / "out", text, steps=1, options=[option])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "does not exist"),
        (lambda path: path.mkdir(), r"holds no \.txt file"),
        (lambda path: path.write_text(" \n\n"), "holds no text"),
        (lambda path: path.write_bytes(b"\xff\xfe\x00"), "is not UTF-8"),
    ],
)
def test_data_that_cannot_be_read_is_named(tmp_path, make, words):
    make(tmp_path / "mine")
    with pytest.raises(SuperbLiteError, match=f"mine' {words}"):
        run(tmp_path / "out", tmp_path / "mine", steps=1)


def test_an_unknown_objective(tmp_path):
    with pytest.raises(UnknownNameError, match="unknown objective 'text-brt': did you mean 'text-bert'"):
        pretrain("text-brt", tmp_path)
