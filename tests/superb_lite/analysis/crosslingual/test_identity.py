"""The language of a word, told by its vector."""

import pytest
import torch

from superb_lite.analysis.crosslingual.identity import PROBES, told


def planted(shift: float, shape: float = 1.0, words: int = 80):
    """Two languages of the same meanings, 10-dimensional. shape: how much larger the spread of the second is."""
    draw = torch.Generator().manual_seed(0)
    vectors = torch.randn(2, words, 10, generator=draw)
    vectors[1] *= shape
    return vectors + shift * torch.tensor([[[1.0] * 10], [[-1.0] * 10]])


@pytest.mark.parametrize("probe", PROBES)
def test_a_mean_tells_the_language_until_it_is_taken_away(probe):
    vectors = planted(2.0)
    assert told(vectors, None, probe).mean() > 0.97
    assert told(vectors, vectors.mean(dim=1), probe).mean() == pytest.approx(0.5, abs=0.12)


def test_languages_without_any_difference_are_not_told():
    assert told(planted(0.0), None, "linear").mean() == pytest.approx(0.5, abs=0.15)


def test_neighbours_see_what_a_mean_leaves():
    """The second language lies in a plane of its own, with the same mean."""
    vectors = planted(0.0)
    vectors[0, :, 5:], vectors[1, :, :5] = 0, 0
    assert told(vectors, vectors.mean(dim=1), "neighbours").mean() > 0.9


def test_words_that_are_learnt_are_not_tried():
    """Every word is at a place of its own, so that only its copy in the other half would tell anything."""
    vectors = torch.eye(40).repeat(1, 1).reshape(2, 20, 40)
    assert told(vectors, None, "neighbours").shape == (10,)
