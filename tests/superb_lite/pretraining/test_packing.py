"""Short examples in rows."""

from hypothesis import given
from hypothesis import strategies as st

from superb_lite.pretraining.packing import pack

LENGTHS = st.lists(st.integers(1, 20), min_size=1, max_size=60)


@given(LENGTHS)
def test_every_example_is_in_one_row_and_fits(lengths):
    rows = pack(lengths, 20)
    assert sorted(n for row in rows for n in row) == list(range(len(lengths)))
    assert all(0 < sum(lengths[n] for n in row) <= 20 for row in rows)


@given(LENGTHS)
def test_no_two_rows_would_fit_into_one(lengths):
    filled = sorted(sum(lengths[n] for n in row) for row in pack(lengths, 20))
    assert len(filled) < 2 or filled[0] + filled[1] > 20
