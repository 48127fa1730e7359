"""Masked language modelling beside the Trainer of transformers: the same architecture, batch and data."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from torch import Tensor
from torch.utils.data import Dataset

from superb_lite_text.bert import BertEncoder
from superb_lite_text.masked_lm import MaskedLM
from superb_lite_text.pair_corpus import PairCorpus
from superb_lite_text.to_transformers import fast_tokenizer
from superb_lite_text.tokenizer import PAD
from tests.perf.timing import Promise, alternate
from tests.perf.training import STEPS, WARMUP, lightning_seconds

ROUNDS = 3
SHAPE = {"layers": 2, "width": 128, "heads": 4, "hidden": 512}


def promises() -> Iterator[Promise]:
    """See the names. Tokens a second, padding and memory are printed as well."""
    corpus = PairCorpus()
    batches = [corpus.batch(step)["token"] for step in range(WARMUP + STEPS)]

    def make(**options: Any) -> MaskedLM:
        encoder = BertEncoder(corpus.tokenizer, position="absolute", **SHAPE)
        return MaskedLM(encoder=encoder, counts=corpus.counts, **options)

    seconds = lightning_seconds(corpus, make)
    timed = batches[WARMUP:]
    real = sum(int((token != PAD).sum()) for token in timed)
    print(
        f"masked LM: {real / seconds:,.0f} tokens/s, {1 - real / sum(t.numel() for t in timed):.1%} padding, ", end=""
    )
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB peak memory of the whole process")
    ratio = alternate(partial(_trainer, corpus, batches), partial(lightning_seconds, corpus, make), rounds=ROUNDS)
    yield Promise("masked LM: steps/s over transformers' Trainer", ratio, 1.0, "higher")


class _Rows(Dataset[Any]):
    """The rows of our batches, one by one."""

    def __init__(self, batches: list[Tensor]) -> None:
        self.rows = [row[row != PAD] for batch in batches for row in batch]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, number: int) -> Any:
        return {"input_ids": self.rows[number]}


def _trainer(corpus: PairCorpus, batches: list[Tensor]) -> float:
    """Seconds that transformers needs for the same steps."""
    import transformers

    transformers.utils.logging.set_verbosity_error()
    model = transformers.BertForMaskedLM(
        transformers.BertConfig(
            vocab_size=len(corpus.tokenizer),
            hidden_size=SHAPE["width"],
            num_hidden_layers=SHAPE["layers"],
            num_attention_heads=SHAPE["heads"],
            intermediate_size=SHAPE["hidden"],
            max_position_embeddings=corpus.row_length,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
    )
    clock = _clock(transformers.TrainerCallback)
    with tempfile.TemporaryDirectory() as directory:
        trainer = transformers.Trainer(
            model=model,
            args=transformers.TrainingArguments(
                output_dir=directory,
                max_steps=WARMUP + STEPS,
                per_device_train_batch_size=corpus.batch_size,
                learning_rate=3e-3,
                use_cpu=True,
                report_to=[],
                save_strategy="no",
                logging_strategy="no",
                disable_tqdm=True,
            ),
            train_dataset=_Rows(batches),
            data_collator=transformers.DataCollatorForLanguageModeling(
                fast_tokenizer(corpus.tokenizer, corpus.row_length), mlm_probability=0.3
            ),
            callbacks=[clock],
        )
        trainer.train()
    seconds: float = clock.seconds
    return seconds


def _clock(base: Any) -> Any:
    class Clock(base):  # type: ignore[misc]
        """Seconds from the end of step WARMUP to the end of the last step."""

        started = seconds = 0.0

        def on_step_end(self, arguments: Any, state: Any, control: Any, **rest: Any) -> None:
            if state.global_step == WARMUP:
                self.started = time.perf_counter()
            self.seconds = time.perf_counter() - self.started

    return Clock()
