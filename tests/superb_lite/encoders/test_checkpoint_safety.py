"""Checkpoint directories of strangers: whatever is in them is harmless and answered in one line."""

import hashlib
import json
import os
import resource
import struct
import time
import urllib.request

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from superb_lite import plugins
from superb_lite.encoders.building import building_within
from superb_lite.encoders.checkpoint import load_checkpoint, save_checkpoint, untrained_twin
from superb_lite.encoders.checkpoint_config import CONFIG, CONFIG_LIMIT, WEIGHTS
from superb_lite.encoders.references import load_encoder
from superb_lite.encoders.weights import Contents, contents
from superb_lite.errors import SuperbLiteError
from superb_lite_image.encoder import TimmEncoder
from superb_lite_speech.encoder import SpeechTransformerEncoder
from superb_lite_text.bert import BertEncoder
from superb_lite_text.tokenizer import SPECIAL, train_tokenizer

TOKENIZER = train_tokenizer(["天地玄黄宇宙洪荒"])
SMALL = {"layers": 1, "width": 8, "heads": 2, "hidden": 8}
MAKE = {
    "text-bert": lambda: BertEncoder(TOKENIZER, **SMALL),
    "speech-masked": lambda: SpeechTransformerEncoder(mels=8, **SMALL, kernel=3, groups=2),
    "image-simclr": lambda: TimmEncoder(backbone_args={"channels": [4, 4, 4, 4], "stem_width": 4}, image_size=16),
}


@pytest.fixture
def checkpoint(tmp_path):
    def save(name="text-bert"):
        save_checkpoint(MAKE[name](), tmp_path / "saved", name=name, pretraining={"steps": 7})
        return tmp_path / "saved"

    return save


def edit(directory, change):
    """Change the configuration in place."""
    config = json.loads((directory / CONFIG).read_text(encoding="utf-8"))
    change(config)
    (directory / CONFIG).write_text(json.dumps(config), encoding="utf-8")


def refused(load, match, *, within=2.0):
    """The one line that an error is, found quickly and without memory for what is described."""
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(SuperbLiteError, match=match) as caught:
        load()
    assert time.monotonic() - started < within
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # kilobytes
    message = str(caught.value)
    assert len(message) <= 300
    assert message.isprintable()
    return message


@pytest.mark.parametrize("architecture", MAKE)
def test_loading_a_checkpoint_asks_no_network(architecture, checkpoint, network_requests):
    saved = checkpoint(architecture)
    assert load_encoder(saved).content_hash() != load_encoder(f"random:{saved}").content_hash()
    assert network_requests == []


@pytest.mark.slow
@pytest.mark.parametrize("architecture", list(plugins.architectures()))
def test_loading_a_checkpoint_of_any_architecture_asks_no_network(architecture, tmp_path, network_requests):
    encoder = load_encoder(architecture if architecture.startswith("raw:") else f"random:{architecture}")
    save_checkpoint(encoder, tmp_path / "saved", name=architecture, pretraining={})
    assert load_encoder(tmp_path / "saved").content_hash() == encoder.content_hash()
    load_encoder(f"random:{tmp_path / 'saved'}")
    assert network_requests == []


def test_the_guard_of_these_tests_sees_requests(network_requests):
    with pytest.raises(OSError, match="allows no network"):
        urllib.request.urlopen("http://example.org/x.pth", timeout=1)
    assert len(network_requests) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        {"pretrained": True},
        {"pretrained_cfg_overlay": {"url": "http://example.org/resnet18-f37072fd.pth"}, "pretrained": True},
        {"pretrained_cfg_overlay": {"file": "/tmp/trained.safetensors"}},
        {"pretrained_cfg": {"url": "http://example.org/x.pth"}},
        {"pretrained_cfg": "a1_in1k"},
        {"checkpoint_path": "http://example.org/x.pth"},
        {"features_only": False},
        {"cache_dir": "/tmp"},
        {"num_classes": 7},
        {"feature_cfg": {}},
        {"scriptable": True},
    ],
)
@pytest.mark.parametrize("load", ["{}", "random:{}"])
def test_arguments_of_a_backbone_that_are_not_its_shape_are_refused(checkpoint, arguments, load, network_requests):
    saved = checkpoint("image-simclr")
    edit(saved, lambda config: config["config"]["backbone_args"].update(arguments))
    refused(lambda: load_encoder(load.format(saved)), "unknown argument of a timm backbone")
    assert network_requests == []


