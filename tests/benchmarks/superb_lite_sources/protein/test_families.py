"""Families of related sequences, against a slow loop."""

from hypothesis import given
from hypothesis import strategies as st

from superb_lite_sources.protein.families import families, related_to

SEQUENCES = st.lists(st.text(alphabet="ACD", max_size=8), min_size=1, max_size=8)


def stretches(sequence, k):
    return {sequence[i : i + k] for i in range(len(sequence) - k + 1)}


def related(one, other, k, share):
    first, second = stretches(one, k), stretches(other, k)
    shared = len(first & second)
    return shared > 0 and shared >= share * min(len(first), len(second))


@given(SEQUENCES, st.integers(1, 3), st.sampled_from([0.25, 0.5, 1.0]))
def test_families_are_what_chains_of_related_sequences_join(sequences, k, share):
    expected = list(range(len(sequences)))
    for _ in sequences:
        for i, one in enumerate(sequences):
            for j, other in enumerate(sequences):
                if related(one, other, k, share):
                    expected[i] = expected[j] = min(expected[i], expected[j])
    assert families(sequences, k, share) == expected


@given(SEQUENCES, SEQUENCES, st.integers(1, 3), st.sampled_from([0.25, 0.5, 1.0]))
def test_related_to_one_of_the_others(sequences, others, k, share):
    expected = [any(related(one, other, k, share) for other in others) for one in sequences]
    assert related_to(sequences, others, k, share) == expected
