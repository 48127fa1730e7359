"""Tiny runs of the text objective on a text of a few lines."""

import json
import signal

import pytest

from superb_lite.encoders.checkpoint import CONFIG, WEIGHTS
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite.pretraining.run import TRAINING_STATE, pretrain
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
    assert told["steps"] == 3
    assert told["seed"] == 4
    assert told["options"]["model.mask_rate"] == 0.5
    assert told["options"]["data.seed"] == 4
    assert told["final_loss"] > 0
    assert "天" in encoder.tokenizer.vocabulary
    assert not (out / TRAINING_STATE).exists()
    assert json.loads((out / CONFIG).read_text(encoding="utf-8"))["encoder"] == "text-bert"


def test_two_runs_are_the_same_and_seeds_differ(text, tmp_path):
    one, two = (run(tmp_path / name, text, steps=4) for name in ("one", "two"))
    other = run(tmp_path / "other", text, steps=4, options=["--seed_everything=1"])
    assert weights(one) == weights(two) != weights(other)


def test_the_seed_draws_the_first_weights_too(text, tmp_path):
    one = run(tmp_path / "one", text, steps=1, options=["--model.learning_rate=0"])
    other = run(tmp_path / "other", text, steps=1, options=["--model.learning_rate=0", "--seed_everything=1"])
    assert weights(one) != weights(other)


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
    with pytest.raises(SuperbLiteError, match=r"nothing was trained: --trainer\.max_steps is 0"):
        run(tmp_path / "out", text, steps=0)


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--model.widht=3", "unknown pretraining option '--model.widht': did you mean '--model.width'"),
        ("--trainer.max_stepz=3", "unknown pretraining option '--trainer.max_stepz'"),
        ("--model.width=wide", 'Parser key "model.width"'),
        ("--model.width=9", "width 9 is not a multiple of heads 2"),
        ("--config=nowhere.yaml", "nowhere.yaml"),
        ("stray", "unrecognized arguments: stray"),
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
