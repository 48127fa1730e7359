import pytest
import torch

from superb_lite.errors import SuperbLiteError
from superb_lite_text.generation import draw
from superb_lite_text.gpt import GptEncoder
from superb_lite_text.tokenizer import CLS, ORDINARY, SEP
from tests.modalities.superb_lite_text.text_models import SHAPE, SPECIFICATION, TOKENIZER, ids

V = len(TOKENIZER)


@pytest.fixture
def model():
    torch.manual_seed(0)
    made = GptEncoder(SPECIFICATION, **SHAPE).eval()
    torch.nn.init.normal_(made.embedding.weight)
    return made


def test_the_likeliest_tokens_are_those_of_reading_everything_anew(model):
    prompt = ids("天地")
    found = ids(model.generate("天地", tokens=12, temperature=0.0))[len(prompt) :]
    expected = []
    with torch.no_grad():
        while len(expected) < 12:
            scores = model.logits(model.encode(torch.tensor([[CLS, *prompt, *expected]]))[-1][0, -1])
            scores[:ORDINARY] = scores[:ORDINARY].where(torch.arange(ORDINARY) == SEP, -torch.inf)
            if int(scores.argmax()) == SEP:
                break
            expected.append(int(scores.argmax()))
    assert found == expected


def test_a_seed_gives_one_text_and_others_others(model):
    texts = {seed: model.generate("天地", tokens=20, temperature=30.0, seed=seed) for seed in range(4)}
    assert texts[0] == model.generate("天地", tokens=20, temperature=30.0, seed=0)
    assert len(set(texts.values())) > 1
    assert all(text.startswith("天地") for text in texts.values())


def test_an_empty_prompt_begins_a_text(model):
    assert model.generate("", tokens=5, seed=1)


SCORES = torch.full((V,), -50.0)
SCORES[[SEP, 30, 31, 32]] = torch.tensor([1.0, 2.0, 3.0, 0.0])
SCORES[0] = 99.0  # padding is never drawn


def drawn(count=600, **options):
    generator = torch.Generator().manual_seed(0)
    options = {"temperature": 1.0, "top_k": None, "top_p": 1.0, **options}
    return [draw(SCORES, generator=generator, **options) for _ in range(count)]


def test_tokens_are_drawn_by_their_probability():
    found = drawn(4000)
    shares = torch.tensor([1.0, 2.0, 3.0, 0.0]).softmax(0).tolist()
    for token, share in zip([SEP, 30, 31, 32], shares, strict=True):
        assert found.count(token) / 4000 == pytest.approx(share, abs=0.03)


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        ({"top_k": 1}, {31}),
        ({"top_k": 2}, {31, 30}),
        ({"top_p": 0.5}, {31}),
        ({"top_p": 0.7}, {31, 30}),
        ({"top_p": 1e-9}, {31}),
        ({"temperature": 0.0}, {31}),
        ({"top_k": 3, "top_p": 0.7}, {31, 30}),
        ({}, {SEP, 30, 31, 32}),
    ],
)
def test_only_the_likeliest_are_drawn(options, allowed):
    assert set(drawn(**options)) == allowed


def test_a_low_temperature_sharpens():
    assert drawn(temperature=0.3).count(31) > drawn(temperature=1.0).count(31) > drawn(temperature=3.0).count(31)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"temperature": -1.0}, "--temperature -1.0"), ({"top_k": 0}, "--top-k 0"), ({"top_p": 0.0}, "--top-p 0.0")],
)
def test_settings_out_of_range_are_named(model, options, message):
    with pytest.raises(SuperbLiteError, match=message):
        model.generate("天", **options)
