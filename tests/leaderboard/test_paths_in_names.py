"""No path of a machine is shown to strangers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superb_lite_leaderboard.names import public_name


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        ("random:text-bert", "random:text-bert"),
        ("raw:log-mel", "raw:log-mel"),
        ("/home/ann/secret/out/text-bert", "text-bert"),
        ("superb-lite-out/checkpoints/text-bert/", "text-bert"),
        ("random:/home/ann/out/text-bert", "random:text-bert"),
        ("hf:google-bert/bert-base-uncased", "hf:google-bert/bert-base-uncased"),
        ("hf:/home/ann/models/bert", "hf:bert"),
        ("timm:resnet18,weights=/home/ann/w.safetensors", "timm:resnet18,weights=w.safetensors"),
        ("C:\\Users\\ann\\bert", "bert"),
        ("~/bert, ../x/y", "bert, y"),
        ("a\x1b[31m/b\n", "b\\n"),
    ],
)
def test_the_last_component_stays(reference: str, shown: str) -> None:
    assert public_name(reference) == shown


@given(
    st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=2, max_size=5),
    st.sampled_from(["", "random:", "py:"]),
)
def test_no_folder_is_left(parts: list[str], scheme: str) -> None:
    assert public_name(f"{scheme}/{'/'.join(parts)}") == f"{scheme}{parts[-1]}"
