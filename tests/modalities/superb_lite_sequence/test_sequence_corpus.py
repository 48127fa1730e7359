"""Rows of sequences, and which embedded data they are of."""

import numpy as np
import pytest
import torch

import superb_lite_sequence.corpus as module
from superb_lite.errors import SuperbLiteError
from superb_lite_sequence.alphabet import CLS, EMBEDDED, PAD, SEP, Alphabet
from superb_lite_sequence.corpus import Rows, SequenceCorpus
from superb_lite_sequence.fingerprints import fingerprints

RNG = np.random.default_rng(0)
SEQUENCES = {
    "dna": tuple("".join(RNG.choice([*"ACGT"], 150)) for _ in range(20)),
    "music": tuple("".join(RNG.choice([*"PQRS4567"], 30)) for _ in range(50)),
}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Small embedded corpora; the held-out sequences are those of pretraining backwards."""

    def embedded(kind, part="pretrain"):
        if kind not in SEQUENCES:
            raise SuperbLiteError(f"no {kind}")
        return SEQUENCES[kind] if part == "pretrain" else tuple(s[::-1] for s in SEQUENCES[kind])

    monkeypatch.setattr(module, "embedded", embedded)
    monkeypatch.setattr(module, "KINDS", tuple(SEQUENCES))


def corpus(**settings):
    return SequenceCorpus(**{"kinds": "dna+music", "batch_size": 6, "row_length": 66, **settings})


def read(batch):
    """The sequences of each row."""
    symbols = np.array([*"____", "?", *EMBEDDED])
    return [
        tuple("".join(symbols[row[document == n][1:-1].numpy()]) for n in range(1, int(document.max()) + 1))
        for row, document in zip(batch["token"], batch["document"], strict=True)
    ]


@pytest.mark.parametrize("length", [1, 63, 64, 65, 128, 150])
def test_crops_are_full_and_cover_the_sequence(length):
    sequence = "".join(RNG.choice([*"ACGT"], length))
    rows = Rows([sequence, "GG"], Alphabet("ACGT"), 66)
    crops = sorted(crop for row in rows.rows for crop in row)
    assert crops.pop() == (length, length + 2)
    assert {end - start for start, end in crops} == {min(64, length)}
    assert len(crops) == max(1, -(-length // 64))
    assert {place for start, end in crops for place in range(start, end)} == set(range(length))


def test_short_sequences_share_a_row_and_stand_apart():
    token, document = np.full(40, PAD), np.zeros(40, dtype=np.int64)
    rows = Rows(["ACG", "TTTT", "A" * 30], Alphabet("ACGT"), 40)
    rows.fill(1, token, document)
    assert len(rows) == 2
    assert document.tolist() == [1] * 6 + [0] * 4 + [2] * 5 + [0] * 25
    assert token[:6].tolist() == [CLS, *Alphabet("ACGT").encode("TTTT"), SEP]
    assert token[10:15].tolist() == [CLS, *Alphabet("ACGT").encode("ACG"), SEP]
    assert (token[document == 0] == PAD).all()


def test_a_batch_has_as_many_rows_of_each_kind_and_reads_all_in_an_epoch():
    made = corpus()
    assert made.batch(0)["kind"].tolist() == [0, 0, 0, 1, 1, 1]
    assert corpus(batch_size=5).batch(0)["kind"].tolist() == [0, 0, 0, 1, 1]
    assert corpus(kinds="dna+music+dna").batch(0)["kind"].tolist() == [0, 0, 0, 0, 1, 1]
    rows = [row for step in range(20) for row in read(made.batch(step))[:3]]
    assert len(made.rows[0]) == 60
    assert len(set(rows)) == 60
    assert all(any(part in sequence for sequence in SEQUENCES["dna"]) for row in rows for part in row)


def test_batches_depend_on_seed_and_step_alone():
    made = corpus()
    made.batch(7)
    assert torch.equal(made.batch(3)["token"], corpus().batch(3)["token"])
    assert not torch.equal(made.batch(3)["token"], made.batch(4)["token"])
    assert not torch.equal(made.batch(3)["token"], corpus(seed=1).batch(3)["token"])


def test_counts_are_the_mean_over_the_kinds():
    counts = dict(zip(EMBEDDED, corpus().counts[5:], strict=True))
    assert sum(corpus().counts) == pytest.approx(1_000_000, abs=100)
    assert sum(counts[symbol] for symbol in "ACGT") == pytest.approx(500_000, abs=50)


def test_what_is_held_out_is_other_data_cut_alike():
    made = corpus()
    held = made.held_out()
    assert held.seed == 0
    assert not set(read(held.batch(0))) & {row for n in range(20) for row in read(made.batch(n))}
    assert made.content_hash() == held.content_hash()
    assert made.content_hash() != corpus(kinds="dna").content_hash()


def test_a_file_of_ones_own_has_its_own_alphabet_and_its_sources(tmp_path):
    path = tmp_path / "own.fa"
    path.write_text("".join(f">{n}\n{s}\n" for n, s in enumerate(SEQUENCES["dna"])))
    made = SequenceCorpus(path=path, batch_size=4, row_length=66)
    assert made.alphabet == "ACGT"
    assert made.sources == ("dna", str(path))
    assert len(made.counts) == 9
    path.write_text(">x\n" + "".join(RNG.choice([*"ACGT"], 500)) + "\n")
    assert SequenceCorpus(path=path, batch_size=4).sources == (str(path),)
    with pytest.raises(SuperbLiteError, match="no held-out part"):
        made.held_out()


@pytest.mark.parametrize("settings", [{"batch_size": 1}, {"row_length": 8}, {"kinds": "x"}])
def test_what_is_refused(settings):
    with pytest.raises(SuperbLiteError):
        corpus(**settings)


def test_fingerprints_are_the_same_wherever_a_sequence_was_cut():
    sequence = "".join(RNG.choice([*"ACGT"], 2000))
    whole, part = fingerprints([sequence]), fingerprints([sequence[333:1500]])
    assert part < whole
    assert len(whole) == pytest.approx(1977 / 16, rel=0.3)
    assert fingerprints(["ACGT"]) == {"ACGT"}
    assert not whole & fingerprints(["".join(RNG.choice([*"ACGT"], 2000))])
