"""The corpus of several languages: which documents it reads, and that its tokeniser can spell all of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite_sources import chinese, world
from superb_lite_text import world_corpus
from superb_lite_text.corpus import flat
from superb_lite_text.tokenizer import ORDINARY, UNK
from superb_lite_text.world_corpus import WorldCorpus

pytestmark = pytest.mark.slow  # trains the tokeniser of all languages, since tests have a cache of their own


def documents(corpus: WorldCorpus) -> list[str]:
    """What a corpus reads, without spaces."""
    pieces = [token.removeprefix("##") for token in corpus.tokenizer.vocabulary]
    return ["".join(pieces[token] for token in flat(text)) for text in corpus.texts]


@pytest.fixture(scope="module")
def every_language() -> WorldCorpus:
    return WorldCorpus()


def test_it_reads_every_document(every_language: WorldCorpus) -> None:
    written = [d for language in world.LANGUAGES for d in world.documents(language)]
    assert documents(every_language)[:50] == ["".join(document.split()) for document in written[:50]]
    assert sum(map(len, documents(every_language))) == sum(len("".join(document.split())) for document in written)
    assert every_language.sources == ("world",)


def test_the_vocabulary_spells_everything_and_languages_share_no_token(every_language: WorldCorpus) -> None:
    used = []
    for language in world.LANGUAGES:
        encoded = every_language.tokenizer.encode(world.sentences(language, "held_out"))
        used.append({token for tokens in encoded for token in tokens.ids})
        assert UNK not in used[-1]
        assert min(used[-1]) >= ORDINARY
    for number, one in enumerate(used):
        assert all(one.isdisjoint(other) for other in used[number + 1 :])


def test_languages_and_shares(every_language: WorldCorpus) -> None:
    chosen = WorldCorpus(languages="zh,own", share=0.01)
    assert chosen.languages == ("zh", "own")
    assert len(chosen.texts) == 2 * round(0.01 * len(every_language.texts) / 4)
    assert documents(chosen)[0] in world.documents("zh")
    assert documents(chosen)[-1] in {"".join(document.split()) for document in world.documents("own")}
    larger = WorldCorpus(languages=["zh"], share=0.03)
    assert set(documents(WorldCorpus(languages=["zh"], share=0.01))) < set(documents(larger))
    assert len(chosen.tokenizer) == len(every_language.tokenizer)
    assert len({c.content_hash() for c in (every_language, chosen, larger)}) == 3


def test_parallel_documents_say_the_same() -> None:
    parallel = WorldCorpus(languages="en,fake", share=0.01, parallel=True)
    half = len(parallel.texts) // 2
    english, fake = documents(parallel)[:half], documents(parallel)[half:]
    assert fake == list(map(world.in_english.shifted, english))
    assert [len(text) for text in parallel.texts[:half]] == [len(text) for text in parallel.texts[half:]]


def test_batches_depend_on_seed_and_number_alone(every_language: WorldCorpus) -> None:
    again = WorldCorpus()
    assert torch.equal(every_language.batch(7)["token"], again.batch(7)["token"])
    assert not torch.equal(every_language.batch(7)["token"], WorldCorpus(seed=1).batch(7)["token"])
    assert every_language.batch(7)["token"].shape[0] == 16
    assert every_language.batch(7)["token"].shape[1] <= 128


def test_held_out_text_is_in_no_document(every_language: WorldCorpus) -> None:
    held = WorldCorpus(languages=["en"], share=0.01).held_out()
    assert isinstance(held, WorldCorpus)
    assert set(documents(held)).isdisjoint(documents(every_language))
    assert held.batch(0)["token"].shape[0] == 16


def test_the_real_chinese_corpus_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ordinary = world_corpus.world_tokenizer(False)
    # Training one on everything takes a dozen seconds.
    monkeypatch.setattr(world_corpus, "world_tokenizer", lambda news: ordinary)
    monkeypatch.setattr(chinese, "corpus", lambda: ("今天天气很好。我们去公园。", "这本书写得好。"))
    both = WorldCorpus(languages=["zh"], share=0.001, news=True)
    assert both.sources == ("world", "chinese-news", "chinese-reviews")
    assert len(both.texts) == 6 + 2


def test_own_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One two three. Four five.\n" * 20, encoding="utf-8")
    corpus = WorldCorpus(path=tmp_path, batch_size=2)
    assert corpus.batch(0)["token"].shape[0] == 2
    with pytest.raises(SuperbLiteError, match="no held-out part"):
        corpus.held_out()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"languages": "en,de"}, "the world is told in en, fake, own, zh, not in 'de'"),
        ({"languages": "en,en"}, "each once"),
        ({"languages": []}, "name one or several"),
        ({"share": 0.0}, "--data.share 0"),
        ({"share": 1.5}, "more than 0 and at most 1"),
    ],
)
def test_bad_options(options: dict[str, object], message: str) -> None:
    with pytest.raises(SuperbLiteError, match=message):
        WorldCorpus(**options)  # type: ignore[arg-type]


def test_it_is_registered() -> None:
    spec = plugins.objective("text-mbert")
    assert (spec.modality, spec.encoder) == ("text", "text-bert")
    assert set(spec.recipes) == {"quick", "minute", "ten-minutes", "hour"}
