"""Heads that read whole sequences of frozen features: a linear layer, or a BiLSTM (Yang et al. 2021, SUPERB).

Features are standardised with training statistics. Layers that agree in width and length are summed under learned
softmax weights (SUPERB, section 3.2); of layers that do not, one is chosen on validation, like a learning rate.
Features are read batch by batch, so that memory does not grow with the number of items beyond a fixed budget.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from superb_lite.errors import SuperbLiteError
from superb_lite.features import FeatureTable, Progress
from superb_lite.forms import Positions, SequenceForm
from superb_lite.metrics import Prediction, higher_is_better
from superb_lite.objective import step_seed
from superb_lite.problem import Outcome, Problem
from superb_lite.rows import FEATURE_BUDGET
from superb_lite.task import Example


@dataclass(frozen=True)
class SequenceSettings:
    """How a head is trained with Adam.

    learning_rates: the grid of the BiLSTM. linear_rates: that of the linear head, which has further to go in as many
    steps: at 0.01 CTC has not yet learnt that most positions are blank. steps: updates in all; the learning rate falls
    to 0 along a cosine. check: updates from one look at validation to the next. patience: looks in a row without a
    better one before training stops. width: of the BiLSTM, in each direction. clip: the largest norm of a gradient.
    """

    learning_rates: tuple[float, ...] = (1e-3, 1e-2)
    linear_rates: tuple[float, ...] = (1e-2, 1e-1)
    steps: int = 600
    check: int = 60
    patience: int = 4
    batch_size: int = 16
    width: int = 128
    clip: float = 1.0

    def rates(self, head: str) -> tuple[float, ...]:
        """The grid of a head."""
        return self.linear_rates if head == "linear" else self.learning_rates


class SequenceHead(nn.Module):
    """(B, T, L, D) standardised features of L layers -> (B, T, K) outputs.

    kind: "linear", or "bilstm", two layers of `hidden` units in each direction under a linear one (SUPERB's head for
    speech recognition).
    """

    def __init__(self, kind: str, *, layers: int, width: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.layer = nn.Parameter(torch.zeros(layers), requires_grad=layers > 1)
        self.lstm = (
            nn.LSTM(width, hidden, num_layers=2, bidirectional=True, batch_first=True) if kind == "bilstm" else None
        )
        self.linear = nn.Linear(width if self.lstm is None else 2 * hidden, outputs)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        x = torch.einsum("btld,l->btd", x, self.layer.softmax(dim=0))
        if self.lstm is not None:
            # Packed, so that the backward direction does not start in the padding.
            packed = pack_padded_sequence(x, mask.sum(dim=1).cpu(), batch_first=True, enforce_sorted=False)
            x, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True, total_length=x.shape[1])
        outputs: Tensor = self.linear(x)
        return outputs

    def parameter_count(self) -> int:
        """How many parameters are trained."""
        return sum(p.numel() for p in self.parameters() if p.requires_grad)

    def layer_weights(self) -> list[float]:
        """The learned share of each layer."""
        return [round(w, 4) for w in self.layer.softmax(dim=0).tolist()]


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
    equal. Every head is seeded by (seed, grid point), so that the numbers are the same each time.

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
    inputs = _inputs(table, problem) if layer is None else [(layer,)]
    points = [(layers, rate) for layers in inputs for rate in settings.rates(head)]
    sign = 1 if higher_is_better(problem.task.metrics) else -1
    outcomes = []
    for number, seed in enumerate(problem.seeds):
        data = _Data(table, problem, form, number)
        best: _Trained | None = None
        for point, (layers, rate) in enumerate(points):
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(step_seed(seed, point))
                trained = _train(data, layers, head, rate, settings)
            if trained is not None and (best is None or trained.rating > best.rating):
                best = trained
            if progress is not None:
                progress(number * len(points) + point + 1, len(problem.seeds) * len(points))
        if best is None:
            raise SuperbLiteError(f"task '{problem.task.name}': training a head diverged at every learning rate")
        chosen = {
            "learning_rate": best.learning_rate,
            "step": best.step,
            "validation_score": round(sign * best.rating[0], 4),
            "validation_loss": round(-best.rating[1], 4),
            "layers": best.head.layer_weights() if len(best.layers) > 1 else best.layers[0],
            "too_short": sum(
                form.too_short(table.count(problem.keys(e)[0], best.layers[0]), e) for e in problem.labels_of(number)
            ),
        }
        predictions, _ = data.apply(best.head, best.layers, problem.test, settings.batch_size)
        outcomes.append(Outcome(seed, predictions, chosen, {"encoder": 0, "head": best.head.parameter_count()}))
    return outcomes


def _inputs(table: FeatureTable, problem: Problem) -> list[tuple[int, ...]]:
    """The layers that a head reads: all of them, or each alone where they differ in width or length."""
    layers = tuple(range(table.depth))
    keys = {problem.keys(e)[0] for e in problem.examples().values()}
    alike = len(set(table.widths)) == 1 and all(len({table.count(key, n) for n in layers}) == 1 for key in keys)
    return [layers] if alike else [(n,) for n in layers]


@dataclass(frozen=True)
class _Trained:
    """A head at its best step. rating: (rating, -loss) on validation."""

    head: SequenceHead
    layers: tuple[int, ...]
    learning_rate: float
    step: int
    rating: tuple[float, float]


def _train(data: _Data, layers: tuple[int, ...], kind: str, rate: float, settings: SequenceSettings) -> _Trained | None:
    """Train one head; returns it at its best step, None where it diverges before the first look."""
    problem, train, validation = data.problem, data.train, data.validation
    head = SequenceHead(
        kind,
        layers=len(layers),
        width=data.table.widths[layers[0]],
        hidden=settings.width,
        outputs=data.form.outputs(problem.task),
    )
    optimizer = torch.optim.Adam(head.parameters(), lr=rate, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, settings.steps)
    batches = _endless([data.length(e, layers) for e in train], settings.batch_size)
    best: _Trained | None = None
    for step in range(1, settings.steps + 1):
        examples = [train[i] for i in next(batches)]
        x, positions = data.batch(examples, layers)
        loss = data.form.loss(head(x, positions.mask), positions, examples, problem.task)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(head.parameters(), settings.clip)
        optimizer.step()
        schedule.step()
        if step % settings.check and step != settings.steps:
            continue
        predictions, validation_loss = data.apply(head, layers, validation, settings.batch_size, with_loss=True)
        if not math.isfinite(validation_loss):
            break  # diverged: nothing after it would be better
        rating = (problem.rating(predictions, validation), -validation_loss)
        if best is None or rating > best.rating:
            best = _Trained(copy.deepcopy(head), layers, rate, step, rating)
        elif step - best.step >= settings.patience * settings.check:
            break
    return best


class _Data:
    """What one seed trains on and is scored on, read from the table by batches.

    As many items as `FEATURE_BUDGET` has room for are kept in memory once they were read.
    """

    def __init__(self, table: FeatureTable, problem: Problem, form: SequenceForm, seed: int) -> None:
        self.table, self.problem, self.form = table, problem, form
        self.train, self.validation = problem.train[seed], problem.validation[seed]
        keys = dict.fromkeys(problem.keys(e)[0] for e in self.train)
        self._kept: dict[tuple[str, tuple[int, ...]], tuple[Tensor, Tensor, Tensor, Tensor]] = {}
        self._room = FEATURE_BUDGET
        self._moments = [_moments(table.stack([key], n) for key in keys) for n in range(table.depth)]

    def length(self, example: Example, layers: tuple[int, ...]) -> int:
        """How many positions an example has."""
        return self.table.count(self.problem.keys(example)[0], layers[0])

    def batch(self, examples: Sequence[Example], layers: tuple[int, ...]) -> tuple[Tensor, Positions]:
        """(B, T, L, D) standardised features, zeros on padding, and where their positions lie."""
        found = [self._read(self.problem.keys(e)[0], layers) for e in examples]
        x, spans, segment, window = ([row[n] for row in found] for n in range(4))
        return pad_sequence(x, batch_first=True), pad_positions(spans, segment, window)

    def _read(self, key: str, layers: tuple[int, ...]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """(T, L, D) standardised features of one item, its spans, segment and window."""
        if (key, layers) in self._kept:
            return self._kept[key, layers]
        item, first = self.table.item(key), layers[0]
        x = torch.stack([(item.layers[n] - self._moments[n][0]) / self._moments[n][1] for n in layers], dim=1)
        found = x, item.spans[first], item.segment[first], item.window[first]
        size = sum(tensor.nbytes for tensor in found)
        if size <= self._room:
            self._kept[key, layers] = found
            self._room -= size
        return found

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


def pad_positions(spans: Sequence[Tensor], segment: Sequence[Tensor], window: Sequence[Tensor]) -> Positions:
    """The positions of several sequences, (T, 2), (T,) and (T,) each, as one padded batch."""
    return Positions(
        mask=pad_sequence([torch.ones_like(s, dtype=torch.bool) for s in segment], batch_first=True),
        spans=pad_sequence(list(spans), batch_first=True),
        segment=pad_sequence(list(segment), batch_first=True),
        window=pad_sequence(list(window), batch_first=True),
    )


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


def length_batches(lengths: Sequence[int], size: int) -> list[list[int]]:
    """Random batches of indices in which items are of similar length, so that little of a batch is padding.

    Within each random group of four batches the items are sorted by length.
    """
    order = torch.randperm(len(lengths))
    batches = [
        part.tolist()
        for group in order.split(4 * size)
        for part in torch.tensor(sorted(group.tolist(), key=lambda i: lengths[i])).split(size)
    ]
    return [batches[i] for i in torch.randperm(len(batches)).tolist()]


def _endless(lengths: Sequence[int], size: int) -> Iterator[list[int]]:
    while True:
        yield from length_batches(lengths, size)


def _moments(chunks: Iterator[Tensor]) -> tuple[Tensor, Tensor]:
    """(D,) mean and standard deviation of the rows of (n, D) chunks, merged chunk by chunk (Chan et al. 1979)."""
    count, mean, squares = 0, torch.zeros(()), torch.zeros(())
    for chunk in chunks:
        x = chunk.double()
        n = len(x)
        gap = x.mean(dim=0) - mean
        squares = squares + x.var(dim=0, correction=0) * n + gap.square() * (count * n / (count + n))
        mean = mean + gap * (n / (count + n))
        count += n
    std = (squares / count).sqrt().float()
    # A feature that never varies in training says nothing; dividing by a tiny number would only amplify noise.
    return mean.float(), torch.where(std > 1e-6, std, torch.ones_like(std))
