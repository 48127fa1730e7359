"""The data of the task set ud, from treebank folders below --root DIR: the three official parts, as they are."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from pathlib import Path

from superb_lite.errors import SuperbLiteError, counted, note
from superb_lite.tasks.labels import Example, TaskData, Unit
from superb_lite_glue.treebank_tasks import TREEBANKS
from superb_lite_sources import treebanks
from superb_lite_sources.releases import find_file, find_folder
from superb_lite_sources.treebanks import UPOS, Sentence


def load(code: str, root: Path | None) -> TaskData:
    """A unit is a word, a stretch of characters of the raw text; sentences of a document are a cluster."""
    folder = f"UD_{TREEBANKS[code]}"
    layout = f"DIR/{folder}/{code}-ud-train.conllu, {code}-ud-dev.conllu and {code}-ud-test.conllu"
    layout = f"{layout} (universaldependencies.org)"
    if root is None:
        raise SuperbLiteError(f"nothing is downloaded: give --root DIR with {layout}")
    # The archive of all treebanks unpacks to ud-treebanks-vX.Y; the newest of several is read.
    archives = sorted((p.name for p in root.glob("ud-treebanks-*") if p.is_dir()), key=_version, reverse=True)
    place = find_folder(root, [f"{above}{folder}" for above in ("", "ud/", *(f"{name}/" for name in archives))], layout)
    items: dict[str, str] = {}
    parts = {}
    for part in ("train", "dev", "test"):
        path = find_file(place, [f"{code}-ud-{part}.conllu"], layout)
        parts[part] = _examples(f"{code}-{part}", treebanks.read(path), path, items)
    return TaskData(items, parts["train"], parts["test"], parts["dev"])


def _version(archive: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", archive)]


def _examples(name: str, sentences: Sequence[Sentence], path: Path, items: dict[str, str]) -> tuple[Example, ...]:
    """Adds their texts to `items`."""
    examples = []
    for number, sentence in enumerate(sentences, start=1):
        if sentence.words:
            key = f"{name}-{number}"
            items[key] = sentence.text
            units = tuple(Unit(word.start, word.end, UPOS.index(word.tag)) for word in sentence.words)
            cluster = f"{name}-{sentence.document}" if sentence.document else ""
            examples.append(Example(key, (key,), units, cluster))
    if without := sum(sentence.left_out for sentence in sentences):
        total = without + sum(len(sentence.words) for sentence in sentences)
        note(f"'{path}': {counted(total, 'word')}, {without} of them left out that have no characters of their own")
    return tuple(examples)


def __getattr__(code: str) -> functools.partial[TaskData]:
    """The loader of a treebank, by its code."""
    if code not in TREEBANKS:
        raise AttributeError(code)
    return functools.partial(load, code)
