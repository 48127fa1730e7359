"""How likely models of the library `transformers` find a continuation of a context.

The tokens of a context are the same whatever follows, so that continuations compare: where the two read as one text
would share a token across their boundary, the continuation is tokenised by itself. Special tokens that begin a text are
read and not scored, and an empty context is the beginning of a text.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from superb_lite.errors import SuperbLiteError
from superb_lite.surrogates import without_surrogates
from superb_lite_text.token_windows import TokenWindows

LOGITS = 2**26
"""How many logits are held at a time."""


class Request(NamedTuple):
    """One continuation after its context, as tokens."""

    token: list[int]
    """What the model reads, then what it should say."""
    scored: int
    """How many of these, from the end, are scored."""
    source: list[int]
    """What an encoder reads beforehand."""


class Requests(ABC):
    """Continuations as tokens, and their likelihoods.

    Args:
        model: with a head that predicts tokens.
        windows: of its tokeniser.
        limit: how many tokens the model takes at once.
    """

    def __init__(self, model: Any, windows: TokenWindows, limit: int) -> None:
        self.model, self.windows, self.limit = model, windows, limit

    @abstractmethod
    def request(self, context: str, continuation: str) -> Request:
        """The tokens of one continuation after its context. Raises `SuperbLiteError` when it is too long."""

    @abstractmethod
    def logits(self, requests: Sequence[Request], token: Tensor, attention: Tensor, first: int) -> Tensor:
        """(B, T - first, V) what the model predicts after each position from `first` on. token, attention: (B, T)."""

    def log_likelihood(self, contexts: Sequence[str], continuations: Sequence[str]) -> Tensor:
        """(N,) sums of the log probabilities of the tokens of each continuation, float64."""
        requests = [self.request(*pair) for pair in zip(contexts, continuations, strict=True)]
        asked = [number for number, request in enumerate(requests) if request.scored]
        found = torch.zeros(len(requests), dtype=torch.float64)  # a continuation without tokens is certain
        # Those with the same number of tokens go together, so that little is padding.
        asked.sort(key=lambda number: (len(requests[number].token), len(requests[number].source)))
        while asked:
            longest = len(requests[asked[-1]].token)
            rows = max(1, LOGITS // (longest * self.model.get_input_embeddings().num_embeddings))
            part, asked = asked[:rows], asked[rows:]
            found[part] = self._score([requests[number] for number in part])
        return found

    def _score(self, requests: Sequence[Request]) -> Tensor:
        token, attention = padded([request.token for request in requests], self.model.device)
        ends = torch.tensor([len(request.token) for request in requests], device=token.device)
        begins = ends - torch.tensor([request.scored for request in requests], device=token.device)
        first = int(begins.min()) - 1
        logits = self.logits(requests, token[:, :-1], attention[:, :-1], first)
        right = token[:, first + 1 :]
        values = logits.float().log_softmax(dim=-1).gather(2, right[..., None])[..., 0]
        place = torch.arange(first + 1, token.shape[1], device=token.device)
        scored = (place >= begins[:, None]) & (place < ends[:, None])
        return torch.where(scored, values, 0.0).cpu().double().sum(dim=1)

    def _ids(self, text: str) -> list[int]:
        made = self.windows.tokenizer([without_surrogates(text)], add_special_tokens=False, verbose=False)
        return list(made["input_ids"][0])

    def _too_long(self, tokens: int) -> SuperbLiteError:
        return SuperbLiteError(f"a continuation of {tokens} tokens is too long for a model that takes {self.limit}")


class CausalRequests(Requests):
    """A decoder reads context and continuation in one go."""

    def request(self, context: str, continuation: str) -> Request:
        tokenizer = self.windows.tokenizer
        before = self._ids(context)
        whole = self._ids(context + continuation)
        after = whole[len(before) :] if whole[: len(before)] == before else self._ids(continuation)
        leading = self.windows.leading()
        if not leading and not before:
            known = (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id)
            leading = [token for token in known if token is not None][:1]
            if not leading:
                raise SuperbLiteError("the tokeniser has no token that begins a text, so no context may be empty")
        # The last token is never read.
        room = self.limit + 1 - len(leading) - len(after)
        if room < (0 if leading else 1):
            raise self._too_long(len(after))
        return Request([*leading, *before[max(0, len(before) - room) :], *after], len(after), [])

    def reads_whole(self, contexts: Sequence[str], continuations: Sequence[str]) -> list[bool]:
        """See `Windowed`."""
        found = []
        for context, continuation in zip(contexts, continuations, strict=True):
            request = self.request(context, continuation)
            found.append(len(request.token) - request.scored >= len(self.windows.leading()) + len(self._ids(context)))
        return found

    def logits(self, requests: Sequence[Request], token: Tensor, attention: Tensor, first: int) -> Tensor:
        if "logits_to_keep" in inspect.signature(self.model.forward).parameters:
            keep = {"logits_to_keep": torch.arange(first, token.shape[1], device=token.device)}
            logits: Tensor = self.model(input_ids=token, attention_mask=attention, **keep).logits
            return logits
        logits = self.model(input_ids=token, attention_mask=attention).logits
        return logits[:, first:]


class Seq2SeqRequests(Requests):
    """An encoder reads the context, and the decoder begins the continuation as a text."""

    def request(self, context: str, continuation: str) -> Request:
        model = self.model
        start = model.config.decoder_start_token_id
        if start is None:
            start = model.generation_config.decoder_start_token_id
        if start is None:
            raise SuperbLiteError(f"{type(model).__name__} does not say which token its decoder starts with")
        # No text begins with the space that a prompt leaves to the answer.
        after = self._ids(continuation.lstrip() or continuation)
        begin = [start, *self.windows.leading()]
        if len(begin) + len(after) > self.limit + 1:
            raise self._too_long(len(after))
        return Request([*begin, *after], len(after), self.windows.ending(self._ids(context), self.limit))

    def logits(self, requests: Sequence[Request], token: Tensor, attention: Tensor, first: int) -> Tensor:
        source, source_attention = padded([request.source for request in requests], token.device)
        logits: Tensor = self.model(
            input_ids=source,
            attention_mask=source_attention,
            decoder_input_ids=token,
            decoder_attention_mask=attention,
        ).logits
        return logits[:, first:]


def padded(rows: Sequence[list[int]], device: torch.device) -> tuple[Tensor, Tensor]:
    """(B, T) tokens, filled up with zeros at the right, and (B, T) 1 where there is one."""
    token = torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)
    ones = [torch.ones(len(row), dtype=torch.long) for row in rows]
    attention = torch.nn.utils.rnn.pad_sequence(ones, batch_first=True)
    return token.to(device), attention.to(device)
