import json
import pickle

import pytest
import torch
from safetensors.torch import load_file, save_file

from superb_lite.encoders.checkpoint import load_checkpoint, save_checkpoint
from superb_lite.encoders.checkpoint_config import CONFIG, WEIGHTS
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite_text.bert import BertEncoder
from superb_lite_text.tokenizer import train_tokenizer

TOKENIZER = train_tokenizer(["天地玄黄宇宙洪荒"])


@pytest.fixture
def encoder():
    return BertEncoder(TOKENIZER, layers=1, width=8, heads=2, hidden=8, max_length=5)


@pytest.fixture
def saved(encoder, tmp_path):
    save_checkpoint(encoder, tmp_path / "bert", name="text-bert", pretraining={"corpora": ["here"], "steps": 7})
    return tmp_path / "bert"


def refused(directory, match, error=SuperbLiteError):
    with pytest.raises(error, match=match) as caught:
        load_encoder(directory)
    assert str(directory) in str(caught.value)
    assert "\n" not in str(caught.value)


def change_config(directory, **changes):
    config = json.loads((directory / CONFIG).read_text(encoding="utf-8"))
    config |= changes
    (directory / CONFIG).write_text(json.dumps({k: v for k, v in config.items() if v != "gone"}), encoding="utf-8")


def change_weights(directory, change):
    tensors = load_file(directory / WEIGHTS)
    change(tensors)
    save_file(tensors, directory / WEIGHTS)
    change_config(directory, weights_sha256="gone")


def test_a_round_trip_changes_nothing(encoder, saved):
    loaded = load_encoder(saved)
    assert loaded.content_hash() == encoder.content_hash()
    assert loaded.pretraining == {"corpora": ["here"], "steps": 7}
    assert not loaded.training
    assert not any(p.requires_grad for p in loaded.parameters())
    batch = encoder.collate(["天地玄黄宇宙", "荒?"])
    with torch.no_grad():
        layers = zip(encoder.eval()(batch).layers, loaded(batch).layers, strict=True)
    assert all(torch.equal(a, b) for a, b in layers)
    assert sorted(p.name for p in saved.iterdir()) == [CONFIG, WEIGHTS]


def test_the_hash_sees_weights_and_configuration(encoder):
    before = encoder.content_hash()
    with torch.no_grad():
        encoder.embedding.weight[6, 0] += 1e-6
    assert encoder.content_hash() != before
    other = BertEncoder(TOKENIZER, layers=1, width=8, heads=2, hidden=8, max_length=6)
    other.load_state_dict(encoder.state_dict())
    assert other.content_hash() != encoder.content_hash()


def test_the_twin_of_a_checkpoint_has_its_shape_and_other_weights(saved):
    twin, again = load_encoder(f"random:{saved}"), load_encoder(f"random:{saved}")
    assert twin.config() == load_encoder(saved).config()
    assert twin.content_hash() == again.content_hash() != load_encoder(saved).content_hash()
    assert twin.pretraining is None


def test_a_weight_is_missing(saved):
    change_weights(saved, lambda tensors: tensors.pop("embedding.weight"))
    refused(saved, r"does not fit its config.json.*Missing key.*embedding\.weight")


def test_a_weight_is_superfluous(saved):
    change_weights(saved, lambda tensors: tensors.update(extra=torch.zeros(2)))
    refused(saved, r"Unexpected key.*extra")


def test_a_weight_has_another_shape(saved):
    change_weights(saved, lambda tensors: tensors.update({"embedding.weight": torch.zeros(3, 8)}))
    refused(saved, r"size mismatch for embedding\.weight")


def test_the_weights_are_not_there(saved):
    (saved / WEIGHTS).unlink()
    refused(saved, "cannot read")


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was loaded",))


@pytest.mark.parametrize("write", [torch.save, lambda bomb, path: path.write_bytes(pickle.dumps(bomb))])
def test_a_pickle_in_place_of_the_weights_is_refused_unread(saved, write):
    write({"embedding.weight": Bomb()}, saved / WEIGHTS)
    refused(saved, "cannot read")


def test_cut_off_weights(saved):
    (saved / WEIGHTS).write_bytes((saved / WEIGHTS).read_bytes()[:-10])
    refused(saved, "cannot read")


@pytest.mark.parametrize("content", [b'{"format":', b"\xff\xfe", b""])
def test_a_configuration_that_is_not_json(saved, content):
    (saved / CONFIG).write_bytes(content)
    refused(saved, "is not JSON")


@pytest.mark.parametrize("content", ['{"format": "other"}', "[]", '"text"', "{}"])
def test_json_that_is_no_configuration(saved, content):
    (saved / CONFIG).write_text(content)
    refused(saved, 'has no "format"')


@pytest.mark.parametrize("key", ["encoder", "config", "pretraining"])
def test_an_entry_is_missing(saved, key):
    change_config(saved, **{key: "gone"})
    refused(saved, f'lacks "{key}"')


def test_an_unknown_architecture_offers_the_nearest(saved):
    change_config(saved, encoder="text-brt")
    refused(saved, "'text-brt': did you mean 'text-bert'", UnknownNameError)
    change_config(saved, encoder=["text-bert"])
    refused(saved, '"encoder": Input should be a valid string')


@pytest.mark.parametrize(
    "config",
    [
        {"tokenizer": TOKENIZER, "depth": 3},
        {},
        {"tokenizer": {}},
        {"tokenizer": TOKENIZER, "width": 10, "heads": 3},
    ],
)
def test_arguments_that_the_encoder_does_not_take(saved, config):
    change_config(saved, config=config)
    refused(saved, 'does not take this "config"')


def test_not_a_checkpoint(tmp_path):
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", "is not a checkpoint")
    with pytest.raises(SuperbLiteError, match="is not a checkpoint"):
        load_checkpoint(tmp_path / "nowhere")
