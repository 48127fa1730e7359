"""Encoders with a linear head on top, to be trained together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from superb_lite.encoders.encoder import Encoder, Features
from superb_lite.errors import SuperbLiteError
from superb_lite.features.batches import to_device
from superb_lite.features.pooling import pool_grid, pool_summary, pool_units
from superb_lite.features.sequences import pad_positions
from superb_lite.forms import Form, Positions, RowForm, SequenceForm
from superb_lite.heads.problem import Problem
from superb_lite.heads.sequence_heads import decode
from superb_lite.metrics import Prediction
from superb_lite.tasks.labels import Example, Item

BATCH = 32
"""Examples in one forward pass outside training."""


class JointModel(nn.Module, ABC):
    """An encoder, trained in place, and a head of its last layer. seed: the number of the evaluation seed."""

    head: nn.Linear

    def __init__(self, encoder: Encoder, problem: Problem) -> None:
        super().__init__()
        self.encoder = encoder
        self.problem = problem
        self.pairs = encoder.pairs
        """Whether two items are encoded as one."""

    @abstractmethod
    def loss(self, examples: Sequence[Example]) -> Tensor:
        """Mean loss of a batch."""

    @abstractmethod
    def weight(self, example: Example) -> int:
        """How much an example counts in a mean of losses."""

    @abstractmethod
    def decide(self, examples: Sequence[Example]) -> dict[str, Prediction]:
        """The predictions of a batch. Raises `SuperbLiteError` for outputs that are not finite."""

    def length(self, example: Example) -> int:
        """Relative cost of an example."""
        return sum(self.encoder.length(item) for item in self._items([example]))

    @torch.no_grad()
    def mean_loss(self, examples: Sequence[Example]) -> float:
        """Mean loss in evaluation mode."""
        self.eval()
        total, count = 0.0, 0
        for start in range(0, len(examples), BATCH):
            part = examples[start : start + BATCH]
            weight = sum(self.weight(e) for e in part)
            total += float(self.loss(part)) * weight
            count += weight
        return total / count

    @torch.no_grad()
    def predict(self, examples: Sequence[Example]) -> dict[str, Prediction]:
        """Predictions in evaluation mode, batched by length."""
        self.eval()
        order = sorted(examples, key=lambda e: (self.length(e), e.id))
        predictions = {}
        for start in range(0, len(order), BATCH):
            predictions.update(self.decide(order[start : start + BATCH]))
        return predictions

    def _items(self, examples: Sequence[Example]) -> list[Item]:
        """What is encoded: all first items, then all second ones, or each pair as one."""
        data = self.problem.data.items
        if self.pairs and len(examples[0].items) == 2:
            return [(data[e.items[0]], data[e.items[1]]) for e in examples]
        return [data[e.items[place]] for place in range(len(examples[0].items)) for e in examples]

    def _encode(self, examples: Sequence[Example]) -> tuple[Features, int]:
        """Features of the items of a batch, and how many items there are."""
        items = self._items(examples)
        features: Features = self.encoder(to_device(self.encoder.collate(items), self.encoder.device))
        return features, len(items)

    def _check_finite(self, outputs: Tensor, example: Example) -> None:
        if not bool(torch.isfinite(outputs).all()):
            raise SuperbLiteError(f"the fine-tuned model is not finite for item '{example.items[0]}'")


class RowModel(JointModel):
    """A head on the encoder's summary (else the mean of its last layer), on [u, v, |u - v|, u * v] of two, or on units.

    Two items are encoded as one where the encoder takes pairs and has a summary. Without one, as after masked language
    modelling alone, what the two have to do with each other would be lost in the mean over both.

    Where the form asks for places, it reads the last layer's quarters instead; where it asks for stretches of the
    items, the means of the last layer over these, of each item by itself.

    Numbers are learnt standardised, by the training examples of the seed.
    """

    def __init__(self, encoder: Encoder, problem: Problem, form: RowForm, seed: int) -> None:
        super().__init__(encoder, problem)
        self.form = form
        self.pairs = self.pairs and form.view(problem.train[seed][0]).kind == "mean"
        train = problem.train[seed]
        self.mean, self.std = 0.0, 1.0
        if form.link == "identity":
            values = torch.tensor([t for e in train for t in form.targets(e)], dtype=torch.float64)
            self.mean, self.std = float(values.mean()), float(values.std(correction=0)) or 1.0
        self.encoder.eval()
        with torch.no_grad():  # one forward pass tells the width of the head's input
            features, items = self._encode(train[:1])
            if self.pairs and features.summary is None:
                self.pairs = False
                features, items = self._encode(train[:1])
        if form.units(train[0]) is None:
            width = self._pooled(features, items, train[:1]).shape[1] * (4 if items == 2 else 1)
        else:
            width = features.layers[-1].shape[-1]
        self.head = nn.Linear(width, form.outputs(problem.task), device=encoder.device)

    def _outputs(self, examples: Sequence[Example]) -> list[Tensor]:
        """(rows of the example, K) for each example."""
        features, items = self._encode(examples)
        units = [self.form.units(e) for e in examples]
        if units[0] is not None:
            spans = [torch.tensor(u, dtype=torch.long) for u in units]
            return [self.head(x) for x in pool_units(features, spans)[-1]]
        pooled = self._pooled(features, items, examples)
        if items == 2 * len(examples):
            u, v = pooled.chunk(2)
            pooled = torch.cat([u, v, (u - v).abs(), u * v], dim=1)
        return list(self.head(pooled)[:, None])

    def _pooled(self, features: Features, items: int, examples: Sequence[Example]) -> Tensor:
        """(items, D): one vector an item, as the form views it."""
        views = [self.form.views(example) for example in examples]
        kind = views[0][0].kind
        if kind == "units":
            stretches = [torch.tensor(of[place].units) for place in range(len(views[0])) for of in views]
            return torch.cat(pool_units(features, stretches)[-1])
        return pool_grid(features, items)[-1] if kind == "grid" else pool_summary(features, items)

    def weight(self, example: Example) -> int:
        return len(self.form.targets(example))

    def loss(self, examples: Sequence[Example]) -> Tensor:
        outputs = torch.cat(self._outputs(examples))
        targets = torch.tensor([t for e in examples for t in self.form.targets(e)], device=outputs.device)
        if self.form.link == "softmax":
            return F.cross_entropy(outputs, targets)
        return F.mse_loss(outputs[:, 0], (targets - self.mean) / self.std)

    def decide(self, examples: Sequence[Example]) -> dict[str, Prediction]:
        predictions = {}
        for example, outputs in zip(examples, self._outputs(examples), strict=True):
            self._check_finite(outputs, example)
            if self.form.link == "softmax":
                decided = outputs.argmax(dim=1).tolist()
            else:
                decided = (outputs[:, 0].cpu().double() * self.std + self.mean).tolist()
            predictions[example.id] = self.form.prediction(decided)
        return predictions


class SequenceModel(JointModel):
    """A head on each position, or unit, of the encoder's last layer.

    short: the ids of the examples that `loss` has seen and that have too few positions for their label.
    """

    def __init__(self, encoder: Encoder, problem: Problem, form: SequenceForm, seed: int) -> None:
        super().__init__(encoder, problem)
        self.form = form
        self.short: set[str] = set()
        self.encoder.eval()
        with torch.no_grad():  # one forward pass tells the width of the head's input
            features, _ = self._encode(problem.train[seed][:1])
        width = features.layers[-1].shape[-1]
        self.head = nn.Linear(width, form.outputs(problem.task), device=encoder.device)

    def _outputs(self, examples: Sequence[Example]) -> tuple[Tensor, Positions]:
        """(B, T, K) outputs and where they lie."""
        features, _ = self._encode(examples)
        units = [self.form.units(e) for e in examples]
        if units[0] is not None:
            spans = [torch.tensor(u, dtype=torch.long, device=self.encoder.device) for u in units]
            zeros = [torch.zeros_like(span[:, 0]) for span in spans]
            rows, positions = pool_units(features, spans)[-1], pad_positions(spans, zeros, zeros)
        else:
            rows, positions = _last_layer(features, len(examples))
        return self.head(nn.utils.rnn.pad_sequence(rows, batch_first=True)), positions

    def weight(self, example: Example) -> int:
        return 1

    def loss(self, examples: Sequence[Example]) -> Tensor:
        outputs, positions = self._outputs(examples)
        lengths = positions.mask.sum(dim=1).tolist()
        self.short |= {e.id for n, e in zip(lengths, examples, strict=True) if self.form.too_short(n, e)}
        return self.form.loss(outputs, positions, examples, self.problem.task)

    def decide(self, examples: Sequence[Example]) -> dict[str, Prediction]:
        outputs, positions = self._outputs(examples)
        for row, example in enumerate(examples):
            self._check_finite(outputs[row], example)
        return decode(outputs, positions, examples, self.problem, self.form)


def joint_model(encoder: Encoder, problem: Problem, seed: int) -> JointModel:
    """The model for a problem's form."""
    form: Form = problem.form
    if isinstance(form, RowForm):
        return RowModel(encoder, problem, form, seed)
    if isinstance(form, SequenceForm):
        return SequenceModel(encoder, problem, form, seed)
    raise SuperbLiteError(f"protocol 'finetune' does not go with form '{form.name}'")


def _last_layer(features: Features, items: int) -> tuple[list[Tensor], Positions]:
    """The (T, D) positions of each item that the mask calls real, window after window."""
    last = len(features.layers) - 1
    mask, spans = features.layer_mask(last), features.layer_spans(last)
    if spans is None:
        raise SuperbLiteError("the encoder gives no spans, so only whole items can be scored")
    segment = torch.zeros_like(mask, dtype=torch.long) if features.segment is None else features.segment
    window = torch.zeros_like(features.item)
    for row in range(1, len(window)):
        window[row] = (features.item[:row] == features.item[row]).sum()
    kept = []
    for item in range(items):
        rows = features.item == item
        real = mask[rows]
        kept.append(
            (
                features.layers[last][rows][real],
                spans[rows][real],
                segment[rows][real],
                window[rows][:, None].expand_as(real)[real],
            )
        )
    vectors, *where = ([part[n] for part in kept] for n in range(4))
    return vectors, pad_positions(*where)
