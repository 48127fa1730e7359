"""The encoder and its objective."""

import pytest
import torch

from superb_lite.encoders.checkpoint import load_checkpoint, save_checkpoint
from superb_lite_sequence.alphabet import EMBEDDED, PAD
from superb_lite_sequence.corpus import GAP
from superb_lite_sequence.encoder import SequenceEncoder
from superb_lite_sequence.masked_symbols import MaskedSymbols

SMALL = {"layers": 1, "width": 16, "heads": 2, "hidden": 32}


def encode(encoder, items):
    encoder.eval()
    with torch.no_grad():
        return encoder(encoder.collate(items))


@pytest.mark.parametrize("kernel", [1, 5])
def test_an_item_is_the_same_whatever_stands_beside_it(kernel):
    encoder = SequenceEncoder("ACGT", kernel=kernel, **SMALL)
    alone, beside = encode(encoder, ["ACGTA"]), encode(encoder, ["ACGTA", "ACGT" * 20])
    for one, other in zip(alone.layers, beside.layers, strict=True):
        torch.testing.assert_close(one[0], other[0, : one.shape[1]])


def test_the_convolution_is_one():
    encoder = SequenceEncoder("ACGT", kernel=5, **SMALL).eval()
    batch = encoder.collate(["ACGTTGCA", "AC"])
    with torch.no_grad():
        found = encoder.encode(batch["token"], batch["segment"])[0]
        embedded = encoder.embedding(batch["token"]) + encoder.segment.weight[0]
        seen = embedded * (batch["token"] != PAD)[..., None]
        weight = encoder.convolution.weight.unflatten(1, (16, 5))
        around = torch.nn.functional.conv1d(seen.transpose(1, 2), weight, encoder.convolution.bias, padding=2)
    torch.testing.assert_close(found, embedded + torch.nn.functional.gelu(around.transpose(1, 2)))


@torch.no_grad()
def test_sequences_of_one_row_are_encoded_as_if_alone():
    encoder = SequenceEncoder("ACGT", kernel=2 * GAP + 1, **SMALL).eval()
    alone = [encoder.collate([sequence])["token"][0] for sequence in ("ACGTA", "GG", "TTTACG")]
    between = torch.full((GAP,), PAD)
    token = torch.cat([part for one in alone for part in (one, between)])[None]
    number = torch.cat([torch.full((len(one) + GAP,), n) for n, one in enumerate(alone, start=1)])[None]
    document = torch.where(token == PAD, 0, number)
    together = encoder.encode(token, torch.zeros_like(token), document)
    for n, one in enumerate(alone, start=1):
        single = encoder.encode(one[None], torch.zeros_like(one[None]))
        for a, b in zip(single, together, strict=True):
            torch.testing.assert_close(a[0], b[document == n])
    assert all(bool(torch.isfinite(layer).all()) for layer in together)


def test_many_rows_go_through_in_parts(monkeypatch):
    encoder = SequenceEncoder("ACGT", **SMALL, max_length=16)
    whole = encode(encoder, ["ACGTTGCA" * 20, ("ACG", "TT")])
    monkeypatch.setattr("superb_lite_sequence.encoder.ROWS", 3)
    parts = encode(encoder, ["ACGTTGCA" * 20, ("ACG", "TT")])
    for one, other in zip(whole.layers, parts.layers, strict=True):
        torch.testing.assert_close(one, other)


def test_a_symbol_outside_the_alphabet_is_unknown_rather_than_an_error():
    encoder = SequenceEncoder("ACGT", **SMALL)
    assert torch.equal(encode(encoder, ["ACNGT"]).layers[-1], encode(encoder, ["ACxGT"]).layers[-1])


def test_it_is_saved_and_loaded(tmp_path):
    encoder = SequenceEncoder("TGCA", kernel=3, **SMALL)
    save_checkpoint(encoder, tmp_path / "c", name="sequence-masked", pretraining={})
    again = load_checkpoint(tmp_path / "c")
    assert again.config() == encoder.config()
    assert torch.equal(encode(again, ["ACGT"]).layers[-1], encode(encoder, ["ACGT"]).layers[-1])


@pytest.mark.parametrize("settings", [{"kernel": 4}, {"kernel": 0}, {"max_length": 4}, {"alphabet": "AA"}])
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(ValueError, match=r"kernel|max_length|alphabet"):
        SequenceEncoder(**settings)


@pytest.mark.parametrize("settings", [{"mask_rate": 0.0}, {"mask_rate": 1.0}, {"span": 0}])
def test_masks_out_of_range_are_refused(settings):
    with pytest.raises(ValueError, match=r"mask_rate|span"):
        MaskedSymbols(encoder=SequenceEncoder(**SMALL), counts=[1] * (5 + len(EMBEDDED)), **settings)


def test_the_loss_falls_on_one_batch():
    torch.manual_seed(0)
    encoder = SequenceEncoder("ACGT", kernel=3, **SMALL)
    objective = MaskedSymbols(encoder=encoder, counts=[1] * 9)
    objective.log = lambda *_, **__: None
    token = encoder.collate(["ACGT" * 8, "AACC" * 8])["token"]
    batch = {"token": token, "document": torch.ones_like(token)}
    optimizer = objective.make_optimizer()
    losses = []
    for _ in range(40):
        torch.manual_seed(1)
        losses.append(objective.training_step(batch, 0))
        optimizer.zero_grad()
        losses[-1].backward()
        optimizer.step()
    assert losses[-1] < 0.2 * losses[0]
    unused = [name for name, weight in objective.named_parameters() if weight.grad is None]
    assert not unused


def test_biases_by_distance_have_their_own_rate():
    objective = MaskedSymbols(
        encoder=SequenceEncoder(**SMALL), counts=[1] * (5 + len(EMBEDDED)), learning_rate=0.01, distance_rate=0.3
    )
    groups = objective.make_optimizer().param_groups
    rates = {id(parameter): group["lr"] for group in groups for parameter in group["params"]}
    assert rates[id(objective.encoder.transformer.position.bias)] == 0.3
    assert rates[id(objective.encoder.embedding.weight)] == 0.01
    assert len(rates) == sum(len(group["params"]) for group in groups) == len(list(objective.parameters()))
