"""What `hf:` finds, loads and refuses."""

import json
import shutil
import sys

import huggingface_hub.constants
import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from superb_lite import plugins
from superb_lite.encoders.encoder import Generative
from superb_lite.encoders.provenance import in_domain
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import MissingPackageError, SuperbLiteError
from superb_lite.results.pretraining import Pretraining
from superb_lite_text.hugging_face import hf_encoder
from superb_lite_text.hugging_face_encoder import HuggingFaceDecoder, HuggingFaceEncoder, HuggingFaceSeq2Seq
from tests.modalities.superb_lite_text import tiny_models


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    for kind in ("bert", "gpt2", "t5"):
        tiny_models.save(kind, root / kind)
    return root


@pytest.fixture
def bert(saved, tmp_path):
    """A folder that a test may damage."""
    return shutil.copytree(saved / "bert", tmp_path / "bert")


def refused(reference, *words, **options):
    with pytest.raises(SuperbLiteError) as caught:
        load_encoder(reference, **options)
    line = str(caught.value)
    assert "\n" not in line
    for word in words:
        assert word in line
    return line


def test_loading_disturbs_no_random_draw_and_says_nothing(saved, capfd):
    torch.manual_seed(3)
    state = torch.get_rng_state()
    load_encoder(f"hf:{saved / 'bert'}")
    assert torch.equal(torch.get_rng_state(), state)
    assert capfd.readouterr() == ("", "")


def test_no_network_is_asked_about_a_folder(saved, monkeypatch):
    def never(*args, **kwargs):
        raise AssertionError("the network was asked")

    monkeypatch.setattr("socket.socket.connect", never)
    for kind in ("bert", "gpt2", "t5"):
        load_encoder(f"hf:{saved / kind}")


@pytest.mark.parametrize(
    ("kind", "auto", "expected", "generates"),
    [
        ("bert", transformers.AutoModel, HuggingFaceEncoder, False),
        ("gpt2", transformers.AutoModel, HuggingFaceDecoder, False),
        ("t5", transformers.AutoModelForTextEncoding, HuggingFaceEncoder, False),
    ],
)
def test_a_model_that_was_saved_without_a_head_generates_nothing(saved, tmp_path, kind, auto, expected, generates):
    folder = shutil.copytree(saved / kind, tmp_path / kind)
    auto.from_pretrained(saved / kind).save_pretrained(folder)
    encoder = load_encoder(f"hf:{folder}")
    assert type(encoder) is expected
    assert isinstance(encoder, Generative) is generates
    whole = load_encoder(f"hf:{saved / kind}")
    with torch.no_grad():
        mine, theirs = (model(model.collate(["the cat"])).layers for model in (encoder, whole))
    assert all(torch.equal(x, y) for x, y in zip(mine, theirs, strict=True))


def test_an_encoder_decoder_without_a_head_is_its_encoder(saved, tmp_path):
    folder = shutil.copytree(saved / "t5", tmp_path / "t5")
    transformers.T5Model.from_pretrained(saved / "t5").save_pretrained(folder)
    encoder = load_encoder(f"hf:{folder}")
    assert type(encoder) is HuggingFaceEncoder
    assert type(load_encoder(f"hf:{saved / 't5'}")) is HuggingFaceSeq2Seq


def test_a_language_model_head_on_a_model_that_sees_what_follows_is_no_language_model(bert):
    config = transformers.BertConfig.from_pretrained(bert, is_decoder=False)
    transformers.BertLMHeadModel.from_pretrained(bert, config=config).save_pretrained(bert)
    assert type(load_encoder(f"hf:{bert}")) is HuggingFaceEncoder
    config = transformers.BertConfig.from_pretrained(bert, is_decoder=True)
    transformers.BertLMHeadModel.from_pretrained(bert, config=config).save_pretrained(bert)
    assert isinstance(load_encoder(f"hf:{bert}"), HuggingFaceDecoder)


def test_pickles_are_never_loaded(bert):
    weights = load_file(bert / "model.safetensors")
    (bert / "model.safetensors").unlink()
    torch.save(weights, bert / "pytorch_model.bin")
    refused(f"hf:{bert}", "pytorch_model.bin may be a pickle, which is never loaded: convert", "superb-lite convert")


def test_what_is_missing(bert, tmp_path):
    refused("hf:", "'hf' needs a model: hf:FOLDER")
    refused("hf", "'hf' needs a model: hf:FOLDER")
    refused("hf:./no/such/folder", "'hf:./no/such/folder': no such directory")
    refused(f"hf:{tmp_path / 'no' / 'such'}", "no such directory")
    refused(f"hf:{bert / 'config.json'}", "is a file: name the folder")
    refused(f"hf:{tmp_path}", "is not a model", "has no config.json")
    for file in bert.glob("tokenizer*"):
        file.unlink()
    refused(f"hf:{bert}", "has no tokeniser")
    (bert / "model.safetensors").unlink()
    refused(f"hf:{bert}", "has no *.safetensors")


