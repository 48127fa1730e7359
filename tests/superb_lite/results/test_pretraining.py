"""What a result says of the pretraining of its encoder: what is known, bounded, and without any path."""

from __future__ import annotations

import json

import pytest

from superb_lite.encoders.checkpoint import load_checkpoint, save_checkpoint
from superb_lite.encoders.references import load_encoder
from superb_lite.results.pretraining import Pretraining
from superb_lite.results.result import Result
from tests.superb_lite.made_up_results import made_up
from tests.superb_lite.toy_tasks import ToyEncoder

SAID = {
    "objective": "text-bert",
    "budget": "minute",
    "corpora": ["news", "english"],
    "corpus_sha256": "0f" * 32,
    "seed": 3,
    "steps": 650,
    "items": 650 * 21,
    "final_loss": 4.25,
    "seconds": 115.1,
    "options": {"data.path": "/home/somebody/secret.txt", "data.batch_size": 21},
    "versions": {"superb-lite": "0.1.0", "torch": "2"},
}


def said_by(**changes) -> Pretraining | None:
    encoder = ToyEncoder()
    encoder.pretraining = {**SAID, **changes}
    return Pretraining.of(encoder)


def test_what_a_checkpoint_says():
    found = said_by(curve=[[24, 7.2], [49, 6.5]])
    assert found == Pretraining(
        objective="text-bert",
        budget="minute",
        corpora=("news", "english"),
        corpus_sha256="0f" * 32,
        seed=3,
        steps=650,
        items=13650,
        final_loss=4.25,
        seconds=115.1,
        version="0.1.0",
        options={"data.path": "…", "data.batch_size": 21},
        curve=((24, 7.2), (49, 6.5)),
    )
    assert "secret" not in found.model_dump_json()
    result = made_up(values=[[0.0, 1.0]], pretraining=found)
    assert Result.model_validate_json(result.model_dump_json()).pretraining == found


@pytest.mark.parametrize(
    "path", ["/home/somebody/mine", "mine", "C:\\Users\\somebody\\mine", "../../mine", "/home/mine/"]
)
def test_own_data_go_by_the_last_part_of_their_path(path):
    assert said_by(corpora=["english", path]).corpora == ("english", "mine")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("steps", -1),
        ("steps", "many"),
        ("steps", 10**400),
        ("seconds", -0.5),
        ("final_loss", 1e308),
        ("objective", "x" * 101),
        ("objective", {"a": 1}),
        ("corpora", "news"),
        ("corpora", ["x"] * 101),
        ("corpus_sha256", "short"),
        ("versions", "0.1.0"),
        ("versions", {"superb-lite": 1}),
        ("options", {"rate": float("nan")}),
        ("options", {"rate": float("inf")}),
        ("options", {"rate": 10**400}),
        ("options", {"rate": [1]}),
    ],
)
def test_what_is_out_of_bounds_is_left_out_and_the_rest_stays(field, value):
    found = said_by(**{field: value})
    name = "version" if field == "versions" else field
    assert getattr(found, name) is None
    assert found.model_copy(update={name: getattr(said_by(), name)}) == said_by()


@pytest.mark.parametrize("curve", [[[0, float("nan")]], [[0]], [[-1, 2.0]], [[i, 1.0] for i in range(201)], "abc", 3])
def test_a_curve_that_is_none_is_left_out(curve):
    assert said_by(curve=curve) == said_by()


def test_weights_that_were_never_trained_say_nothing():
    assert Pretraining.of(ToyEncoder()) is None


def test_a_checkpoint_brings_the_curve_that_lies_beside_it(tmp_path):
    encoder = load_encoder("random:text-bert")
    save_checkpoint(encoder, tmp_path, name="text-bert", pretraining=SAID)
    assert Pretraining.of(load_checkpoint(tmp_path)).curve == ()
    (tmp_path / "metrics.csv").write_text("epoch,loss,step\n0,7.5,24\n0,6.25,49\n")
    loaded = load_checkpoint(tmp_path)
    assert Pretraining.of(loaded).curve == ((24, 7.5), (49, 6.25))
    assert "curve" not in json.loads((tmp_path / "config.json").read_text())["pretraining"]


def test_of_options_that_are_none_nothing_is_kept():
    assert said_by(options=["--x"]).options is None
    assert said_by(options={"a": {"b": 1}}).options is None
    assert said_by(options={str(i): i for i in range(201)}).options is None
    assert said_by(options={"model.mode": "t5", "data.path": None}).options == {"model.mode": "t5", "data.path": None}
