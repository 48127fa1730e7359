import math

import pytest
import torch

from superb_lite.encoders.encoder import Generative
from superb_lite.encoders.transformer import KeyValueCache
from superb_lite_text.gpt import GptEncoder
from superb_lite_text.tokenizer import CLS, PAD
from tests.modalities.superb_lite_text.text_models import SHAPE, SPECIFICATION, TOKENIZER, ids

TEXTS = ["天地玄黄", "荒", "宇宙洪荒天地玄黄宇宙洪荒", "The dogs sleep.", ("天地", "The dogs")]


@pytest.fixture
def model():
    torch.manual_seed(0)
    made = GptEncoder(SPECIFICATION, **SHAPE, max_length=9).eval()
    torch.nn.init.normal_(made.output_bias)
    torch.nn.init.normal_(made.embedding.weight)
    return made.requires_grad_(False)


def test_no_position_sees_a_later_one(model):
    token = torch.tensor([[CLS, *ids("天地玄黄宇宙")]])
    other = token.clone()
    other[0, 4:] = token[0, 1]
    for a, b in zip(model.encode(token), model.encode(other), strict=True):
        assert torch.allclose(a[:, :4], b[:, :4], atol=1e-6)
    assert not torch.allclose(model.encode(token)[-1][:, 4:], model.encode(other)[-1][:, 4:], atol=1e-3)


def test_the_summary_is_at_the_last_token_of_each_row(model):
    batch = model.collate(TEXTS)
    features = model(batch)
    for row, token in enumerate(batch["token"].tolist()):
        last = len([t for t in token if t != PAD]) - 1
        assert torch.equal(features.summary[row], features.layers[-1][row, last])


def test_a_text_is_encoded_the_same_in_any_company(model):
    together = model(model.collate(TEXTS))
    for number, text in enumerate(TEXTS):
        alone = model(model.collate([text]))
        rows = together.item == number
        for a, b in zip(alone.layers, together.layers, strict=True):
            assert torch.allclose(a[alone.mask], b[rows][together.mask[rows]], atol=1e-5)
        assert torch.allclose(alone.summary, together.summary[rows], atol=1e-5)


@pytest.mark.parametrize("steps", [[1] * 8, [3, 1, 4], [8]])
def test_reading_on_with_a_cache_gives_the_scores_of_reading_all(model, steps):
    token = torch.tensor([[CLS, *ids("天地玄黄宇宙洪")], [CLS, *ids("寒来暑往秋收冬")]])
    cache, at = KeyValueCache(model.transformer), 0
    for size in steps:
        scores = model.extend(token[:, at : at + size], cache)
        at += size
        expected = model.logits(model.encode(token[:, :at])[-1][:, -1])
        assert torch.allclose(scores, expected, atol=1e-5)


def slow_log_likelihood(model, context, continuation):
    """Token after token, without batches or a cache."""
    (text,) = TOKENIZER.encode([context + continuation])
    total = 0.0
    for place, (token, (_, end)) in enumerate(zip(text.ids, text.spans, strict=True)):
        if end > len(context):
            before = torch.tensor([[CLS, *text.ids[:place]]])
            total += float(model.logits(model.encode(before)[-1][0, -1]).log_softmax(dim=0)[token])
    return total


def test_likelihoods_are_those_of_a_slow_loop(model):
    model.max_length = 64
    contexts = ["天地", "", "The farmer feeds the", "The dog", "天地玄黄"]
    continuations = ["玄黄。", "天", " dogs.", "s sleep", ""]
    found = model.log_likelihood(contexts, continuations)
    assert isinstance(model, Generative)
    for value, context, continuation in zip(found.tolist(), contexts, continuations, strict=True):
        assert value == pytest.approx(slow_log_likelihood(model, context, continuation), abs=1e-4)
    assert found[4] == 0.0


def test_what_all_contexts_begin_with_is_read_once_and_changes_no_likelihood(model, monkeypatch):
    model.max_length = 64
    shots = "天地玄黄 宇宙洪荒 The dog sleeps. " * 2
    contexts = [shots + question for question in ("日月", "寒来暑往", "", "日月盈")]
    continuations = ["玄黄。", "天", "The dogs", ""]
    whole, extend = [], type(model.transformer).extend
    monkeypatch.setattr(
        type(model.transformer), "extend", lambda self, x, cache: whole.append(x.shape[:2]) or extend(self, x, cache)
    )
    found = model.log_likelihood(contexts, continuations)
    assert whole[0] == (1, len(ids(shots)))  # with [CLS], without the last one, after which something is asked
    assert whole[1][0] == 4
    assert whole[1][1] < 12
    for value, context, continuation in zip(found.tolist(), contexts, continuations, strict=True):
        assert value == pytest.approx(slow_log_likelihood(model, context, continuation), abs=1e-4)
    alone = [float(model.log_likelihood([c], [a])[0]) for c, a in zip(contexts, continuations, strict=True)]
    assert found.tolist() == pytest.approx(alone, abs=1e-4)
    assert model.log_likelihood(["天", ""], ["", ""]).tolist() == [0.0, 0.0]


def test_all_continuations_of_one_token_have_probability_one_together(model):
    found = [
        float(model.logits(model.encode(torch.tensor([[CLS, *ids("天地")]]))[-1][0, -1]).log_softmax(0)[t])
        for t in range(len(TOKENIZER))
    ]
    assert sum(map(math.exp, found)) == pytest.approx(1.0, abs=1e-4)


def test_a_long_context_keeps_its_end_and_the_continuation_whole(model):
    long = "天地玄黄宇宙洪荒" * 5
    found = model.log_likelihood([long], ["日月"])
    kept = model.log_likelihood([long[-6:]], ["日月"])  # nine tokens with [CLS]
    assert float(found[0]) == pytest.approx(float(kept[0]), abs=1e-5)
    whole = "日月盈昃" * 6
    assert float(model.log_likelihood(["天"], [whole])[0]) == pytest.approx(
        slow_log_likelihood(model, "", whole), abs=1e-3
    )


def test_the_configuration_builds_the_same_encoder(model):
    twin = GptEncoder(**model.config())
    twin.load_state_dict(model.state_dict())
    assert twin.content_hash() == model.content_hash()
