"""HubertEncoder: torchaudio's features, whatever an item is batched with."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torchaudio.models import hubert_base, wav2vec2_model

from superb_lite_speech.hubert_encoder import STRIDE, HubertEncoder, positions

SMALL = {"layers": 2, "width": 16, "heads": 2, "hidden": 32, "channels": 8, "kernel": 8, "groups": 2}
BASE = {"layers": 12, "width": 768, "heads": 12, "hidden": 3072, "channels": 512, "kernel": 128, "groups": 16}


def noise(samples: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, samples).astype(np.float32)


@pytest.fixture(scope="module")
def encoder() -> HubertEncoder:
    torch.manual_seed(0)
    return HubertEncoder(**SMALL).eval()


@torch.no_grad()
def test_weights_of_torchaudio_give_torchaudios_features(encoder: HubertEncoder) -> None:
    torch.manual_seed(1)
    theirs = wav2vec2_model(
        extractor_mode="group_norm",
        extractor_conv_layer_config=[(8, 10, 5), *[(8, 3, 2)] * 4, *[(8, 2, 2)] * 2],
        extractor_conv_bias=False,
        encoder_embed_dim=16,
        encoder_projection_dropout=0.1,
        encoder_pos_conv_kernel=8,
        encoder_pos_conv_groups=2,
        encoder_num_layers=2,
        encoder_num_heads=2,
        encoder_attention_dropout=0.1,
        encoder_ff_interm_features=32,
        encoder_ff_interm_dropout=0.0,
        encoder_dropout=0.1,
        encoder_layer_norm_first=False,
        encoder_layer_drop=0.0,
        aux_num_out=None,
    ).eval()
    ours = copy.deepcopy(encoder)
    ours.network.load_state_dict(theirs.state_dict())
    wave = noise(5000)
    features = ours(ours.collate([wave]))
    expected = theirs.extract_features(torch.from_numpy(wave)[None])[0]
    for layer, of_torchaudio in zip(features.layers[1:], expected, strict=True):
        torch.testing.assert_close(layer, of_torchaudio)


def test_base_is_that_of_torchaudio_in_names_shapes_and_number() -> None:
    with FakeTensorMode():
        ours, theirs = HubertEncoder(**BASE), hubert_base()
    shapes = {name: tensor.shape for name, tensor in ours.network.state_dict().items()}
    assert shapes == {name: tensor.shape for name, tensor in theirs.state_dict().items()}
    assert round(sum(p.numel() for p in ours.parameters()) / 1e6) == 94  # "95M", Hsu et al. 2021, table I


@torch.no_grad()
def test_features_do_not_depend_on_the_batch(encoder: HubertEncoder) -> None:
    waves = [noise(samples, seed) for seed, samples in enumerate((400, 5000, 5000, 7219))]
    together = encoder(encoder.collate(waves))
    for row, wave in enumerate(waves):
        alone = encoder(encoder.collate([wave]))
        real = together.mask[row]
        assert int(real.sum()) == positions(len(wave))
        assert torch.equal(together.spans[row][real], alone.spans[0])
        for layer, expected in zip(together.layers, alone.layers, strict=True):
            torch.testing.assert_close(layer[row][real], expected[0])


def test_spans_cover_the_whole_item_in_its_windows() -> None:
    encoder = HubertEncoder(**SMALL, window=2.0).eval()
    batch = encoder.collate([noise(16_000 * 5 + 123)])
    assert batch["samples"].tolist() == [32_000, 32_000, 16_123]
    with torch.no_grad():
        features = encoder(batch)
    spans = features.spans[features.mask]
    assert spans[0, 0] == 0
    assert spans[-1, 1] == 16_000 * 5 + 123
    assert torch.equal(spans[1:, 0], spans[:-1, 1])
    assert int((spans[:, 1] - spans[:, 0] == STRIDE).sum()) == len(spans) - 3  # the last of each row goes to its end


def test_checkpointing_changes_no_gradient(encoder: HubertEncoder) -> None:
    gradients = []
    for checkpointing in (False, True):
        one = HubertEncoder(**SMALL, checkpointing=checkpointing)
        one.load_state_dict(encoder.state_dict())
        one.contextualise(one.embed(one.convolve(torch.from_numpy(noise(4000))[None])))[-1].sum().backward()
        gradients.append([p.grad for p in one.parameters()])
    for plain, again in zip(*gradients, strict=True):
        torch.testing.assert_close(plain, again)


def test_a_step_leaves_layers_out_and_evaluation_none() -> None:
    torch.manual_seed(0)
    encoder = HubertEncoder(**SMALL, layer_drop=0.99)
    embedded = torch.randn(1, 5, 16)
    assert torch.equal(*encoder.contextualise(embedded)[1:])
    assert not torch.equal(*encoder.eval().contextualise(embedded)[1:])


def test_the_positional_convolution_is_drawn_as_fairseq_draws_it() -> None:
    torch.manual_seed(0)
    weight = HubertEncoder(
        **{**SMALL, "width": 128, "kernel": 64}
    ).network.encoder.transformer.pos_conv_embed.conv.weight
    assert float(weight.detach().std()) == pytest.approx((4 / (64 * 128)) ** 0.5, rel=0.02)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dropout": 1.0}, "dropout 1.0 is not"),
        ({"width": 17}, "width 17: heads .2."),
        ({"layer_drop": -1}, "layer_drop"),
    ],
)
def test_arguments_without_sense_are_refused(options: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        HubertEncoder(**{**SMALL, **options})


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda encoder: pickle.loads(pickle.dumps(encoder))])
def test_a_copy_is_the_encoder_and_draws_nothing(encoder: HubertEncoder, copied) -> None:
    encoder.pretraining, encoder.checkpointing = {"seed": 3}, True
    encoder.eval().requires_grad_(False)
    encoder.network.encoder.feature_projection.requires_grad_(True)
    before = torch.get_rng_state()

    made = copied(encoder)

    assert torch.equal(torch.get_rng_state(), before)
    assert made.config() == encoder.config()
    assert (made.pretraining, made.checkpointing, made.training, made.untrained) == ({"seed": 3}, True, False, False)
    state, given = made.state_dict(), encoder.state_dict()
    assert state.keys() == given.keys()
    assert all(torch.equal(state[key], given[key]) and state[key] is not given[key] for key in state)
    trained = [(name, p.requires_grad) for name, p in made.named_parameters()]
    assert trained == [(name, p.requires_grad) for name, p in encoder.named_parameters()]
    batch = encoder.collate([noise(4000)])
    assert torch.equal(made(batch).layers[-1], encoder(batch).layers[-1])
