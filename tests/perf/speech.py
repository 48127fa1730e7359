"""What a probe of an s3prl upstream costs here and in s3prl's usual loop; how much of a batch of speech is padding."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import torch
from s3prl.nn import Featurizer, MeanPoolingLinear, S3PRLUpstream
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from superb_lite.encoders.references import load_encoder
from superb_lite.evaluation.run import evaluate
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.task import Task
from superb_lite_sources import espeak, voices
from superb_lite_sources.sentences import sentences
from superb_lite_sources.utterance import Speech, varied
from superb_lite_speech.corpus import SpeechCorpus
from tests.perf.timing import Promise

VOICES = voices.drawn("train", "low", 16)
EACH = {"train": 120, "test": 20}
"""Utterances of a voice."""
UPSTREAM = "fbank_no_cmvn"
"""s3prl's fbank with its mean normalisation is zero after mean pooling, so that nothing could be told from it."""
SEEDS = 5
"""The default of `evaluate`; s3prl trains as many heads one after the other."""
BATCH, CLIP = 32, 1.0
"""Of SUPERB's keyword spotting in s3prl (`problem/common/superb_ks.py`), with Adam."""
LEARNING_RATE = 1e-3
"""The one with which s3prl's loop is fastest: 1e-2 took twice as long, s3prl's own 1e-4 more than four times."""
MOST = 30.0
"""s3prl's loop is given up at so many times our seconds, since it has lost by then."""


def promises() -> Iterator[Promise]:
    """See the names."""
    yield Promise("padding, embedded speech", _padding(SpeechCorpus(), steps=64), 0.1, "lower")
    with tempfile.TemporaryDirectory() as directory:
        _write_unequal(Path(directory))
        yield Promise("padding, recordings of 0.1 to 20 s", _padding(_whole(Path(directory)), steps=64), 0.1, "lower")
    yield Promise("synthesis / real time", _synthesis(), 100.0, "higher")
    yield from _probe()


def _synthesis() -> float:
    """Seconds of speech over the seconds that it takes to make them, in child processes, out of no cache."""
    rng = random.Random("perf/synthesis")
    recipe = [varied(rng, text=text, voice=rng.choice(VOICES)) for text in sentences("train", 600, seed=4)]
    with tempfile.TemporaryDirectory() as directory:
        kept = os.environ.get("SUPERB_LITE_CACHE")
        os.environ["SUPERB_LITE_CACHE"] = directory
        try:
            started = time.perf_counter()
            speech = espeak.synthesise(recipe, name="perf-synthesis")
            seconds = time.perf_counter() - started
        finally:
            del os.environ["SUPERB_LITE_CACHE"]
            if kept is not None:
                os.environ["SUPERB_LITE_CACHE"] = kept
    return sum(len(s.waveform) for s in speech) / 16_000 / seconds


def _padding(corpus: SpeechCorpus, *, steps: int) -> float:
    masks = [corpus.batch(step)["mask"] for step in range(steps)]
    return 1.0 - sum(int(mask.sum()) for mask in masks) / sum(mask.numel() for mask in masks)


def _write_unequal(directory: Path) -> None:
    rng = np.random.default_rng(0)
    for number, seconds in enumerate(np.geomspace(0.1, 20.0, 200)):
        soundfile.write(directory / f"{number}.wav", rng.standard_normal(round(16_000 * seconds)) * 0.1, 16_000)


def _whole(directory: Path) -> SpeechCorpus:
    """Crops as long as the longest recording, so that every recording is shown whole."""
    return SpeechCorpus(path=directory, batch_size=8, crop=20.0)


def _probe() -> Iterator[Promise]:
    """Who speaks, by a linear head on mean-pooled fbank, for so many seeds.

    Our time is all that `evaluate` does. s3prl's is that of its training steps until its test accuracy has reached our
    interval; what it takes to search a learning rate, to validate and to know when to stop is not counted. It would go
    on to a better score: standardising features, as our protocol does, makes as much of the means of differences, which
    are noise here, as of the means themselves (docs/evaluation.md).
    """
    speech = {part: _spoken(part) for part in EACH}
    encoder = load_encoder(f"s3prl:{UPSTREAM}")
    task = _task(speech)
    started = time.perf_counter()
    (result,) = evaluate(encoder, task, seeds=SEEDS)
    ours = time.perf_counter() - started
    runs = [_usual_loop(speech, seed=seed, enough=result.ci[0], most=MOST * ours / SEEDS) for seed in range(SEEDS)]
    yield Promise(f"s3prl's usual loop / evaluation (fbank; {MOST:.0f}: given up)", sum(runs) / ours, 10.0, "higher")


def _spoken(part: str) -> list[Speech]:
    """Openings of sentences, each voice as often."""
    rng = random.Random(f"perf/{part}")
    said = sentences("train" if part == "train" else "test", EACH[part] * len(VOICES), seed=3)
    recipe = [
        varied(rng, text=" ".join(text.split()[:3]), voice=VOICES[i % len(VOICES)]) for i, text in enumerate(said)
    ]
    return espeak.synthesise(recipe, name=f"perf-{part}")


def _voice(speech: Speech) -> int:
    return VOICES.index(speech.utterance.voice)


def _task(speech: dict[str, list[Speech]]) -> Task:
    items = {f"{part}-{n}": s.waveform for part, spoken in speech.items() for n, s in enumerate(spoken)}
    train, test = (
        tuple(Example(f"{part}-{n}", (f"{part}-{n}",), _voice(s)) for n, s in enumerate(spoken))
        for part, spoken in speech.items()
    )
    data = TaskData(items, train, test)
    return Task("perf/voices", 1, "speech", "classify", ("accuracy",), VOICES, lambda root: data, budget=EACH["train"])


def _usual_loop(speech: dict[str, list[Speech]], *, seed: int, enough: float, most: float) -> float:
    """s3prl's modules as its guides put them together: the upstream runs in every step.

    Returns the seconds of its training steps, up to an accuracy of `enough` or to `most` seconds.
    """
    torch.manual_seed(seed)
    upstream = S3PRLUpstream(UPSTREAM).eval()
    featurizer = Featurizer(upstream)
    head = MeanPoolingLinear(featurizer.output_size, len(VOICES))
    optimizer = torch.optim.Adam(head.parameters(), lr=LEARNING_RATE)
    waves = {part: [torch.from_numpy(s.waveform) for s in spoken] for part, spoken in speech.items()}
    labels = {part: torch.tensor([_voice(s) for s in spoken]) for part, spoken in speech.items()}

    def logits(batch: list[torch.Tensor]) -> torch.Tensor:
        with torch.no_grad():
            states = upstream(pad_sequence(batch, batch_first=True), torch.tensor([len(wave) for wave in batch]))
        return torch.as_tensor(head(*featurizer(*states)))

    seconds, accuracy = 0.0, 0.0
    while accuracy < enough and seconds < most:
        started = time.perf_counter()
        for chosen in torch.randperm(len(labels["train"])).split(BATCH):
            loss = F.cross_entropy(logits([waves["train"][i] for i in chosen]), labels["train"][chosen])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(head.parameters(), CLIP)
            optimizer.step()
        seconds += time.perf_counter() - started
        with torch.no_grad():
            found = torch.cat([logits(waves["test"][i : i + BATCH]) for i in range(0, len(labels["test"]), BATCH)])
        accuracy = float((found.argmax(dim=1) == labels["test"]).float().mean())
    return seconds
