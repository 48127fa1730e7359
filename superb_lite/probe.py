"""Linear heads on frozen features, many at once.

Each problem (an evaluation seed x a grid point) is multinomial logistic regression on standardised features with a
softmax-weighted sum over layers (Peters et al. 2018, ELMo, equation 1; SUPERB, Yang et al. 2021, section 3.2). All
problems are trained together as one batched computation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class ProbeSettings:
    """The grid and the training of a probe. weight_decays: coefficients of |W|^2 / 2 in the mean loss."""

    learning_rates: tuple[float, ...] = (1e-2, 1e-1)
    weight_decays: tuple[float, ...] = (1e-3, 1e-2, 1e-1, 1.0)
    steps: int = 300
    batch_size: int = 128


@dataclass(frozen=True)
class Heads:
    """S x G trained heads. mean, std: (S, L, D); layer: (S, G, L) logits; weight: (S, G, D, C); bias: (S, G, C)."""

    mean: Tensor
    std: Tensor
    layer: Tensor
    weight: Tensor
    bias: Tensor

    def logits(self, x: Tensor, seed: int) -> Tensor:
        """(N, L, D) features -> (G, N, C) logits of the heads of one seed."""
        inputs = _standardise(x, self.mean[seed], self.std[seed])[None]
        return _logits(inputs, self.layer[seed][None], self.weight[seed][None], self.bias[seed][None])[0]

    def parameters(self) -> int:
        """How many parameters one head has, the weights of the layers included where there are layers to mix."""
        layers = self.layer.shape[-1]
        return self.weight[0, 0].numel() + self.bias[0, 0].numel() + (layers if layers > 1 else 0)

    def layer_weights(self, seed: int, point: int) -> list[float]:
        """The learned share of each layer."""
        return [round(w, 4) for w in self.layer[seed, point].softmax(-1).tolist()]


def _standardise(x: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    return (x - mean) / std


def _logits(x: Tensor, layer: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """(S, N, L, D) features, (S, G, L) layer logits, (S, G, D, C) weights, (S, G, C) biases -> (S, G, N, C)."""
    s, g, d, c = weight.shape
    if x.shape[2] == 1:
        # Without layers to mix the heads of a seed share their input, so that one wide product serves them all.
        wide = x[:, :, 0] @ weight.transpose(1, 2).reshape(s, d, g * c)
        product = wide.view(s, -1, g, c).transpose(1, 2)
    else:
        product = torch.einsum("snld,sgl->sgnd", x, layer.softmax(-1)) @ weight
    return product + bias[:, :, None]


def train_heads(
    x: Tensor,
    y: Tensor,
    rows: Sequence[Tensor],
    *,
    classes: int,
    learning_rate: Tensor,
    weight_decay: Tensor,
    steps: int,
    batch_size: int,
    seeds: Sequence[int],
) -> Heads:
    """Train S x G heads.

    x: (R, L, D) features; y: (R,) classes; rows: for each of S seeds the rows it trains on. learning_rate,
    weight_decay: (S, G). Batches are drawn epoch by epoch from each seed's own permutation.
    """
    s, g = learning_rate.shape
    mean = torch.stack([x[r].mean(dim=0) for r in rows])
    std = torch.stack([x[r].std(dim=0, correction=0) for r in rows])
    # A feature that never varies in training says nothing; dividing by a tiny number would only amplify noise.
    std = torch.where(std > 1e-6, std, torch.ones_like(std))

    # Adam's update does not depend on the scale of the gradient, so a parameter written as rate * v and trained at
    # learning rate 1 moves as if it were trained at `rate`: one optimiser serves all learning rates.
    rate = learning_rate
    v_weight = torch.zeros(s, g, x.shape[2], classes, requires_grad=True)
    v_bias = torch.zeros(s, g, classes, requires_grad=True)
    v_layer = torch.zeros(s, g, x.shape[1], requires_grad=True)
    optimizer = torch.optim.Adam([v_weight, v_bias, v_layer], lr=1.0, eps=1e-12, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)

    size = min(batch_size, *(len(r) for r in rows))
    batches = [_batches(r, size, seed) for r, seed in zip(rows, seeds, strict=True)]
    for _ in range(steps):
        index = torch.stack([next(b) for b in batches])  # (S, N)
        inputs = _standardise(x[index], mean[:, None], std[:, None])
        weight = rate[..., None, None] * v_weight
        logits = _logits(inputs, rate[..., None] * v_layer, weight, rate[..., None] * v_bias)
        target = y[index][:, None].expand(s, g, size)
        loss = F.cross_entropy(logits.reshape(-1, classes), target.reshape(-1), reduction="sum") / size
        loss = loss + 0.5 * (weight_decay * weight.square().sum(dim=(2, 3))).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        trained = rate[..., None] * v_layer, rate[..., None, None] * v_weight, rate[..., None] * v_bias
    return Heads(mean, std, *trained)


def _batches(rows: Tensor, size: int, seed: int) -> Iterator[Tensor]:
    """Endless batches of `size` rows: epoch after epoch of a seeded permutation, no row left out."""
    generator = torch.Generator().manual_seed(seed)
    queue = rows[:0]
    while True:
        while len(queue) < size:
            queue = torch.cat([queue, rows[torch.randperm(len(rows), generator=generator)]])
        yield queue[:size]
        queue = queue[size:]
