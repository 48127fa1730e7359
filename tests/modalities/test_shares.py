"""A share of the data of each modality, of a person's own files."""

import numpy as np
import pytest
from PIL import Image

from superb_lite_image.corpus import ImageCorpus
from superb_lite_sequence import corpus as sequences
from superb_lite_sequence.corpus import SequenceCorpus
from superb_lite_speech.corpus import SpeechCorpus
from superb_lite_text.corpus import TextCorpus
from superb_lite_text.denoising import DenoisingCorpus

soundfile = pytest.importorskip("soundfile")


def text(folder):
    lines = [f"the {word} jumps over the lazy {word}s" for word in ("fox", "dog", "hen", "cat", "cow", "pig")]
    (folder / "a.txt").write_text("\n".join(lines), encoding="utf-8")
    return folder / "a.txt"


def fasta(folder):
    draw = np.random.default_rng(0)
    sequences = ["".join(draw.choice(list("ACGT"), 30)) for _ in range(6)]
    (folder / "a.fasta").write_text("".join(f">s{n}\n{s}\n" for n, s in enumerate(sequences)), encoding="utf-8")
    return folder / "a.fasta"


def sounds(folder):
    for number in range(6):
        noise = 0.1 * np.random.default_rng(number).standard_normal(16_000)
        soundfile.write(folder / f"{number}.wav", noise, 16_000)
    return folder


def pictures(folder):
    for number in range(6):
        pixels = np.random.default_rng(number).integers(0, 256, (32, 32, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


@pytest.mark.parametrize(
    ("corpus", "make", "count"),
    [
        (TextCorpus, text, lambda corpus: len(corpus.texts)),
        (DenoisingCorpus, text, lambda corpus: len(corpus.texts)),
        (SequenceCorpus, fasta, lambda corpus: len(corpus.rows[0].symbols) // 30),
        (SpeechCorpus, sounds, lambda corpus: len(corpus.features)),
        (ImageCorpus, pictures, lambda corpus: len(corpus.pools[0].images)),
    ],
)
def test_a_share_of_the_data_is_read_and_is_other_data(corpus, make, count, tmp_path, monkeypatch):
    monkeypatch.setattr(sequences, "KINDS", ())  # what the embedded ones are compared with takes long to read
    path = make(tmp_path)
    whole, half, same = (corpus(path=path, batch_size=2, share=share, seed=1) for share in (1.0, 0.5, 1.0))
    assert count(half) == max(1, round(count(whole) / 2))
    assert whole.content_hash() == same.content_hash() != half.content_hash()
    half.batch(0)
