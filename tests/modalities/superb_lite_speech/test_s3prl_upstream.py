"""`s3prl:NAME`: upstreams of s3prl as encoders."""

from __future__ import annotations

import copy
import itertools
import json
import urllib.error
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from superb_lite.encoders.around import KEY
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.pickled import convert_pickle, published_file
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import BadItemError, SuperbLiteError
from superb_lite_speech import s3prl_reference
from superb_lite_speech.s3prl_files import read_checkpoint
from superb_lite_speech.s3prl_reference import s3prl_encoder
from superb_lite_speech.s3prl_upstream import S3prlEncoder
from superb_lite_speech.waveforms import windows

TINY = {
    "label_rate": 50.0,
    "encoder_layers": 2,
    "encoder_embed_dim": 16,
    "encoder_ffn_embed_dim": 32,
    "encoder_attention_heads": 2,
    "conv_feature_layers": "[(8,10,5)] + [(8,3,2)] * 4 + [(8,2,2)] * 2",
    "conv_pos": 8,
    "conv_pos_groups": 2,
    "final_dim": 8,
}


def noise(samples: int, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(samples) * 0.1).astype(np.float32)


@pytest.fixture(scope="module")
def hubert_pickle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A HuBERT of two layers in the format of s3prl's released ones."""
    from s3prl.upstream.hubert.hubert_model import HubertConfig, HubertModel, HubertPretrainingConfig
    from s3prl.upstream.utils import merge_with_parent

    task = {"label_rate": 50.0, "sample_rate": 16_000, "normalize": True}
    torch.manual_seed(0)
    model = HubertModel(
        merge_with_parent(HubertConfig, TINY), merge_with_parent(HubertPretrainingConfig, task), [["a", "b"]]
    )
    state = {
        "task_cfg": task,
        "model_cfg": TINY,
        "model_weight": model.state_dict(),
        "dictionaries_symbols": [["a", "b"]],
    }
    path = tmp_path_factory.mktemp("hubert") / "tiny.pt"
    torch.save(state, path)
    return path


@pytest.fixture(scope="module")
def hubert_file(hubert_pickle: Path) -> Path:
    """The same, converted."""
    path = hubert_pickle.with_suffix(".safetensors")
    convert_pickle(hubert_pickle, path)
    return path


@pytest.fixture(scope="module")
def hubert(hubert_file: Path) -> Encoder:
    return load_encoder(f"s3prl:hubert_local:{hubert_file}")


@torch.no_grad()
@pytest.mark.parametrize(("name", "width"), [("fbank", 240), ("mfcc", 39), ("mel", 80)])
def test_features_are_those_of_s3prl_and_spans_follow_its_rate(name: str, width: int) -> None:
    from s3prl import hub

    encoder = load_encoder(f"s3prl:{name}")
    assert encoder.modality == "speech"
    waves = [noise(16_000), noise(9_999, 1), noise(400, 2)]
    features = encoder(encoder.collate(waves))
    (layer,) = features.layers
    upstream = getattr(hub, name)().eval()
    for row, wave in enumerate(waves):
        padded = np.pad(wave, (0, max(0, 800 - len(wave))))
        (wanted,) = upstream([torch.from_numpy(padded)])["hidden_states"]
        count = int(features.mask[row].sum())
        assert 0 < count <= wanted.shape[1]
        torch.testing.assert_close(layer[row, :count], wanted[0, :count], atol=1e-4, rtol=1e-4)
        spans = features.spans[row, :count].tolist()
        assert [start for start, _ in spans] == list(range(0, 160 * count, 160))
        assert [end for _, end in spans] == [*range(160, 160 * count, 160), len(wave)]
    assert layer.shape[2] == width


@torch.no_grad()
def test_every_hidden_state_is_a_layer_and_padding_changes_none(hubert: Encoder) -> None:
    short, long = noise(5_000), noise(20_000, 1)
    alone, batched = hubert(hubert.collate([short])), hubert(hubert.collate([long, short, long]))
    assert len(alone.layers) == 3  # two transformer layers and their normalised output
    assert batched.spans[1, 0].tolist() == [0, 320]
    for one, three in zip(alone.layers, batched.layers, strict=True):
        torch.testing.assert_close(one[0], three[1, : one.shape[1]], atol=1e-5, rtol=1e-5)
        assert not three[1, one.shape[1] :].any()