def test_an_untrained_twin_is_drawn_here(checkpoint):
    saved = checkpoint("image-simclr")
    file = saved / "trained.safetensors"
    save_file(load_file(saved / WEIGHTS), file)
    honest = untrained_twin(saved).content_hash()
    for overlay in ({"file": str(file)}, {"state_dict": {}}, {"url": file.as_uri()}):
        changes = {"pretrained": True, "pretrained_cfg_overlay": overlay}
        edit(saved, lambda config, changes=changes: config["config"]["backbone_args"].update(changes))
        refused(lambda: untrained_twin(saved), "unknown argument of a timm backbone")
        edit(
            saved,
            lambda config: [config["config"]["backbone_args"].pop(k) for k in ("pretrained", "pretrained_cfg_overlay")],
        )
    assert untrained_twin(saved).content_hash() == honest


@pytest.mark.parametrize(
    ("architecture", "changes", "words"),
    [
        ("image-simclr", {"backbone": 5}, '"backbone": Input should be a valid string'),
        ("image-simclr", {"backbone": "hf-hub:timm/resnet18.a1_in1k"}, "unknown timm backbone"),
        ("image-simclr", {"backbone": "local-dir:/tmp"}, "unknown timm backbone"),
        ("image-simclr", {"backbone": "x" * 26_000}, "unknown timm backbone"),
        ("image-simclr", {"backbone": "resnet18\x1b[31m\n"}, "unknown timm backbone"),
        ("image-simclr", {"backbone_args": {"act_layer": "relu"}}, "unknown argument of a timm backbone 'act_layer'"),
        ("image-simclr", {"backbone_args": {"block": 3}}, "unknown argument of a timm backbone 'block'"),
        ("image-simclr", {"backbone_args": {"stem_type": "../x"}}, "'stem_type' must be a number or a list"),
        ("image-simclr", {"backbone_args": {"layers": {"a": 1}}}, "'layers' must be a number or a list"),
        ("image-simclr", {"backbone_args": {"layers": [100_000] * 4}}, "far larger than its weights"),
        ("image-simclr", {"backbone_args": {"layers": 3}}, "TypeError"),
        ("image-simclr", {"backbone_args": {"channels": [900_000] * 4}}, "far larger than its weights"),
        ("image-simclr", {"backbone": "vit_tiny_patch16_224", "stem_stride": None,
                          "backbone_args": {"img_size": 160_000}}, "far larger than its weights"),
        ("image-simclr", {"image_size": 900_000}, "from 1 to 2048"),
        ("image-simclr", {"image_size": "32"}, '"image_size": Input should be a valid integer'),
        ("image-simclr", {"mean": "x"}, '"mean'),
        ("speech-masked", {"layers": 1_000_000}, "far larger than its weights"),
        ("speech-masked", {"mels": 1_000_000}, "mel bands"),
        ("speech-masked", {"mels": 0}, "mel bands"),
        ("speech-masked", {"kernel": 999_999}, "far larger than its weights"),
        ("speech-masked", {"front_end": "other"}, '"front_end": Input should be'),
        ("text-bert", {"layers": 1_000_000}, "far larger than its weights"),
        ("text-bert", {"layers": True}, '"layers": Input should be a valid integer'),
        ("text-bert", {"width": 10**6, "heads": 1}, "far larger than its weights"),
        ("text-bert", {"hidden": 10**6 - 1}, "far larger than its weights"),
        ("text-bert", {"hidden": 10**30}, "holds the number beyond"),
        ("text-bert", {"layers": -1}, "does not fit its config.json|does not take"),
        ("text-bert", {"heads": 0}, "does not take"),
        ("text-bert", {"width": 1.5}, '"width": Input should be a valid integer'),
        ("text-bert", {"position": "absolute", "max_length": 10**6}, "does not fit its config.json"),
        ("text-bert", {"max_length": -5, "position": "absolute"}, "does not"),
        ("text-bert", {"depth": 3, "x\n" * 5000: 4}, "has no use for"),
        ("text-bert", {"tokenizer": 5}, '"tokenizer": Input should be a valid dictionary'),
    ],
)  # fmt: skip
def test_values_that_no_encoder_takes(checkpoint, architecture, changes, words):
    saved = checkpoint(architecture)
    edit(saved, lambda config: config["config"].update(changes))
    message = refused(lambda: load_encoder(saved), words)
    assert str(saved) in message or "unknown" in message


