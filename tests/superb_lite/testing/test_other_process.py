"""hash_elsewhere: data that is loaded in a second process."""

import os

import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite.imports import resolve
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.testing import other_process
from superb_lite.testing.other_process import hash_elsewhere

HERE = "tests.superb_lite.testing.test_other_process"


def steady(root):
    print("this is no answer")
    return TaskData({"a": f"one of {root}"}, (Example("1", ("a",), 0),), (Example("2", ("a",), 1),))


def of_the_process(root):
    return TaskData({"a": f"{os.getpid()}"}, (Example("1", ("a",), 0),), ())


def broken(root):
    raise ValueError("two\nlines")


def ending(root):
    os._exit(3)


def test_it_is_another_process_and_the_same_one_for_the_tasks_of_a_module(tmp_path):
    assert hash_elsewhere(f"{HERE}:steady", tmp_path) == steady(tmp_path).content_hash()
    assert hash_elsewhere(f"{HERE}:steady", None) == steady(None).content_hash()
    found = hash_elsewhere(f"{HERE}:of_the_process", None)
    assert found != of_the_process(None).content_hash()
    assert hash_elsewhere(f"{HERE}:of_the_process", None) == found


def test_sets_of_strings_have_another_order_there():
    load = "tests.superb_lite.testing.broken.tasks:unordered"
    assert hash_elsewhere(load, None) != resolve(load)(None).content_hash()


@pytest.mark.parametrize(
    ("load", "fault"),
    [
        (f"{HERE}:broken", "ValueError: two lines"),
        (f"{HERE}:ending", "the process ended with the code 3"),
        ("nowhere.at_all:load", "nowhere"),
    ],
)
def test_what_cannot_be_loaded_there_is_a_line_and_the_next_one_is_loaded(load, fault):
    with pytest.raises(SuperbLiteError, match=rf"^in another process it cannot be loaded: .*{fault}"):
        hash_elsewhere(load, None)
    assert hash_elsewhere(f"{HERE}:steady", None) == steady(None).content_hash()


def test_a_process_ends_when_the_next_module_is_asked_for():
    hash_elsewhere(f"{HERE}:steady", None)
    child = other_process._process(HERE).child
    hash_elsewhere("tests.superb_lite.testing.broken.tasks:unordered", None)
    assert child.poll() is not None
