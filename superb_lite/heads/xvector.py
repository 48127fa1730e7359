"""x-vectors (Snyder et al. 2018): what tells voices apart is learnt on some voices and compared on others.

A time-delay network reads frozen features, its outputs are pooled into their mean and standard deviation, and an affine
layer makes the embedding. It is trained to tell the training classes apart with the additive margin softmax (Wang et
al. 2018), as SUPERB does (Yang et al. 2021, section 3.3, speaker verification). Two items are as much alike as the
cosine of their embeddings.

On few voices a network can learn to overlook what tells other voices apart: where the cosine of mean features makes
fewer errors on validation, it is taken instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.features.sequences import SequenceData, endless_batches, layer_groups, read_once
from superb_lite.features.store import Progress
from superb_lite.features.table import FeatureTable
from superb_lite.heads.pairs import Scores, as_predictions, best_cosines, cosines_of, items_of, rating_of, validated
from superb_lite.heads.problem import Outcome, Problem
from superb_lite.heads.training import Layers, LayerSum, Rating, SequenceSettings, TrainedHead, best_point, train_head
from superb_lite.tasks.labels import Example

CONTEXTS = ((5, 1), (3, 2), (3, 3), (1, 1), (1, 1))
"""Positions that each layer reads, and how far apart they are (Snyder et al. 2018, table 1)."""

WIDER = 3
"""How much wider the last layer before pooling is: 1500 against 512 units in the paper."""

SCALE, MARGIN = 30.0, 0.4
"""Of the additive margin softmax; SUPERB's."""


class XVector(nn.Module):
    """(B, T, L, D) standardised features of L layers -> (B, E) embeddings.

    Convolutions are padded with zeros to the length of their input, so that an item of any length has an embedding. The
    paper's batch normalisation is left out: it would make what an item gets depend on its batch.
    """

    def __init__(self, *, layers: int, width: int, hidden: int) -> None:
        super().__init__()
        self.sum = LayerSum(layers)
        widths = [width] + [hidden] * (len(CONTEXTS) - 1) + [WIDER * hidden]
        self.delays = nn.ModuleList(
            nn.Conv1d(i, o, size, dilation=apart, padding="same")
            for i, o, (size, apart) in zip(widths, widths[1:], CONTEXTS, strict=False)
        )
        self.embedding = nn.Linear(2 * WIDER * hidden, hidden)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """mask: (B, T), true on positions."""
        real = mask[:, None].float()  # (B, 1, T)
        x = self.sum(x).transpose(1, 2)
        for delay in self.delays:
            x = F.relu(delay(x)) * real  # padding stays zero, as what lies beyond the ends of a row is
        embeddings: Tensor = self.embedding(pool_statistics(x, real))
        return embeddings


def pool_statistics(x: Tensor, real: Tensor) -> Tensor:
    """(B, D, T) -> (B, 2 D): mean and standard deviation over the positions at which `real`, (B, 1, T), is 1."""
    count = real.sum(dim=2)
    mean = (x * real).sum(dim=2) / count
    variance = ((x - mean[:, :, None]) * real).square().sum(dim=2) / count
    return torch.cat([mean, variance.clamp(min=1e-8).sqrt()], dim=1)


def additive_margin_loss(embeddings: Tensor, classes: Tensor, label: Tensor) -> Tensor:
    """Cross entropy of scaled cosines, that of the right class made smaller by the margin (Wang et al. 2018, eq. 6).

    embeddings: (B, E). classes: (C, E), one direction for each class. label: (B,).
    """
    cosine = F.normalize(embeddings, dim=1) @ F.normalize(classes, dim=1).T
    return F.cross_entropy(SCALE * (cosine - MARGIN * F.one_hot(label, len(classes))), label)


def fit(
    table: FeatureTable,
    problem: Problem,
    settings: SequenceSettings,
    progress: Progress | None = None,
    *,
    layer: int | None = None,
) -> list[Outcome]:
    """Train a network for every seed and learning rate; the task's score on validation pairs decides between them and
    between looks, and among equals how far matches lie from the rest. It also decides between the best network and the
    plain cosine (`pairs.best_cosines`).

    table: positions of every item of the labelled and the test examples. layer: read this layer only.

    Raises:
        SuperbLiteError: training diverges at every learning rate.
    """
    items = items_of(list(problem.examples().values()))
    inputs = layer_groups(table, items) if layer is None else [(layer,)]
    points = [(layers, rate) for layers in inputs for rate in settings.learning_rates]
    means = list(zip(*([x.mean(dim=0) for x in layers] for layers in read_once(table, items)), strict=True))
    plain = best_cosines(
        problem, range(table.depth) if layer is None else (layer,), lambda n, keys: torch.stack(means[n])
    )
    outcomes = []
    for number, seed in enumerate(problem.seeds):
        voices, cosine = _Voices(table, problem, number), plain[number]
        best = best_point(problem, number, points, partial(_train, voices, settings), progress)
        if cosine.rating[0] > best.rating[0]:
            chosen = {"head": "cosine", **validated(cosine.rating, problem), "layers": cosine.layer}
            predictions = as_predictions(cosine.test, problem.test)
            outcomes.append(Outcome(seed, predictions, chosen, {"encoder": 0, "head": 0}))
            continue
        chosen = {
            "head": "xvector",
            "learning_rate": best.learning_rate,
            "step": best.step,
            **validated(best.rating, problem),
            "layers": best.head.sum.shares() if len(best.layers) > 1 else best.layers[0],
        }
        predictions = as_predictions(voices.cosines(best.head, best.layers, problem.test, settings), problem.test)
        outcomes.append(Outcome(seed, predictions, chosen, {"encoder": 0, "head": best.parameters}))
    return outcomes


class _Voices:
    """What one seed trains on and chooses by."""

    def __init__(self, table: FeatureTable, problem: Problem, seed: int) -> None:
        self.problem = problem
        self.train, self.validation = problem.train[seed], problem.validation[seed]
        self.sequences = SequenceData(table, (e.items[0] for e in self.train))

    @torch.no_grad()
    def cosines(
        self, network: XVector, layers: tuple[int, ...], pairs: Sequence[Example], settings: SequenceSettings
    ) -> Scores:
        """Of each pair of items."""
        items = sorted(items_of(pairs), key=lambda item: (self.sequences.length(item, layers), item))
        vectors = []
        for start in range(0, len(items), settings.batch_size):
            x, positions = self.sequences.batch(items[start : start + settings.batch_size], layers)
            vectors.append(network(x, positions.mask))
        return cosines_of(torch.cat(vectors), items, pairs)


def _train(voices: _Voices, settings: SequenceSettings, layers: Layers, rate: float) -> TrainedHead[XVector] | None:
    problem, train = voices.problem, voices.train
    network = XVector(layers=len(layers), width=voices.sequences.table.widths[layers[0]], hidden=settings.width)
    classes = nn.Parameter(torch.randn(len(problem.task.labels), settings.width))
    batches = endless_batches([voices.sequences.length(e.items[0], layers) for e in train], settings.batch_size)

    def loss() -> Tensor:
        chosen = [train[i] for i in next(batches)]
        x, positions = voices.sequences.batch([e.items[0] for e in chosen], layers)
        label = torch.tensor([e.label for e in chosen], device=x.device)
        return additive_margin_loss(network(x, positions.mask), classes, label)

    def rating() -> Rating | None:
        scores = voices.cosines(network, layers, voices.validation, settings)
        return rating_of(scores, voices.validation, problem) if np.isfinite(scores).all() else None

    return train_head(
        network, "xvector", layers, rate, settings, examples=len(train), loss=loss, validate=rating, also=[classes]
    )
