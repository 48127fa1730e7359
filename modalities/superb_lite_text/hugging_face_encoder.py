"""Models of the library `transformers` as encoders: bidirectional ones, decoders, and the encoder half of both."""

from __future__ import annotations

import importlib.metadata
import inspect
import json
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.encoders.masked import MaskedTokens, Span
from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Item
from superb_lite_text.likelihood import CausalRequests, Seq2SeqRequests
from superb_lite_text.masked_prediction import predict_masked
from superb_lite_text.token_windows import TokenWindows

WINDOW = 512
"""Tokens in a row, where the model takes as many: what most encoders were trained on, and what memory has room for."""


class HuggingFaceEncoder(Encoder):
    """A bidirectional encoder, or the encoder of an encoder-decoder; layers are hidden states, the embeddings first.

    The summary is the last layer at [CLS], where the tokeniser has one and the model is not an encoder-decoder.

    Args:
        model: a `transformers.PreTrainedModel`.
        tokenizer: its fast tokeniser.
        window: the longest row in tokens; None: what the model takes, at most `WINDOW`.
    """

    modality: ClassVar[str | None] = "text"
    pairs: ClassVar[bool] = True

    def __init__(self, model: Any, tokenizer: Any, *, window: int | None = None) -> None:
        super().__init__()
        if "add_pooling_layer" in inspect.signature(type(model).__init__).parameters:
            # The summary is what the pooler reads. Checkpoints of masked language models have none, and a random one
            # would be counted, hashed and trained.
            model.pooler = None
        # A tokeniser file may switch on truncation or padding, which would cut texts without a word.
        tokenizer.backend_tokenizer.no_truncation()
        tokenizer.backend_tokenizer.no_padding()
        self.model = model
        self.limit = positions(model, tokenizer)
        self.windows = TokenWindows(tokenizer, min(window or WINDOW, self.limit))
        self._config = {"model": _plain_config(model), "tokenizer": tokenizer.backend_tokenizer.to_str()}
        self._typed = (getattr(model.config, "type_vocab_size", None) or 0) > 1
        self._summary_token = None if model.config.is_encoder_decoder else tokenizer.cls_token_id

    def config(self) -> dict[str, Any]:
        # The versions as well: the code of the model and of the tokeniser is theirs, and decides what comes out.
        versions = {name: importlib.metadata.version(name) for name in ("transformers", "tokenizers")}
        return {**self._config, "window": self.windows.size, **versions}

    @property
    def token_embedding(self) -> nn.Embedding:
        """See `Lexical`. Raises `SuperbLiteError` for a model whose tokens have no table of their own."""
        found = self.model.get_input_embeddings()
        if not isinstance(found, nn.Embedding):
            raise SuperbLiteError(f"{type(self.model).__name__} has no table of token embeddings")
        return found

    def words(self) -> tuple[str, ...]:
        """See `Lexical`."""
        tokenizer = self.windows.tokenizer
        special = set(tokenizer.all_special_ids)
        written = {
            number: tokenizer.decode([number]).strip()
            for number in sorted(tokenizer.get_vocab().values())
            if number not in special and number < self.token_embedding.num_embeddings
        }
        spelt = {number: word for number, word in written.items() if word.isalpha()}
        ids = tokenizer([f" {word} {word}" for word in spelt.values()], add_special_tokens=False)["input_ids"]
        return tuple(
            word for (number, word), found in zip(spelt.items(), ids, strict=True) if found == [number, number]
        )

    def redrawn(self) -> Self:
        """See `Lexical`."""
        made = type(self)(type(self.model)(self.model.config), self.windows.tokenizer, window=self.windows.size)
        made.code, made.untrained = self.code, True
        return made.eval()

    def length(self, item: Item) -> int:
        return sum(map(len, item)) if isinstance(item, tuple) else len(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        batch, rows = self.windows.batch(items)
        summary = [self._summary(row.token) for row in rows]
        if None not in summary:
            batch["summary"] = torch.tensor(summary)
        return batch

    def forward(self, batch: Batch) -> Features:
        types = {"token_type_ids": batch["type"]} if self._typed else {}
        output = body(self.model)(
            input_ids=batch["token"], attention_mask=batch["attention"], output_hidden_states=True, **types
        )
        layers = getattr(output, "hidden_states", None)
        if layers is None:
            raise SuperbLiteError(f"{type(self.model).__name__} gives no hidden states")
        at = batch.get("summary")
        return Features(
            layers=tuple(layers),
            mask=batch["span"][..., 0] < batch["span"][..., 1],
            item=batch["item"],
            spans=batch["span"],
            segment=batch["segment"],
            summary=None if at is None else layers[-1][torch.arange(len(at), device=at.device), at],
        )

    def _summary(self, token: list[int]) -> int | None:
        """The position whose last layer sums up a row."""
        return token.index(self._summary_token) if self._summary_token in token else None


class HuggingFaceMaskedLanguageModel(HuggingFaceEncoder):
    """A bidirectional encoder with the head that predicts masked tokens; features are those without the head."""

    def __init__(self, model: Any, tokenizer: Any, *, window: int | None = None) -> None:
        super().__init__(model, tokenizer, window=window)
        inside = {id(parameter) for parameter in body(model).parameters()}
        self.without_features = tuple(name for name, p in self.named_parameters() if id(p) not in inside)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """See `MaskedLanguageModel`. Ids that the tokeniser does not know are empty."""
        known = {number: token for token, number in self.windows.tokenizer.get_vocab().items()}
        return tuple(known.get(number, "") for number in range(self.model.config.vocab_size))

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """See `MaskedLanguageModel`."""
        return [self.windows.read(text).ids for text in texts]

    @torch.no_grad()
    def predict_masked(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[MaskedTokens]:
        """See `MaskedLanguageModel`."""
        mask = self.windows.tokenizer.mask_token_id
        if mask is None:
            raise SuperbLiteError(f"the tokeniser of this {type(self.model).__name__} has no mask token")
        return predict_masked(texts, spans, self.collate(texts), mask=mask, scores=self._scores)

    def _scores(self, batch: Batch, row: Tensor, position: Tensor) -> Tensor:
        """(M, V) scores of tokens at (M,) rows and positions of a batch."""
        there = {name: batch[name].to(self.device) for name in ("token", "attention", "type")}
        types = {"token_type_ids": there["type"]} if self._typed else {}
        logits: Tensor = self.model(input_ids=there["token"], attention_mask=there["attention"], **types).logits
        return logits[row, position]


class HuggingFaceDecoder(HuggingFaceEncoder):
    """A decoder: no position knows what follows it, so the last one sums up the row."""

    pairs: ClassVar[bool] = False

    def _summary(self, token: list[int]) -> int | None:
        return len(token) - 1


class HuggingFaceLanguageModel(HuggingFaceDecoder):
    """A decoder with the head that predicts the next token."""

    @torch.no_grad()
    def log_likelihood(self, contexts: Sequence[str], continuations: Sequence[str]) -> Tensor:
        """(N,) see `Generative`, and `superb_lite_text.likelihood` for what a continuation is."""
        return CausalRequests(self.model, self.windows, self.limit).log_likelihood(contexts, continuations)

    def reads_whole(self, contexts: Sequence[str], continuations: Sequence[str]) -> list[bool]:
        """See `Windowed`."""
        return CausalRequests(self.model, self.windows, self.limit).reads_whole(contexts, continuations)


class HuggingFaceSeq2Seq(HuggingFaceEncoder):
    """An encoder-decoder with a head: features are those of the encoder, and the decoder continues what it has read."""

    @torch.no_grad()
    def log_likelihood(self, contexts: Sequence[str], continuations: Sequence[str]) -> Tensor:
        """(N,) see `Generative`. The encoder reads the context, the decoder the continuation."""
        return Seq2SeqRequests(self.model, self.windows, self.limit).log_likelihood(contexts, continuations)


def body(model: Any) -> Any:
    """The part of a model that turns tokens into hidden states: no head, and of an encoder-decoder the encoder."""
    return model.get_encoder() if model.config.is_encoder_decoder else model.base_model


def positions(model: Any, tokenizer: Any) -> int:
    """How many tokens the model takes at once, special ones included; a huge number where nothing says."""
    limit: int = min(getattr(model.config, "max_position_embeddings", None) or 10**9, tokenizer.model_max_length)
    for name, module in model.named_modules():
        # RoBERTa and its kin count positions from the number after padding's.
        if name.endswith("position_embeddings") and isinstance(module, nn.Embedding) and module.padding_idx is not None:
            limit = min(limit, module.num_embeddings - module.padding_idx - 1)
    return limit


def is_causal(model: Any) -> bool:
    """Whether what the model says at a position is independent of the tokens after it, found by trying."""
    token = torch.tensor([[1, 2, 3], [1, 2, 4]], device=model.device) % model.get_input_embeddings().num_embeddings
    with torch.no_grad():
        before = body(model)(input_ids=token, attention_mask=torch.ones_like(token)).last_hidden_state[:, :2]
    return bool(torch.allclose(before[0], before[1], rtol=0.0, atol=1e-5 * float(before.abs().max())))


def _plain_config(model: Any) -> dict[str, Any]:
    """The model's configuration without where it lay and what wrote it."""
    config = json.loads(model.config.to_json_string(use_diff=False))
    return {key: value for key, value in config.items() if not key.startswith("_") and key != "transformers_version"}
