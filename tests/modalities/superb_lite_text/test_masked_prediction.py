"""Masked tokens: ours, those of `transformers`, and that both say the same of one model."""

import json
import shutil

import pytest
import torch
import transformers

from superb_lite.encoders.checkpoint import load_checkpoint, save_checkpoint
from superb_lite.encoders.masked import MaskedLanguageModel, masked_language_model
from superb_lite.encoders.parameters import parameter_count
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite_text.bert import BertEncoder
from superb_lite_text.masked_lm import MaskedLM
from superb_lite_text.tokenizer import CLS, MASK, SEP
from tests.modalities.superb_lite_text import tiny_models
from tests.modalities.superb_lite_text.text_models import SHAPE, SPECIFICATION, TOKENIZER, ids

TEXTS = ["The framer feeds the dogs.", "天地玄黄。宇宙", "A queen rules the land"]
SPANS = [[(4, 10)], [(1, 3), (5, 6)], [(2, 7), (8, 13)]]


def bert(head=True, **options):
    torch.manual_seed(0)
    made = BertEncoder(SPECIFICATION, **SHAPE, **{"max_length": 32, "head": head, **options}).eval()
    if head:
        torch.nn.init.normal_(made.head.output_bias)
        torch.nn.init.normal_(made.embedding.weight, std=0.5)
    return made.requires_grad_(False)


def by_hand(encoder, text, spans):
    """(M,) ids and (M, V) log probabilities, by a loop over the tokens of a text that fits in a row."""
    tokens = TOKENIZER.encode([text])[0]
    masked = [n for n, (start, end) in enumerate(tokens.spans) if any(start < b and end > a for a, b in spans)]
    row = [CLS, *(MASK if n in masked else token for n, token in enumerate(tokens.ids)), SEP]
    hidden = encoder.encode(torch.tensor([row]), torch.zeros(1, len(row), dtype=torch.long))[-1][0]
    scores = [
        encoder.head.transform(hidden[n + 1]) @ encoder.embedding.weight.T + encoder.head.output_bias for n in masked
    ]
    return [tokens.ids[n] for n in masked], torch.stack(scores).log_softmax(dim=1)


def test_every_token_of_a_span_is_masked_and_predicted():
    encoder = bert()
    assert isinstance(encoder, MaskedLanguageModel)
    found = encoder.predict_masked(TEXTS, SPANS)
    for text, spans, one in zip(TEXTS, SPANS, found, strict=True):
        token, expected = by_hand(encoder, text, spans)
        assert one.token.tolist() == token
        assert torch.allclose(one.log_probability, expected, atol=1e-4)
        assert one.span.unique().tolist() == list(range(len(spans)))
        for (start, end), number in zip(one.covers.tolist(), one.span.tolist(), strict=True):
            assert start < spans[number][1]
            assert end > spans[number][0]
    assert len(found[0].token) > 1  # a word of several pieces
    assert len(encoder.vocabulary) == found[0].log_probability.shape[1] == len(TOKENIZER)
    assert encoder.token_ids(TEXTS) == [ids(text) for text in TEXTS]


def test_a_long_text_is_read_in_windows_and_a_span_where_it_stands():
    encoder, text = bert(max_length=9), "天地玄黄宇宙洪荒天地玄黄宇宙"
    (found,) = encoder.predict_masked([text], [[(8, 9), (12, 13)]])
    assert found.covers.tolist() == [[8, 9], [12, 13]]
    windows = [text[start : start + 7] for start in (0, 7)]
    _, expected = by_hand(encoder, windows[1], [(1, 2), (5, 6)])
    assert torch.allclose(found.log_probability, expected, atol=1e-4)


@pytest.mark.parametrize(
    ("span", "said"),
    [((5, 5), "do not lie in"), ((-1, 2), "do not lie in"), ((3, 99), "do not lie in"), ((3, 4), "no token covers")],
)
def test_a_span_that_is_none_is_named(span, said):
    with pytest.raises(SuperbLiteError, match=said):
        bert().predict_masked(["The farmer"], [[span]])


