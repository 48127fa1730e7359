"""The tokeniser: Chinese characters one by one, other words in word pieces (Devlin et al. 2019, section 3).

The work is done by the `tokenizers` library. A tokeniser is plain JSON, so that a checkpoint holds its own.
"""

from __future__ import annotations

import heapq
import itertools
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from superb_lite.errors import SuperbLiteError
from superb_lite.surrogates import without_surrogates

SENTINELS = tuple(f"[X{number}]" for number in range(16))
"""What stands for a span that was taken out (Raffel et al. 2020, T5, section 3.1.4)."""
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *SENTINELS)
PAD, UNK, CLS, SEP, MASK = range(5)
FIRST_SENTINEL = 5
ORDINARY = len(SPECIAL)
"""The first id that is not a special token's."""

_CONTINUES = "##"
_SUBSTITUTE = "\u2426"


Span = tuple[int, int]
"""Half-open, in characters of the raw text; an empty one covers nothing."""


@dataclass(frozen=True)
class Tokens:
    """A text without special tokens.

    Attributes:
        ids: of its tokens.
        spans: the characters [start, end) that each of them covers.
    """

    ids: list[int]
    spans: list[Span]

    def __len__(self) -> int:
        return len(self.ids)


class TextTokenizer:
    """Text -> tokens and back.

    specification: the JSON of a tokeniser, as `train_tokenizer` makes it and as a checkpoint keeps it.
    Raises ValueError for a specification that the library cannot read, or whose special tokens are others.
    """

    def __init__(self, specification: Mapping[str, Any]) -> None:
        try:
            self.specification = dict(specification)
            self._tokenizer: Tokenizer = Tokenizer.from_str(self.to_json())
        except Exception as error:  # the library raises Exception itself
            raise ValueError(f"no tokeniser: {error}") from None
        if [self._tokenizer.token_to_id(token) for token in SPECIAL] != list(range(ORDINARY)):
            raise ValueError(f"no tokeniser of this version: its first {ORDINARY} tokens are not {SPECIAL[:5]}, ...")

    def to_json(self) -> str:
        """The specification as the `tokenizers` library writes it."""
        return json.dumps(self.specification)

    def __len__(self) -> int:
        return self._tokenizer.get_vocab_size()

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Every token, in the order of ids."""
        known = self._tokenizer.get_vocab()
        return tuple(sorted(known, key=known.__getitem__))

    def continues(self) -> list[bool]:
        """For each id: is it a word piece that goes on with the word before it?"""
        return [token.startswith(_CONTINUES) for token in self.vocabulary]

    def filled(self, size: int) -> TextTokenizer:
        """The same with tokens [unused0], [unused1], ... that no text has, so that there are `size`.

        Raises `SuperbLiteError` where there are more.
        """
        if len(self) > size:
            raise SuperbLiteError(f"--data.vocabulary {size}: the tokeniser of this corpus has {len(self)} tokens")
        model = self.specification["model"]
        unused = {f"[unused{n}]": len(self) + n for n in range(size - len(self))}
        return TextTokenizer({**self.specification, "model": {**model, "vocab": {**model["vocab"], **unused}}})

    def encode(self, texts: Sequence[str]) -> list[Tokens]:
        """The tokens of each text, without special ones; [UNK] for what the vocabulary cannot spell.

        Half of a surrogate pair, which is not a character, counts as one unknown character.
        """
        found = self._tokenizer.encode_batch([_clean(text) for text in texts], add_special_tokens=False)
        return [
            # Something has to stand for a text of nothing but invisible characters.
            Tokens(one.ids, one.offsets) if one.ids or not text else Tokens([UNK], [(0, len(text))])
            for one, text in zip(found, texts, strict=True)
        ]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ordinary tokens. Chinese is written without spaces, and so is what follows an opening mark."""
        vocabulary = self.vocabulary
        text = ""
        for i in ids:
            piece = vocabulary[i]
            if piece.startswith(_CONTINUES):
                text += piece.removeprefix(_CONTINUES)
            elif text and _spaced(text[-1], piece[0]):
                text += f" {piece}"
            else:
                text += piece
        return text


def _clean(text: str) -> str:
    """The text without halves of surrogate pairs, which no encoding has; of the same length."""
    return without_surrogates(text, _SUBSTITUTE)


_CHINESE = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"


def _spaced(before: str, after: str) -> bool:
    """Whether a space belongs between two tokens."""
    return not re.match(f"[{_CHINESE}]", before + after[:0]) and not re.match(f"[{_CHINESE}.,;:!?)\\]'”’]", after)


