"""The files of a model of `transformers`, looked through before the library opens any of them.

A folder may come from a stranger: nothing in it may hang, run code, or be read as a pickle.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from superb_lite.encoders.weights import Contents
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.paths import read_file, regular_size

JSON_LIMIT = 128 * 2**20
"""The largest JSON file in bytes; tokenisers of a quarter of a million tokens have some thirty million."""

_SHARD = re.compile(r"[\w.-]+\.safetensors")
_EXPLICIT = re.compile(r"[\w.-]+\.safetensors(\.index\.json)?")

_ATTENTION = frozenset({"eager", "sdpa", "flash_attention_2", "flash_attention_3", "flex_attention"})


def check_files(folder: Path, name: str) -> Contents:
    """What the weights of a model hold, if everything in its folder may be read.

    name: of the model, for messages.

    Raises `SuperbLiteError` for a pipe, a device or the like, for JSON that is too large or none, for an index of
    weights that names anything but safetensors files of the folder, for an adapter of another model, and for a
    configuration that names code or weights elsewhere.
    """
    for file in sorted(folder.iterdir()):
        if file.is_dir():
            continue
        size = regular_size(file)
        if file.suffix == ".json" and size > JSON_LIMIT:
            raise SuperbLiteError(f"'{name}': '{file}' has {size} bytes: at most {JSON_LIMIT} are read")
    if (folder / "adapter_config.json").exists():
        raise SuperbLiteError(f"'{name}' is an adapter, which needs another model: merge both, and save the result")
    _check_configuration(read_json(folder / "config.json"), name)
    for index in sorted(folder.glob("*.index.json")):
        if not index.name.endswith(".bin.index.json"):  # of pickles, which are never opened
            _check_index(index, name)
    return Contents.of_files(sorted(folder.glob("*.safetensors")))


def read_json(file: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises `SuperbLiteError` for anything else."""
    try:
        content = json.loads(read_file(file, limit=JSON_LIMIT).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise SuperbLiteError(f"'{file}' is not JSON: {one_line(error, 100)}") from None
    if not isinstance(content, dict):
        raise SuperbLiteError(f"'{file}' is not a JSON object")
    return content


def _check_configuration(config: dict[str, Any], name: str) -> None:
    explicit = config.get("transformers_weights")
    if explicit is not None and not (isinstance(explicit, str) and _EXPLICIT.fullmatch(explicit)):
        raise SuperbLiteError(
            f"'{name}': its config.json names the weights '{one_line(explicit, 60)}': not safetensors"
        )
    pending: list[Any] = [config]  # configurations of parts of the model lie within
    while pending:
        part = pending.pop()
        if not isinstance(part, dict):
            continue
        pending.extend(part.values())
        for key in ("attn_implementation", "_attn_implementation", "_attn_implementation_internal"):
            wanted = part.get(key)
            # A name with a slash would be fetched from the hub, and run.
            if isinstance(wanted, str) and wanted not in _ATTENTION:
                raise SuperbLiteError(f"'{name}': its config.json asks for the attention '{one_line(wanted, 60)}'")


def _check_index(index: Path, name: str) -> None:
    shards = read_json(index).get("weight_map")
    if not isinstance(shards, dict):
        raise SuperbLiteError(f"'{name}': '{index}' has no weight_map")
    for shard in dict.fromkeys(map(str, shards.values())):
        if not _SHARD.fullmatch(shard):
            raise SuperbLiteError(
                f"'{name}': '{index.name}' points at '{one_line(shard, 60)}': only safetensors files are opened"
            )
        regular_size(index.parent / shard)
