"""The names that a command is given, and those that it shows."""

from __future__ import annotations

import pytest

from superb_lite.cli.names import check_names, shown_names
from superb_lite.errors import SuperbLiteError


def test_names_that_are_right() -> None:
    check_names(encoders=["raw:pixels", "majority", "random:text-bert"], protocol="knn", device="cuda:1")
    check_names(encoders=["raw:pixels", "majority"], tasks=["vision-lite/mnist-5", "*/digits-5"])
    check_names(tasks=["clue-lite", "*/ks", "vision-lite/mnist-5"])
    for device in ("auto", "cpu", "cuda", "mps"):
        check_names(device=device)


@pytest.mark.parametrize("device", ["warp", "cuda:", "cuda:-1", "cpu\n", "", "meta", "x" * 1000])
def test_devices_that_there_are_not(device: str) -> None:
    with pytest.raises(SuperbLiteError, match="unknown device") as error:
        check_names(device=device)
    assert len(str(error.value)) <= 300


def test_encoders_are_called_what_is_said_or_what_they_are() -> None:
    assert shown_names(["raw:pixels", "majority"], None) == ["raw:pixels", "majority"]
    assert shown_names(["raw:pixels", "majority"], ["my pixels", "好"]) == ["my pixels", "好"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["one"], "--as is given 1 time for 2 encoders"),
        (["one", "one"], "gives two encoders one name"),
        (["one", ""], "one printable line"),
        (["one", " two"], "one printable line"),
        (["one", "t\x1b[31mwo"], "one printable line"),
        (["one", "x" * 101], "one printable line"),
    ],
)
def test_names_that_cannot_be_shown_are_refused(given: list[str], words: str) -> None:
    with pytest.raises(SuperbLiteError, match=words) as error:
        shown_names(["raw:pixels", "majority"], given)
    assert str(error.value).isprintable()


def test_code_is_named_only_where_it_may_run() -> None:
    check_names(encoders=["py:module:make"], trust_code=True)
    with pytest.raises(SuperbLiteError, match=r"would run the code of the module 'a\.b' and call make\(\)"):
        check_names(encoders=["raw:pixels", "py:a.b:make"])
