"""Encoders out of the library `transformers`, against the library called directly."""

import copy
import shutil

import numpy as np
import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from superb_lite.encoders.encoder import Generative
from superb_lite.encoders.references import load_encoder
from superb_lite.features.store import FeatureStore, ItemView
from superb_lite.forms import View
from tests.modalities.superb_lite_text import tiny_models

KINDS = ("bert", "gpt2", "t5", "bart")
TEXTS = {
    "english": "The cat sat on the mat",
    "chinese": "我们在学校看书。",
    "emoji": "good 😀👍🏽 dog",
    "surrogate": "bad \ud83d cat",
    "nothing": "\x00\u200b",
    "long": " ".join(tiny_models.SENTENCES),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    for kind in KINDS:
        tiny_models.save(kind, root / kind)
    return root


@pytest.fixture(scope="module")
def encoders(folders):
    return {kind: load_encoder(f"hf:{folders / kind}") for kind in KINDS}


def direct(folder, kind, text):
    """The hidden states of one short text, without padding."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    auto = transformers.AutoModel if kind in ("bert", "gpt2") else transformers.AutoModelForSeq2SeqLM
    model = auto.from_pretrained(folder, dtype=torch.float32).eval()
    made = tokenizer(text, return_tensors="pt", return_offsets_mapping=True, return_special_tokens_mask=True)
    with torch.no_grad():
        body = model if kind in ("bert", "gpt2") else model.get_encoder()
        inputs = {key: made[key] for key in made if key in ("input_ids", "attention_mask", "token_type_ids")}
        states = body(**inputs, output_hidden_states=True).hidden_states
    return states, made["offset_mapping"][0], made["special_tokens_mask"][0].bool()


def encoded(encoder, items):
    with torch.no_grad():
        return encoder(encoder.collate(items))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["english", "chinese"])
def test_layers_are_the_hidden_states(encoders, folders, kind, name):
    text = TEXTS[name]
    found = encoded(encoders[kind], [text, "我们"])  # beside a shorter one, so that there is padding
    if int((found.item == 0).sum()) > 1:
        pytest.fail("the text was meant to fit in one row")
    states, offsets, special = direct(folders / kind, kind, text)
    assert len(found.layers) == len(states) == 3
    length = states[0].shape[1]
    for mine, theirs in zip(found.layers, states, strict=True):
        assert torch.allclose(mine[0, :length], theirs[0], atol=1e-5 * float(theirs.abs().max()))
    assert not bool((found.mask[0, :length] & special).any())
    for span, real, (start, end) in zip(
        found.spans[0].tolist(), found.mask[0].tolist(), offsets.tolist(), strict=False
    ):
        if real:
            assert (text[span[0] : span[1]], span[1]) == (text[start:end].strip(), end)


def test_layers_of_a_pair_are_the_hidden_states_with_its_types(encoders, folders):
    pair = ("the cat sat", "我们看书")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folders / "bert")
    model = transformers.AutoModel.from_pretrained(folders / "bert", dtype=torch.float32).eval()
    made = tokenizer(*pair, return_tensors="pt", return_token_type_ids=True)
    with torch.no_grad():
        states = model(**made, output_hidden_states=True).hidden_states
    found = encoded(encoders["bert"], [pair, ("dog", "a small cat and a bird")])
    length = made["input_ids"].shape[1]
    for mine, theirs in zip(found.layers, states, strict=True):
        assert torch.allclose(mine[0, :length], theirs[0], atol=1e-5 * float(theirs.abs().max()))
    covers = found.mask[0, :length]
    assert torch.equal(found.segment[0, :length][covers], made["token_type_ids"][0][covers])
    untyped = made | {"token_type_ids": torch.zeros_like(made["token_type_ids"])}
    with torch.no_grad():
        assert not torch.allclose(model(**untyped).last_hidden_state, states[-1], atol=1e-2)


def test_the_summary_is_cls_of_encoders_and_the_last_token_of_decoders(encoders):
    items = ["the cat", "a small dog reads"]
    bert = encoded(encoders["bert"], items)
    assert torch.equal(bert.summary, bert.layers[-1][:, 0])
    batch = encoders["gpt2"].collate(items)
    gpt2 = encoded(encoders["gpt2"], items)
    last = batch["attention"].sum(dim=1) - 1
    assert torch.equal(gpt2.summary, gpt2.layers[-1][torch.arange(2), last])
    for kind in ("t5", "bart"):
        assert encoded(encoders[kind], items).summary is None


def test_which_models_generate_and_which_read_pairs(encoders):
    assert [isinstance(encoders[kind], Generative) for kind in KINDS] == [False, True, True, True]
    assert [encoders[kind].pairs for kind in KINDS] == [True, False, True, True]
    assert all(encoder.modality == "text" and not encoder.training for encoder in encoders.values())


@pytest.mark.parametrize("kind", KINDS)
def test_features_do_not_depend_on_the_batch(encoders, kind):
    wanted = {key: ItemView(TEXTS, key, View("mean")) for key in TEXTS}
    tables = [FeatureStore(encoders[kind], None, batch_size=size).table(wanted) for size in (1, 2, 6)]
    for key in wanted:
        for layer in range(3):
            one, two, six = (table.stack([key], layer) for table in tables)
            scale = float(one.abs().max())
            assert torch.allclose(one, two, atol=1e-5 * scale)
            assert torch.allclose(one, six, atol=1e-5 * scale)


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_text_has_several_rows_and_all_of_it(encoders, kind):
    text = TEXTS["long"] * 3
    found = encoded(encoders[kind], [text])
    assert len(found.item) > 1 or kind == "t5"  # relative positions: T5 takes any length
    spans = found.spans[found.mask]
    seen = {i for start, end in spans.tolist() for i in range(start, end)}
    assert seen == {i for i, character in enumerate(text) if not character.isspace()}


def test_the_hash_is_that_of_weights_and_tokeniser(encoders, folders, tmp_path):
    known = encoders["bert"].content_hash()
    shutil.copytree(folders / "bert", tmp_path / "same")
    assert load_encoder(f"hf:{tmp_path / 'same'}").content_hash() == known
    shutil.copytree(folders / "bert", tmp_path / "other")
    weights = load_file(tmp_path / "other" / "model.safetensors")
    weights["bert.encoder.layer.1.output.dense.bias"][3] += 1e-3
    save_file(weights, tmp_path / "other" / "model.safetensors", metadata={"format": "pt"})
    assert load_encoder(f"hf:{tmp_path / 'other'}").content_hash() != known
    file = tmp_path / "same" / "tokenizer.json"
    text = file.read_text(encoding="utf-8")
    assert '"lowercase": true' in text
    file.write_text(text.replace('"lowercase": true', '"lowercase": false'), encoding="utf-8")
    assert load_encoder(f"hf:{tmp_path / 'same'}").content_hash() != known


def test_a_tokeniser_that_would_cut_and_pad_does_neither(encoders, folders, tmp_path):
    folder = shutil.copytree(folders / "bert", tmp_path / "bert")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    tokenizer.backend_tokenizer.enable_truncation(6)
    tokenizer.backend_tokenizer.enable_padding(length=20)
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    encoder = load_encoder(f"hf:{folder}")
    assert encoder.content_hash() == encoders["bert"].content_hash()
    mine, right = (encoder.collate([TEXTS["english"]]), encoders["bert"].collate([TEXTS["english"]]))
    assert torch.equal(mine["token"], right["token"])


def test_positions_that_begin_after_padding_are_not_overrun(folders, tmp_path):
    """RoBERTa has fewer positions than its configuration says: those up to padding's are never used."""
    folder = shutil.copytree(folders / "bart", tmp_path / "roberta")
    config = transformers.RobertaConfig(
        vocab_size=1000, max_position_embeddings=tiny_models.POSITIONS, pad_token_id=1, **tiny_models.SHAPE
    )
    transformers.RobertaForMaskedLM(config).save_pretrained(folder)
    encoder = load_encoder(f"hf:{folder}")
    assert encoder.windows.size == tiny_models.POSITIONS - 2
    found = encoded(encoder, [TEXTS["long"]])
    assert found.layers[0].shape[1] == tiny_models.POSITIONS - 2
    assert torch.equal(found.summary, found.layers[-1][:, 0])


def test_no_pooler_is_left_to_be_random_or_trained(encoders):
    assert not any("pooler" in name for name, _ in encoders["bert"].named_parameters())


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_is_trained_without_the_original(encoders, kind):
    """What `finetune` does: gradients reach the first layer of a copy, and the original stays as it was."""
    encoder = encoders[kind]
    before = encoder.content_hash()
    copied = copy.deepcopy(encoder).requires_grad_(True).train()
    found = copied(copied.collate(["the cat"]))
    found.layers[-1][found.mask][:, 0].sum().backward()
    embedding = copied.model.get_input_embeddings().weight
    assert embedding.grad is not None
    assert float(embedding.grad.abs().sum()) > 0
    assert encoder.content_hash() == before


def test_units_of_characters_are_covered(encoders):
    items = {"x": "我们在北京看书"}
    units = tuple((i, i + 1) for i in range(7))
    for kind in KINDS:
        table = FeatureStore(encoders[kind], None).table({"x": ItemView(items, "x", View("units", units))})
        rows = table.stack(["x"], 2)
        assert rows.shape == (7, 16)
        assert bool(torch.isfinite(rows).all())
        assert len(np.unique(rows.numpy().round(3), axis=0)) > 1
