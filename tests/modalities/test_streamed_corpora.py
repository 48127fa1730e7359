"""Corpora of text, speech and images out of streams: what was learnt from the first window stays."""

import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image

from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.run import pretrain
from superb_lite.testing.objective_case import equal
from superb_lite_image.corpus import ImageCorpus
from superb_lite_speech.clustered_corpus import ClusteredSpeechCorpus
from superb_lite_text.denoising import DenoisingCorpus
from superb_lite_text.masked_lm import MaskedLM
from superb_lite_text.pair_corpus import PairCorpus

SIGNS = [chr(0x4E00 + n) for n in range(30)]


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    """Two tar files of 12 images, recordings and texts each, and two JSONL files of 30 texts each."""
    folder, rng = tmp_path_factory.mktemp("shards"), np.random.default_rng(0)
    for shard in range(2):
        with tarfile.open(folder / f"{shard}.tar", "w") as archive:
            for n in range(12):
                files = {"png": io.BytesIO(), "wav": io.BytesIO(), "txt": io.BytesIO(text(rng).encode())}
                Image.fromarray(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(files["png"], "png")
                noise = rng.normal(0, 0.1, 3000 + 400 * n).astype(np.float32)
                soundfile.write(files["wav"], noise, 16000, format="WAV")
                for suffix, file in files.items():
                    member = tarfile.TarInfo(f"{n:03}.{suffix}")
                    member.size = len(file.getvalue())
                    archive.addfile(member, io.BytesIO(file.getvalue()))
        lines = [json.dumps({"text": text(rng)}) + "\n" for _ in range(30)]
        (folder / f"{shard}.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


def text(rng):
    return "".join("".join(rng.choice(SIGNS, size)) + "。" for size in rng.integers(2, 12, 3))


CASES = {
    "text": lambda shards, **o: PairCorpus(path=Path(f"datasets:{shards}/*.jsonl"), second_task="nsp", **o),
    "text of tar files": lambda shards, **o: DenoisingCorpus(path=Path(f"webdataset:{shards}"), **o),
    "speech": lambda shards, **o: ClusteredSpeechCorpus(path=Path(f"webdataset:{shards}"), clusters=4, mels=8, **o),
    "images": lambda shards, **o: ImageCorpus(path=Path(f"webdataset:{shards}/{{0..1}}.tar"), image_size=16, **o),
}


@pytest.mark.parametrize("case", CASES)
def test_batches_of_a_stream_are_a_function_of_the_seed_and_their_number(case, shards):
    one, two, other = (CASES[case](shards, window=8, batch_size=4, seed=seed) for seed in (0, 0, 1))
    numbers = [0, 1, 3 * one.batches_an_epoch(), 0]
    found = [one.numbered(number) for number in numbers]
    assert all(equal(two.numbered(number), batch) for number, batch in zip(numbers, found, strict=True))
    assert equal(found[0], found[-1])
    assert not equal(found[0], found[2])
    assert not equal(found[0], other.numbered(0))
    assert one.whole_hash() == two.whole_hash() == other.whole_hash() != CASES[case](shards, window=9).whole_hash()


def test_recordings_of_different_windows_are_never_one(shards):
    corpus = CASES["speech"](shards, window=8, batch_size=4)
    numbers = [corpus.numbered(n * corpus.batches_an_epoch())["recording"] for n in range(3)]
    assert all(bool(((8 * n <= found) & (found < 8 * n + 8)).all()) for n, found in enumerate(numbers))


def test_a_window_has_the_clusters_of_the_first_one(shards):
    corpus = CASES["speech"](shards, window=24, batch_size=4)
    whole = corpus.renewed(corpus.shards.first(24), first=0, seed=0)
    assert all(np.array_equal(one, other) for one, other in zip(whole.ids, corpus.ids, strict=True))


TINY = ["--model.width=8", "--model.heads=2", "--model.hidden=8", "--model.layers=1", "--trainer.accelerator=cpu"]


def test_a_run_on_a_stream_is_resumed_and_says_what_its_hash_is_of(shards, tmp_path, monkeypatch):
    def run(out, **options):
        arguments = [*TINY, "--trainer.max_steps=57", "--data.batch_size=2", "--data.window=20"]
        return pretrain(
            "text-bert", tmp_path / out, data=Path(f"datasets:{shards}/*.jsonl"), arguments=arguments, **options
        )

    whole = run("whole")
    begun = MaskedLM.on_train_batch_start

    def on_train_batch_start(self, batch, batch_idx):
        if self.global_step == 55:
            raise KeyboardInterrupt
        begun(self, batch, batch_idx)

    with monkeypatch.context() as patch:
        patch.setattr(MaskedLM, "on_train_batch_start", on_train_batch_start)
        with pytest.raises(SuperbLiteError, match="interrupted at step 55"):
            run("rest")
    rest = run("rest", resume=True)
    one, other = load_encoder(whole), load_encoder(rest)
    assert all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))
    assert one.pretraining["corpus_hashed"] == "names and sizes of 2 shards, and the first 20 examples"
    assert one.pretraining["corpora"] == [f"datasets:{shards}/*.jsonl"]


def test_what_reads_no_streams_says_so(shards, tmp_path):
    with pytest.raises(SuperbLiteError, match="this corpus reads files, and no streams"):
        pretrain("sequence-masked", tmp_path / "out", data=Path(f"webdataset:{shards}"))
