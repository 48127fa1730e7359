"""`s3prl:NAME`: upstreams of s3prl as encoders."""

from __future__ import annotations

import copy
import itertools
import json
import os
import urllib.error
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import BadItemError, SuperbLiteError
from superb_lite_speech import s3prl_upstream
from superb_lite_speech.s3prl_upstream import S3prlEncoder, s3prl_encoder

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
def hubert_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
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
    assert encoder._windows(16_000 * 5 - 1) == [(0, 32_000), (32_000, 79_999)]  # a rest below a second stays


def test_the_content_hash_covers_weights_and_the_options_in_the_file(hubert_file: Path, tmp_path: Path) -> None:
    first = s3prl_encoder(f"hubert_local:{hubert_file}")
    moved = tmp_path / "moved.pt"
    moved.write_bytes(hubert_file.read_bytes())
    assert s3prl_encoder(f"hubert_local:{moved}").content_hash() == first.content_hash()
    state = torch.load(hubert_file, weights_only=True)
    state["task_cfg"]["normalize"] = False
    torch.save(state, tmp_path / "other.pt")
    assert s3prl_encoder(f"hubert_local:{tmp_path / 'other.pt'}").content_hash() != first.content_hash()
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


class Payload:
    """Pickles to a call that leaves a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("name", ["hubert_local", "wavlm_local", "apc_local"])
def test_a_checkpoint_with_code_is_refused_unless_it_is_trusted(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    torch.save({"model": Payload(ran)}, tmp_path / "bad.pt")
    reference = f"{name}:{tmp_path / 'bad.pt'}"
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")  # a person's own setting neither helps nor is lost
    with pytest.raises(SuperbLiteError, match=r"bad\.pt.*--trust-code"):
        s3prl_encoder(reference)
    assert not ran.exists()
    assert os.environ["TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"] == "1"
    assert "TORCH_FORCE_WEIGHTS_ONLY_LOAD" not in os.environ
    # Trusted, it runs, and turns out to be no checkpoint of that upstream.
    with pytest.raises(SuperbLiteError, match=r"bad\.pt' is damaged, or no checkpoint of this upstream"):
        s3prl_encoder(reference, trust_code=True)
    assert ran.exists()


def test_a_damaged_checkpoint_is_one_line(hubert_file: Path, tmp_path: Path) -> None:
    (tmp_path / "text.pt").write_text("hello")
    (tmp_path / "half.pt").write_bytes(hubert_file.read_bytes()[: hubert_file.stat().st_size // 2])
    for name in ("text", "half"):
        with pytest.raises(SuperbLiteError, match=rf"{name}\.pt") as caught:
            s3prl_encoder(f"hubert_local:{tmp_path / name}.pt")
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
        ("s3prl:hubert_local:nowhere.pt", r"there is no file 'nowhere\.pt'"),
    ],
)
def test_what_is_no_reference_is_one_line(reference: str, words: str) -> None:
    with pytest.raises(SuperbLiteError, match=words) as caught:
        load_encoder(reference)
    assert "\n" not in str(caught.value)


def test_weights_that_cannot_be_downloaded_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(**options: Any) -> None:
        raise urllib.error.URLError("Name or service not known")

    monkeypatch.setattr(s3prl_upstream, "_upstreams", lambda: {"wavlm": offline})
    with pytest.raises(SuperbLiteError, match=r"'s3prl:wavlm'.*cannot be fetched.*Name or service not known"):
        load_encoder("s3prl:wavlm")


def test_a_bad_item_is_an_error_and_never_a_feature(hubert: Encoder) -> None:
    with pytest.raises(BadItemError, match="'1'"):
        hubert.collate([noise(800), np.full(800, np.nan, np.float32)])
