import pytest
import torch

from superb_lite_text.bart import BartEncoder
from superb_lite_text.tokenizer import CLS, PAD, SEP
from tests.modalities.superb_lite_text.text_models import SHAPE, SPECIFICATION, ids

TEXTS = ["天地玄黄", "荒", "宇宙洪荒天地玄黄宇宙洪荒", "The dogs sleep.", ("天地", "The dogs")]


@pytest.fixture
def model():
    torch.manual_seed(0)
    return BartEncoder(SPECIFICATION, **SHAPE, max_length=9).eval().requires_grad_(False)


def test_layers_are_those_of_the_encoder_and_the_decoder(model):
    batch = model.collate(TEXTS)
    features = model(batch)
    encoded, decoded = model.encode(batch["token"], batch["token"])
    assert len(features.layers) == 1 + 2 + 2
    assert all(torch.equal(a, b) for a, b in zip(features.layers, (*encoded, *decoded[1:]), strict=True))
    for row, token in enumerate(batch["token"].tolist()):
        last = len([t for t in token if t != PAD]) - 1
        assert torch.equal(features.summary[row], decoded[-1][row, last])


def test_the_decoder_sees_no_later_token_but_the_whole_source(model):
    source = torch.tensor([[CLS, *ids("天地玄黄"), SEP]])
    given = torch.tensor([[CLS, *ids("日月盈昃")]])
    later, other = given.clone(), source.clone()
    later[0, 3:] = given[0, 1]
    other[0, 4] = given[0, 1]
    base = model.encode(source, given)[1][-1]
    assert torch.allclose(base[:, :3], model.encode(source, later)[1][-1][:, :3], atol=1e-6)
    assert not torch.allclose(base[:, 0], model.encode(other, given)[1][-1][:, 0], atol=1e-4)


def test_padding_of_the_source_is_not_read(model):
    source = torch.tensor([[CLS, *ids("天地"), SEP]])
    padded = torch.tensor([[CLS, *ids("天地"), SEP, PAD, PAD]])
    given = torch.tensor([[CLS, *ids("日月")]])
    assert torch.allclose(model.encode(source, given)[1][-1], model.encode(padded, given)[1][-1], atol=1e-6)


def test_a_text_is_encoded_the_same_in_any_company(model):
    together = model(model.collate(TEXTS))
    for number, text in enumerate(TEXTS):
        alone = model(model.collate([text]))
        rows = together.item == number
        for a, b in zip(alone.layers, together.layers, strict=True):
            assert torch.allclose(a[alone.mask], b[rows][together.mask[rows]], atol=1e-5)


def test_the_configuration_builds_the_same_encoder(model):
    twin = BartEncoder(**model.config())
    twin.load_state_dict(model.state_dict())
    assert twin.content_hash() == model.content_hash()
