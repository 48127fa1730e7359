import pytest
from torch import nn

from superb_lite.encoders.foreign import FunctionEncoder
from superb_lite.encoders.provenance import declared_in_domain, in_domain
from superb_lite.encoders.references import load_encoder
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, toy_task

TASK = toy_task(classify_data(), corpus="chinese-news")


def trained(**pretraining):
    encoder = load_encoder("random:text-cbow")
    encoder.untrained, encoder.pretraining = False, pretraining
    return encoder


@pytest.mark.parametrize(
    ("corpora", "expected"), [(["english", "chinese-news"], True), (["english"], False), (["/some/path"], False)]
)
def test_a_checkpoint_knows_its_sources(corpora, expected):
    assert in_domain(trained(corpora=corpora), TASK) is expected


@pytest.mark.parametrize(("corpora", "expected"), [(None, None), ([], False), (["chinese-news"], True), (["x"], False)])
def test_what_somebody_declares(corpora, expected):
    assert declared_in_domain(corpora, TASK) is expected
    assert declared_in_domain(corpora, toy_task(classify_data())) in (None, False)


def test_what_was_never_trained_has_seen_nothing():
    for reference in ("random:text-cbow", "raw:bag-of-words", "majority"):
        assert in_domain(load_encoder(reference), TASK) is False, reference


def test_nobody_knows_of_weights_from_elsewhere_and_of_somebodys_code():
    assert in_domain(trained(source="hf:bert-base-chinese"), TASK) is None

    class WithWeights(ToyEncoder):
        def __init__(self):
            super().__init__()
            self.weights = nn.Linear(2, 2)

    assert in_domain(WithWeights(), TASK) is None
    assert in_domain(FunctionEncoder(lambda items: [[0.0]] * len(items), "py:mine"), TASK) is None
    code = load_encoder("raw:bag-of-words")
    code.code = "0" * 64
    assert in_domain(code, TASK) is None
