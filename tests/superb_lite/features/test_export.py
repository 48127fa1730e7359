import json

import numpy as np
import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite.features.export import export_features, read_items
from tests.superb_lite.toy_tasks import ToyEncoder, table_of


@pytest.fixture
def items():
    rng = np.random.default_rng(0)
    return {f"i{n}": rng.standard_normal((1 + n % 4, 3)).astype(np.float32) for n in range(7)}


def test_means_are_one_row_an_item(items, tmp_path):
    index = json.loads(export_features(ToyEncoder(), items, tmp_path, reference="x").read_text())
    assert index["ids"] == list(items)
    for layer in range(2):
        found = np.load(tmp_path / f"layer{layer}.npy")
        assert found.dtype == np.float32
        assert found == pytest.approx(np.stack([item.mean(axis=0) for item in items.values()]), abs=1e-6)


def test_positions_lie_where_the_index_says(items, tmp_path):
    index = json.loads(export_features(ToyEncoder(), items, tmp_path, reference="x", view="positions").read_text())
    table = table_of(ToyEncoder(), items)
    assert table.depth == 2
    for layer in range(2):
        found, spans = np.load(tmp_path / f"layer{layer}.npy"), np.load(tmp_path / f"spans{layer}.npy")
        assert found.dtype == np.float16
        for key, item in items.items():
            first, stop = index["rows"][layer][key]
            assert found[first:stop] == pytest.approx(item, abs=2e-3)
            assert spans[first:stop].tolist() == [[2 * t, 2 * t + 2] for t in range(len(item))]


def test_items_are_those_of_a_task_or_of_own_files(tmp_path):
    (tmp_path / "lines.txt").write_text("one\n\ntwo\n", encoding="utf-8")
    assert read_items(str(tmp_path / "lines.txt"), "text") == {"1": "one", "2": "two"}
    assert len(read_items("vision-lite/digits-5", "image")) > 1000
    with pytest.raises(SuperbLiteError, match="stands for 13 tasks: name one, such as"):
        read_items("vision-lite", "image")
    with pytest.raises(SuperbLiteError, match="items of any modality, so name a task"):
        read_items(str(tmp_path / "lines.txt"), None)
    with pytest.raises(SuperbLiteError, match="holds no image"):
        read_items(str(tmp_path), "image")


def test_the_name_of_a_task_is_never_a_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vision-lite" / "digits-5").mkdir(parents=True)
    assert len(read_items("vision-lite/digits-5", "image")) > 1000
    with pytest.raises(SuperbLiteError, match="stands for 13 tasks"):
        read_items("vision-lite", "image")
    with pytest.raises(SuperbLiteError, match="holds no image"):
        read_items("./vision-lite/digits-5", "image")


def test_a_batch_of_nothing_names_the_option(items, tmp_path):
    with pytest.raises(SuperbLiteError, match="--batch-size 0: at least 1 item is needed"):
        export_features(ToyEncoder(), items, tmp_path, reference="x", batch_size=0)
