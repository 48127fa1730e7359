import pytest
import torch

from superb_lite.encoders.masked import MaskedTokens, masked_language_model
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError


def test_a_span_is_right_where_all_of_its_tokens_are():
    scores = torch.tensor([[0.1, 0.7, 0.2], [0.6, 0.3, 0.1], [0.2, 0.2, 0.6], [0.5, 0.4, 0.1]])
    found = MaskedTokens(
        token=torch.tensor([1, 1, 2, 0]),
        covers=torch.zeros(4, 2, dtype=torch.long),
        span=torch.tensor([0, 0, 1, 2]),
        log_probability=scores.log(),
    )
    assert found.right.tolist() == [True, False, True, True]
    assert found.right_spans() == [False, True, True]


@pytest.mark.parametrize("name", ["random:text-gpt", "random:text-cbow"])
def test_an_encoder_that_predicts_no_masked_tokens_is_named(name):
    with pytest.raises(SuperbLiteError, match=f"'{name}' does not predict masked tokens"):
        masked_language_model(load_encoder(name), name)


def test_one_without_what_predicts_them_is_named():
    encoder = load_encoder("random:text-bert")
    assert masked_language_model(encoder, "random:text-bert") is encoder
    encoder.head = None
    with pytest.raises(SuperbLiteError, match=r"'random:text-bert': .* without what predicts masked tokens"):
        masked_language_model(encoder, "random:text-bert")
