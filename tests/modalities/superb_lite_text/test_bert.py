import pytest
import torch

from superb_lite.encoders.references import load_encoder
from superb_lite_text.bert import BertEncoder
from superb_lite_text.tokenizer import CLS, SEP
from tests.modalities.superb_lite_text.text_models import SHAPE, SPECIFICATION, ids

TEXTS = ["天地玄黄", "荒", "宇宙洪荒天地玄黄宇宙洪荒天地玄黄宇宙", "a地b玄c", ("天地", "The dogs sleep.")]


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    return BertEncoder(SPECIFICATION, **SHAPE, max_length=9).eval()


def covered(features, item):
    """(start, end) of every position of an item that counts, row after row."""
    rows = (features.item == item).nonzero().flatten().tolist()
    return [tuple(features.spans[r, t].tolist()) for r in rows for t in features.mask[r].nonzero().flatten().tolist()]


@torch.no_grad()
def test_every_character_is_covered_by_exactly_one_position_in_order(encoder):
    features = encoder(encoder.collate(TEXTS[:4]))
    for number, text in enumerate(TEXTS[:4]):
        assert covered(features, number) == [(i, i + 1) for i in range(len(text))]
    assert features.item.tolist() == [0, 1, 2, 2, 2, 3]  # 18 characters in windows of 7


@torch.no_grad()
def test_layers_are_the_embedding_and_one_for_each_block(encoder):
    batch = encoder.collate(TEXTS)
    features = encoder(batch)
    assert len(features.layers) == 3
    expected = encoder.embedding(batch["token"]) + encoder.segment(batch["segment"])
    assert torch.equal(features.layers[0], expected)


@torch.no_grad()
def test_a_text_is_encoded_the_same_in_any_company(encoder):
    together = encoder(encoder.collate(TEXTS))
    for number, text in enumerate(TEXTS):
        alone = encoder(encoder.collate([text]))
        rows = together.item == number
        for a, b in zip(alone.layers, together.layers, strict=True):
            assert torch.allclose(a[alone.mask], b[rows][together.mask[rows]], atol=1e-5)


@torch.no_grad()
def test_context_order_and_segment_matter(encoder):
    items = ["天地", "天玄", "天天地", ("天", "地")]
    last = [encoder(encoder.collate([item])).layers[-1][0, 1] for item in items]
    assert all(not torch.allclose(last[0], other, atol=1e-3) for other in last[1:])


@torch.no_grad()
def test_the_second_text_of_a_pair_is_marked(encoder):
    features = encoder(encoder.collate([TEXTS[4]]))
    segment = features.segment[features.mask].tolist()
    assert 0 in segment
    assert segment == sorted(segment) or features.segment.shape[0] > 1
    assert features.summary is None


@torch.no_grad()
def test_the_summary_is_the_last_layer_at_cls_where_it_was_trained():
    encoder = BertEncoder(SPECIFICATION, **SHAPE, summary=True).eval()
    features = encoder(encoder.collate(TEXTS))
    assert torch.equal(features.summary, features.layers[-1][:, 0])


def test_the_configuration_builds_the_same_encoder(encoder):
    twin = BertEncoder(**encoder.config())
    twin.load_state_dict(encoder.state_dict())
    assert twin.content_hash() == encoder.content_hash()


def test_the_lite_encoder_knows_the_words_of_the_embedded_corpus():
    vocabulary = load_encoder("random:text-bert").tokenizer.vocabulary
    assert {"的", "The", "the", "is"} <= set(vocabulary)
    assert len(set(vocabulary)) == len(vocabulary) > 4000


def test_a_sentence_ends_with_sep(encoder):
    assert encoder.collate(["天"])["token"].tolist()[0][1:] == [*ids("天"), SEP]


def test_full_rows_need_no_mask():
    torch.manual_seed(0)
    encoder = BertEncoder(SPECIFICATION, **SHAPE, position="absolute", dropout=0.5).eval()
    token = torch.tensor([[CLS, *ids("天地玄黄"), SEP], [CLS, *ids("宇宙洪荒"), SEP]])
    masked, bare = (encoder.encode(token, torch.zeros_like(token), padded=padded) for padded in (True, False))
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(masked, bare, strict=True))


def test_dropout_is_of_training_alone_and_no_part_of_the_configuration():
    torch.manual_seed(0)
    encoder = BertEncoder(SPECIFICATION, **SHAPE, dropout=0.5, checkpointing=True)
    token = torch.tensor([[CLS, *ids("天地玄黄"), SEP]])
    segment = torch.zeros_like(token)
    assert not torch.equal(encoder.encode(token, segment)[-1], encoder.encode(token, segment)[-1])
    encoder.eval()
    assert torch.equal(encoder.encode(token, segment)[-1], encoder.encode(token, segment)[-1])
    assert encoder.config() == BertEncoder(SPECIFICATION, **SHAPE).config()
