"""Linear heads on frozen features, many at once.

Each problem (an evaluation seed x a grid point) is multinomial logistic regression, or ridge regression, on
standardised features with a softmax-weighted sum over layers (Peters et al. 2018, ELMo, equation 1; SUPERB, Yang et
al. 2021, section 3.2). All problems are trained together as one batched computation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class ProbeSettings:
    """The grid and the training of a probe."""

    learning_rate: float = 1e-1
    """Of Adam, falling to 0 along a cosine. The loss is convex, so that it decides little."""

    weight_decays: tuple[float, ...] = (1e-3, 1e-2, 1e-1, 1.0)
    """The grid: coefficients of |W|^2 / 2 in the mean loss."""

    steps: int = 300
    """Updates, at least."""

    epochs: int = 3
    """Passes over the training rows, at least."""

    batch_size: int = 128
    """Rows in an update."""

    def schedule(self, rows: int) -> int:
        """Updates for so many training rows (examples, or the units of examples)."""
        return max(self.steps, self.epochs * math.ceil(rows / self.batch_size))


ReadRows = Callable[[Tensor], Tensor]
"""(n,) row numbers -> (n, L, D) features. `x.__getitem__` of a tensor is one."""

CHUNK = 8192
"""Rows that are read at a time where all of them are needed."""


@dataclass(frozen=True)
class Heads:
    """Trained heads of S evaluation seeds and G grid points, on L layers of width D, with C outputs."""

    mean: Tensor
    """(S, L, D), of the features that each seed trains on."""
    std: Tensor
    """(S, L, D), their standard deviations."""
    layer: Tensor
    """(S, G, L) logits of the shares of the layers."""
    weight: Tensor
    """(S, G, C, D), of the standardised features."""
    bias: Tensor
    """(S, G, C)."""

    def outputs(self, read: ReadRows, rows: Tensor, seed: int) -> Tensor:
        """(G, N, C) outputs of the heads of one seed for N rows."""
        return torch.cat([self.logits(read(part), seed) for part in rows.split(CHUNK)], dim=1)

    def logits(self, x: Tensor, seed: int) -> Tensor:
        """(N, L, D) features -> (G, N, C) outputs of the heads of one seed."""
        one = slice(seed, seed + 1)
        inputs = _standardise(x, self.mean[seed], self.std[seed])[None]
        products = _Products(inputs, self.layer[one].softmax(dim=2), self.weight[one])
        return (products.logits + self.bias[one, ..., None])[0].transpose(1, 2)

    def parameters(self) -> int:
        """How many parameters one head has, the weights of the layers included where there are layers to mix."""
        layers = self.layer.shape[-1]
        return self.weight[0, 0].numel() + self.bias[0, 0].numel() + (layers if layers > 1 else 0)

    def layer_weights(self, seed: int, point: int) -> list[float]:
        """The learned share of each layer."""
        return [round(w, 4) for w in self.layer[seed, point].softmax(-1).tolist()]


def _standardise(x: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """(N, L, D) features, (L, D) statistics -> (L, N, D)."""
    return ((x - mean) / std).transpose(0, 1).contiguous()


class _Products:
    """The (S, G, C, N) logits, without bias, of (S, L, N, D) inputs, (S, G, L) shares of layers and (S, G, C, D)
    weights; and their gradients, written out, because automatic differentiation spends most of such small steps on
    copies. Rows come last, so that no product has to be transposed and a softmax over few classes runs along rows."""

    def __init__(self, inputs: Tensor, share: Tensor, weight: Tensor) -> None:
        self.inputs, self.share, self.weight = inputs, share, weight
        s, g, c, d = weight.shape
        layers, n = inputs.shape[1:3]
        # Few classes: project every layer, then mix logits. Many: mix the layers, then project once.
        self.project_first = layers == 1 or c <= 16
        if self.project_first:
            wide = weight.view(s, g * c, d) @ inputs.flatten(1, 2).transpose(1, 2)
            self.projected = wide.view(s, g, c, layers, n)
            self.logits = self.projected[:, :, :, 0]
            if layers > 1:
                self.logits = self.logits * share[:, :, None, :1]
                for layer in range(1, layers):
                    self.logits.addcmul_(self.projected[:, :, :, layer], share[:, :, None, layer, None])
        else:
            self.mixed = (share @ inputs.flatten(2)).view(s, g, n, d)
            self.logits = weight @ self.mixed.transpose(2, 3)

    def gradients(self, delta: Tensor) -> tuple[Tensor, Tensor]:
        """Of the weights and of the logits of the shares, for the gradient `delta` of `logits`."""
        s, g, c, d = self.weight.shape
        share = self.share
        if self.inputs.shape[1] == 1:
            of_weight = delta.flatten(1, 2) @ self.inputs[:, 0]
            return of_weight.view(s, g, c, d), torch.zeros_like(share)
        if self.project_first:
            of_projected = delta[:, :, :, None] * share[:, :, None, :, None]
            of_weight = of_projected.view(s, g * c, -1) @ self.inputs.flatten(1, 2)
            of_share = self.projected.mul_(delta[:, :, :, None]).sum(dim=(2, 4))
        else:
            of_weight = delta @ self.mixed
            of_share = (delta.transpose(2, 3) @ self.weight).flatten(2) @ self.inputs.flatten(2).transpose(1, 2)
        return of_weight.view(s, g, c, d), share * (of_share - (share * of_share).sum(dim=2, keepdim=True))


@torch.no_grad()
def train_heads(
    read: ReadRows,
    y: Tensor,
    rows: Sequence[Tensor],
    *,
    classes: int,
    learning_rate: float,
    weight_decay: Tensor,
    steps: int,
    batch_size: int,
    seeds: Sequence[int],
    link: Literal["softmax", "identity"] = "softmax",
) -> Heads:
    """Train S x G heads.

    read: reads the features of rows. y: (S, R) what each of R rows should say, classes or, under the link "identity",
    numbers, for which the mean squared error is minimised. rows: for each of S seeds the rows it trains on. classes:
    outputs of a head. weight_decay: (S, G). Batches are drawn epoch by epoch from each seed's own
    permutation.
    """
    s, g = weight_decay.shape
    mean, std = (torch.stack(t) for t in zip(*(_statistics(read, r) for r in rows), strict=True))
    # A feature that never varies in training says nothing; dividing by a tiny number would only amplify noise.
    std = torch.where(std > 1e-6, std, torch.ones_like(std))

    decay = weight_decay[..., None, None]
    weight = torch.nn.Parameter(mean.new_zeros(s, g, classes, mean.shape[2]))
    bias = torch.nn.Parameter(mean.new_zeros(s, g, classes))
    layer = torch.nn.Parameter(mean.new_zeros(s, g, mean.shape[1]))
    parameters = [weight, bias, layer]
    optimizer = torch.optim.Adam(parameters, lr=learning_rate, eps=1e-12, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)

    size = min(batch_size, *(len(r) for r in rows))
    whole = all(len(r) == size for r in rows)
    draw = _Draw(read, rows, mean, std)
    batches = [_batches(len(r), size, seed, r.device) for r, seed in zip(rows, seeds, strict=True)]
    of_rows = [y[s, r] for s, r in enumerate(rows)]
    minus_one = mean.new_full((s, g, 1, size), -1.0)
    for step in range(steps):
        if step == 0 or not whole:
            places = [next(b) for b in batches]  # (N,) each
            inputs = draw(places)
            target = torch.stack([labels[at] for labels, at in zip(of_rows, places, strict=True)])
            target = target[:, None, None].expand(s, g, 1, size)
        products = _Products(inputs, layer.softmax(dim=2), weight)
        delta = products.logits + bias[..., None]
        if link == "softmax":
            delta = delta.softmax(dim=2).scatter_add_(2, target, minus_one)
        else:
            delta -= target
        # Denormal numbers slow the products tenfold, and differences this small move nothing.
        delta = F.hardshrink(delta, 1e-12).div_(size)
        of_weight, of_layer = products.gradients(delta)
        gradients = of_weight.addcmul_(weight, decay), delta.sum(dim=3), of_layer
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient
        optimizer.step()
        schedule.step()
    return Heads(mean, std, layer.data, weight.data, bias.data)


STANDARDISED_BUDGET = 256 * 2**20
"""Bytes of standardised features that are held in memory; what is larger is standardised batch by batch."""


class _Draw:
    """The standardised features of drawn rows, for all seeds. A row is drawn often, so it is standardised once, if all
    fit in memory.

    rows: of each of S seeds. mean, std: (S, L, D).
    """

    def __init__(self, read: ReadRows, rows: Sequence[Tensor], mean: Tensor, std: Tensor) -> None:
        self.read, self.rows, self.mean, self.std = read, rows, mean, std
        self.held: list[Tensor] | None = None
        if 4 * sum(map(len, rows)) * mean[0].numel() <= STANDARDISED_BUDGET:
            everywhere = [torch.arange(len(r), device=r.device) for r in rows]
            self.held = [self._of(seed, places) for seed, places in enumerate(everywhere)]

    def _of(self, seed: int, places: Tensor) -> Tensor:
        rows = self.rows[seed][places]
        parts = [_standardise(self.read(part), self.mean[seed], self.std[seed]) for part in rows.split(CHUNK)]
        return parts[0] if len(parts) == 1 else torch.cat(parts, dim=1)

    def __call__(self, places: Sequence[Tensor]) -> Tensor:
        """(N,) places among the rows of each seed -> (S, L, N, D)."""
        if self.held is not None:
            drawn = self.mean.new_empty(len(places), self.mean.shape[1], len(places[0]), self.mean.shape[2])
            for held, at, out in zip(self.held, places, drawn, strict=True):
                torch.index_select(held, 1, at, out=out)
            return drawn
        return torch.stack([self._of(seed, at) for seed, at in enumerate(places)])


def _statistics(read: ReadRows, rows: Tensor) -> tuple[Tensor, Tensor]:
    """(L, D) mean and standard deviation over rows, read in chunks."""
    parts = rows.split(CHUNK)
    found = [torch.var_mean(read(part), dim=0, correction=0) for part in parts]
    variances, means = (torch.stack(values).double() for values in zip(*found, strict=True))
    share = means.new_tensor([len(part) / len(rows) for part in parts])[:, None, None]
    mean = (share * means).sum(dim=0)
    variance = (share * (variances + (means - mean).square())).sum(dim=0)
    return mean.float(), variance.sqrt().float()


def _batches(count: int, size: int, seed: int, device: torch.device) -> Iterator[Tensor]:
    """Endless batches of `size` of `count` places: epoch after epoch of a seeded permutation, none left out."""
    generator = torch.Generator().manual_seed(seed)
    queue = torch.empty(0, dtype=torch.long)  # drawn on the CPU, so that they are the same everywhere
    while True:
        while len(queue) < size:
            queue = torch.cat([queue, torch.randperm(count, generator=generator)])
        yield queue[:size].to(device)
        queue = queue[size:]