@torch.no_grad()
def test_long_audio_is_cut_into_windows_that_cover_all_of_it(hubert: Encoder) -> None:
    encoder = S3prlEncoder(hubert.upstream, "hubert_local", window=2.0).eval()
    wave = noise(16_000 * 5 + 100)  # windows of 2, 2 and 1.006 s
    features = encoder(encoder.collate([noise(800, 3), wave]))
    assert features.item.tolist() == [0, 1, 1, 1]
    rows = features.item == 1
    spans = features.spans[rows][features.mask[rows]].tolist()
    assert spans[0][0] == 0
    assert spans[-1][1] == len(wave)
    assert all(one[1] == following[0] for one, following in itertools.pairwise(spans))
    assert windows(16_000 * 5 - 1, 32_000) == [(0, 32_000), (32_000, 79_999)]  # a rest below a second stays


def changed(file: Path, out: Path, change: Any) -> Path:
    """A converted checkpoint with another configuration."""
    from safetensors import safe_open

    with safe_open(file, framework="pt") as opened:
        around = json.loads(opened.metadata()[KEY])
    change(around["rest"])
    save_file(load_file(file), out, metadata={KEY: json.dumps(around)})
    return out


def test_the_content_hash_covers_weights_and_the_options_in_the_file(hubert_file: Path, tmp_path: Path) -> None:
    first = s3prl_encoder(f"hubert_local:{hubert_file}")
    moved = tmp_path / "moved.safetensors"
    moved.write_bytes(hubert_file.read_bytes())
    assert s3prl_encoder(f"hubert_local:{moved}").content_hash() == first.content_hash()
    other = changed(hubert_file, tmp_path / "o.safetensors", lambda rest: rest["task_cfg"].update(normalize=False))
    assert s3prl_encoder(f"hubert_local:{other}").content_hash() != first.content_hash()
    before = first.content_hash()
    with torch.no_grad():
        next(first.parameters()).add_(1.0)
    assert first.content_hash() != before
    hashes = {load_encoder(f"s3prl:{name}").content_hash() for name in ("fbank", "mfcc", "fbank_no_cmvn")}
    assert len(hashes) == 3
    json.dumps(first.config())


def test_a_copy_can_be_trained_and_leaves_the_original_alone(hubert_file: Path) -> None:
    encoder = load_encoder(f"s3prl:hubert_local:{hubert_file}")
    before = encoder.content_hash()
    copied = copy.deepcopy(encoder).requires_grad_(True).train()
    assert copied.content_hash() == before
    batch = encoder.collate([noise(8_000)])
    optimizer = torch.optim.SGD(copied.parameters(), lr=0.1)
    copied(batch).layers[-1].square().mean().backward()
    assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in copied.parameters())
    optimizer.step()
    assert copied.content_hash() != before
    assert encoder.content_hash() == before
    copied.eval()
    with torch.no_grad():
        assert not torch.allclose(copied(batch).layers[0], encoder(batch).layers[0])


def test_loading_disturbs_no_random_draw_and_prints_nothing_on_standard_output(
    capsys: pytest.CaptureFixture[str], hubert_file: Path
) -> None:
    state = torch.get_rng_state()
    s3prl_encoder("fbank")
    s3prl_encoder(f"hubert_local:{hubert_file}")
    assert torch.equal(torch.get_rng_state(), state)
    assert capsys.readouterr().out == ""


def test_a_converted_checkpoint_is_what_s3prl_reads_from_the_original(
    hubert_pickle: Path, hubert_file: Path, hubert: Encoder
) -> None:
    from s3prl import hub

    original, read = torch.load(hubert_pickle, weights_only=True), read_checkpoint(hubert_file)
    weights, same = original.pop("model_weight"), read.pop("model_weight")
    assert read == original
    assert weights.keys() == same.keys()
    assert all(torch.equal(weights[name], same[name]) for name in weights)
    wave = torch.from_numpy(noise(8_000))
    upstream = hub.hubert_local(str(hubert_pickle)).eval()
    with torch.no_grad():
        for theirs, ours in zip(
            upstream([wave])["hidden_states"], hubert.upstream([wave])["hidden_states"], strict=True
        ):
            assert torch.equal(theirs, ours)


