import pytest
import torch

from superb_lite_text.bart import BartEncoder
from superb_lite_text.bert import BertEncoder
from superb_lite_text.cbow import CbowEncoder
from superb_lite_text.gpt import GptEncoder
from superb_lite_text.token_encoder import TokenEncoder, at_last_token, token_embedding
from superb_lite_text.tokenizer import PAD
from tests.modalities.superb_lite_text.text_models import TOKENIZER

CLASSES = [BertEncoder, GptEncoder, BartEncoder, CbowEncoder]
ITEMS = ["天地玄黄", ("天", "宇宙 dog"), "dog"]


def test_the_last_token_is_the_one_before_padding():
    token = torch.tensor([[5, 6, 7, PAD], [5, PAD, PAD, PAD], [5, 6, 7, 8]])
    x = torch.arange(24.0).view(3, 4, 2)
    expected = [row[sum(t != PAD for t in ids) - 1].tolist() for row, ids in zip(x, token.tolist(), strict=True)]
    assert at_last_token(x, token).tolist() == expected


def test_padding_has_no_embedding():
    made = token_embedding(200, 64)
    assert float(made.weight.detach().std()) == pytest.approx(0.06, rel=0.05)
    assert made.padding_idx == PAD


@pytest.mark.parametrize("kind", CLASSES)
def test_text_encoders_share_their_tokens_and_what_their_features_cover(kind):
    encoder = kind(TOKENIZER.specification, width=8, max_length=16)
    assert isinstance(encoder, TokenEncoder)
    assert encoder.config()["max_length"] == 16
    assert encoder.embedding.weight.shape == (len(TOKENIZER), 8)
    items = [item for item in ITEMS if encoder.pairs or not isinstance(item, tuple)]
    batch = encoder.collate(items)
    features = encoder(batch)
    assert torch.equal(features.item, batch["item"])
    assert torch.equal(features.spans, batch["span"])
    assert (features.segment is not None) == encoder.pairs
    for row, item in enumerate(features.item.tolist()):
        covered = features.mask[row]
        assert torch.equal(covered, (batch["span"][row, :, 0] < batch["span"][row, :, 1]))
        length = sum(map(len, items[item])) if isinstance(items[item], tuple) else len(items[item])
        assert encoder.length(items[item]) == length
        assert features.layers[0].shape == (*batch["token"].shape, 8)


@pytest.mark.parametrize("kind", CLASSES)
def test_a_checkpoint_has_the_names_it_always_had(kind):
    names = kind(TOKENIZER.specification, width=8).state_dict()
    assert "embedding.weight" in names
    assert not any(name.startswith("tokenizer") for name in names)
