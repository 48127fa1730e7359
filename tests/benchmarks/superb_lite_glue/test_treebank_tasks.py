"""`ud`: treebank folders become tagging tasks."""

from __future__ import annotations

from pathlib import Path

import pytest

from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.features.data_checks import check_data
from superb_lite.tasks.labels import Unit
from superb_lite_glue.treebank_tasks import TREEBANKS, UD
from tests.benchmarks.superb_lite_sources.tiny_treebank import write_treebank

TASKS = {task.name.removeprefix("ud/"): task for task in UD}


@pytest.mark.parametrize("above", ["", "ud", "ud-treebanks-v2.14"])
def test_a_treebank_is_read_and_sound(tmp_path: Path, above: str) -> None:
    write_treebank(tmp_path / above / "UD_English-EWT")
    task = TASKS["en_ewt"]
    data = task.data(tmp_path)
    check_data(task, data)
    assert [len(part) for part in (data.train, data.validation, data.test)] == [30, 6, 6]
    first = data.test[0]
    assert data.items[first.items[0]] == "Clara 2000 can't see."
    assert [task.labels[unit.label] for unit in first.label if isinstance(unit, Unit)] == [
        "PROPN", "NUM", "AUX", "PART", "VERB", "PUNCT",
    ]  # fmt: skip
    assert len({e.cluster for e in data.test}) == 2


def test_the_newest_of_several_archives_is_read(tmp_path: Path) -> None:
    for version, train in (("2.9", 3), ("2.14", 4), ("2.2", 5)):
        write_treebank(tmp_path / f"ud-treebanks-v{version}" / "UD_English-EWT", train=train, other=1)
    (tmp_path / "ud-treebanks-v2.15.tgz").touch()
    assert len(TASKS["en_ewt"].data(tmp_path).train) == 4


def test_every_treebank_has_a_loader(tmp_path: Path) -> None:
    for code, name in TREEBANKS.items():
        write_treebank(tmp_path / f"UD_{name}", code, train=2, other=1)
        assert len(TASKS[code].data(tmp_path).train) == 2
        assert TASKS[code].language == code[:2]


def test_it_is_evaluated(tmp_path: Path) -> None:
    write_treebank(tmp_path / "UD_English-EWT")
    (result,) = evaluate(load_encoder("raw:characters"), "ud/en_ewt", seeds=1, root=tmp_path)
    assert result.metrics.keys() == {"unit_accuracy"}
    assert result.score > 0.5


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        SuperbLiteError, match=r"nothing is downloaded: give --root DIR with DIR/UD_English-EWT/en_ewt-ud"
    ):
        TASKS["en_ewt"].data(None)
    with pytest.raises(SuperbLiteError, match=r"expected DIR/UD_English-EWT/en_ewt-ud-train.conllu.*found: nothing"):
        TASKS["en_ewt"].data(tmp_path)
    write_treebank(tmp_path / "UD_English-EWT")
    (tmp_path / "UD_English-EWT" / "en_ewt-ud-dev.conllu").unlink()
    with pytest.raises(SuperbLiteError, match=r"holds no 'en_ewt-ud-dev.conllu'"):
        TASKS["en_ewt"].data(tmp_path)