def test_a_tokeniser_with_a_million_entries_is_not_read(checkpoint):
    saved = checkpoint()
    vocabulary = {token: n for n, token in enumerate([*SPECIAL, *(f"word{n}" for n in range(1_000_000))])}
    edit(saved, lambda config: config["config"]["tokenizer"]["model"].update(vocab=vocabulary))
    refused(lambda: load_encoder(saved), rf"bytes: at most {CONFIG_LIMIT} are read")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 100_000, "is not JSON|nested"),
        ('{"format": ' * 50_000, "is not JSON|nested"),
        ('{"format": NaN}', "NaN is not a number"),
        ("9" * 6000, "is not JSON"),
        ('{"format": "superb-lite-checkpoint", "format_version": 2}', "format_version"),
    ],
)
def test_text_that_is_no_configuration(checkpoint, text, words):
    saved = checkpoint()
    (saved / CONFIG).write_text(text)
    refused(lambda: load_encoder(saved), words)


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS])
def test_only_regular_files_are_read(checkpoint, name):
    saved = checkpoint()
    for kind, replace in (
        ("a pipe", os.mkfifo),
        ("a device", lambda path: path.symlink_to("/dev/zero")),
        ("a directory", os.mkdir),
        ("No such file", lambda path: path.symlink_to("nowhere")),
        ("Too many levels of symbolic links", lambda path: path.symlink_to(path.name)),
    ):
        (saved / name).unlink()
        replace(saved / name)
        refused(lambda: load_encoder(saved), kind if name == WEIGHTS or kind[0] == "a" else f"{kind}|has no {CONFIG}")
        if (saved / name).is_dir():
            (saved / name).rmdir()
            (saved / name).touch()


def sparse(path, header, size):
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        file.truncate(size)


@pytest.mark.parametrize(
    ("header", "size", "words"),
    [
        (b"", 10 * 2**30, "its header cannot be 0 bytes long"),
        (b"{}", 10 * 2**30, "bytes of tensors, and its header says 0"),
        (b'{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 400]}}', 500, "not as large as its shape says"),
        (b'{"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 400]}}', 500, "has no shape"),
        (b'{"a": {"dtype": "F99", "shape": [1], "data_offsets": [0, 4]}}', 500, "not as large as its shape says"),
        (b'{"a": 5}', 500, "is not a safetensors file"),
        (b'{"a": {"shape": [1]}}', 500, "is not a safetensors file"),
        (b"[]", 500, "is not an object"),
        (b"[" * 30_000, 40_000, "is not a safetensors file"),
        (b"\xff\xfe", 500, "is not a safetensors file"),
    ],
)
def test_weights_whose_header_does_not_fit_the_file(checkpoint, header, size, words):
    saved = checkpoint()
    sparse(saved / WEIGHTS, header, size)
    refused(lambda: load_encoder(saved), words)


def test_a_header_of_gigabytes_is_not_read(checkpoint):
    saved = checkpoint()
    with (saved / WEIGHTS).open("wb") as file:
        file.write(struct.pack("<Q", 9 * 2**30))
        file.truncate(10 * 2**30)
    refused(lambda: load_encoder(saved), "its header cannot be 9663676416 bytes long")


