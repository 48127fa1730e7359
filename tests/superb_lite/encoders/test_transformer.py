import math

import numpy as np
import pytest
import torch
from torch.nn import functional

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


PLAIN = {**CONFIG.__dict__, "relative": False}


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("post_norm", [False, True])
def test_without_a_bias_attention_has_a_mask_only_where_something_is_hidden(causal, post_norm, monkeypatch):
    given, attention = [], functional.scaled_dot_product_attention

    def watched(q, k, v, mask=None, dropout=0.0, *, is_causal=False):
        given.append((None if mask is None else (mask.dtype, tuple(mask.shape)), is_causal))
        return attention(q, k, v, mask, dropout, is_causal=is_causal)

    monkeypatch.setattr(functional, "scaled_dot_product_attention", watched)
    model = Transformer(TransformerConfig(**{**PLAIN, "causal": causal, "post_norm": post_norm}))
    x, everything = torch.randn(2, 5, 8), torch.ones(2, 5, dtype=torch.bool)
    bare, masked = model(x, None), model(x, everything)
    assert given == [(None, causal)] * 2 + [((torch.bool, (2, 1, 5, 5)), False)] * 2
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(bare, masked, strict=True))
    cut = model(x[:, :3], None)[-1]
    assert torch.allclose(bare[-1][:, :3], cut, atol=1e-6) == causal


def test_a_block_with_norms_after_the_sums_is_that_of_torch():
    """An independent implementation, with dropout that is off."""
    model = Transformer(TransformerConfig(**{**PLAIN, "layers": 1, "post_norm": True, "dropout": 0.5})).eval()
    ours = model.blocks[0]
    theirs = torch.nn.TransformerEncoderLayer(8, 2, 12, activation="gelu", batch_first=True).eval()
    pairs = [
        (theirs.self_attn.in_proj_weight, ours.attention.qkv.weight),
        (theirs.self_attn.in_proj_bias, ours.attention.qkv.bias),
        (theirs.self_attn.out_proj.weight, ours.attention.out.weight),
        (theirs.linear1.weight, ours.mlp[0].weight),
        (theirs.linear1.bias, ours.mlp[0].bias),
        (theirs.linear2.weight, ours.mlp[2].weight),
        (theirs.linear2.bias, ours.mlp[2].bias),
    ]
    with torch.no_grad():
        for to, source in pairs:
            to.copy_(source)
    x = torch.randn(2, 5, 8)
    mask = torch.tensor([[True] * 5, [True] * 3 + [False] * 2])
    expected = theirs(x, src_key_padding_mask=~mask)
    assert torch.allclose(model(x, mask)[-1][mask], expected[mask], atol=1e-5)


@pytest.mark.parametrize("relative", [False, True])
def test_checkpointing_gives_the_same_gradients_and_keeps_less(relative):
    x, mask = torch.randn(2, 5, 8), torch.ones(2, 5, dtype=torch.bool)
    found, kept = [], []
    for checkpointing in (False, True):
        torch.manual_seed(0)
        model = Transformer(
            TransformerConfig(
                **{**CONFIG.__dict__, "relative": relative, "dropout": 0.3, "checkpointing": checkpointing}
            )
        )
        saved = []
        with torch.autograd.graph.saved_tensors_hooks(lambda t, saved=saved: saved.append(t.numel()) or t, lambda t: t):
            loss = model(x, mask)[-1].square().sum()
        loss.backward()
        found.append([p.grad for p in model.parameters()])
        kept.append(sum(saved))
    assert all(torch.equal(a, b) for a, b in zip(*found, strict=True))
    assert kept[1] < kept[0] / 3


@pytest.mark.parametrize(("factor", "share"), [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)])
def test_outputs_are_scaled_and_nothing_else(factor, share):
    torch.manual_seed(0)
    model = Transformer(CONFIG)
    before = {name: parameter.clone() for name, parameter in model.named_parameters()}
    model.scale_outputs(factor)
    for name, parameter in model.named_parameters():
        scaled = name.endswith((".attention.out.weight", ".mlp.2.weight"))
        assert torch.equal(parameter, before[name] * (share if scaled else 1))


@pytest.mark.parametrize("wrong", [{"dropout": 1.0}, {"dropout": -0.1}, {"init_std": 0.0}, {"layers": 0}])
def test_wrong_numbers_are_named(wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=f"{name} .*: it must be"):
        TransformerConfig(**wrong)
