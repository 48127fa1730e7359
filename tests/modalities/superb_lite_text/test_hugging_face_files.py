"""Folders of `hf:` that a stranger has made: harmless, and answered in one line."""

import json
import os
import pickle
import shutil
import time

import pytest
import torch
from safetensors.torch import load_file, save_file

from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite_text.hugging_face_files import JSON_LIMIT, check_files
from tests.modalities.superb_lite_text import tiny_models


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    for kind in ("bert", "t5"):
        tiny_models.save(kind, root / kind)
    return root


@pytest.fixture
def bert(saved, tmp_path):
    """A folder that a test may damage."""
    return shutil.copytree(saved / "bert", tmp_path / "bert")


def refused(folder, match):
    started = time.monotonic()
    with pytest.raises(SuperbLiteError, match=match) as caught:
        load_encoder(f"hf:{folder}")
    assert time.monotonic() - started < 5
    assert len(str(caught.value)) <= 300
    assert str(caught.value).isprintable()


def edit(folder, **changes):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changes))


class Bomb:
    def __reduce__(self):
        return (os.mkdir, ("a-pickle-was-loaded",))


@pytest.mark.parametrize("kind", ["bert", "t5"])
def test_honest_folders_pass_whole_or_in_shards(saved, kind, tmp_path):
    whole = check_files(saved / kind, "hf:x")
    tensors = load_file(saved / kind / "model.safetensors")
    assert whole.tensors == {key: tuple(value.shape) for key, value in tensors.items()}
    assert whole.numbers == sum(value.numel() for value in tensors.values())
    folder = shutil.copytree(saved / kind, tmp_path / kind)
    (folder / "model.safetensors").unlink()
    names, half = sorted(tensors), len(tensors) // 2
    shards = {"a-1.safetensors": names[:half], "a-2.safetensors": names[half:]}
    for shard, keys in shards.items():
        save_file({key: tensors[key] for key in keys}, folder / shard, metadata={"format": "pt"})
    index = {"metadata": {}, "weight_map": {key: shard for shard, keys in shards.items() for key in keys}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert check_files(folder, "hf:x") == whole
    first, second = load_encoder(f"hf:{saved / kind}"), load_encoder(f"hf:{folder}")
    assert all(map(torch.equal, first.state_dict().values(), second.state_dict().values()))


@pytest.mark.parametrize("shard", ["pytorch_model.bin", "../x.safetensors", "/etc/x.safetensors", "a/b.safetensors", 5])
def test_an_index_points_at_safetensors_of_the_folder_only(bert, shard, monkeypatch):
    monkeypatch.chdir(bert)
    tensors = load_file(bert / "model.safetensors")
    (bert / "model.safetensors").rename(bert / "other.safetensors")
    (bert / "pytorch_model.bin").write_bytes(pickle.dumps(Bomb()))
    weight_map = dict.fromkeys(tensors, shard)
    (bert / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))
    refused(bert, "points at '.*': only safetensors files are opened")
    assert not (bert / "a-pickle-was-loaded").exists()


@pytest.mark.parametrize("content", ["[]", "{", '{"weight_map": []}', "[" * 100_000, "\x1b[31m"])
def test_an_index_that_is_none(bert, content):
    (bert / "model.safetensors.index.json").write_text(content)
    refused(bert, "is not JSON|is not a JSON object|has no weight_map")


def test_a_shard_that_is_missing(bert):
    (bert / "model.safetensors.index.json").write_text('{"weight_map": {"a": "gone.safetensors"}}')
    refused(bert, r"cannot read '.*gone\.safetensors'")


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json", "special_tokens_map.json"])
def test_a_pipe_among_the_files_does_not_hang(bert, name):
    (bert / name).unlink(missing_ok=True)
    os.mkfifo(bert / name)
    refused(bert, f"{name}': it is a pipe")


def test_sparse_files(bert):
    for name, words in (("model.safetensors", "its header cannot be"), ("tokenizer.json", f"at most {JSON_LIMIT} are")):
        os.truncate(bert / name, 0)
        os.truncate(bert / name, 10 * 2**30)
        refused(bert, words)
        shutil.copy(bert / "config.json", bert / name)


@pytest.mark.parametrize(
    "changes",
    [
        {"num_hidden_layers": 1_000_000},
        {"hidden_size": 1_000_000, "num_attention_heads": 1},
        {"intermediate_size": 2_000_000_000},
        {"vocab_size": 2_000_000_000},
        {"max_position_embeddings": 2_000_000_000},
    ],
)
def test_a_configuration_that_is_far_larger_than_the_weights(bert, changes):
    edit(bert, **changes)
    refused(bert, "far larger than its weights")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"attn_implementation": "someone/kernels"}, "asks for the attention 'someone/kernels'"),
        ({"_attn_implementation": "a/b\x1b"}, r"asks for the attention 'a/b\\x1b'"),
        ({"text_config": {"_attn_implementation_internal": "a/b"}}, "asks for the attention 'a/b'"),
        ({"transformers_weights": "pytorch_model.bin"}, r"names the weights 'pytorch_model\.bin'"),
        ({"transformers_weights": "../model.safetensors"}, "names the weights"),
        ({"num_hidden_layers": "many"}, "cannot be loaded"),
        ({"hidden_size": None}, "cannot be loaded"),
        ({"model_type": 5}, "cannot be loaded"),
        ({"architectures": 5}, "cannot be loaded"),
    ],
)
def test_configurations_that_are_refused(bert, changes, words, network_requests):
    edit(bert, **changes)
    refused(bert, words)
    assert network_requests == []


def test_code_of_a_model_is_not_run_without_trust(bert, network_requests):
    (bert / "modeling_own.py").write_text("raise SystemExit('code was run')")
    edit(bert, model_type="own", auto_map={"AutoConfig": "modeling_own.Own", "AutoModel": "modeling_own.Own"})
    refused(bert, "brings code of its own")
    edit(bert, model_type="own2", auto_map={"AutoConfig": "someone/else--modeling_own.Own"})
    refused(bert, "brings code of its own|cannot be loaded")
    assert network_requests == []


def test_an_adapter_is_not_a_model(bert):
    (bert / "adapter_config.json").write_text('{"base_model_name_or_path": "someone/else", "peft_type": "LORA"}')
    refused(bert, "is an adapter, which needs another model")
