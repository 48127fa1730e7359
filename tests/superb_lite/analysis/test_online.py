"""Probes in tiny runs of the text objective; the run must not notice them."""

import csv
import math
from types import SimpleNamespace

import pytest
import torch

from superb_lite.analysis import online
from superb_lite.analysis.online import OnlineProbe, sample_of
from superb_lite.encoders.checkpoint_config import WEIGHTS
from superb_lite.encoders.trajectory import Trajectory
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import Evaluator
from superb_lite.evaluation.validation import validation_scores
from superb_lite.pretraining.metrics_file import METRICS
from superb_lite.pretraining.objective import TwoViewed
from superb_lite.pretraining.run import pretrain
from superb_lite_image.encoder import TimmEncoder
from superb_lite_image.simclr import SimCLR
from superb_lite_text.masked_lm import MaskedLM
from tests.superb_lite.analysis.test_trajectories import ITEMS, TASKS
from tests.superb_lite.analysis.tiny_texts import tiny_bert

TINY = ["--model.width=8", "--model.heads=2", "--model.hidden=8", "--model.layers=1", "--data.batch_size=2"]
LABEL_FREE = {f"label-free/{name}" for name in ("rankme", "uniformity", "alignment", "spread")}


@pytest.fixture
def text(tmp_path):
    file = tmp_path / "one.txt"
    file.write_text("the quick brown fox jumps over the lazy dog\nhens tell a tale of 12 foxes\n" * 6, encoding="utf-8")
    return file


def run(out, text, steps, *options, **keywords):
    arguments = [*TINY, "--trainer.accelerator=cpu", f"--trainer.max_steps={steps}", *options]
    return pretrain("text-bert", out, data=text, arguments=arguments, **keywords)


def rows(out):
    with (out / METRICS).open(newline="") as file:
        return [row for row in csv.DictReader(file) if row.get("label-free/rankme")]


def weights(out):
    return (out / WEIGHTS).read_bytes()


def test_the_run_does_not_notice_and_scores_are_those_of_its_checkpoints(text, tmp_path):
    plain = run(tmp_path / "plain", text, 4)
    probed = run(tmp_path / "probed", text, 4, callbacks=[OnlineProbe(TASKS, every=2)], checkpoints="2")
    assert weights(probed) == weights(plain)
    found = rows(probed)
    assert [row["step"] for row in found] == ["0", "2", "4"]
    assert all(math.isfinite(float(row[name])) for row in found for name in LABEL_FREE)
    assert len({row["label-free/rankme"] for row in found}) == 3
    for row in found[1:2]:
        encoder = Trajectory(probed).load(int(row["step"]))
        alone = validation_scores(Evaluator(encoder, reference="x", device="cpu", seeds=3), TASKS)
        assert {name: float(row[f"probe/{name}"]) for name in alone} == pytest.approx(alone)


def test_every_alone_logs_what_needs_no_labels(text, tmp_path, monkeypatch):
    monkeypatch.setattr(online.plugins, "embedded_tasks", lambda modality: TASKS)
    out = run(tmp_path / "out", text, 3, "--trainer.accumulate_grad_batches=2", callbacks=[OnlineProbe(every=3)])
    assert [row["step"] for row in rows(out)] == ["0", "3"]
    assert {name for name in rows(out)[0] if "/" in name} == LABEL_FREE


def test_a_resumed_run_has_the_rows_of_a_whole_one(text, tmp_path, monkeypatch):
    monkeypatch.setattr(online.plugins, "embedded_tasks", lambda modality: TASKS)
    options = {"callbacks": [OnlineProbe(every=50)]}
    whole = run(tmp_path / "whole", text, 100, **options)
    out, original = tmp_path / "out", MaskedLM.on_train_batch_start

    def interrupted(self, batch, batch_idx):
        if self.global_step == 60:
            raise KeyboardInterrupt
        original(self, batch, batch_idx)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MaskedLM, "on_train_batch_start", interrupted)
        with pytest.raises(SuperbLiteError, match="interrupted at step 60"):
            run(out, text, 100, callbacks=[OnlineProbe(every=50)])
    run(out, text, 100, resume=True, callbacks=[OnlineProbe(every=50)])
    assert rows(out) == rows(whole)
    assert [row["step"] for row in rows(out)] == ["0", "50", "100"]
    assert weights(out) == weights(whole)


