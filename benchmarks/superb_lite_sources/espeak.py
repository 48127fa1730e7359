"""Speech from eSpeak NG: synthesised in parallel in child processes, cached, and checked when it is read again.

The package espeakng-loader ships eSpeak NG (GPL-3) with about 100 variants of its English voice. Some of them speak in
pretraining; tasks have voices that are drawn (`sources.voices`). `sources.sentences` splits words.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from superb_lite.errors import MissingPackageError, SuperbLiteError
from superb_lite.paths import cache_dir, make_dir
from superb_lite_sources.utterance import Segment, Speech, Utterance

Progress = Callable[[int, int], None]

SOURCE = "espeak-ng"
RECIPE = 1
"""Raised whenever the same utterances would sound different, so that old cache entries are not read."""

# Left out: robots, whispers, effects, doubles of other voices. The voices of tasks are drawn (`sources.voices`).
PRETRAINING_VOICES = (
    "Alex", "AnxiousAndy", "Denis", "Gene", "Gene2", "Jacky", "Mario", "Michael", "Mr serious", "Nguyen",
    "Storm", "adam", "antonio", "benjamin", "boris", "ed", "edward2", "grandpa", "gustave", "iven", "iven3", "klatt",
    "klatt2", "m1", "m4", "m5", "m7", "marcelo", "max", "mike2", "pablo", "quincy", "robert", "rob", "travis",
    "Alicia", "Annie", "anika", "aunty", "f1", "f4", "linda", "steph",
)  # fmt: skip
"""Of those that eSpeak NG ships."""


def synthesise(
    utterances: Sequence[Utterance],
    *,
    name: str,
    progress: Progress | None = None,
    workers: int | None = None,
) -> list[Speech]:
    """Speech for each utterance, in order, out of the cache or made now.

    Args:
        name: first part of the cache file's name, for people who look at the directory.
        progress: called with (utterances done, utterances to be made), from any thread, one call at a time.
        workers: child processes; the number of usable cores if None.

    Raises `MissingPackageError` without espeakng-loader, `SuperbLiteError` when eSpeak NG fails on an utterance.
    """
    return synthesise_all({name: utterances}, progress=progress, workers=workers)[name]


def synthesise_all(
    recipes: Mapping[str, Sequence[Utterance]], *, progress: Progress | None = None, workers: int | None = None
) -> dict[str, list[Speech]]:
    """`synthesise` for several named lists at once, so that the child processes start only once."""
    directory = make_dir(cache_dir() / "speech")
    stems = {name: directory / f"{name}-{recipe_hash(recipe)[:16]}" for name, recipe in recipes.items()}
    found = {name: _read(stems[name], recipe) for name, recipe in recipes.items()}
    missing = [name for name, speech in found.items() if speech is None]
    utterances = [utterance for name in missing for utterance in recipes[name]]
    made = iter(_render(utterances, progress=progress, workers=workers or usable_cores()) if utterances else ())
    for name in missing:
        found[name] = speech = list(itertools.islice(made, len(recipes[name])))
        _write(stems[name], speech)
    return {name: speech or [] for name, speech in found.items()}


def synthesised(utterances: Sequence[Utterance], *, name: str) -> list[Speech]:
    """What `synthesise` made of these utterances earlier; empty where the cache does not have it."""
    return _read(cache_dir() / "speech" / f"{name}-{recipe_hash(utterances)[:16]}", utterances) or []


def recipe_hash(utterances: Sequence[Utterance]) -> str:
    """SHA-256 over the recipe's version, the eSpeak NG package and every utterance."""
    try:
        package = version("espeakng-loader")
    except PackageNotFoundError as error:
        raise MissingPackageError("espeakng-loader", "lite", "speech synthesis") from error
    digest = hashlib.sha256(f"{RECIPE}/{package}".encode())
    for utterance in utterances:
        digest.update(_line(utterance))
    return digest.hexdigest()


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _line(utterance: Utterance) -> bytes:
    return json.dumps(dataclasses.asdict(utterance), sort_keys=True).encode() + b"\n"