def test_a_namespace_beside_the_weights_does_not_keep_them_from_being_converted(tmp_path: Path) -> None:
    import argparse

    from superb_lite.encoders.around import with_weights

    saved = {
        "Transformer": {"w": torch.ones(2)},
        "Config": {"layers": 3, "name": "x", "pair": (1, 2), "tensor": torch.ones(1)},
        "Settings": {"Paras": argparse.Namespace(seed=1)},
        "Optimizer": {"state": {0: torch.ones(1)}},
    }
    torch.save(saved, tmp_path / "tera.ckpt")
    convert_pickle(tmp_path / "tera.ckpt", tmp_path / "tera.safetensors")
    whole, _ = with_weights(tmp_path / "tera.safetensors")
    assert torch.equal(whole.pop("Transformer")["w"], torch.ones(2))
    config = {"layers": 3, "name": "x", "pair": [1, 2]}
    assert whole == {"Config": config, "Settings": {}, "Optimizer": {"state": {}}}


RUN = "__import__('os').mkdir({!r})"


@pytest.mark.parametrize(
    "text",
    [
        RUN,
        " " + RUN,
        "[(8,10,5)] + [" + RUN + "]",
        "[0 for torch.load in [__import__]]",
        "{1: 2}",
        "x[0]",
        "(lambda: 0)()",
        "[(1, 2)].append(os)",
        "9**9**9",
        "[(1, 2)] * 9**9",
        "[0] * 1000",
        "(([0] * 99) * 99) * 99 * 99",
        "'%999999999d' % 1",
        "1 << 99999999999",
    ],
)
def test_a_configuration_that_s3prl_would_run_is_refused(text: str, hubert_file: Path, tmp_path: Path) -> None:
    ran, bad = tmp_path / "ran", tmp_path / "bad.safetensors"
    text = text.format(str(ran)) if RUN in text else text
    changed(hubert_file, bad, lambda rest: rest["model_cfg"].update(conv_feature_layers=text))
    with pytest.raises(SuperbLiteError, match=r"bad\.safetensors': s3prl could run the text '") as caught:
        s3prl_encoder(f"hubert_local:{bad}")
    assert "\n" not in str(caught.value)
    assert not ran.exists()


@pytest.mark.parametrize(
    "text", ["[(512, 10, 5)] + [(512,3,2)] * 4 + [(512,2,2)]*2", "(2, 0.5)", "[CLS]", "<s>", "/a/b"]
)
def test_texts_of_released_checkpoints_are_taken(text: str, hubert_file: Path, tmp_path: Path) -> None:
    good = changed(hubert_file, tmp_path / "good.safetensors", lambda rest: rest["task_cfg"].update(data=text))
    assert read_checkpoint(good)["task_cfg"]["data"] == text


def test_the_attack_is_one(hubert_pickle: Path, tmp_path: Path) -> None:
    """Read by s3prl itself, weights alone, the text is run; otherwise the test above could not fail."""
    from s3prl import hub

    state = torch.load(hubert_pickle, weights_only=True)
    state["model_cfg"]["conv_feature_layers"] = RUN.format(str(tmp_path / "ran"))
    torch.save(state, tmp_path / "bad.pt")
    with pytest.raises(Exception, match="NoneType"):
        hub.hubert_local(str(tmp_path / "bad.pt"))
    assert (tmp_path / "ran").exists()


def test_a_configuration_far_larger_than_its_weights_is_not_built(hubert_file: Path, tmp_path: Path) -> None:
    big = changed(
        hubert_file, tmp_path / "big.safetensors", lambda rest: rest["model_cfg"].update(encoder_ffn_embed_dim=2**34)
    )
    with pytest.raises(SuperbLiteError, match="describes a model that is far larger than its weights"):
        s3prl_encoder(f"hubert_local:{big}")


