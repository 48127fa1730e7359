import pytest
from torch import nn

from superb_lite.encoders.foreign import FunctionEncoder
from superb_lite.encoders.provenance import declared_in_domain, in_domain
from superb_lite.encoders.references import load_encoder
from superb_lite.evaluation.run import Evaluator
from superb_lite.results.store import ResultStore
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


OFFICIAL = toy_task(classify_data(), corpus="cola", hub="nyu-mll/glue:cola")


@pytest.mark.parametrize(
    ("corpora", "complete", "expected"),
    [
        (["nyu-mll/glue"], True, True),
        (["glue"], False, True),
        (["GLUE"], True, True),
        (["cola"], True, True),
        (["someone/CoLA"], True, False),  # another name than that of the data set
        (["bookcorpus"], True, False),
        (["bookcorpus"], False, None),
        ([], False, None),
        (None, True, None),
    ],
)
def test_data_sets_go_by_their_names_on_the_hub_too(corpora, complete, expected):
    assert declared_in_domain(corpora, OFFICIAL, complete=complete) is expected


def test_a_card_marks_what_it_lists_and_leaves_the_rest_unknown():
    encoder = trained(source="hf:x", corpora=["nyu-mll/glue"], corpora_complete=False)
    assert in_domain(encoder, OFFICIAL) is True
    assert in_domain(encoder, TASK) is None


def test_a_stored_result_has_what_the_encoder_declares_now(tmp_path):
    task = toy_task(classify_data(train=30, test=40), corpus="cola", hub="nyu-mll/glue:cola")

    def evaluated(corpora):
        encoder, store = ToyEncoder(), ResultStore(tmp_path)
        if corpora:
            encoder.pretraining = {"source": "hf:x", "corpora": corpora, "corpora_complete": False}
        (result,) = Evaluator(encoder, reference="x", seeds=1, results=store).evaluate([(task, "knn")])
        return result

    before, after = evaluated([]), evaluated(["glue"])
    assert after.seconds == before.seconds  # not computed again
    assert after.in_domain is True
    assert after.pretraining.corpora == ("glue",)
    assert evaluated([]).pretraining is None