def _render(utterances: Sequence[Utterance], *, progress: Progress | None, workers: int) -> list[Speech]:
    speech: dict[int, Speech] = {}
    lock = threading.Lock()

    def done(index: int, made: Speech) -> None:
        with lock:
            speech[index] = made
            if progress is not None:
                progress(len(speech), len(utterances))

    workers = max(1, min(workers, len(utterances)))
    shares = [range(first, len(utterances), workers) for first in range(workers)]
    with ThreadPoolExecutor(workers) as pool:
        for future in [pool.submit(_run_worker, share, utterances, done) for share in shares]:
            future.result()
    return [speech[i] for i in range(len(utterances))]


def _run_worker(share: range, utterances: Sequence[Utterance], done: Callable[[int, Speech], None]) -> None:
    """Feed one child process and read what it makes; the child reads all its input before it writes."""
    # A thread in the child's numpy would only compete with the other children.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    command = [sys.executable, "-m", "superb_lite_sources.espeak_worker"]
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=environment
        ) as child,
    ):
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(b"".join(_line(utterances[i]) for i in share))
        child.stdin.close()
        for index in share:
            line = child.stdout.readline()
            header = json.loads(line) if line.endswith(b"\n") else {"samples": -1}
            data = child.stdout.read(max(0, 2 * header["samples"]))
            if len(data) != 2 * header["samples"]:
                child.wait()
                errors.seek(0)
                reason = errors.read().decode("utf-8", "replace").strip() or f"exit status {child.returncode}"
                said = f"'{utterances[index].text:.60}' (voice '{utterances[index].voice}')"
                raise SuperbLiteError(f"eSpeak NG failed on {said}: {reason.splitlines()[-1]}")
            done(index, _speech(utterances[index], np.frombuffer(data, "<i2").astype(np.int16), header))


def _speech(utterance: Utterance, samples: NDArray[np.int16], header: dict[str, Any]) -> Speech:
    phones = tuple(Segment(*segment) for segment in header["phones"])
    words = tuple(Segment(*segment) for segment in header["words"])
    return Speech(utterance, samples, phones, words)


def _write(stem: Path, speech: Sequence[Speech]) -> None:
    """STEM.npy holds all samples, STEM.json the lengths, segments and content hash; the JSON is moved in last."""
    samples = np.concatenate([s.samples for s in speech]) if speech else np.zeros(0, np.int16)
    items = [{"samples": len(s.samples), "phones": s.phones, "words": s.words} for s in speech]
    index = {"sha256": _content_hash(samples, items), "items": items}
    try:
        with tempfile.TemporaryDirectory(dir=stem.parent, prefix=".tmp-") as scratch:
            np.save(Path(scratch) / "samples.npy", samples, allow_pickle=False)
            (Path(scratch) / "index.json").write_text(json.dumps(index), encoding="utf-8")
            os.replace(Path(scratch) / "samples.npy", stem.with_name(stem.name + ".npy"))
            os.replace(Path(scratch) / "index.json", stem.with_name(stem.name + ".json"))
    except OSError as error:
        raise SuperbLiteError(f"cannot write the speech cache '{stem}.npy': {error.strerror or error}") from None


def _read(stem: Path, utterances: Sequence[Utterance]) -> list[Speech] | None:
    """The cached speech, or None where there is none or it is damaged."""
    try:
        samples = np.load(stem.with_name(stem.name + ".npy"), allow_pickle=False)
        index = json.loads(stem.with_name(stem.name + ".json").read_text(encoding="utf-8"))
        items = index["items"]
        if len(items) != len(utterances) or index["sha256"] != _content_hash(samples, items):
            return None
    except (OSError, ValueError, EOFError, KeyError, TypeError):
        return None
    ends = np.cumsum([item["samples"] for item in items])
    parts = np.split(samples, ends[:-1]) if len(items) else []
    return [_speech(u, part, item) for u, part, item in zip(utterances, parts, items, strict=True)]


def _content_hash(samples: NDArray[np.int16], items: Sequence[dict[str, Any]]) -> str:
    digest = hashlib.sha256(json.dumps(items).encode())
    digest.update(np.ascontiguousarray(samples).view(np.uint8).data)
    return digest.hexdigest()