def test_a_probe_that_fails_on_the_way_ends_no_run(text, tmp_path, monkeypatch, capsys):
    scores = iter([{"toy/fox": 0.5}])

    def failing(evaluator, tasks):
        try:
            return next(scores)
        except StopIteration:
            raise SuperbLiteError("features that are not finite") from None

    monkeypatch.setattr(online, "validation_scores", failing)
    out = run(tmp_path / "out", text, 3, callbacks=[OnlineProbe(TASKS, every=1)])
    assert [row["step"] for row in rows(out)] == ["0"]
    assert capsys.readouterr().err.count("the probe at step 1 failed: features that are not finite") == 1


def test_weights_that_went_wrong_end_no_run(monkeypatch, capsys):
    objective = torch.nn.Module()
    objective.encoder, objective.device = tiny_bert(), torch.device("cpu")
    torch.nn.init.constant_(objective.encoder.embedding.weight, math.nan)
    monkeypatch.setattr(online.plugins, "embedded_tasks", lambda modality: TASKS)
    trainer, probe = SimpleNamespace(global_step=2, is_global_zero=True, loggers=[]), OnlineProbe(every=1)
    probe._try(trainer, objective)
    assert "the probe at step 2 failed: the encoder gives numbers that are not finite" in capsys.readouterr().err

    def broken(means):
        raise torch.linalg.LinAlgError("did not converge")

    objective.encoder = tiny_bert()
    monkeypatch.setattr(online, "rank_me", broken)
    with pytest.raises(SuperbLiteError, match=r"what needs no labels cannot be measured: .*did not converge"):
        OnlineProbe(every=1)._measure(trainer, objective)


def test_a_sample_holds_no_test_item(monkeypatch):
    monkeypatch.setattr(online, "SAMPLE", 7)
    (task, _) = TASKS
    trained = {ITEMS[key] for example in task.data().train for key in example.items}
    sample = sample_of(TASKS, "text")
    assert len(sample) == 7
    assert set(sample) <= trained


def test_a_modality_without_tasks_is_refused():
    with pytest.raises(SuperbLiteError, match="no task of modality 'smells' has data to measure on"):
        sample_of((), "smells")


def test_simclr_has_two_views_of_its_own():
    assert issubclass(SimCLR, TwoViewed)
    assert not issubclass(MaskedLM, TwoViewed)
    images = torch.randint(0, 256, (4, 3, 32, 32), dtype=torch.uint8)
    encoder = TimmEncoder.lite()
    first, second = SimCLR(encoder=encoder).eval().view_embeddings(images)
    assert first.shape == second.shape == (4, encoder.width)
    assert not torch.allclose(first, second)


def test_modes_and_random_numbers_come_back():
    module = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Dropout()).train()
    module[1].eval()
    module.device = torch.device("cpu")
    state = torch.get_rng_state()
    with online._as_it_was(module):
        assert not module[0].training
        torch.rand(3)
    assert torch.equal(torch.get_rng_state(), state)
    assert (module.training, module[0].training, module[1].training) == (True, True, False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--every", "0"], "--every 0: at least 1 step lies between two probes"),
        (["--probe", "clue-lite/poss"], "unknown task 'clue-lite/poss': did you mean 'clue-lite/pos'"),
        (["--probe", "vision-lite/digits-5"], "'text-bert' takes text, but 'vision-lite/digits-5' is a task of"),
        (["--logger", "tensorbord"], "unknown logger 'tensorbord': did you mean 'tensorboard'?"),
    ],
)
def test_bad_input_is_one_line(superb_lite_command, tmp_path, arguments, said):
    code, _, err = superb_lite_command("pretrain", "text-bert", "--out", tmp_path / "x", *arguments)
    assert code == 2
    assert said in err.strip()
    assert "\n" not in err.strip()
    assert not (tmp_path / "x").exists()
