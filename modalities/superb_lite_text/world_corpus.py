"""Text in several languages that tell of one small world (`superb_lite_sources.world`), without any alignment."""

from __future__ import annotations

import copy
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.corpus import WINDOW, Corpus
from superb_lite.pretraining.packing import pack
from superb_lite_sources import chinese, world
from superb_lite_text.corpus import SPECIAL_TOKENS, cut
from superb_lite_text.kept import Text, kept_texts, kept_tokenizer
from superb_lite_text.pair_corpus import PairCorpus
from superb_lite_text.tokenizer import TextTokenizer, train_tokenizer

SOURCE = "world"
"""As tasks name it (`Task.corpus`)."""

NEWS = "news"
"""What the real Chinese corpus is called beside the languages of the world."""


@functools.cache
def world_tokenizer(news: bool) -> dict[str, Any]:
    """The tokeniser of all languages, whichever are read, so that encoders of one and of all of them compare."""
    real = chinese.corpus() if news else ()

    def make() -> dict[str, Any]:
        documents = [document for language in world.LANGUAGES for document in world.documents(language)]
        return train_tokenizer([*documents, *real], merges=6000, at_least=1)

    # By the code that writes the world, since writing it takes longer than reading what is kept.
    return kept_tokenizer((world.fingerprint(), *real), make)


@functools.cache
def world_texts(language: str, size: int, parallel: bool, news: bool) -> tuple[Text, ...]:
    """The texts of one language of the world, or with the name "news" those of the real Chinese corpus."""
    tokenizer = world_tokenizer(news)

    def make() -> tuple[Text, ...]:
        documents = chinese.corpus() if language == NEWS else world.documents(language, parallel=parallel)
        return cut(documents, TextTokenizer(tokenizer), size)

    key = chinese.corpus() if language == NEWS else (world.fingerprint(), language, str(parallel))
    return kept_texts(key, tokenizer, size, make)


class WorldCorpus(PairCorpus):
    """Documents of several languages, mixed; no document translates another one unless they are asked to.

    Args:
        path: a person's own text files, of any languages, in place of the world.
        languages: which languages of the world are read ("en", "fake", "own", "zh"); a word that looks like a list
            from the command line, en,fake, is one.
        share: of the documents of each language, of all the same ones by their number; see `Corpus`.
        parallel: the n-th documents of all languages say the same, so that a share of them is parallel text.
        news: beside the world, the real Chinese corpus (newspaper and reviews), all of it.
        Others: see `PairCorpus`.
    """

    def __init__(
        self,
        *,
        path: Path | None = None,
        batch_size: int = 16,
        seed: int = 0,
        workers: int = 0,
        window: int = WINDOW,
        row_length: int = 128,
        languages: str | Sequence[str] = world.LANGUAGES,
        share: float = 1.0,
        parallel: bool = False,
        news: bool = False,
    ) -> None:
        named = tuple(languages.split(",")) if isinstance(languages, str) else tuple(languages)
        for language in named:
            if language not in world.LANGUAGES:
                known = ", ".join(world.LANGUAGES)
                raise SuperbLiteError(f"--data.languages: the world is told in {known}, not in '{language}'")
        if not named or len(set(named)) != len(named):
            raise SuperbLiteError("--data.languages: name one or several languages, each once, such as en,zh")
        # First, because the base class asks for the text.
        self.languages, self.parallel, self.news = named, parallel, news
        super().__init__(
            path=path,
            batch_size=batch_size,
            seed=seed,
            workers=workers,
            share=share,
            window=window,
            row_length=row_length,
        )

    def embedded(self, size: int, english: int) -> tuple[tuple[str, ...], TextTokenizer, tuple[Text, ...]]:
        texts: tuple[Text, ...] = ()
        for language in self.languages:
            texts += tuple(self.part(world_texts(language, size, self.parallel, self.news)))
        if self.news:
            texts += world_texts(NEWS, size, self.parallel, self.news)
        sources = (SOURCE, "chinese-news", "chinese-reviews") if self.news else (SOURCE,)
        return sources, TextTokenizer(world_tokenizer(self.news)), texts

    def held_out(self) -> Corpus:
        """Documents of the held-out part of the world, in the languages that are read."""
        if self.path is not None:
            return super().held_out()
        held = copy.copy(self)
        documents = [d for language in self.languages for d in world.documents(language, part="held_out")]
        held.seed, held.texts = 0, cut(documents, self.tokenizer, self.row_length - SPECIAL_TOKENS)
        held.rows = pack([sum(map(len, text)) + SPECIAL_TOKENS for text in held.texts], self.row_length)
        return held