def test_a_name_that_is_neither_a_folder_nor_in_the_cache(monkeypatch, tmp_path):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    refused(
        "hf:somebody/some-model",
        "no such directory",
        "the Hugging Face hub cannot be asked",
        "hf download somebody/some-",
    )


def test_a_name_on_the_hub_is_its_snapshot(saved, monkeypatch):
    asked = {}

    def snapshot(name, **options):
        asked[name] = options
        return str(saved / "bert")

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    encoder = load_encoder("hf:somebody/bert")
    assert encoder.content_hash() == load_encoder(f"hf:{saved / 'bert'}").content_hash()
    patterns = asked["somebody/bert"]["allow_patterns"]
    assert "*.safetensors" in patterns
    assert not {"*.bin", "*.py"} & set(patterns)


def test_transformers_is_an_extra(bert, monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'superb-lite\[hf\]'"):
        hf_encoder(str(bert))


def test_weights_that_are_not_all_there_are_refused(bert):
    weights = load_file(bert / "model.safetensors")
    gone = "bert.encoder.layer.1.output.dense.weight"
    del weights[gone]
    save_file(weights, bert / "model.safetensors", metadata={"format": "pt"})
    refused(f"hf:{bert}", "its weights lack 'encoder.layer.1.output.dense.weight'", "would be random")


def test_damaged_files_are_one_line(bert):
    weights = (bert / "model.safetensors").read_bytes()
    (bert / "model.safetensors").write_bytes(b"\x00" * 100)
    refused(f"hf:{bert}", "model.safetensors': it is not a safetensors file")
    (bert / "model.safetensors").write_bytes(weights)
    (bert / "config.json").write_text("{")
    refused(f"hf:{bert}", "config.json' is not JSON")
    (bert / "config.json").write_text(json.dumps({"model_type": "no-such-thing"}))
    refused(f"hf:{bert}", "cannot be loaded: ", "no-such-thing")


def test_a_slow_tokeniser_is_refused(tmp_path):
    tiny_models.save("t5", tmp_path)
    for file in tmp_path.glob("tokenizer*"):
        file.unlink()
    transformers.ByT5Tokenizer().save_pretrained(tmp_path)
    refused(f"hf:{tmp_path}", "has no fast tokeniser, only ByT5Tokenizer", "tokenizer.json")


CODE = """
from transformers import BertModel

class Twice(BertModel):
    def forward(self, *args, **kwargs):
        out = super().forward(*args, **kwargs)
        out.hidden_states = tuple(2 * states for states in out.hidden_states or ())
        return out
"""


def test_code_that_comes_with_a_model_runs_only_when_it_is_trusted(bert, saved, tmp_path, monkeypatch):
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "modules")])
    (bert / "twice.py").write_text(CODE)
    config = json.loads((bert / "config.json").read_text())
    config |= {"architectures": ["Twice"], "auto_map": {"AutoModel": "twice.Twice"}, "model_type": "bert"}
    (bert / "config.json").write_text(json.dumps(config))
    trusted = load_encoder(f"hf:{bert}", trust_code=True)
    plain = load_encoder(f"hf:{saved / 'bert'}")
    with torch.no_grad():
        mine, theirs = (model(model.collate(["the cat"])).layers for model in (trusted, plain))
    assert torch.equal(mine[1], 2 * theirs[1])
    assert trusted.code
    assert not plain.code


def test_code_that_is_not_trusted_is_named(bert):
    (bert / "own.py").write_text("raise AssertionError('it ran')")
    config = json.loads((bert / "config.json").read_text())
    config |= {
        "architectures": ["Own"],
        "auto_map": {"AutoConfig": "own.OwnConfig", "AutoModel": "own.Own"},
        "model_type": "own",
    }
    (bert / "config.json").write_text(json.dumps(config))
    refused(f"hf:{bert}", "brings code of its own", "--trust-code")


def test_its_card_says_what_it_was_trained_on(bert):
    (task,) = plugins.tasks("glue/cola")
    assert in_domain(load_encoder(f"hf:{bert}"), task) is None
    (bert / "README.md").write_text("---\ndatasets: [glue, bookcorpus]\n---\n", encoding="utf-8")
    encoder = load_encoder(f"hf:{bert}")
    assert in_domain(encoder, task) is True
    assert in_domain(encoder, plugins.tasks("squad/qa")[0]) is None
    assert Pretraining.of(encoder) == Pretraining(corpora=("glue", "bookcorpus"), corpora_complete=False)