def train_tokenizer(
    texts: Sequence[str], *, merges: int = 4000, at_least: int = 5, vocabulary: int | None = None
) -> dict[str, Any]:
    """The tokeniser of a corpus, as the JSON that `TextTokenizer` takes.

    Characters that occur `at_least` times are the alphabet (all of them in a corpus where none does); `word_pieces`
    adds up to `merges` longer ones, or as many as there is room for in a `vocabulary` of so many tokens.

    Raises `SuperbLiteError` for a vocabulary that has not room for the characters.
    """
    # Case is kept, since names have it; nothing is stripped, so that every token knows the characters it covers.
    normalizer = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=False, lowercase=False
    )
    splitter = pre_tokenizers.BertPreTokenizer()
    words = Counter(
        word for text in texts for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(_clean(text)))
    )
    characters: Counter[str] = Counter()
    for word, count in words.items():
        for character in word:
            characters[character] += count
    kept = {c: n for c, n in characters.items() if n >= at_least} or characters
    alphabet = sorted(kept, key=lambda c: (-kept[c], c))
    spelt = {word: count for word, count in words.items() if len(word) > 1 and kept.keys() >= set(word)}
    inside = sorted({character for word in spelt for character in word[1:]})
    characters_of = dict.fromkeys([*SPECIAL, *alphabet, *(_CONTINUES + c for c in inside)])
    if vocabulary is not None:
        merges = vocabulary - len(characters_of)
        if merges < 0:
            raise SuperbLiteError(
                f"--data.vocabulary {vocabulary}: this corpus has {len(characters_of)} characters and special tokens"
            )
    tokens = [*characters_of, *word_pieces(spelt, merges, at_least)]
    numbers = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    tokenizer = Tokenizer(models.WordPiece(vocab=numbers, unk_token=SPECIAL[UNK], continuing_subword_prefix=_CONTINUES))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = splitter
    specification: dict[str, Any] = json.loads(tokenizer.to_str())
    return specification


def word_pieces(words: Mapping[str, int], merges: int, at_least: int) -> list[str]:
    """Pieces made by merging the most frequent pair of neighbours, again and again (Sennrich et al. 2016, sec. 3.2).

    words: how often each word occurs. Stops after `merges`, or when no pair occurs `at_least` times. Of pairs that are
    equally frequent the alphabetically first is merged: the library's own trainer leaves that to chance, so that two
    runs disagree.
    """
    pieces = {word: [word[0], *(_CONTINUES + c for c in word[1:])] for word in words}
    counts: Counter[tuple[str, str]] = Counter()
    holders: dict[tuple[str, str], set[str]] = {}
    for word in words:
        _count(word, 1, pieces, words, counts, holders)
    queue = [(-count, pair) for pair, count in counts.items()]
    heapq.heapify(queue)
    made: list[str] = []
    while queue and len(made) < merges:
        negative, pair = heapq.heappop(queue)
        if -negative != counts[pair]:
            continue  # its count has changed since, and the new one is in the queue as well
        if counts[pair] < at_least:
            break
        merged = pair[0] + pair[1].removeprefix(_CONTINUES)
        made.append(merged)
        touched: set[tuple[str, str]] = set()
        for word in sorted(holders.pop(pair)):
            touched |= _count(word, -1, pieces, words, counts, holders)
            pieces[word] = _merge(pieces[word], pair, merged)
            touched |= _count(word, 1, pieces, words, counts, holders)
        for other in touched - {pair}:
            heapq.heappush(queue, (-counts[other], other))
    return made


def _count(
    word: str,
    sign: int,
    pieces: Mapping[str, list[str]],
    words: Mapping[str, int],
    counts: Counter[tuple[str, str]],
    holders: dict[tuple[str, str], set[str]],
) -> set[tuple[str, str]]:
    """Add the pairs of a word to the counts, or take them away; returns them."""
    pairs = list(itertools.pairwise(pieces[word]))
    for pair in pairs:
        counts[pair] += sign * words[word]
        if sign > 0:
            holders.setdefault(pair, set()).add(word)
    return set(pairs)


def _merge(pieces: Sequence[str], pair: tuple[str, str], merged: str) -> list[str]:
    """The pieces of a word after every occurrence of a pair, from the left, has become one."""
    out: list[str] = []
    for piece in pieces:
        if out and (out[-1], piece) == pair:
            out[-1] = merged
        else:
            out.append(piece)
    return out
