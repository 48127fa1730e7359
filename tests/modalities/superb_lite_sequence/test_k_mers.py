"""Features of symbols add up to the counts of k-mers, which a slow loop counts here."""

from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import superb_lite_sequence.k_mers as module
from superb_lite.features.pooling import pool_items, pool_units
from superb_lite_sequence.k_mers import SINGLE, KMersEncoder, SymbolsEncoder


def encode(encoder, items):
    with torch.no_grad():
        return encoder(encoder.collate(items))


def columns(encoder, before, after):
    """Which features the k-mers of three nucleotides have, where they do not share one."""
    place = encoder.grams.index((before, after))
    size = before + 1 + after
    grams = [a + b + c for a in "ACGT" for b in "ACGT" for c in "ACGT"] if size == 3 else [*"ACGT"]
    if size == 2:
        grams = [a + b for a in "ACGT" for b in "ACGT"]
    return {gram: int(encoder._features(gram)[before, place]) for gram in grams}


@given(sequence=st.text("ACGT", min_size=1, max_size=40))
def test_the_sum_over_positions_counts_k_mers(sequence):
    encoder = KMersEncoder(hashed=100_003)  # so many that nothing collides
    features = encode(encoder, [sequence])
    total = features.layers[0][0].sum(dim=0)
    for before, after in encoder.grams:
        size = before + 1 + after
        known = columns(encoder, before, after)
        counted = Counter(sequence[n : n + size] for n in range(len(sequence) - size + 1))
        assert {gram: int(total[column]) for gram, column in known.items()} == {g: counted[g] for g in known}
    assert total.sum() == sum(max(0, len(sequence) - before - after) for before, after in encoder.grams)


def test_a_position_has_its_symbol_and_its_neighbours():
    encoder = KMersEncoder(hashed=100_003)
    layer = encode(encoder, ["ACG"]).layers[0][0]
    assert layer.sum(dim=1).tolist() == [2, 4, 2]
    assert [int(row[ord(symbol)]) for row, symbol in zip(layer, "ACG", strict=True)] == [1, 1, 1]
    assert layer[1, columns(encoder, 1, 1)["ACG"]] == 1
    assert layer[1, columns(encoder, 1, 0)["AC"]] == 1
    assert layer[1, columns(encoder, 0, 1)["CG"]] == 1


def test_the_same_k_mer_elsewhere_in_the_window_is_another_feature():
    encoder = KMersEncoder(hashed=100_003)
    assert not set(columns(encoder, 1, 0).values()) & set(columns(encoder, 0, 1).values())


def test_symbols_are_the_composition():
    mean = pool_items(encode(SymbolsEncoder(), ["AACG"]), 1)[0][0]
    assert {chr(n): share for n, share in enumerate(mean.tolist()) if share} == {"A": 0.5, "C": 0.25, "G": 0.25}


def test_features_are_those_of_another_day():
    """Hashes are part of what results mean."""
    assert KMersEncoder()._features("ACG").tolist() == FEATURES
    assert KMersEncoder()._features("é")[0, 0] == ord("é") % SINGLE


FEATURES = [[65, 832, -1, -1], [67, 206, 737, 361], [71, -1, 832, -1]]


def test_a_pair_has_a_row_for_each_sequence():
    features = encode(KMersEncoder(), [("AC", "GGG")])
    assert features.segment is not None
    assert features.item.tolist() == [0, 0]
    assert features.segment[:, 0].tolist() == [0, 1]
    assert features.mask.sum(dim=1).tolist() == [2, 3]


def test_long_sequences_have_fewer_positions_and_the_same_mean(monkeypatch):
    items = ["ACGTTGCATTC" * 9, "ACG"]
    whole = encode(KMersEncoder(), items)
    monkeypatch.setattr(module, "MOST", 7)
    short = encode(KMersEncoder(), items)
    assert short.mask.sum(dim=1).tolist() == [7, 3]
    torch.testing.assert_close(pool_items(short, 2)[0], pool_items(whole, 2)[0])
    units = [torch.tensor([[0, 15]]), torch.tensor([[1, 2]])]
    assert pool_units(short, units)[0][1].tolist() == pool_units(whole, units)[0][1].tolist()


@pytest.mark.parametrize(("neighbours", "hashed"), [(-1, 10), (1, 0)])
def test_settings_out_of_range_are_refused(neighbours, hashed):
    with pytest.raises(ValueError, match="neighbours"):
        KMersEncoder(neighbours=neighbours, hashed=hashed)
