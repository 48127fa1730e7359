import sys

import pytest
import torch
import transformers

from superb_lite.cli import main
from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.errors import SuperbLiteError
from superb_lite_text.bert import BertEncoder
from superb_lite_text.gpt import GptEncoder
from tests.modalities.superb_lite_text.text_models import SHAPE, SPECIFICATION

TEXTS = ["天地玄黄。", "The queen feeds the unhappy dogs!", "a"]
PAIRS = [("天地", "The dogs sleep."), ("a", "宇宙洪荒")]


def made(encoder_class, **options):
    torch.manual_seed(0)
    encoder = encoder_class(SPECIFICATION, **SHAPE, max_length=32, **{"position": "absolute", **options}).eval()
    for parameter in encoder.parameters():  # biases and norms too, so that none is forgotten
        torch.nn.init.normal_(parameter, std=0.3)
    return encoder.requires_grad_(False)


@pytest.mark.parametrize("encoder_class", [BertEncoder, GptEncoder])
@pytest.mark.parametrize("items", [TEXTS, PAIRS])
def test_the_library_gives_the_same_hidden_states_and_tokens(encoder_class, items, tmp_path):
    encoder = made(encoder_class)
    told = encoder.convert("transformers", tmp_path)
    assert "hidden states are equal" in told
    model = transformers.AutoModel.from_pretrained(tmp_path).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path)
    for item in items:
        batch = encoder.collate([item])
        given = tokenizer(*([item] if isinstance(item, str) else item), return_tensors="pt")
        assert given["input_ids"].tolist() == batch["token"].tolist()
        found = model(**given, output_hidden_states=True).hidden_states
        for a, b in zip(encoder(batch).layers, found, strict=True):
            assert torch.allclose(a, b, atol=1e-5)


def test_the_scores_of_gpt_differ_by_its_output_bias_alone(tmp_path):
    encoder = made(GptEncoder)
    encoder.convert("transformers", tmp_path)
    model = transformers.AutoModelForCausalLM.from_pretrained(tmp_path).eval()
    token = encoder.collate(TEXTS[:1])["token"]
    ours = encoder.logits(encoder.encode(token)[-1])
    assert torch.allclose(model(token).logits + encoder.output_bias, ours, atol=1e-4)


@pytest.mark.parametrize("encoder_class", [BertEncoder, GptEncoder])
def test_relative_positions_are_refused_with_the_way_out(encoder_class, tmp_path):
    with pytest.raises(SuperbLiteError, match=r"relative-position bias.*--position absolute"):
        made(encoder_class, position="relative").convert("transformers", tmp_path)


def test_more_tokens_than_places_are_named():
    encoder = made(GptEncoder)
    with pytest.raises(SuperbLiteError, match="a text of 33 tokens is too long for a model with 32 absolute"):
        encoder.encode(torch.zeros(1, 33, dtype=torch.long))


@pytest.fixture
def superb_lite(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["superb-lite", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as error:
            code = error.code or 0
        return code, *capsys.readouterr()

    return run


def test_the_command_says_what_it_wrote_and_refuses_what_it_cannot(superb_lite, tmp_path):
    save_checkpoint(made(BertEncoder), tmp_path / "bert", name="text-bert", pretraining={})
    out = tmp_path / "out"
    code, text, _ = superb_lite("convert", tmp_path / "bert", "--to", "transformers", "--out", out)
    assert code == 0
    assert str(out) in text
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= {path.name for path in out.iterdir()}
    code, _, err = superb_lite("convert", tmp_path / "bert", "--to", "transformers", "--out", out)
    assert (code, "is not empty" in err) == (2, True)
    code, _, err = superb_lite("convert", tmp_path / "bert", "--to", "timm", "--out", tmp_path / "x")
    assert (code, "but to transformers" in err) == (2, True)
    code, _, err = superb_lite("convert", "raw:characters", "--to", "timm", "--out", tmp_path / "x")
    assert (code, "no other format" in err) == (2, True)
