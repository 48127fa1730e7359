"""What is no set of pretraining seeds is refused, as far as encoders say what they are."""

import pytest

from superb_lite.analysis.pretraining_seeds import check_seeds, groups_of_seeds, recipe
from superb_lite.errors import SuperbLiteError
from tests.superb_lite.toy_tasks import ToyEncoder


class Other(ToyEncoder):
    def __init__(self, like):
        super().__init__(width=3)
        self.pretraining = like.pretraining


def pretrained(seed, width=3, **changes):
    encoder = ToyEncoder(width=width)
    encoder.pretraining = {"objective": "toy", "corpora": ["words"], "steps": 8, "seed": seed, **changes}
    return encoder


def test_seeds_of_one_thing_and_encoders_of_unknown_origin_are_taken():
    check_seeds({"a": pretrained(0), "b": pretrained(1)})
    check_seeds({"c": ToyEncoder(width=3), "d": ToyEncoder(width=3)})
    check_seeds({})
    assert recipe(ToyEncoder(width=3)) is None
    written = {"options": {"model.seed": 0, "data.seed": 0, "data.path": "here", "data.share": 1.0}}
    elsewhere = {"options": {"model.seed": 1, "data.seed": 1, "data.path": "there", "data.share": 1.0}}
    check_seeds({"a": pretrained(0, **written), "b": pretrained(1, final_loss=3.0, **elsewhere)})


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (pretrained(0), "'a' and 'b' have one pretraining seed, 0: give encoders of different seeds"),
        (pretrained(1, steps=4), "'a' and 'b' have other steps: give encoders that differ in their pretraining seed"),
        (pretrained(1, corpora=["pages"]), "have other corpora"),
        (pretrained(1, objective="else"), "have other objective"),
        (pretrained(1, budget="hour"), "have other budget"),
        (pretrained(1, corpus_sha256="0" * 64), "have other corpus_sha256"),
        (pretrained(1, options={"data.share": 0.5}), "have other data.share"),
        (pretrained(1, width=4), "have other configuration"),
        (Other(pretrained(1)), "have other class"),
        (ToyEncoder(width=3), "'a' was pretrained here and 'b' does not say how"),
    ],
)
def test_what_is_no_other_seed_is_refused(second, said):
    with pytest.raises(SuperbLiteError) as error:
        check_seeds({"a": pretrained(0), "b": second})
    assert said in str(error.value)


def test_encoders_are_in_groups_that_differ_in_their_seed_alone():
    encoders = {
        "a": pretrained(0),
        "x": ToyEncoder(width=3),
        "early": pretrained(0, steps=4),
        "b": pretrained(1),
        "y": ToyEncoder(width=3),
        "little": pretrained(1, options={"data.share": 0.5}),
    }
    assert groups_of_seeds(encoders) == [("a", "b"), ("x",), ("early",), ("y",), ("little",)]
    with pytest.raises(SuperbLiteError, match="'b' and 'again' have one pretraining seed, 1"):
        groups_of_seeds({**encoders, "again": pretrained(1)})
