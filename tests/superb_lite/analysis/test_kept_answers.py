"""What an analysis keeps of what it computed."""

from __future__ import annotations

import pytest

from superb_lite.analysis.kept import Kept, encoder_key
from superb_lite.encoders.content_hash import PROCESS
from tests.superb_lite.analysis.tiny_texts import tiny_bert


class Computing:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self):
        self.times += 1
        return {"rows": [(self.times, 0.5)]}


@pytest.fixture
def compute():
    return Computing()


def test_what_is_there_is_not_computed_again(tmp_path, compute):
    key = {"analysis": "x", "layers": (0, 1)}
    first = Kept(tmp_path).get_or_compute(key, compute)
    assert first == {"rows": [[1, 0.5]]}
    assert Kept(tmp_path).get_or_compute({"layers": [0, 1], "analysis": "x"}, compute) == first
    assert compute.times == 1


def test_another_key_is_another_value(tmp_path, compute):
    kept = Kept(tmp_path)
    for key in ({"seed": 0}, {"seed": 1}, {"seed": 0}):
        kept.get_or_compute(key, compute)
    assert compute.times == 2


def test_edited_code_is_computed_again(tmp_path, compute, monkeypatch):
    Kept(tmp_path).get_or_compute({}, compute)
    monkeypatch.setattr("superb_lite.analysis.kept.code_sha256", lambda *packages: "edited")
    Kept(tmp_path).get_or_compute({}, compute)
    assert compute.times == 2


@pytest.mark.parametrize("damage", [lambda text: text[:40], lambda text: "[]", lambda text: text.replace("seed", "x")])
def test_a_damaged_file_is_computed_again(tmp_path, compute, damage):
    Kept(tmp_path).get_or_compute({"seed": 0}, compute)
    (file,) = tmp_path.glob("*.json")
    file.write_text(damage(file.read_text()))
    assert Kept(tmp_path).get_or_compute({"seed": 0}, compute) == {"rows": [[2, 0.5]]}


def test_nothing_is_kept_of_an_encoder_that_only_this_process_knows(tmp_path, compute):
    key = {"encoders": [{"encoder": f"{PROCESS}abc"}]}
    Kept(tmp_path / "none").get_or_compute(key, compute)
    Kept(tmp_path / "none").get_or_compute(key, compute)
    assert compute.times == 2
    assert not (tmp_path / "none").exists()


def test_none_is_a_value(tmp_path):
    assert Kept(tmp_path).get_or_compute({}, lambda: None) is None
    assert Kept(tmp_path).get_or_compute({}, lambda: 1) is None


def test_the_key_of_an_encoder_tells_its_weights():
    assert encoder_key(tiny_bert(0)) == encoder_key(tiny_bert(0))
    assert encoder_key(tiny_bert(0)) != encoder_key(tiny_bert(1))
