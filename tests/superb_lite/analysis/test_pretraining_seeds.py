"""What is no set of pretraining seeds is refused, as far as encoders say what they are."""

import pytest

from superb_lite.analysis.pretraining_seeds import check_seeds
from superb_lite.errors import SuperbLiteError
from tests.superb_lite.toy_tasks import ToyEncoder


def pretrained(seed, **changes):
    encoder = ToyEncoder(width=3)
    encoder.pretraining = {"objective": "toy", "corpora": ["words"], "steps": 8, "seed": seed, **changes}
    return encoder


def test_seeds_of_one_thing_and_encoders_of_unknown_origin_are_taken():
    check_seeds({"a": pretrained(0), "b": pretrained(1), "c": ToyEncoder(width=3), "d": ToyEncoder(width=3)})
    check_seeds({})


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (pretrained(0), "'a' and 'b' have one pretraining seed, 0: give encoders of different seeds"),
        (pretrained(1, steps=4), "'a' and 'b' have other steps: give encoders that differ in their pretraining seed"),
        (pretrained(1, corpora=["pages"]), "have other corpora"),
        (pretrained(1, objective="else"), "have other objective"),
    ],
)
def test_what_is_no_other_seed_is_refused(second, said):
    with pytest.raises(SuperbLiteError) as error:
        check_seeds({"a": pretrained(0), "b": second})
    assert said in str(error.value)