def test_more_weights_than_there_is_memory(checkpoint, monkeypatch):
    saved = checkpoint()
    monkeypatch.setattr(os, "sysconf", {"SC_PHYS_PAGES": 2, "SC_PAGE_SIZE": 512}.__getitem__)
    refused(lambda: load_encoder(saved), "bytes of weights, and this machine 1024 bytes of memory")


def test_contents_are_what_safetensors_reads(tmp_path):
    tensors = {
        "a": torch.zeros(2, 3),
        "b": torch.zeros(5, dtype=torch.bfloat16),
        "c": torch.tensor(1),
        "d": torch.ones(0),
    }
    save_file(tensors, tmp_path / "w.safetensors", metadata={"format": "pt"})
    assert contents(tmp_path / "w.safetensors") == Contents({k: tuple(v.shape) for k, v in tensors.items()}, 12)


def test_building_is_limited_only_while_it_is_asked_for():
    with pytest.raises(SuperbLiteError, match="'here' describes a model"), building_within(Contents({}, 0), "'here'"):
        torch.nn.Linear(2**13, 2**13)
    with pytest.raises(SuperbLiteError, match="far larger"), building_within(Contents({}, 0), "'here'"):
        torch.zeros(2**13, 2**13)
    with pytest.raises(SuperbLiteError, match="far larger"), building_within(Contents({}, 0), "'here'"):
        [torch.nn.LayerNorm(2) for _ in range(501)]
    with building_within(Contents({"a": (1,)}, 2**24), "'here'"):
        torch.nn.Linear(2**12, 2**13)
    assert torch.nn.Linear(2**13, 2**13).weight.numel() == 2**26
    assert len([torch.nn.LayerNorm(2) for _ in range(600)]) == 600


def test_a_flipped_bit_in_the_weights_is_seen(checkpoint):
    saved = checkpoint()
    content = bytearray((saved / WEIGHTS).read_bytes())
    assert json.loads((saved / CONFIG).read_text())["weights_sha256"] == hashlib.sha256(content).hexdigest()
    content[-3] ^= 1
    (saved / WEIGHTS).write_bytes(content)
    refused(lambda: load_encoder(saved), "has changed since it was saved: its SHA-256 is not the weights_sha256")


def test_an_old_checkpoint_without_a_hash_is_loaded_with_a_note(checkpoint, capsys):
    saved = checkpoint()
    load_encoder(saved)
    assert capsys.readouterr().err == ""
    edit(saved, lambda config: config.pop("weights_sha256"))
    load_encoder(saved)
    assert capsys.readouterr().err == (
        f"superb-lite: '{saved / WEIGHTS}' is of an older checkpoint, without the hash that it is checked by: "
        "nothing has to be done\n"
    )


def test_files_follow_the_umask_and_nothing_else_is_left(checkpoint):
    before = os.umask(0o027)
    try:
        saved = checkpoint()
    finally:
        os.umask(before)
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in saved.iterdir()} == {
        CONFIG: "0o640",
        WEIGHTS: "0o640",
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["layers", "width", "heads", "hidden", "position", "max_length", "summary", "tokenizer", "x"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    top=st.dictionaries(
        st.sampled_from(["format", "format_version", "encoder", "modality", "config", "x"]), JSON, max_size=2
    ),
    arguments=st.dictionaries(KEYS, JSON, max_size=3),
)
def test_any_configuration_is_loaded_or_refused_in_one_line(checkpoint, network_requests, top, arguments):
    saved = checkpoint()
    edit(saved, lambda config: (config["config"].update(arguments), config.update(top)))
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    answer = error_of(lambda: load_checkpoint(saved))
    assert time.monotonic() - started < 1.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
    assert network_requests == []
    assert len(answer) <= 300
    assert answer == "" or answer.isprintable()
    assert answer == "" or str(saved) in answer


def error_of(load):
    """The message of its `SuperbLiteError`; nothing where there is none."""
    try:
        load()
    except SuperbLiteError as error:
        return str(error)
    return ""
