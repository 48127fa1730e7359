"""What a checkpoint's random twin is called, and that its results are those of a twin."""

from __future__ import annotations

from pathlib import Path

import pytest

from superb_lite import plugins
from superb_lite.encoders.checkpoint import load_checkpoint, save_checkpoint
from superb_lite.encoders.references import load_encoder
from superb_lite.encoders.twin_reference import twin_of
from superb_lite.errors import SuperbLiteError
from superb_lite.results.result import Architecture
from superb_lite.testing.check import Options
from superb_lite.testing.objective_case import ObjectiveCase
from superb_lite_text.bert import BertEncoder


def saved(encoder, directory: Path, seed: int) -> Path:
    save_checkpoint(encoder, directory, name="text-bert", pretraining={"seed": seed})
    return directory


def test_a_twin_is_named_after_the_architecture_whose_configuration_it_has(tmp_path):
    default = load_encoder("random:text-bert")
    other = BertEncoder(default.tokenizer, width=64)
    headless = BertEncoder(default.tokenizer, head=False)
    assert twin_of(saved(default, tmp_path / "0", 0)) == "random:text-bert"
    assert twin_of(saved(default, tmp_path / "2", 2)) == "random:text-bert:2"
    for name, encoder in (("other", other), ("headless", headless)):
        assert twin_of(saved(encoder, tmp_path / name, 0)) == f"random:{tmp_path / name}"
    for directory in ("0", "2", "other", "headless"):
        mine, twin = (
            Architecture.of(e)
            for e in (load_checkpoint(tmp_path / directory), load_encoder(twin_of(tmp_path / directory)))
        )
        assert (mine.name, mine.config_sha256) == (twin.name, twin.config_sha256)
        assert twin.untrained


def test_what_is_no_checkpoint_has_no_twin(tmp_path):
    with pytest.raises(SuperbLiteError, match="is not a checkpoint"):
        twin_of(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("modality", plugins.modalities())
def test_the_first_objective_of_a_modality_trains_what_random_and_its_name_are(modality, tmp_path):
    spec = plugins.objective(plugins.modality(modality).objective)
    encoder = ObjectiveCase(spec, Options()).build().objective.encoder
    save_checkpoint(encoder, tmp_path / "made", name=spec.encoder, pretraining={"seed": 0})
    assert twin_of(tmp_path / "made") == f"random:{spec.encoder}"
