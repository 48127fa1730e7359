import itertools
import types

import pytest
import torch
from lightning import Trainer
from torch import nn

from superb_lite.pretraining.corpus import Corpus
from superb_lite.pretraining.objective import Objective, batch_seed
from superb_lite.seeds import step_seed


class Lines(nn.Linear):
    """The little of an encoder that an objective asks for."""

    without_features = ()


class Numbers(Corpus):
    """Batches that say their number."""

    def __init__(self, *, workers=0):
        super().__init__(path=None, batch_size=1, seed=0, workers=workers)

    def batch(self, step):
        return torch.tensor([float(step)])

    def content_hash(self):
        return ""


class Watched(Objective):
    """Writes down the batches it gets and the noise it draws, and learns from both."""

    def __init__(self, seed=0, muon_rate=None):
        super().__init__(
            encoder=Lines(1, 3), learning_rate=0.1, warmup_share=0.0, weight_decay=0.0, seed=seed,
            muon_rate=muon_rate,
        )  # fmt: skip
        nn.init.ones_(self.encoder.weight)
        nn.init.zeros_(self.encoder.bias)
        self.weight = nn.Parameter(torch.zeros(1))
        self.seen = []

    def training_step(self, batch, batch_idx):
        noise = torch.rand(1)
        self.seen.append((self.global_step, int(batch), float(noise)))
        return ((self.weight - 0.01 * batch - noise) ** 2).sum() + (self.encoder(batch[None]) ** 2).sum()


def train(objective, corpus=None, *, steps, accumulate=1, **options):
    trainer = Trainer(
        accelerator="cpu",
        max_steps=steps,
        max_epochs=-1,
        accumulate_grad_batches=accumulate,
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=False,
    )
    trainer.fit(objective, datamodule=corpus or Numbers(), **options)
    return trainer


@pytest.mark.parametrize("accumulate", [1, 3])
def test_accumulated_gradients_come_from_different_batches(accumulate):
    objective = Watched()
    train(objective, steps=4, accumulate=accumulate)
    steps = [step for step in range(4) for _ in range(accumulate)]
    assert [(step, batch) for step, batch, _ in objective.seen] == list(zip(steps, itertools.count(), strict=False))
    assert len({noise for _, _, noise in objective.seen}) == 4 * accumulate


@pytest.mark.parametrize("muon_rate", [None, 0.02])
def test_a_run_with_accumulated_gradients_that_is_resumed_equals_a_whole_one(muon_rate, tmp_path):
    whole, first, second = (Watched(muon_rate=muon_rate) for _ in range(3))
    train(whole, steps=6, accumulate=2)
    # A Trainer that is to take six steps, so that both halves have one schedule of the learning rate.
    stopped = Trainer(
        accelerator="cpu", max_steps=6, max_epochs=-1, accumulate_grad_batches=2, logger=False,
        enable_progress_bar=False, enable_model_summary=False, enable_checkpointing=False,
    )  # fmt: skip

    def on_train_batch_start(batch, batch_idx):
        if first.global_step == 3:
            stopped.save_checkpoint(tmp_path / "state.ckpt")
            return -1  # Lightning's way to end the epoch
        return Objective.on_train_batch_start(first, batch, batch_idx)

    first.on_train_batch_start = on_train_batch_start
    stopped.fit_loop.max_epochs = 1
    stopped.fit(first, datamodule=Numbers())
    train(second, steps=6, accumulate=2, ckpt_path=tmp_path / "state.ckpt", weights_only=True)
    assert first.seen + second.seen == whole.seen
    assert torch.equal(second.weight, whole.weight)
    assert torch.equal(second.encoder.weight, whole.encoder.weight)
    assert not torch.equal(second.encoder.weight, Watched().encoder.weight)


@pytest.mark.parametrize("workers", [1, 3])
def test_batches_are_the_same_with_workers(workers):
    plain, parallel = Watched(), Watched()
    train(plain, steps=5, accumulate=2)
    train(parallel, Numbers(workers=workers), steps=5, accumulate=2)
    assert parallel.seen == plain.seen


class Uneven(Watched):
    """Means over as many numbers as the batch's number says, and one more."""

    def training_step(self, batch, batch_idx):
        count = int(batch) + 1
        self.seen.append(count)
        loss = ((self.weight - torch.arange(count)) ** 2).mean()
        return self.mean_over(torch.tensor(count), loss) + 0 * self.encoder(batch[None]).sum()


def test_accumulated_gradients_are_those_of_one_batch_where_means_are_of_different_counts():
    objective, found = Uneven(), []
    objective.on_before_optimizer_step = lambda optimizer: (
        Objective.on_before_optimizer_step(objective, optimizer),
        found.append(float(objective.weight.grad)),
    )
    objective.optimizer_zero_grad = lambda *_: objective.zero_grad()
    objective.make_optimizer = lambda: torch.optim.SGD(objective.parameters(), lr=0.0)
    train(objective, steps=2, accumulate=3)
    for step, gradient in enumerate(found):
        counts = objective.seen[3 * step : 3 * step + 3]
        numbers = torch.cat([torch.arange(count, dtype=torch.float32) for count in counts])
        assert gradient == pytest.approx(-2 * float(numbers.mean()), rel=1e-6)


def noise(objective, *, rank, processes, step=5, batch_idx=0, accumulate=1):
    objective._trainer = types.SimpleNamespace(
        global_step=step, global_rank=rank, world_size=processes, accumulate_grad_batches=accumulate
    )
    objective.on_train_batch_start(None, batch_idx)
    return float(torch.rand(1))


def test_every_process_draws_noise_of_its_own():
    drawn = [noise(Watched(), rank=rank, processes=3) for rank in range(3)]
    assert len(set(drawn)) == 3
    torch.manual_seed(step_seed(0, 5))
    assert drawn[0] == float(torch.rand(1)) == noise(Watched(), rank=0, processes=1)


def test_no_two_batches_of_a_step_share_their_noise():
    drawn = [
        noise(Watched(), rank=rank, processes=2, batch_idx=2 * 5 + micro, accumulate=2)
        for micro in range(2)
        for rank in range(2)
    ]
    assert len(set(drawn)) == 4
    assert len({batch_seed(0, step, number) for step in range(50) for number in range(8)}) == 400


@pytest.mark.parametrize("muon_rate", [None, 0.1])
def test_adam_has_the_betas_and_the_epsilon_that_it_is_given(muon_rate):
    options = {"encoder": Lines(1, 3), "muon_rate": muon_rate, "betas": [0.8, 0.95], "eps": 1e-5, "decay": "linear"}
    group = Told(**options).make_optimizer().param_groups[-1]
    assert (group["betas"], group["eps"]) == ((0.8, 0.95), 1e-5)
    default = Told(encoder=Lines(1, 3), muon_rate=muon_rate).make_optimizer().param_groups[-1]
    assert (default["betas"], default["eps"]) == ((0.9, 0.999), 1e-8)


def test_an_unknown_decay_is_named():
    with pytest.raises(ValueError, match="decay 'sudden': it must be cosine or linear"):
        Told(encoder=Lines(1, 3), decay="sudden")


class Told(Objective):
    """An objective with all options of the base."""

    def training_step(self, batch, batch_idx):
        return batch.sum()