@torch.no_grad()
def test_checkpoints_keep_the_head_and_older_ones_load_without(tmp_path):
    encoder = bert()
    save_checkpoint(encoder, tmp_path / "new", name="text-bert", pretraining={})
    again = load_checkpoint(tmp_path / "new").eval()
    for one, other in zip(encoder.predict_masked(TEXTS, SPANS), again.predict_masked(TEXTS, SPANS), strict=True):
        assert torch.equal(one.log_probability, other.log_probability)
    without = bert(head=False)
    save_checkpoint(without, tmp_path / "old", name="text-bert", pretraining={})
    file = tmp_path / "old" / "config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    del config["config"]["head"]
    file.write_text(json.dumps(config), encoding="utf-8")
    old = load_checkpoint(tmp_path / "old").eval()
    batch = old.collate(TEXTS)
    assert all(torch.equal(a, b) for a, b in zip(old(batch).layers, without(batch).layers, strict=True))
    with pytest.raises(SuperbLiteError, match=r"'old': .*saved without what predicts masked tokens: pretrain it again"):
        masked_language_model(old, "old")


def test_weights_are_drawn_and_trained_alike_with_the_head_in_the_encoder_and_without():
    objectives = []
    for head in (False, True):
        torch.manual_seed(3)
        encoder = BertEncoder(SPECIFICATION, **SHAPE, head=head)
        objectives.append(MaskedLM(encoder=encoder, counts=[1] * len(TOKENIZER)))
    apart, within = objectives
    parameters = [[p.detach().clone() for p in objective.parameters()] for objective in objectives]
    assert all(torch.equal(a, b) for a, b in zip(*parameters, strict=True))
    groups = [[[p.shape for p in g["params"]] for g in o.make_optimizer().param_groups] for o in objectives]
    assert groups[0] == groups[1]
    assert within.head is within.encoder.head
    assert apart.encoder.head is None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("models") / "bert"
    tiny_models.save("bert", made)
    return made


def test_a_masked_language_model_of_transformers_predicts_as_the_library_does(folder):
    encoder = load_encoder(f"hf:{folder}")
    assert isinstance(encoder, MaskedLanguageModel)
    model = transformers.AutoModelForMaskedLM.from_pretrained(folder).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    text = "a small dog reads"
    (found,) = encoder.predict_masked([text], [[(2, 7)]])
    masked = tokenizer("a [MASK] dog reads", return_tensors="pt")
    with torch.no_grad():
        expected = model(**masked).logits[0, 2].log_softmax(dim=0)
    assert torch.allclose(found.log_probability[0], expected, atol=1e-5)
    assert [encoder.vocabulary[token] for token in found.token.tolist()] == ["small"]
    assert encoder.token_ids([text]) == [tokenizer(text, add_special_tokens=False)["input_ids"]]
    # Windows overlap, and the middle of a text is predicted in the one with most context.
    long = " ".join(tiny_models.SENTENCES[:2] * 2)
    (found,) = encoder.predict_masked([long], [[(len(long) // 2, len(long) // 2 + 3)]])
    assert found.covers.unique(dim=0).shape == found.covers.shape


def test_a_model_that_was_saved_without_its_head_still_loads(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "bert")
    transformers.AutoModel.from_pretrained(folder).save_pretrained(tmp_path / "bert")
    file = tmp_path / "bert" / "config.json"
    config = json.loads(file.read_text(encoding="utf-8")) | {"architectures": ["BertForMaskedLM"]}
    file.write_text(json.dumps(config), encoding="utf-8")
    encoder = load_encoder(f"hf:{tmp_path / 'bert'}")
    assert not isinstance(encoder, MaskedLanguageModel)
    whole = load_encoder(f"hf:{folder}")
    with torch.no_grad():
        mine, theirs = (model(model.collate(["the cat"])).layers for model in (encoder, whole))
    assert all(torch.equal(x, y) for x, y in zip(mine, theirs, strict=True))
    assert parameter_count(encoder) == parameter_count(whole) == sum(p.numel() for p in encoder.parameters())
    assert parameter_count(whole) < sum(p.numel() for p in whole.parameters())
    assert encoder.content_hash() != whole.content_hash()  # what is predicted is not the same


def test_a_tokeniser_without_a_mask_token_is_named(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "bert")
    file = tmp_path / "bert" / "tokenizer_config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    del config["mask_token"]
    file.write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(SuperbLiteError, match="no mask token"):
        masked_language_model(load_encoder(f"hf:{tmp_path / 'bert'}"), "bert")


def test_a_converted_encoder_predicts_the_same(tmp_path):
    encoder = bert(position="absolute")
    assert "AutoModelForMaskedLM" in encoder.convert("transformers", tmp_path)
    converted = load_encoder(f"hf:{tmp_path}")
    for one, other in zip(encoder.predict_masked(TEXTS, SPANS), converted.predict_masked(TEXTS, SPANS), strict=True):
        assert one.token.tolist() == other.token.tolist()
        assert torch.allclose(one.log_probability, other.log_probability, atol=1e-4)