def test_a_damaged_checkpoint_is_one_line(hubert_file: Path, tmp_path: Path) -> None:
    (tmp_path / "text.safetensors").write_text("hello")
    (tmp_path / "half.safetensors").write_bytes(hubert_file.read_bytes()[: hubert_file.stat().st_size // 2])
    save_file(load_file(hubert_file), tmp_path / "bare.safetensors")
    changed(hubert_file, tmp_path / "less.safetensors", lambda rest: rest.pop("task_cfg"))
    for name in ("text", "half", "bare", "less"):
        with pytest.raises(SuperbLiteError, match=rf"{name}\.safetensors") as caught:
            s3prl_encoder(f"hubert_local:{tmp_path / name}.safetensors")
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("s3prl", "s3prl needs the name of an upstream"),
        ("s3prl:hubrt", "did you mean 'hubert'"),
        ("s3prl:Path", "unknown s3prl upstream 'Path'"),
        ("s3prl:baseline_local:conf.yaml", "cannot be used: it evaluates what a configuration file names as code"),
        ("s3prl:customized_upstream", "cannot be used: it is s3prl's example"),
        ("s3prl:hubert_local", "write s3prl:hubert_local:FILE"),
        ("s3prl:hubert:model.pt", "takes no file"),
        ("s3prl:hubert_local:nowhere.safetensors", r"there is no file 'nowhere\.safetensors'"),
        ("s3prl:hubert_local:nowhere.pt", r"'nowhere\.pt' may be a pickle, which is never loaded: convert"),
        ("s3prl:hf_hubert_custom:folder", "whose weights may be pickles"),
        ("s3prl:hubert_url:https://example.org/x.pt", "unknown s3prl upstream 'hubert_url'"),
        (
            "s3prl:wavlm",
            r"convert s3prl:wavlm --to safetensors --out wavlm\.safetensors`, then s3prl:wavlm_local:wavlm",
        ),
    ],
)
def test_what_is_no_reference_is_one_line(reference: str, words: str) -> None:
    with pytest.raises(SuperbLiteError, match=words) as caught:
        load_encoder(reference)
    assert "\n" not in str(caught.value)


def test_published_weights_are_fetched_by_convert_alone(
    monkeypatch: pytest.MonkeyPatch, hubert_pickle: Path, tmp_path: Path
) -> None:
    fetched: list[str] = []

    def fetch(url: str, destination: Path, *_: Any) -> None:
        fetched.append(url)
        Path(destination).write_bytes(hubert_pickle.read_bytes())

    monkeypatch.setattr("s3prl.util.download._download_dir", tmp_path / "cache")
    monkeypatch.setattr("s3prl.util.download._download_url_to_file", fetch)
    with pytest.raises(SuperbLiteError, match="convert s3prl:hubert "):
        s3prl_encoder("hubert")
    assert not fetched
    convert_pickle(published_file("s3prl:hubert"), tmp_path / "hubert.safetensors")
    assert fetched == ["https://huggingface.co/s3prl/converted_ckpts/resolve/main/hubert_base_ls960.pt"]
    assert len(list(s3prl_encoder(f"hubert_local:{tmp_path / 'hubert.safetensors'}").parameters())) > 10
    with pytest.raises(SuperbLiteError, match="'s3prl:fbank' reads no weights"):
        published_file("s3prl:fbank")


def test_weights_that_cannot_be_fetched_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(**options: Any) -> None:
        raise urllib.error.URLError("Name or service not known")

    monkeypatch.setattr(s3prl_reference, "_upstreams", lambda: {"wavlm": offline})
    with pytest.raises(SuperbLiteError, match=r"'s3prl:wavlm' cannot be fetched.*Name or service not known"):
        published_file("s3prl:wavlm")


def test_a_bad_item_is_an_error_and_never_a_feature(hubert: Encoder) -> None:
    with pytest.raises(BadItemError, match="'1'"):
        hubert.collate([noise(800), np.full(800, np.nan, np.float32)])
