"""Heads that read whole sequences of frozen features: a linear layer, a BiLSTM or an LSTM (Yang et al. 2021, SUPERB).

Features are standardised with training statistics. Layers that agree in width and length are summed under learned
softmax weights (SUPERB, section 3.2); of layers that do not, one is chosen on validation, like a learning rate.
Features are read batch by batch, so that memory does not grow with the number of items beyond a fixed budget.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor, nn

from superb_lite.errors import SuperbLiteError
from superb_lite.features.sequences import SequenceData, endless_batches, layer_groups
from superb_lite.features.store import Progress
from superb_lite.features.table import FeatureTable
from superb_lite.forms import Positions, SequenceForm
from superb_lite.heads.problem import Outcome, Problem
from superb_lite.heads.training import Layers, LayerSum, Rating, SequenceSettings, TrainedHead, best_point, train_head
from superb_lite.metrics import Prediction
from superb_lite.tasks.labels import Example


class BiLSTM(nn.Module):
    """Layers that read (B, T, D) rows from both ends: (B, T, 2 * hidden) outputs, arbitrary on padding.

    The outputs of `torch.nn.LSTM(bidirectional=True)` on packed sequences, three to five times as fast on a CPU: there
    a packed sequence is walked through position by position, a padded one is one call. Padding comes last, so the
    forward direction never reads it before a position; for the backward one every row is reversed within its length.
    """

    def __init__(self, width: int, hidden: int, *, layers: int = 2) -> None:
        super().__init__()
        widths = [width] + [2 * hidden] * (layers - 1)
        self.forwards = nn.ModuleList(nn.LSTM(w, hidden, batch_first=True) for w in widths)
        self.backwards = nn.ModuleList(nn.LSTM(w, hidden, batch_first=True) for w in widths)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """mask: (B, T), true on positions, which come before the padding of their row."""
        place = torch.arange(x.shape[1], device=x.device)
        mirrored = torch.where(mask, mask.sum(dim=1, keepdim=True) - 1 - place, place)[:, :, None]
        for ahead, back in zip(self.forwards, self.backwards, strict=True):
            reverse, _ = back(x.gather(1, mirrored.expand_as(x)))
            x = torch.cat([ahead(x)[0], reverse.gather(1, mirrored.expand_as(reverse))], dim=2)
        return x


LSTM_UNITS = 512
"""Of the head "lstm", as in SUPERB's recipe."""


