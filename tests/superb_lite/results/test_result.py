"""Result: what is in it comes back exactly, and what is out of bounds is refused by the name of its field."""

from __future__ import annotations

import json
import math
import os
import time

import numpy as np
import pytest
from pydantic import ValidationError

from superb_lite.encoders.content_hash import PROCESS
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.results.files import ResultFile
from superb_lite.results.result import Architecture, Result, SeedResult, refusal, validated
from tests.superb_lite.made_up_results import architecture, made_up, without_predictions
from tests.superb_lite.toy_tasks import ToyEncoder

RESULT = made_up(values=np.random.default_rng(0).uniform(size=(3, 20)), architecture=architecture("nose"))


def seed(**changes):
    return SeedResult(**{"seed": 0, "score": 0.5, "metrics": {"a": 0.5}, "chosen": {}, "parameters": {}, **changes})


def test_numbers_come_back_bit_by_bit():
    rng = np.random.default_rng(1)
    odd = rng.standard_normal((2, 500)) * 10.0 ** rng.integers(-300, 11, (2, 500))
    result = made_up(values=odd, score=0.1 + 0.2, ci=(-1 / 3, 2 / 3))
    again = Result.model_validate_json(result.model_dump_json())
    assert again == without_predictions(result)
    assert np.array(again.pseudo_values).tobytes() == odd.tobytes()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"score": math.nan}, "score"),
        ({"score": math.inf}, "score"),
        ({"score": 1e308}, "score"),
        ({"score": "0.5"}, "score"),
        ({"ci": (0.6, 0.5)}, "ci"),
        ({"ci": (math.nan, 0.5)}, "ci.0"),
        ({"metrics": {"accuracy": -1e308}}, "metrics.accuracy"),
        ({"metrics": {}}, "metrics"),
        ({"normalised": math.nan}, "normalised"),
        ({"n_test": 0}, "n_test"),
        ({"n_test": 3.0}, "n_test"),
        ({"n_test": 2**63}, "n_test"),
        ({"task_version": 10**30}, "task_version"),
        ({"limit": 1}, "limit"),
        ({"seconds": -1.0}, "seconds"),
        ({"encoder": ""}, "encoder"),
        ({"encoder": "x" * 4097}, "encoder"),
        ({"modality": "x" * 101}, "modality"),
        ({"encoder_hash": "abc"}, "encoder_hash"),
        ({"encoder_hash": "A" * 64}, "encoder_hash"),
        ({"data_sha256": "f" * 63}, "data_sha256"),
        ({"predictions_sha256": "g" * 64}, "predictions_sha256"),
        ({"seeds": ()}, "seeds"),
        ({"pseudo_values": ((math.nan, *RESULT.pseudo_values[0][1:]), *RESULT.pseudo_values[1:])}, "pseudo_values.0.0"),
        ({"settings": {"rate": math.nan}}, "settings"),
        ({"settings": {"model": object()}}, "settings"),
        ({"mood": "good"}, "mood"),
        ({"deterministic": 1}, "deterministic"),
    ],
)
def test_what_is_out_of_bounds_is_refused_by_its_field(changes, field):
    with pytest.raises(ValidationError) as error:
        RESULT.replace(**changes)
    assert refusal(error.value).startswith(f"field '{field}': ")
    assert "\n" not in refusal(error.value)
    with pytest.raises(SuperbLiteError, match="the thing cannot be kept: field"), validated("the thing"):
        RESULT.replace(**changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seeds": (seed(), seed())}, "a seed stands twice"),
        ({"seeds": (seed(),)}, "one row for each seed"),
        ({"clusters": RESULT.clusters[:-1]}, "one column for each cluster"),
        ({"clusters": ("a", "a")}, "a cluster stands twice"),
        ({"cluster_index": ()}, "the cluster of each example"),
        ({"cluster_index": (99,) * 20}, "a cluster that is not in clusters"),
    ],
)
def test_what_contradicts_itself_is_refused(changes, words):
    with pytest.raises(ValidationError, match=words):
        RESULT.replace(**changes)


@pytest.mark.parametrize("changes", [{"score": math.nan}, {"seed": -1}, {"metrics": {"a": math.inf}}])
def test_an_evaluation_seed_has_bounds_too(changes):
    with pytest.raises(ValidationError):
        seed(**changes)


