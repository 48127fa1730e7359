import pytest

from superb_lite.results.means import mean_weights


@pytest.mark.parametrize(
    ("languages", "weights"),
    [
        (["zh", "zh", "zh", "en"], [1 / 6, 1 / 6, 1 / 6, 1 / 2]),
        (["", "", ""], [1 / 3, 1 / 3, 1 / 3]),
        (["en", "", "zh", "en"], [1 / 6, 1 / 3, 1 / 3, 1 / 6]),
        ([], []),
    ],
)
def test_languages_count_alike_and_tasks_within_a_language(languages, weights):
    assert mean_weights(languages) == pytest.approx(weights)
