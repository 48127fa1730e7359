"""Texts as windows of tokens of a tokeniser of the library `transformers`.

A text that is longer than a window is read in several that overlap by a quarter, so that every token is read with
context on both sides (Devlin et al. 2019, BERT, section 4.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from superb_lite.encoders.encoder import Batch
from superb_lite.errors import SuperbLiteError
from superb_lite.surrogates import without_surrogates
from superb_lite.tasks.labels import Item
from superb_lite_text.tokenizer import Span, Tokens
from superb_lite_text.windows import NOWHERE, Row, Template, cut, pad_rows

OVERLAP = 4
"""Windows overlap by one token in so many."""

_WORD_START = "▁"  # SentencePiece's mark of a space, which it also puts before a text that begins with none


class TokenWindows:
    """Cuts texts and pairs of texts into rows of at most `size` tokens.

    Args:
        tokenizer: a fast tokeniser of `transformers`.
        size: special tokens included.

    Raises:
        SuperbLiteError: a window has no room for two texts and their special tokens.
    """

    def __init__(self, tokenizer: Any, size: int) -> None:
        self.tokenizer = tokenizer
        self.size = size
        self._templates = tuple(_template(tokenizer, texts) for texts in (1, 2))
        if size < self._templates[1].size + 2:
            raise SuperbLiteError(f"a model of {size} positions has no room for two texts and their special tokens")
        known = (tokenizer.unk_token_id, tokenizer.eos_token_id, tokenizer.bos_token_id, tokenizer.pad_token_id)
        self._nothing = next((token for token in known if token is not None), 0)

    def rows(self, item: str | tuple[str, str]) -> list[Row]:
        """The rows of a text, or of a pair.

        Of a pair, the text that takes more than its half of a row is cut, usually the second. Where both do, windows
        of the one that has fewer are repeated with those of the other.
        """
        texts = [self.read(text) for text in ((item,) if isinstance(item, str) else item)]
        template = self._templates[len(texts) - 1]
        room = self.size - template.size
        if len(texts) == 1:
            return [template.fill([window]) for window in cut(texts[0], room, room // OVERLAP)]
        lengths = [len(text) for text in texts]
        first = lengths[0] if lengths[0] <= room // 2 else max(room // 2, room - lengths[1])
        parts = [
            cut(text, size, size // OVERLAP)
            for text, size in zip(texts, (first, room - min(first, lengths[0])), strict=True)
        ]
        return [template.fill([part[n % len(part)] for part in parts]) for n in range(max(map(len, parts)))]

    def batch(self, items: Sequence[Item]) -> tuple[Batch, list[Row]]:
        """What `pad_rows` makes of the rows of items, with `attention`, 1 on the tokens of a row; and the rows."""
        rows = [(number, row) for number, item in enumerate(items) for row in self.rows(item)]
        batch = pad_rows(rows)
        length = torch.tensor([len(row.token) for _, row in rows])
        batch["attention"] = (torch.arange(batch["token"].shape[1]) < length[:, None]).long()
        return batch, [row for _, row in rows]

    def read(self, text: str) -> Tokens:
        """The tokens of a whole text, without special ones. There is at least one, and at least one covers something.

        A tokeniser may drop all of a text (control characters, say); one token then stands for the whole of it: [UNK],
        or whatever the tokeniser has in its place.
        """
        made = self.tokenizer(
            [without_surrogates(text)], add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        ids = list(made["input_ids"][0]) or [self._nothing]
        marks = made.tokens(0)
        spans = [covered(text, mark, *span) for mark, span in zip(marks, made["offset_mapping"][0], strict=True)]
        if not any(start < end for start, end in spans):
            spans = [(0, len(text))] * len(ids)
        return Tokens(ids, spans)

    def ending(self, ids: list[int], size: int) -> list[int]:
        """The last tokens of a text, as many as go into `size` with the special ones around them."""
        template = self._templates[0]
        kept = ids[max(0, len(ids) + template.size - size) :]
        return template.fill([Tokens(kept, [NOWHERE] * len(kept))]).token or [self._nothing]

    def leading(self) -> list[int]:
        """The special tokens that the tokeniser puts before a text."""
        return [token for token, _ in self._templates[0].around[0]]


def covered(text: str, mark: str, start: int, end: int) -> Span:
    """The characters [start, end) that a token says it covers, without white space at their ends.

    Tokenisers differ in whether the space before a word counts, and one that stands for a space alone covers nothing.
    mark: the token as the vocabulary writes it.
    """
    if set(mark) == {_WORD_START} and _WORD_START not in text[start:end]:
        return NOWHERE  # the mark before the first word claims its first character
    inside = text[start:end]
    start += len(inside) - len(inside.lstrip())
    return (start, start + len(inside.strip())) if inside.strip() else NOWHERE


def _template(tokenizer: Any, texts: int) -> Template:
    """What the tokeniser puts around texts, read off an example."""
    named = (tokenizer.unk_token, tokenizer.eos_token, tokenizer.bos_token, tokenizer.pad_token)
    for word in ("a", *(token for token in named if token)):
        if alone := len(tokenizer([word], add_special_tokens=False)["input_ids"][0]):
            break
    else:
        raise SuperbLiteError("the tokeniser makes no token of anything: it knows no [UNK] and no letters")
    columns = tokenizer(*[[word]] * texts, return_special_tokens_mask=True, return_token_type_ids=True)
    ids, mask, types = (columns[key][0] for key in ("input_ids", "special_tokens_mask", "token_type_ids"))
    around: list[list[tuple[int, int]]] = [[] for _ in range(texts + 1)]
    of_text, seen = [0] * texts, 0
    for token, special, kind in zip(ids, mask, types, strict=True):
        if special:
            around[-(-seen // alone)].append((token, kind))
        else:
            of_text[seen // alone] = kind
            seen += 1
    return Template(tuple(map(tuple, around)), tuple(of_text))