def test_a_missing_field_is_named():
    content = json.loads(RESULT.model_dump_json())
    del content["machine"], content["score"]
    with pytest.raises(ValidationError) as error:
        Result.model_validate_json(json.dumps(content))
    assert refusal(error.value) == "field 'score': Field required (and 1 more)"


def test_what_holds_a_wrong_field_is_not_one_more():
    content = {"format": 2, "taskset": "a", "results": [json.loads(RESULT.model_dump_json())], "checksums": []}
    content["results"][0]["seconds"] = -1.0
    with pytest.raises(ValidationError) as error:
        ResultFile.model_validate_json(json.dumps(content))
    assert refusal(error.value) == "field 'results.0.seconds': Input should be greater than or equal to 0"


def test_what_is_recorded_equals_what_is_read_again():
    result = RESULT.replace(settings={"rates": (0.1, 0.3), "steps": 3}, seeds=tuple(seed(seed=s) for s in range(3)))
    assert result.settings == {"rates": [0.1, 0.3], "steps": 3}
    assert Result.model_validate_json(result.model_dump_json()).settings == result.settings


def test_nothing_changes_after_it_was_made():
    with pytest.raises(ValidationError, match="frozen"):
        RESULT.score = 1.0
    with pytest.raises(ValidationError, match="frozen"):
        RESULT.seeds[0].score = 1.0


def test_the_checksum_sees_every_field_but_the_predictions():
    changes = {
        "score": np.nextafter(RESULT.score, 1.0),
        "encoder": "y",
        "in_domain": True,
        "versions": {"torch": "2"},
        "pseudo_values": (
            (RESULT.pseudo_values[0][0] + 1e-15, *RESULT.pseudo_values[0][1:]),
            *RESULT.pseudo_values[1:],
        ),
        "architecture": architecture("ear"),
    }
    checksums = [RESULT.replace(**{name: value}).checksum() for name, value in changes.items()]
    assert len({RESULT.checksum(), *checksums}) == 1 + len(changes)
    assert without_predictions(RESULT).checksum() == RESULT.checksum()
    assert Result.model_validate_json(RESULT.model_dump_json()).checksum() == RESULT.checksum()


def test_a_path_that_is_not_utf_8_names_an_encoder_with_its_bytes_escaped():
    result = RESULT.replace(encoder=os.fsdecode(b"models/h\xf6he"))
    assert result.encoder == "models/h\\udcf6he"
    assert Result.model_validate_json(result.model_dump_json()).encoder == result.encoder


def test_a_process_hash_and_a_display_name_are_fine():
    assert RESULT.replace(encoder_hash=f"{PROCESS}0f", encoder="My encoder (ours)").encoder == "My encoder (ours)"


def test_the_architecture_is_the_encoder_without_its_weights():
    one, other, wide = ToyEncoder(), ToyEncoder(), ToyEncoder(width=9)
    assert Architecture.of(one) == Architecture.of(other)
    assert Architecture.of(one).config_sha256 != Architecture.of(wide).config_sha256
    assert not Architecture.of(one).untrained
    assert Architecture.of(load_encoder("random:text-bert")).untrained
    assert not Architecture.of(load_encoder("raw:characters")).untrained


def test_a_large_result_is_read_in_milliseconds():
    rng = np.random.default_rng(0)
    text = made_up(values=rng.uniform(size=(5, 2000))).model_dump_json()
    best = math.inf
    for _ in range(5):
        started = time.perf_counter()
        Result.model_validate_json(text)
        best = min(best, time.perf_counter() - started)
    # Against json.loads of the same text, so that a slow machine is not a failure.
    started = time.perf_counter()
    json.loads(text)
    assert best < 5 * (time.perf_counter() - started)


@pytest.mark.parametrize(
    ("version", "shown"), [(1, 1), (9999, 9999), (10_000, "0000271"), (0x3FA9C1E7, "3fa9c1e"), (2**32 - 1, "fffffff")]
)
def test_the_version_of_an_own_task_is_short_in_the_summary(version, shown):
    result = made_up(values=[[0.5, 1.0]], task_version=version)
    assert result.summary()["task_version"] == shown
    assert result.task_version == version
