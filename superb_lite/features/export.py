"""Features of any items as plain arrays, for a person's own use."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.lib.format import dtype_to_descr, write_array_header_1_0
from numpy.typing import NDArray

from superb_lite import plugins
from superb_lite.encoders.content_hash import content_hash
from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.features.store import FeatureStore, ItemView, Progress
from superb_lite.forms import View
from superb_lite.imports import resolve
from superb_lite.paths import make_dir, write_text
from superb_lite.tasks.labels import Item


def read_items(source: str, modality: str | None) -> Mapping[str, Item]:
    """The raw items of a task, or of a person's own file or folder (`Modality.own_items`), by id."""
    path = Path(source)
    if plugins.is_task(source) or not path.exists():
        tasks = plugins.tasks(source)
        if len(tasks) > 1:
            raise SuperbLiteError(
                f"--items '{source}' stands for {len(tasks)} tasks: name one, such as '{tasks[0].name}'"
            )
        return tasks[0].data().items
    if modality is None:
        raise SuperbLiteError(f"'{source}': the encoder takes items of any modality, so name a task with --items")
    reader = plugins.modality(modality).own_items
    if reader is None:
        raise SuperbLiteError(f"modality '{modality}' reads no files of your own: name a task with --items")
    found: Mapping[str, Item] = resolve(reader)(path)
    return found


def export_features(
    encoder: Encoder,
    items: Mapping[str, Item],
    out: Path,
    *,
    reference: str,
    view: Literal["mean", "positions"] = "mean",
    feature_dir: Path | None = None,
    batch_size: int = 32,
    progress: Progress | None = None,
) -> Path:
    """Write layer0.npy, layer1.npy, ... and index.json; returns the path of the index.

    Under the view "mean" a layer is (N, D) float32, one row per item. Under "positions" it is (rows, D) float16, the
    positions of one item after those of another, and spans0.npy, ... (rows, 2) say which stretch of raw input each
    position covers. The index holds the ids in order, and for each layer the first and the last-but-one row of each.
    """
    store = FeatureStore(encoder, feature_dir, name=reference, batch_size=batch_size)
    table = store.table({key: ItemView(items, key, View(view)) for key in items}, progress)
    make_dir(out)
    rows = []
    try:
        for layer, width in enumerate(table.widths):
            counts = {key: table.count(key, layer) for key in items}
            stops = itertools.accumulate(counts.values())
            rows.append({key: [stop - counts[key], stop] for key, stop in zip(counts, stops, strict=True)})
            total = sum(counts.values())
            dtype = np.dtype(np.float32 if view == "mean" else np.float16)
            features = (table.stack([key], layer).numpy() for key in items)
            _write_array(out / f"layer{layer}.npy", features, dtype, (total, width))
            if view != "mean":
                spans = (table.item(key).spans[layer].numpy() for key in items)
                _write_array(out / f"spans{layer}.npy", spans, np.dtype(np.int64), (total, 2))
    except OSError as error:
        raise SuperbLiteError(f"cannot write to '{out}': {error.strerror}") from None
    index = {
        "encoder": reference,
        "encoder_hash": content_hash(encoder),
        "view": view,
        "ids": list(items),
        "rows": rows,
    }
    write_text(out / "index.json", json.dumps(index, ensure_ascii=False) + "\n")
    return out / "index.json"


def _write_array(path: Path, chunks: Iterable[NDArray[Any]], dtype: np.dtype[Any], shape: tuple[int, int]) -> None:
    """A .npy file out of its rows, by write: on a full disk a map of the file would be the end of the process."""
    with open(path, "wb") as file:
        write_array_header_1_0(file, {"descr": dtype_to_descr(dtype), "fortran_order": False, "shape": shape})
        for chunk in chunks:
            file.write(np.ascontiguousarray(chunk, dtype).tobytes())
