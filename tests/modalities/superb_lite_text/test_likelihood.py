"""Likelihoods of continuations, against the model called directly, one token at a time."""

import functools

import pytest
import torch
import transformers

from superb_lite.encoders.encoder import Generative
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite_text import likelihood
from tests.modalities.superb_lite_text import tiny_models

PAIRS = [
    ("the cat", " sat on"),
    ("the cat sat on the mat and looked at", " the bird"),
    ("我们星期一在北京\n", "看书"),
    ("good 😀\nanswer:", " yes"),
    ("", "the dog"),
    ("bad \ud83d", " 坏"),
    ("a small dog", ""),
]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    for kind in ("gpt2", "t5", "bart"):
        tiny_models.save(kind, root / kind)
    return root


@functools.cache
def loaded(folder, auto):
    return auto.from_pretrained(folder).eval(), transformers.AutoTokenizer.from_pretrained(folder)


@torch.no_grad()
def slow_causal(folder, context, continuation):
    """The chain rule, one forward pass a token; the tokens are found through the offsets of the whole text."""
    model, tokenizer = loaded(folder, transformers.AutoModelForCausalLM)
    context, continuation = (t.replace("\ud83d", "\ufffd") for t in (context, continuation))
    made = tokenizer(context + continuation, return_offsets_mapping=True)
    inside = [end > len(context) for _, end in made["offset_mapping"]]
    if not continuation:
        return 0.0
    known = [token for token, new in zip(made["input_ids"], inside, strict=True) if not new] or [tokenizer.bos_token_id]
    total = 0.0
    for token, new in zip(made["input_ids"], inside, strict=True):
        if new:
            logits = model(input_ids=torch.tensor([known])).logits[0, -1].double()
            total += float(logits.log_softmax(dim=0)[token])
            known.append(token)
    return total


@torch.no_grad()
def slow_seq2seq(folder, context, continuation):
    model, tokenizer = loaded(folder, transformers.AutoModelForSeq2SeqLM)
    context, continuation = (t.replace("\ud83d", "\ufffd") for t in (context, continuation))
    source = torch.tensor([tokenizer(context)["input_ids"]])
    made = tokenizer(continuation.lstrip(), return_special_tokens_mask=True)
    known = [model.config.decoder_start_token_id]
    total = 0.0
    for token, special in zip(made["input_ids"], made["special_tokens_mask"], strict=True):
        logits = model(input_ids=source, decoder_input_ids=torch.tensor([known])).logits[0, -1].double()
        if not special:
            total += float(logits.log_softmax(dim=0)[token])
        known.append(token)
    return total


@pytest.mark.parametrize(("kind", "slow"), [("gpt2", slow_causal), ("t5", slow_seq2seq), ("bart", slow_seq2seq)])
def test_it_is_the_chain_rule_over_the_tokens(folders, kind, slow, monkeypatch):
    encoder = load_encoder(f"hf:{folders / kind}")
    assert isinstance(encoder, Generative)
    contexts, continuations = zip(*PAIRS, strict=True)
    expected = [slow(folders / kind, *pair) for pair in PAIRS]
    found = encoder.log_likelihood(contexts, continuations)
    assert found.tolist() == pytest.approx(expected, rel=1e-5, abs=1e-5)
    assert found[-1] == 0.0
    assert len({round(value, 2) for value in expected}) == len(PAIRS)
    monkeypatch.setattr(likelihood, "LOGITS", 1)  # row by row
    assert encoder.log_likelihood(contexts, continuations).tolist() == pytest.approx(found.tolist(), rel=1e-5, abs=1e-5)
    alone = [float(encoder.log_likelihood([c], [a])) for c, a in PAIRS]
    assert alone == pytest.approx(found.tolist(), rel=1e-5, abs=1e-5)


def test_a_context_that_is_too_long_keeps_its_end(folders):
    encoder = load_encoder(f"hf:{folders / 'gpt2'}")
    long = "the cat sat on the mat " * 20 + "and the bird"
    model, tokenizer = loaded(folders / "gpt2", transformers.AutoModelForCausalLM)
    ids = tokenizer(long + " sat")["input_ids"][-tiny_models.POSITIONS - 1 :]
    new = len(tokenizer(" sat")["input_ids"])
    with torch.no_grad():
        steps = model(input_ids=torch.tensor([ids[:-1]])).logits[0].double().log_softmax(dim=-1)
    expected = sum(float(steps[-k, ids[-k]]) for k in range(1, new + 1))
    assert float(encoder.log_likelihood([long], [" sat"])) == pytest.approx(expected, rel=1e-5)


def test_of_an_encoder_decoder_the_source_keeps_its_end(folders):
    encoder = load_encoder(f"hf:{folders / 'bart'}")
    long = "the cat sat on the mat " * 20 + "and the bird"
    model, tokenizer = loaded(folders / "bart", transformers.AutoModelForSeq2SeqLM)
    inner = tokenizer(long, add_special_tokens=False)["input_ids"][-(tiny_models.POSITIONS - 2) :]
    source = [tokenizer.bos_token_id, *inner, tokenizer.eos_token_id]
    labels = tokenizer("sat", add_special_tokens=False)["input_ids"]
    begin = [model.config.decoder_start_token_id, tokenizer.bos_token_id]
    with torch.no_grad():
        logits = model(
            input_ids=torch.tensor([source]), decoder_input_ids=torch.tensor([[*begin, *labels[:-1]]])
        ).logits[0]
    steps = logits.double().log_softmax(dim=-1)[1:]
    expected = sum(float(step[label]) for step, label in zip(steps, labels, strict=True))
    assert float(encoder.log_likelihood([long], ["sat"])) == pytest.approx(expected, rel=1e-5)


def test_a_continuation_that_does_not_fit_is_refused(folders):
    for kind in ("gpt2", "bart"):
        encoder = load_encoder(f"hf:{folders / kind}")
        with pytest.raises(
            SuperbLiteError, match=r"a continuation of \d+ tokens is too long for a model that takes 24"
        ):
            encoder.log_likelihood(["the cat"], ["the bird " * 30])


def test_the_context_has_the_same_tokens_whatever_follows(folders):
    """A tokeniser that merges across the boundary must not move the boundary: "good" is one token."""
    encoder = load_encoder(f"hf:{folders / 'gpt2'}")
    requests = likelihood.CausalRequests(encoder.model, encoder.windows, encoder.limit)
    tokenizer = encoder.windows.tokenizer
    context = "he has a goo"
    before = tokenizer(context)["input_ids"]
    assert tokenizer(context + "d")["input_ids"][: len(before)] != before
    for continuation in ("d", "d book", " dog", "😀"):
        request = requests.request(context, continuation)
        assert request.token[: -request.scored] == before
        assert tokenizer.decode(request.token[-request.scored :]) == continuation
