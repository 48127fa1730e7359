"""The held-out loss: other data, the same masks for all, and nothing of the run is changed by it."""

import pytest
import torch

from superb_lite.encoders.checkpoint_config import WEIGHTS
from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.held_out import HeldOutLoss
from superb_lite.pretraining.metrics_file import METRICS
from superb_lite.pretraining.run import pretrain
from superb_lite_text.corpus import TextCorpus
from superb_lite_text.pair_corpus import PairCorpus

TINY = "--width=8 --heads=2 --hidden=8 --layers=1 --batch_size=2 --trainer.accelerator=cpu --trainer.max_steps=3"
LOGGED = [*TINY.split(), "--trainer.log_every_n_steps=1"]


@pytest.fixture(scope="module")
def corpus():
    return PairCorpus(seed=5)


def test_the_held_out_text_is_in_no_row_of_the_corpus_and_no_seed_changes_it(corpus):
    held = corpus.held_out()
    texts = {tuple(t for sentence in text for t in sentence) for text in corpus.texts}
    other = [tuple(t for sentence in text for t in sentence) for text in held.texts]
    shared = sum(len(text) for text in other if text in texts)
    assert shared < 0.02 * sum(map(len, other))
    assert 0.05 < len(held.rows) / len(corpus.rows) < 0.3
    assert held.tokenizer is corpus.tokenizer
    assert corpus.seed == 5
    another = PairCorpus(seed=6).held_out()
    assert torch.equal(held.batch(3)["token"], another.batch(3)["token"])


def test_a_persons_own_text_has_none(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("天地玄黄，宇宙洪荒。\n" * 6, encoding="utf-8")
    with pytest.raises(SuperbLiteError, match="TextCorpus has no held-out part: measure by the score of a task"):
        TextCorpus(path=path).held_out()


def test_a_run_that_is_measured_is_the_same_run(tmp_path):
    measured = HeldOutLoss(measured=True)
    pretrain("text-bert", tmp_path / "plain", arguments=LOGGED)
    pretrain("text-bert", tmp_path / "measured", arguments=LOGGED, callbacks=[measured])
    for file in (WEIGHTS, METRICS):
        assert (tmp_path / "plain" / file).read_bytes() == (tmp_path / "measured" / file).read_bytes()
    assert 5 < measured.loss < 12
    assert measured.seconds > 0
    assert measured.cpu_seconds > 0
