"""Models of sentence-transformers, against the library itself."""

import copy
import json
import shutil
import sys
import warnings

import pytest
import torch

from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.features.pooling import pool_summary
from superb_lite.features.preflight import preflight
from superb_lite.testing.suite import Options, findings
from superb_lite_text import sentence_embeddings
from tests.modalities.superb_lite_text.tiny_models import save

TEXTS = {"cat": "the cat sat on the mat", "dog": "a small dog", "zh": "我们在北京看书。", "both": "good 好"}


@pytest.fixture(scope="module", params=["plain", "dense"])
def library(request, tmp_path_factory):
    """A model of the library and the folder that it wrote."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sentence_transformers import SentenceTransformer, models

        base = tmp_path_factory.mktemp("bert")
        save("bert", base)
        torch.manual_seed(0)
        behind = [models.Pooling(16, pooling_mode="mean" if request.param == "plain" else ("cls", "max"))]
        behind += [models.Dense(32, 8), models.Normalize()] if request.param == "dense" else []
        model = SentenceTransformer(modules=[models.Transformer(str(base)), *behind], device="cpu")
    folder = tmp_path_factory.mktemp(request.param)
    model.save(str(folder))
    return model, folder


@pytest.fixture
def folder(library, tmp_path):
    """A copy to be damaged."""
    return shutil.copytree(library[1], tmp_path / "copy")


def test_the_summary_is_the_embedding_of_the_library(library):
    model, folder = library
    encoder = load_encoder(f"sentence-transformers:{folder}")
    preflight(encoder, TEXTS, name="st")
    features = encoder(encoder.collate(list(TEXTS.values())))
    expected = model.encode(list(TEXTS.values()), convert_to_tensor=True)
    assert torch.allclose(pool_summary(features, len(TEXTS)), expected, atol=1e-5)


def test_layers_and_spans_are_those_of_the_transformer(library):
    _, folder = library
    items = list(TEXTS.values())
    found, expected = (
        e(e.collate(items)) for e in map(load_encoder, (f"sentence-transformers:{folder}", f"hf:{folder}"))
    )
    assert torch.equal(found.spans, expected.spans)
    assert all(torch.equal(one, other) for one, other in zip(found.layers, expected.layers, strict=True))


def test_the_embedding_alone_is_one_position_that_covers_the_row(library):
    model, folder = library
    encoder = load_encoder(f"sentence-transformers:{folder},sentence")
    features = encoder(encoder.collate(["the cat sat"]))
    assert features.spans.tolist() == [[[0, 11]]]
    assert torch.allclose(features.layers[0][:, 0], model.encode(["the cat sat"], convert_to_tensor=True), atol=1e-5)
    found = findings(f"sentence-transformers:{folder},sentence", Options(items=TEXTS))
    # As of hf:, its parts are built by the libraries, out of files.
    assert {one.check for one in found if one.outcome == "failed"} <= {"config-rebuilds"}


def test_what_the_library_would_cut_has_several_rows(library):
    encoder = load_encoder(f"sentence-transformers:{library[1]}")
    assert len(encoder.collate(["the cat sat on the mat " * 9])["item"]) > 1


def test_the_hash_follows_modules_and_weights(folder, library):
    reference = f"sentence-transformers:{folder}"
    first = load_encoder(reference).content_hash()
    assert load_encoder(f"sentence-transformers:{library[1]}").content_hash() == first
    assert load_encoder(f"{reference},sentence").content_hash() != first
    config = folder / "1_Pooling" / "config.json"
    said = json.loads(config.read_text())
    config.write_text(json.dumps({**said, "include_prompt": False}))
    assert load_encoder(reference).content_hash() != first


def test_a_redrawn_one_has_other_weights_everywhere(library):
    encoder = load_encoder(f"sentence-transformers:{library[1]}")
    torch.manual_seed(1)
    other = encoder.redrawn()
    assert encoder.state_dict().keys() == other.state_dict().keys()
    for name, weight in encoder.behind.state_dict().items():
        assert not torch.equal(weight, other.behind.state_dict()[name])


def edit(file, **changes):
    said = json.loads(file.read_text())
    file.write_text(json.dumps({**said, **changes} if isinstance(said, dict) else changes["rows"](said)))


def rows(number, **changes):
    def changed(said):
        said = copy.deepcopy(said)
        said[number].update(changes)
        return said

    return changed


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: (f / "modules.json").unlink(), "has no modules.json"),
        (lambda f: (f / "modules.json").write_text("{"), "is not a list of modules"),
        (lambda f: (f / "modules.json").write_text("[3]"), "is not a list of modules"),
        (lambda f: edit(f / "modules.json", rows=rows(0, type="evil.Transformer")), "module 0 is 'evil.Transformer'"),
        (lambda f: edit(f / "modules.json", rows=rows(1, type="sentence_transformers.models.CNN")), "module 1 is"),
        (lambda f: edit(f / "modules.json", rows=rows(1, path="../copy")), "there is no folder '../copy'"),
        (lambda f: edit(f / "modules.json", rows=rows(1, path="..")), "there is no folder '..'"),
        (lambda f: edit(f / "modules.json", rows=rows(1, path="none")), "there is no folder 'none'"),
        (lambda f: edit(f / "modules.json", rows=lambda said: said[:1]), "has no module Pooling"),
        (lambda f: edit(f / "1_Pooling/config.json", pooling_mode="best"), "its Pooling cannot be loaded"),
        (lambda f: (f / "model.safetensors").rename(f / "pytorch_model.bin"), "may be a pickle, which is never loaded"),
        (lambda f: edit(f / "sentence_bert_config.json", do_lower_case=True), "do_lower_case"),
    ],
)
def test_what_cannot_be_read_is_one_line(folder, change, words):
    change(folder)
    with pytest.raises(SuperbLiteError, match=words) as caught:
        load_encoder(f"sentence-transformers:{folder}")
    assert len(str(caught.value)) <= 300


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: edit(f / "2_Dense/config.json", activation_function="os.system"), "activation 'os.system'"),
        (lambda f: edit(f / "2_Dense/config.json", activation_function="torch.hub.load"), "is none of torch.nn"),
        (lambda f: (f / "2_Dense/model.safetensors").unlink(), "has no model.safetensors"),
        (lambda f: edit(f / "2_Dense/config.json", out_features=10**9), "far larger than its weights"),
        (lambda f: edit(f / "2_Dense/config.json", out_features=9), "its Dense cannot be loaded"),
    ],
)
def test_a_dense_module_is_checked(folder, change, words):
    if not (folder / "2_Dense").is_dir():
        pytest.skip("it has none")
    change(folder)
    with pytest.raises(SuperbLiteError, match=words):
        load_encoder(f"sentence-transformers:{folder}")


@pytest.mark.parametrize("argument", ["", "a,b", ",sentence"])
def test_references_that_are_none_say_how_one_is_written(argument):
    with pytest.raises(SuperbLiteError, match=r"write sentence-transformers:FOLDER_OR_NAME\[,sentence\]"):
        load_encoder(f"sentence-transformers:{argument}")


def test_names_are_fetched_with_the_folders_of_their_modules(library, monkeypatch):
    asked = []

    def fetch(name, patterns, *, nested=False):
        asked.append((name, "1_Pooling/*.json" in patterns, nested))
        return library[1]

    monkeypatch.setattr(sentence_embeddings, "fetch", fetch)
    load_encoder("sentence-transformers:all-tiny")
    load_encoder("sentence-transformers:me/tiny")
    names = ["sentence-transformers/all-tiny", "me/tiny"]
    assert asked == [(name, nested, nested) for name in names for nested in (False, True)]


def test_without_the_library_the_extra_is_named(library, monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(SuperbLiteError, match=r"pip install 'superb-lite\[sentence-transformers\]'"):
        load_encoder(f"sentence-transformers:{library[1]}")
