"""What an analysis computed is kept, so that one that was interrupted goes on.

Scores of tasks are kept by `superb_lite.results.store.ResultStore`; this keeps what is no score.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from superb_lite.encoders.content_hash import PROCESS, content_hash, packages_of
from superb_lite.encoders.encoder import Encoder
from superb_lite.machine import code_sha256, versions
from superb_lite.paths import make_dir, write_text

Json = Any
"""A value that JSON has: None, a number, a text, or a list or dictionary of such."""


def encoder_key(encoder: Encoder) -> dict[str, Json]:
    """What decides the numbers of an encoder: content, code, and the kind of device that it runs on."""
    return {
        "encoder": content_hash(encoder),
        "encoder_code": code_sha256(*packages_of(encoder)),
        "device": encoder.device.type,
    }


class Kept:
    """Values on disk by what decides them: a file for each, written whole as soon as it is there.

    Every key also has the code of the engine and the versions of libraries. A file that is damaged is computed again;
    processes that want the same value wait for the one that computes it.

    Args:
        directory: where the files go.
        packages: whose code decides the values beside the engine's, as that of a source of sentences.
    """

    def __init__(self, directory: Path, packages: tuple[str, ...] = ()) -> None:
        self.directory = directory
        self._always = {"code": code_sha256("superb_lite", *packages), "versions": versions()}

    def get_or_compute(self, key: Mapping[str, Json], compute: Callable[[], Json]) -> Json:
        """The kept value, else the computed one.

        key: an analysis, its settings, and `encoder_key` of each encoder. Where it holds a content hash that tells an
        encoder in this process only, nothing is kept. Values are what JSON makes of them: tuples become lists.
        """
        whole = _through_json({**self._always, "key": key})
        if any(text.startswith(PROCESS) for text in _texts(whole["key"])):
            return _through_json(compute())
        name = hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
        path = make_dir(self.directory) / f"{name}.json"
        with FileLock(path.with_suffix(".lock")):
            known = _read(path)
            if known is None or known.get("key") != whole or "value" not in known:
                known = {"key": whole, "value": _through_json(compute())}
                write_text(path, json.dumps(known, ensure_ascii=False) + "\n")
            return known["value"]


def _read(path: Path) -> dict[str, Json] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _through_json(value: Json) -> Json:
    return json.loads(json.dumps(value, ensure_ascii=False))


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
