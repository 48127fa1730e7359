"""Symbols as words of an encoder of texts."""

from __future__ import annotations

import pytest
import torch

from superb_lite.analysis.mapped_encoder import MappedEncoder, draw_mapping
from superb_lite.encoders.encoder import Lexical
from superb_lite.encoders.majority import MajorityEncoder
from superb_lite.errors import BadItemError, SuperbLiteError
from superb_lite.features.batches import to_device
from superb_lite_text.bert import BertEncoder
from superb_lite_text.cbow import CbowEncoder
from superb_lite_text.tokenizer import train_tokenizer

CORPUS = ["the quick brown fox jumps over the lazy dog, 12 times", "你好 世界", "we told them a tale of hens"] * 5
MAPPING = {"A": "quick", "C": "hens", "G": "好", "T": "fox"}


@pytest.fixture(scope="module")
def specification():
    return train_tokenizer(CORPUS)


@pytest.fixture
def bert(specification):
    return BertEncoder(specification, layers=1, width=16, heads=2, hidden=16, max_length=24).eval()


def features(encoder, items):
    with torch.no_grad():
        return encoder(to_device(encoder.collate(items), encoder.device))


def test_words_are_one_token_each_wherever_they_stand(bert):
    words = bert.words()
    assert isinstance(bert, Lexical)
    assert {"quick", "好", "fox"} <= set(words)
    assert not {"12", ",", "[CLS]", "##s"} & set(words)
    text = "".join(f" {word}" for word in words)
    (tokens,) = bert.tokenizer.encode([text])
    assert [text[start:end] for start, end in tokens.spans] == list(words)


def test_a_mapping_depends_on_seed_and_symbols_alone():
    words = [f"w{n}" for n in range(50)]
    drawn = draw_mapping(words, "GATTACA", 3)
    assert drawn == draw_mapping(words, "ACGT", 3)
    assert sorted(drawn) == ["A", "C", "G", "T"]
    assert len(set(drawn.values())) == 4
    assert len({tuple(draw_mapping(words, "ACGT", seed).values()) for seed in range(20)}) == 20


def test_more_symbols_than_words_are_refused():
    with pytest.raises(SuperbLiteError, match="4 symbols, but the encoder has only 3 words"):
        draw_mapping(["a", "b", "c"], "ACGT", 0)


def test_features_are_those_of_the_text_in_words(bert):
    mapped = MappedEncoder(bert, MAPPING)
    found, text = features(mapped, ["GATC"]), features(bert, [" 好 quick fox hens"])
    assert torch.equal(found.layers[-1], text.layers[-1])
    assert found.spans[0].tolist() == [[0, 0], [0, 1], [1, 2], [2, 3], [3, 4], [0, 0]]
    assert torch.equal(found.mask, text.mask)


def test_one_symbol_is_enough(bert):
    found = features(MappedEncoder(bert, draw_mapping(bert.words(), "A", 0)), ["AAA"])
    assert found.spans[found.mask].tolist() == [[0, 1], [1, 2], [2, 3]]


def test_spans_of_long_strings_cover_each_symbol_once(bert):
    items = ["ACGT" * 40, "A", "GT" * 30]
    found = features(MappedEncoder(bert, MAPPING), items)
    assert len(found.item) > len(items)  # windows
    for number, item in enumerate(items):
        mine = found.spans[found.item == number][found.mask[found.item == number]]
        assert sorted(map(tuple, mine.tolist())) == [(place, place + 1) for place in range(len(item))]


def test_spans_of_pairs_are_those_of_each_string(bert):
    items = [("ACG", "TTTA"), ("T", "C" * 60), ("G" * 30, "AC")]
    found = features(MappedEncoder(bert, MAPPING), items)
    for number, pair in enumerate(items):
        for segment, part in enumerate(pair):
            chosen = found.mask & (found.item == number)[:, None] & (found.segment == segment)
            assert set(map(tuple, found.spans[chosen].tolist())) == {(n, n + 1) for n in range(len(part))}


def test_the_content_hash_depends_on_the_mapping_and_the_weights(bert, specification):
    other = {**MAPPING, "A": "fox", "T": "quick"}
    hashes = {MappedEncoder(bert, mapping).content_hash() for mapping in (MAPPING, other)}
    assert len(hashes) == 2
    assert MappedEncoder(bert, MAPPING).content_hash() in hashes
    assert MappedEncoder(bert.redrawn(), MAPPING).content_hash() not in hashes


def test_what_the_engine_asks_an_encoder_is_that_of_the_one_inside(bert, specification):
    bert.pretraining = {"objective": "text-bert"}
    mapped = MappedEncoder(bert, MAPPING)
    assert (mapped.pairs, mapped.untrained, mapped.pretraining) == (True, False, bert.pretraining)
    assert not MappedEncoder(CbowEncoder(specification, width=8), MAPPING).pairs
    assert MappedEncoder(bert.redrawn(), MAPPING).untrained


@pytest.mark.parametrize("item", [3.5, "", None, ("A", 3)])
def test_an_item_that_is_no_string_is_refused(bert, item):
    with pytest.raises(BadItemError, match="not a string of them"):
        MappedEncoder(bert, MAPPING).collate([item])


def test_a_symbol_without_a_word_is_named(bert):
    with pytest.raises(BadItemError, match=r"the symbol '\\x1b' of an item has no word"):
        MappedEncoder(bert, MAPPING).collate(["AC\x1b"])


def test_a_word_of_several_tokens_is_refused(bert):
    with pytest.raises(SuperbLiteError, match="does not read 'hens,', the word for 'A', as one token"):
        MappedEncoder(bert, {**MAPPING, "A": "hens,"})


def test_words_that_are_read_alike_are_refused(bert):
    with pytest.raises(SuperbLiteError, match="does not tell the words of two symbols apart"):
        MappedEncoder(bert, {"A": "quick12", "C": "quick21"})  # both are [UNK]


def test_an_encoder_without_words_is_refused():
    with pytest.raises(SuperbLiteError, match="MajorityEncoder has no words"):
        MappedEncoder(MajorityEncoder(), MAPPING)


def test_redrawn_weights_are_those_of_the_constructor(bert, specification):
    torch.manual_seed(5)
    drawn = bert.redrawn()
    torch.manual_seed(5)
    expected = BertEncoder(specification, layers=1, width=16, heads=2, hidden=16, max_length=24)
    assert drawn.content_hash() == expected.content_hash()