class Forwards(nn.LSTM):
    """One layer that reads (B, T, D) rows forwards: (B, T, hidden). Padding comes last, so that nothing sees it."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__(width, hidden, batch_first=True)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:  # type: ignore[override]
        outputs: Tensor = super().forward(x)[0]
        return outputs


class SequenceHead(nn.Module):
    """(B, T, L, D) standardised features of L layers -> (B, T, K) outputs.

    kind: "linear"; "bilstm", two layers of `hidden` units in each direction under a linear one (SUPERB's head for
    speech recognition); "lstm", one layer of `LSTM_UNITS` that reads forwards (its head for diarisation).
    """

    def __init__(self, kind: str, *, layers: int, width: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.sum = LayerSum(layers)
        self.lstm: nn.Module | None = None
        if kind == "bilstm":
            self.lstm, width = BiLSTM(width, hidden), 2 * hidden
        elif kind == "lstm":
            self.lstm, width = Forwards(width, LSTM_UNITS), LSTM_UNITS
        self.linear = nn.Linear(width, outputs)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        x = self.sum(x)
        if self.lstm is not None:
            x = self.lstm(x, mask)
        outputs: Tensor = self.linear(x)
        return outputs


def fit(
    table: FeatureTable,
    problem: Problem,
    head: str,
    settings: SequenceSettings,
    progress: Progress | None = None,
    *,
    layer: int | None = None,
) -> list[Outcome]:
    """Train and apply heads for every seed.

    The task's score on validation decides between learning rates, layers and looks, and the loss where scores are
    equal.

    Args:
        table: the features under `problem.keys`, with positions or units.
        head: one of the form's heads.
        layer: read this layer only.
        progress: called after each grid point of each seed.

    Raises:
        SuperbLiteError: the head is not one of the form's, or training diverges at every learning rate.
    """
    form = problem.form
    assert isinstance(form, SequenceForm)
    if head not in form.heads:
        known = ", ".join(form.heads)
        raise SuperbLiteError(f"task '{problem.task.name}': form '{form.name}' has no head '{head}' (it has {known})")
    keys = [problem.keys(e)[0] for e in problem.examples().values()]
    inputs = layer_groups(table, keys) if layer is None else [(layer,)]
    points = [(layers, rate) for layers in inputs for rate in settings.rates(head)]
    outcomes = []
    for number, seed in enumerate(problem.seeds):
        data = _Data(table, problem, form, number)
        best = best_point(problem, number, points, partial(_train, data, head, settings), progress)
        chosen = {
            "learning_rate": best.learning_rate,
            "step": best.step,
            "validation_score": round(problem.signed(best.rating[0]), 4),
            "validation_loss": round(-best.rating[1], 4),
            "layers": best.head.sum.shares() if len(best.layers) > 1 else best.layers[0],
            "too_short": sum(
                form.too_short(table.count(problem.keys(e)[0], best.layers[0]), e) for e in problem.labels_of(number)
            ),
        }
        predictions, _ = data.apply(best.head, best.layers, problem.test, settings.batch_size)
        outcomes.append(Outcome(seed, predictions, chosen, {"encoder": 0, "head": best.parameters}))
    return outcomes


def _train(
    data: _Data, kind: str, settings: SequenceSettings, layers: Layers, rate: float
) -> TrainedHead[SequenceHead] | None:
    problem, train, validation = data.problem, data.train, data.validation
    head = SequenceHead(
        kind,
        layers=len(layers),
        width=data.sequences.table.widths[layers[0]],
        hidden=settings.width,
        outputs=data.form.outputs(problem.task),
    )
    batches = endless_batches([data.length(e, layers) for e in train], settings.batch_size)

    def loss() -> Tensor:
        examples = [train[i] for i in next(batches)]
        x, positions = data.batch(examples, layers)
        return data.form.loss(head(x, positions.mask), positions, examples, problem.task)

    def rating() -> Rating | None:
        predictions, of_validation = data.apply(head, layers, validation, settings.batch_size, with_loss=True)
        return (problem.rating(predictions, validation), -of_validation) if math.isfinite(of_validation) else None

    return train_head(head, kind, layers, rate, settings, examples=len(train), loss=loss, validate=rating)


class _Data:
    """What one seed trains on and is scored on."""

    def __init__(self, table: FeatureTable, problem: Problem, form: SequenceForm, seed: int) -> None:
        self.problem, self.form = problem, form
        self.train, self.validation = problem.train[seed], problem.validation[seed]
        self.sequences = SequenceData(table, (problem.keys(e)[0] for e in self.train))

    def length(self, example: Example, layers: Sequence[int]) -> int:
        """How many positions an example has."""
        return self.sequences.length(self.problem.keys(example)[0], layers)

    def batch(self, examples: Sequence[Example], layers: tuple[int, ...]) -> tuple[Tensor, Positions]:
        """(B, T, L, D) standardised features, zeros on padding, and where their positions lie."""
        return self.sequences.batch([self.problem.keys(e)[0] for e in examples], layers)

    @torch.no_grad()
    def apply(
        self,
        head: SequenceHead,
        layers: tuple[int, ...],
        examples: Sequence[Example],
        batch_size: int,
        *,
        with_loss: bool = False,
    ) -> tuple[dict[str, Prediction], float]:
        """The predictions for examples and, where it is asked for, their mean loss."""
        order = sorted(examples, key=lambda e: (self.length(e, layers), e.id))
        predictions, total = {}, 0.0
        for start in range(0, len(order), batch_size):
            part = order[start : start + batch_size]
            x, positions = self.batch(part, layers)
            outputs = head(x, positions.mask)
            if with_loss:
                total += len(part) * float(self.form.loss(outputs, positions, part, self.problem.task))
            predictions.update(decode(outputs, positions, part, self.problem, self.form))
        return predictions, total / len(order)


def decode(
    outputs: Tensor, positions: Positions, examples: Sequence[Example], problem: Problem, form: SequenceForm
) -> dict[str, Prediction]:
    """The predictions of a padded batch, by example id. outputs: (B, T, K)."""
    predictions = {}
    for row, example in enumerate(examples):
        mask = positions.mask[row]
        alone = Positions(
            mask=mask[mask][None],
            spans=positions.spans[row, mask][None],
            segment=positions.segment[row, mask][None],
            window=positions.window[row, mask][None],
        )
        predictions[example.id] = form.prediction(outputs[row, mask], alone, example, problem.task, problem.data.items)
    return predictions
