import pytest
import torch

from superb_lite.references import load_encoder
from superb_lite_text.bert import BertEncoder
from superb_lite_text.tokenizer import CLS, PAD, SEP, UNK, CharacterTokenizer, count_characters

VOCABULARY = list("天地玄黄宇宙洪荒")
TEXTS = ["天地玄黄", "荒", "宇宙洪荒天地玄黄宇宙洪荒天地玄黄宇宙", "a地b玄c"]


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    return BertEncoder(VOCABULARY, layers=2, width=16, heads=4, hidden=32, max_length=7).eval()


def covered(features, item):
    """(start, end) of every position of an item that counts, row after row."""
    spans, rows = features.spans, (features.item == item).nonzero().flatten().tolist()
    return [tuple(spans[r, t].tolist()) for r in rows for t in features.mask[r].nonzero().flatten().tolist()]


@torch.no_grad()
def test_every_character_is_covered_by_exactly_one_position_in_order(encoder):
    features = encoder(encoder.collate(TEXTS))
    for number, text in enumerate(TEXTS):
        assert covered(features, number) == [(i, i + 1) for i in range(len(text))]
    assert features.item.tolist() == [0, 1, 2, 2, 2, 3]  # 18 characters in windows of 7


def test_a_row_is_cls_text_sep_and_padding(encoder):
    batch = encoder.collate(["荒天", "?"])
    assert batch["token"].tolist() == [[CLS, 12, 5, SEP], [CLS, UNK, SEP, PAD]]


@torch.no_grad()
def test_the_position_of_a_character_is_its_token(encoder):
    batch = encoder.collate(TEXTS)
    features = encoder(batch)
    for number, text in enumerate(TEXTS):
        rows = features.item == number
        tokens = batch["token"][rows][features.mask[rows]].tolist()
        assert tokens == encoder.tokenizer.encode(text)


@torch.no_grad()
def test_layers_are_the_embedding_and_one_for_each_block(encoder):
    batch = encoder.collate(TEXTS)
    features = encoder(batch)
    assert len(features.layers) == 3
    assert torch.equal(features.layers[0], encoder.embedding(batch["token"]))
    assert all(layer.shape == (6, 9, 16) for layer in features.layers)


@torch.no_grad()
def test_a_text_is_encoded_the_same_in_any_company(encoder):
    together = encoder(encoder.collate(TEXTS))
    for number, text in enumerate(TEXTS):
        alone = encoder(encoder.collate([text]))
        rows = together.item == number
        for a, b in zip(alone.layers, together.layers, strict=True):
            assert torch.allclose(a[alone.mask], b[rows][together.mask[rows]], atol=1e-5)


@torch.no_grad()
def test_context_and_order_matter(encoder):
    last = [encoder(encoder.collate([text])).layers[-1][0, 1] for text in ("天地", "天玄", "天天地")]
    assert not torch.allclose(last[0], last[1], atol=1e-3)
    assert not torch.allclose(last[0], last[2], atol=1e-3)


def test_the_configuration_builds_the_same_encoder(encoder):
    twin = BertEncoder(**encoder.config())
    twin.load_state_dict(encoder.state_dict())
    assert twin.content_hash() == encoder.content_hash()


def test_the_lite_encoder_knows_the_characters_of_the_embedded_corpus():
    vocabulary = load_encoder("random:text-bert").tokenizer.vocabulary
    assert "的" in vocabulary[:5]
    assert len(set(vocabulary)) == len(vocabulary) > 3000


def test_count_characters_leaves_rare_ones_out_and_orders_by_frequency():
    assert count_characters(["bbb", "aaaba", "c"], at_least=2) == {"a": 4, "b": 4}
    assert list(count_characters(["abcbcc"], at_least=1)) == ["c", "b", "a"]


def test_characters_beyond_the_basic_plane_are_one_token_each():
    assert CharacterTokenizer(["𠮷"]).encode("𠮷x") == [5, UNK]
