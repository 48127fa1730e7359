"""span: the stretch of a document that answers a question (extractive question answering).

The item is a pair (question, document). Every document that is asked about holds an answer: questions without one are
out of scope.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

import torch
from torch import Tensor

from superb_lite.errors import SuperbLiteError
from superb_lite.forms.base import POSITIONS, Constant, Positions, SequenceForm, View
from superb_lite.metrics import Prediction
from superb_lite.tasks.labels import Answer, Diarization, Example, Item, TaskData
from superb_lite.tasks.task import Task


class Span(SequenceForm):
    """A score for each position as the first and as the last of the answer (Devlin et al. 2019, BERT, section 4.2).

    Only positions of the document compete, those of all windows with each other (the shared normalisation of Clark and
    Gardner 2018, section 3.2), so that scores of different windows compare.

    max_length: the longest answer that is looked for, in characters.
    """

    name: ClassVar[str] = "span"
    predicts: ClassVar[str] = "answer"

    def __init__(self, max_length: int = 128) -> None:
        self.max_length = max_length

    def view(self, example: Example) -> View:
        return POSITIONS

    def check(self, example: Example, task: Task, items: Mapping[str, Item]) -> None:
        item = items[example.items[0]]
        if not isinstance(item, tuple) or [type(part) for part in item] != [str, str]:
            raise self.refuse(example, task, "needs a pair (question, document) of texts as its item")
        answers = _answers(example)
        if not answers or answers != example.label:
            raise self.refuse(example, task, "needs a tuple of answers as its label, as its form is 'span'")
        document = item[1]
        for start, end, text in answers:
            if type(start) is not int or type(end) is not int:
                raise self.refuse(example, task, f"has an answer at [{start!r}, {end!r}), which are not ints")
            if not 0 <= start < end <= len(document):
                raise self.refuse(
                    example, task, f"has the answer [{start}, {end}), outside its document ({len(document)} characters)"
                )
            if document[start:end] != text:
                found = document[start:end]
                raise self.refuse(example, task, f"has the answer '{text}', but '{found}' stands at [{start}, {end})")

    def outputs(self, task: Task) -> int:
        return 2

    def constants(self, task: Task, data: TaskData) -> Sequence[Constant]:
        def whole(example: Example) -> Prediction:
            document = data.items[example.items[0]][1]
            return Answer(0, len(document), document)

        return [Constant.of("an empty answer", Answer(0, 0, "")), Constant("the whole document", whole)]

    def loss(self, outputs: Tensor, positions: Positions, examples: Sequence[Example], task: Task) -> Tensor:
        """Mean over start and end of -log of the probability that all right positions have together.

        Right are the positions of any answer, in every window that holds the answer whole.
        """
        document = _document(positions)
        return _loss(outputs, document, _right(positions, document, examples))

    def prediction(
        self, outputs: Tensor, positions: Positions, example: Example, task: Task, items: Mapping[str, Item]
    ) -> Prediction:
        document = _document(positions)[0]
        best, start, end = -torch.inf, 0, 0
        for window in positions.window[0][document].unique():
            index = torch.nonzero(document & (positions.window[0] == window))[:, 0]
            spans = positions.spans[0, index]
            scores = outputs[index, 0][:, None] + outputs[index, 1][None, :]  # (first, last)
            length = spans[None, :, 1] - spans[:, None, 0]
            allowed = (length <= self.max_length) & (length > 0)
            # A single position is an answer however long it is: something has to be.
            alone = torch.eye(len(index), dtype=torch.bool, device=index.device)
            allowed = torch.ones_like(allowed).triu() & (allowed | alone)
            scores = scores.masked_fill(~allowed, -torch.inf)
            first, last = divmod(int(scores.argmax()), len(index))
            if float(scores[first, last]) > best:
                best, start, end = float(scores[first, last]), int(spans[first, 0]), int(spans[last, 1])
        return Answer(start, end, items[example.items[0]][1][start:end])

    def words(self, prediction: Prediction, example: Example, task: Task, items: Mapping[str, Item]) -> str:
        # What was read back from a file is a plain tuple (start, end, text).
        return str(prediction[2]) if isinstance(prediction, tuple) else str(prediction)

    def label_words(self, example: Example, task: Task, items: Mapping[str, Item]) -> str:
        return " / ".join(dict.fromkeys(answer.text for answer in _answers(example)))


def _answers(example: Example) -> tuple[Answer, ...]:
    label = example.label
    if not isinstance(label, tuple) or isinstance(label, Diarization):
        return ()
    return tuple(answer for answer in label if isinstance(answer, Answer))


def _loss(outputs: Tensor, document: Tensor, right: Tensor) -> Tensor:
    """outputs, right: (B, T, 2); document: (B, T)."""
    log_share = outputs.masked_fill(~document[..., None], -torch.inf).log_softmax(dim=1)
    return -log_share.masked_fill(~right, -torch.inf).logsumexp(dim=1).mean()


def _document(positions: Positions) -> Tensor:
    """(B, T) bool: the positions of the second text. Raises `SuperbLiteError` where an example has none."""
    document = positions.mask & (positions.segment == 1)
    if not bool(document.any(dim=1).all()):
        raise SuperbLiteError(
            "the encoder's features mark no position as the second text of a pair (Features.segment), so that there is "
            "nothing an answer could be found in"
        )
    return document


def _right(positions: Positions, document: Tensor, examples: Sequence[Example]) -> Tensor:
    """(B, T, 2) bool: where answers start and end."""
    answers = [(row, answer) for row, example in enumerate(examples) for answer in _answers(example)]
    device = document.device
    rows = torch.tensor([row for row, _ in answers], device=device)  # (A,)
    first = torch.tensor([answer.start for _, answer in answers], device=device)
    last = torch.tensor([answer.end - 1 for _, answer in answers], device=device)
    spans, window, document = positions.spans[rows], positions.window[rows], document[rows]
    starts, ends = _nearest(first, spans, document), _nearest(last, spans, document)  # (A, T)
    # whole: (A, T), the position's window has both ends. One that no window has so is learnt from where its ends are.
    count = cast(int, window.max().item()) + 1
    windows = torch.zeros(len(answers), 2, count, dtype=torch.long, device=device)
    windows[:, 0].scatter_reduce_(1, window, starts.long(), "amax")
    windows[:, 1].scatter_reduce_(1, window, ends.long(), "amax")
    whole = windows.amin(dim=1).gather(1, window).bool()
    whole |= ~whole.any(dim=1, keepdim=True)
    of_answer = torch.stack([starts & whole, ends & whole], dim=-1)
    right = torch.zeros(*positions.mask.shape, 2, dtype=torch.long, device=device)
    return right.index_add_(0, rows, of_answer.long()) > 0


def _nearest(character: Tensor, spans: Tensor, document: Tensor) -> Tensor:
    """(A, T) bool: the positions that cover each of (A,) characters, or else those nearest to it."""
    character = character[:, None]
    distance = torch.maximum(spans[..., 0] - character, character - (spans[..., 1] - 1)).clamp(min=0)
    distance = distance.masked_fill(~document, torch.iinfo(distance.dtype).max)
    return distance == distance.min(dim=1, keepdim=True).values
