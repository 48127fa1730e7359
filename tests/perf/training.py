"""Training steps under Lightning, with our corpora and callbacks, over a bare loop of the same model."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import Callback

from superb_lite.pretraining.corpus import Corpus
from superb_lite.pretraining.objective import Objective
from superb_lite_image.corpus import ImageCorpus
from superb_lite_image.simclr import SimCLR
from superb_lite_speech.clustered_corpus import ClusteredSpeechCorpus
from superb_lite_speech.masked_prediction import MaskedPrediction
from superb_lite_speech.next_frame import NextFrame
from superb_lite_speech.reconstruction import Reconstruction
from superb_lite_text.masked_lm import MaskedLM
from superb_lite_text.pair_corpus import PairCorpus
from tests.perf.timing import Promise, alternate

WARMUP, STEPS, ROUNDS = 3, 20, 5


def promises() -> Iterator[Promise]:
    """Steps per second of `superb-lite pretrain` are at least 0.95 of a bare loop's."""
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning.*")
    text, speech, images = PairCorpus(), ClusteredSpeechCorpus(), ImageCorpus()
    pairs: list[tuple[str, Corpus, Callable[[], Objective]]] = [
        ("masked LM", text, partial(MaskedLM, tokenizer=text.tokenizer, counts=text.counts)),
        ("masked frames", speech, partial(MaskedPrediction, counts=speech.counts, mels=speech.mels)),
        ("altered frames", speech, Reconstruction),
        ("next frame", speech, NextFrame),
        ("SimCLR", images, partial(SimCLR, image_size=images.image_size)),
    ]
    for name, corpus, make in pairs:
        ratio = alternate(partial(_bare, corpus, make), partial(lightning_seconds, corpus, make), rounds=ROUNDS)
        yield Promise(f"{name}: steps/s over a bare loop", ratio, 0.95, "higher")


class _Clock(Callback):
    """Seconds from the end of step WARMUP to the end of the last step."""

    seconds = 0.0

    def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        if batch_idx + 1 == WARMUP:
            self.started = time.perf_counter()
        self.seconds = time.perf_counter() - getattr(self, "started", time.perf_counter())


def lightning_seconds(corpus: Corpus, make: Callable[[], Objective]) -> float:
    """Seconds of STEPS steps under Lightning, after WARMUP."""
    clock = _Clock()
    trainer = lightning.Trainer(
        accelerator="cpu",
        max_steps=WARMUP + STEPS,
        max_epochs=-1,
        gradient_clip_val=1.0,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        callbacks=[clock],
    )
    trainer.fit(make(), datamodule=corpus)
    return clock.seconds


def _bare(corpus: Corpus, make: Callable[[], Objective]) -> float:
    """What a careful person writes without a framework: loss, backward, clip, step, on batches that lie in memory."""
    batches = [corpus.batch(step) for step in range(WARMUP + STEPS)]
    objective = make().train()
    objective.log = lambda *arguments, **options: None  # type: ignore[method-assign]
    parameters = [p for p in objective.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=objective.learning_rate, weight_decay=objective.weight_decay)
    started = 0.0
    for step in range(WARMUP + STEPS):
        if step == WARMUP:
            started = time.perf_counter()
        loss = objective.training_step(batches[step], step)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
    return time.perf_counter() - started
