"""Recipes of the papers: they have the papers' shapes, and small copies of them train."""

import pytest
import torch
import transformers

from superb_lite import plugins
from superb_lite.encoders.checkpoint import read_config
from superb_lite.encoders.references import load_encoder
from superb_lite.imports import resolve
from superb_lite.pretraining.recipes import find_recipe
from superb_lite.pretraining.run import pretrain
from tests.modalities.superb_lite_text.text_models import DOCUMENTS, TOKENIZER

NAMES = ("text-bert", "text-gpt", "text-bart")

SMALL = (
    *("--layers=2", "--width=32", "--heads=2", "--hidden=64", "--row_length=32", "--max_length=64"),
    *("--vocabulary=200", "--batch_size=2", "--workers=0", "--trainer.accumulate_grad_batches=1"),
    *("--trainer.max_steps=3", "--trainer.accelerator=cpu"),
)


@pytest.fixture
def data(tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("\n".join(DOCUMENTS), encoding="utf-8")
    return file


def options(name):
    return find_recipe(plugins.objective(name), "paper").options


def objective(name):
    """The objective of a recipe, without memory."""
    spec, recipe = plugins.objective(name), options(name)
    model = dict(recipe["model"])
    tokenizer = TOKENIZER.filled(recipe["data"]["vocabulary"])
    more = {"summary": True, "head": True} if name == "text-bert" else {}
    with torch.device("meta"):
        encoder = resolve(plugins.architectures()[spec.encoder].encoder)(tokenizer, **model.pop("encoder"), **more)
        return resolve(spec.objective)(encoder=encoder, counts=[1] * len(tokenizer), **model)


def published(name):
    """The model of transformers with the paper's sizes, without memory."""
    with torch.device("meta"):
        if name == "text-bert":
            return transformers.BertForPreTraining(transformers.BertConfig())
        if name == "text-gpt":
            return transformers.GPT2LMHeadModel(transformers.GPT2Config())
        shape = {
            f"{part}_{size}": number
            for part in ("encoder", "decoder")
            for size, number in (("layers", 6), ("attention_heads", 12), ("ffn_dim", 3072))
        }
        return transformers.BartForConditionalGeneration(transformers.BartConfig(d_model=768, **shape))


def count(model):
    """Parameters; tied embeddings count once."""
    return sum(parameter.numel() for parameter in model.parameters())


@pytest.mark.parametrize("name", NAMES)
def test_the_recipe_has_the_size_of_the_published_model(name):
    made = objective(name)
    assert all(parameter.is_meta for parameter in made.parameters())
    said = {"text-bert": 110e6, "text-gpt": 124e6, "text-bart": 139e6}[name]
    assert count(made) == pytest.approx(said, rel=0.01)
    # GPT-2 has no output bias; BART's is no parameter there, and of its places two are not used.
    tokens = len(made.encoder.tokenizer)
    beside = {"text-bert": 0, "text-gpt": tokens, "text-bart": tokens - 2 * 2 * 768}[name]
    assert count(made) == count(published(name)) + beside


@pytest.mark.parametrize(("name", "tokens"), [("text-bert", 2**17), ("text-gpt", 2**19), ("text-bart", 8000 * 512)])
def test_a_step_has_the_tokens_of_the_paper(name, tokens):
    found = options(name)
    assert (
        found["data"]["batch_size"] * found["trainer"]["accumulate_grad_batches"] * found["data"]["row_length"]
        == tokens
    )
    assert found["model"]["encoder"]["max_length"] >= found["data"]["row_length"]


@pytest.mark.parametrize("name", NAMES)
def test_a_small_copy_of_the_recipe_trains(name, data, tmp_path):
    out = pretrain(name, tmp_path / "out", data=data, budget="paper", arguments=[*SMALL, "--checkpointing=true"])
    said = read_config(out)
    assert said.pretraining["budget"] == "paper"
    assert said.pretraining["options"]["model.encoder.dropout"] == 0.1
    assert (said.config["position"], said.config["init_std"]) == ("absolute", 0.02)
    encoder = load_encoder(str(out))
    assert len(encoder.tokenizer) == 200
    assert encoder(encoder.collate(["The dogs sleep."])).layers[-1].isfinite().all()
    twin = load_encoder(f"random:{out}")
    assert twin.state_dict()["embedding.weight"].std() == pytest.approx(0.02, rel=0.1)
