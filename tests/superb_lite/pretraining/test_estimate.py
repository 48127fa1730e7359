"""The estimate of a run times steps of it all over the run, and leaves nothing behind."""

from types import SimpleNamespace

import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining import estimate as estimate_module
from superb_lite.pretraining.estimate import estimate, steps_in
from superb_lite_text.masked_lm import MaskedLM
from superb_lite_text.pair_corpus import PairCorpus

TINY = "--width=8 --heads=2 --hidden=8 --layers=1 --batch_size=2 --trainer.accelerator=cpu --trainer.max_steps=600"


@pytest.fixture
def arguments(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("天地玄黄，宇宙洪荒。\n寒来暑往，秋收冬藏。\n" * 6, encoding="utf-8")
    return [*TINY.split(), f"--path={path}"]


def test_steps_of_the_beginning_the_middle_and_the_end_count_alike(monkeypatch, arguments, tmp_path):
    """Steps that take longer and longer, every third of them twice as long for some other reason."""
    clock, taken, drawn = [0.0], [], []
    batch, step = PairCorpus.batch, MaskedLM.training_step

    def timed(self, given, batch_idx):
        clock[0] += self.global_step * (2 if len(taken) % 3 == 2 else 1)
        taken.append(self.global_step)
        return step(self, given, batch_idx)

    monkeypatch.setattr(estimate_module, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    monkeypatch.setattr(PairCorpus, "batch", lambda self, number: drawn.append(number) or batch(self, number))
    monkeypatch.setattr(MaskedLM, "training_step", timed)
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    assert estimate("text-bert", arguments=arguments).seconds == 600 * 300
    assert steps_in(6000, "text-bert", arguments=arguments) == 6000 // 300
    assert taken[:9] == drawn[:9] == [100] * 3 + [300] * 3 + [500] * 3
    assert set(tmp_path.iterdir()) == before


def test_accumulated_batches_count_each(monkeypatch, arguments):
    monkeypatch.setattr(estimate_module._Timer, "seconds_a_step", 1.0)
    once = estimate("text-bert", arguments=arguments).seconds
    assert 600 < once < 660
    assert 1800 < estimate("text-bert", arguments=[*arguments, "--trainer.accumulate_grad_batches=3"]).seconds < 1860


def test_what_cannot_be_pretrained_cannot_be_estimated(arguments):
    with pytest.raises(SuperbLiteError, match="no recipe for the budget 'week'"):
        estimate("text-bert", budget="week", arguments=arguments)
    with pytest.raises(SuperbLiteError, match="unknown pretraining option '--depth'"):
        estimate("text-bert", arguments=[*arguments, "--depth=3"])
