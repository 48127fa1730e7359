import math

import numpy as np
import pytest
import torch

from superb_lite.encoders.transformer import Attention, RelativePositionBias, Transformer, TransformerConfig

CONFIG = TransformerConfig(layers=2, width=8, heads=2, hidden=12, max_distance=3)


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def slow_attention(x, attention, position, mask, *, causal=False):
    """One query, one head and one key at a time. x: (T, D), mask: (T,)."""
    length, width = x.shape
    depth = width // attention.heads
    weight, bias = attention.qkv.weight.detach().numpy(), attention.qkv.bias.detach().numpy()
    q, k, v = np.split(x @ weight.T + bias, 3, axis=1)
    table, reach = position.bias.detach().numpy(), position.max_distance
    out = np.zeros((length, width))
    for head in range(attention.heads):
        part = slice(head * depth, (head + 1) * depth)
        for i in range(length):
            seen = [j for j in range(length) if (mask[j] or j == i) and (j <= i or not causal)]
            logits = [
                q[i, part] @ k[j, part] / math.sqrt(depth) + table[head, max(-reach, min(reach, j - i)) + reach]
                for j in seen
            ]
            share = np.exp(logits - np.max(logits))
            out[i, part] = sum(s * v[j, part] for s, j in zip(share / share.sum(), seen, strict=True))
    return out @ attention.out.weight.detach().numpy().T + attention.out.bias.detach().numpy()


@pytest.mark.parametrize("causal", [False, True])
def test_attention_is_that_of_a_slow_loop(causal):
    model = Transformer(TransformerConfig(**{**CONFIG.__dict__, "layers": 1, "causal": causal, "init_std": 0.5}))
    torch.nn.init.normal_(model.position.bias)
    x = torch.randn(2, 7, 8)
    mask = torch.ones(2, 7, dtype=torch.bool)
    mask[1, 4:] = False
    seen = {}
    model.blocks[0].attention.register_forward_hook(lambda module, inputs, output: seen.update(x=inputs[0], y=output))
    model(x, mask)
    for row in range(2):
        expected = slow_attention(
            seen["x"][row].detach().numpy(),
            model.blocks[0].attention,
            model.position,
            mask[row].tolist(),
            causal=causal,
        )
        assert seen["y"][row].detach().numpy() == pytest.approx(expected, abs=1e-5)


def test_the_bias_depends_on_the_clipped_distance_alone():
    position = RelativePositionBias(heads=4, max_distance=2)
    torch.nn.init.normal_(position.bias)
    found = position(6, 6)
    for i in range(6):
        for j in range(6):
            assert torch.equal(found[:, i, j], position.bias[:, max(-2, min(2, j - i)) + 2])


def test_heads_start_as_previous_next_local_and_global():
    shares = RelativePositionBias(heads=4, max_distance=8)(9, 9).softmax(dim=-1)[:, 4]
    assert shares[0].argmax() == 3
    assert shares[1].argmax() == 5
    assert shares[2].argmax() == 4
    assert torch.allclose(shares[3], torch.full((9,), 1 / 9))


def test_a_layer_is_pre_norm_residual_attention_then_feed_forward():
    model = Transformer(CONFIG)
    x, mask = torch.randn(1, 5, 8), torch.ones(1, 5, dtype=torch.bool)
    layers = model(x, mask)
    assert len(layers) == 3
    assert torch.equal(layers[0], x)
    bias = model.position(5, 5)[None]
    block = model.blocks[0]
    between = x + block.attention(block.norm1(x), bias)
    assert torch.allclose(layers[1], between + block.mlp(block.norm2(between)), atol=1e-6)
    last = layers[-1]
    assert torch.allclose(last.mean(dim=-1), torch.zeros(1, 5), atol=1e-6)


def test_a_causal_transformer_sees_nothing_later():
    model = Transformer(TransformerConfig(**{**CONFIG.__dict__, "causal": True}))
    x, mask = torch.randn(1, 6, 8), torch.ones(1, 6, dtype=torch.bool)
    changed = x.clone()
    changed[0, 4:] = torch.randn(2, 8)
    a, b = model(x, mask)[-1], model(changed, mask)[-1]
    assert torch.equal(a[0, :4], b[0, :4])
    assert not torch.allclose(a[0, 4:], b[0, 4:])
    both = Transformer(CONFIG)
    assert not torch.allclose(both(x, mask)[-1][0, :4], both(changed, mask)[-1][0, :4])


def test_padding_changes_nothing_and_a_row_of_padding_is_finite():
    model = Transformer(CONFIG)
    x = torch.randn(2, 6, 8)
    mask = torch.zeros(2, 6, dtype=torch.bool)
    mask[0, :4] = True
    alone = model(x[:1, :4], mask[:1, :4])
    padded = model(x, mask)
    for a, b in zip(alone, padded, strict=True):
        assert torch.allclose(a[0], b[0, :4], atol=1e-6)
        assert bool(torch.isfinite(b).all())


def test_width_must_be_a_multiple_of_heads():
    with pytest.raises(ValueError, match="width 10 is not a multiple of heads 4"):
        Transformer(TransformerConfig(width=10, heads=4))


def test_attention_keeps_the_shape():
    assert Attention(CONFIG)(torch.zeros(3, 5, 8), torch.zeros(3, 2, 5, 5)).shape == (3, 5, 8)
