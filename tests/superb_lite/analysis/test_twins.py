"""The random twin of an encoder."""

from __future__ import annotations

from superb_lite.analysis.twins import random_twin, random_twins
from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.encoders.references import load_encoder
from tests.superb_lite.analysis.tiny_texts import tiny_bert


def test_the_twin_of_a_checkpoint_is_its_architecture_before_training(tmp_path):
    for seed in range(2):
        trained = tiny_bert(seed)
        next(trained.parameters()).data += 1.0
        save_checkpoint(trained, tmp_path / str(seed), name="text-bert", pretraining={"seed": seed})
    encoders = [load_encoder(str(tmp_path / str(seed))) for seed in range(2)]
    twins = [random_twin(str(tmp_path / str(seed)), encoder) for seed, encoder in enumerate(encoders)]
    assert all(twin.untrained for twin in twins)
    assert len({each.content_hash() for each in (*encoders, *twins)}) == 4
    assert random_twin(str(tmp_path / "0"), encoders[0]).content_hash() == twins[0].content_hash()
    both = random_twins({str(tmp_path / str(seed)): encoder for seed, encoder in enumerate(encoders)})
    assert [each.content_hash() for each in both.values()] == [each.content_hash() for each in twins]
    assert not any(each.requires_grad for each in twins[0].parameters())
    assert random_twins({str(tmp_path / "0"): encoders[0], "majority": load_encoder("majority")}) == {}


def test_what_was_never_trained_has_no_twin():
    for reference in ("majority", "raw:characters"):
        assert random_twin(reference, load_encoder(reference)) is None
