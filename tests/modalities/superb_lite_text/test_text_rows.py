import pytest
import torch

from superb_lite_text.bart import BartEncoder
from superb_lite_text.bert import BertEncoder
from superb_lite_text.gpt import GptEncoder
from superb_lite_text.rows import lay_out, places, visible
from superb_lite_text.tokenizer import CLS, PAD, SEP
from tests.modalities.superb_lite_text.text_models import SHAPE, SPECIFICATION, ids


def test_texts_follow_one_another_and_know_their_row():
    values, document = lay_out([[[7, 8], [9]], [[5]]])
    assert values.tolist() == [[7, 8, 9], [5, PAD, PAD]]
    assert document.tolist() == [[1, 1, 2], [1, 0, 0]]
    assert places(document).tolist() == [[0, 1, 0], [0, 0, 1]]
    assert lay_out([[[1]], [[1, 2]]], -1)[0].tolist() == [[1, -1], [1, 2]]


def test_a_position_sees_its_own_text_and_padding_sees_all():
    seen = visible(torch.tensor([[1, 2, 0]]), torch.tensor([[1, 1, 2, 0]]))[0].tolist()
    assert seen == [[True, True, False, False], [False, False, True, False], [True] * 4]


TEXTS = ["天地玄黄", "The dogs sleep.", "荒"]


@pytest.mark.parametrize("position", ["relative", "absolute"])
@pytest.mark.parametrize("encoder_class", [BertEncoder, GptEncoder])
@torch.no_grad()
def test_texts_in_one_row_are_encoded_as_if_alone(encoder_class, position):
    torch.manual_seed(0)
    encoder = encoder_class(SPECIFICATION, **SHAPE, position=position, max_length=64).eval()
    alone = [[CLS, *ids(text), SEP] for text in TEXTS]
    token, document = lay_out([alone, alone[:1]])
    extra = (torch.zeros_like(token),) if encoder_class is BertEncoder else ()
    together = encoder.encode(token, *extra, document)
    for number, text in enumerate(alone, start=1):
        single = torch.tensor([text])
        expected = encoder.encode(single, *(torch.zeros_like(single) for _ in extra))
        for a, b in zip(expected, together, strict=True):
            assert torch.allclose(a[0], b[0, document[0] == number], atol=1e-5)
    assert all(bool(torch.isfinite(layer).all()) for layer in together)


@torch.no_grad()
def test_an_encoder_decoder_reads_only_its_own_source():
    torch.manual_seed(0)
    model = BartEncoder(SPECIFICATION, **SHAPE).eval()
    sources = [[CLS, *ids(text), SEP] for text in TEXTS]
    givens = [[CLS, *ids(text)] for text in reversed(TEXTS)]
    (source, read), (given_, said) = lay_out([sources, sources[:1]]), lay_out([givens, givens[:1]])
    together = model.encode(source, given_, (read, said))[1]
    for number, (a, b) in enumerate(zip(sources, givens, strict=True), start=1):
        expected = model.encode(torch.tensor([a]), torch.tensor([b]))[1]
        for x, y in zip(expected, together, strict=True):
            assert torch.allclose(x[0], y[0, said[0] == number], atol=1e-5)
    assert all(bool(torch.isfinite(layer).all()) for layer in together)
