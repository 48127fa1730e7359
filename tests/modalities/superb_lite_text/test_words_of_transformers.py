"""Models of the library `transformers` as encoders with words."""

from __future__ import annotations

import pytest
import torch

from superb_lite.analysis.mapped_encoder import MappedEncoder, draw_mapping
from superb_lite.encoders.encoder import Lexical
from superb_lite.encoders.references import load_encoder
from tests.modalities.superb_lite_text.tiny_models import save


@pytest.fixture(params=["bert", "gpt2", "t5", "bart"])
def encoder(request, tmp_path):
    save(request.param, tmp_path)
    return load_encoder(f"hf:{tmp_path}")


def test_symbols_can_be_mapped_to_words_of_any_model(encoder):
    words = encoder.words()
    assert isinstance(encoder, Lexical)
    assert len(words) > 4
    assert all(map(str.isalpha, words))
    mapped = MappedEncoder(encoder, draw_mapping(words, "ACGT", 0))
    with torch.no_grad():
        found = mapped(mapped.collate(["ACGTACGT", "T"]))
    assert found.spans[0][found.mask[0]].tolist() == [[place, place + 1] for place in range(8)]


def test_redrawn_weights_are_others_of_the_same_shape(encoder):
    torch.manual_seed(1)
    one = encoder.redrawn()
    torch.manual_seed(1)
    same = encoder.redrawn()
    assert one.content_hash() == same.content_hash() != encoder.content_hash()
    assert one.untrained
    shapes = [{name: tuple(p.shape) for name, p in each.named_parameters()} for each in (one, encoder)]
    assert shapes[0] == shapes[1]
    assert not torch.equal(one.token_embedding.weight, encoder.token_embedding.weight)
