"""Names of new packages: what is refused, in one line that says why."""

import keyword
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superb_lite.errors import MESSAGE_LIMIT, SuperbLiteError
from superb_lite.templates.names import LONGEST, Kind, check_name, package_name


def refusal(kind, name, target):
    with pytest.raises(SuperbLiteError) as caught:
        check_name(kind, name, target)
    line = str(caught.value)
    assert len(line) <= MESSAGE_LIMIT
    assert len(line.splitlines()) == 1
    return line


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("name", ["colours", "my-task", "x", "a1-b2-3", "a" * LONGEST])
def test_names_of_words_are_taken(kind, name, tmp_path):
    check_name(kind, name, tmp_path / "new")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("My Task", "(write 'my-task'?)"),
        ("my_task", "(write 'my-task'?)"),
        ("2colours", "(write 'colours'?)"),
        ("my--task", "(write 'my-task'?)"),
        ("-task", "(write 'task'?)"),
        ("../evil", "(write 'evil'?)"),
        ("", "'' is no name for a package: use lower-case letters"),
        ("天", "is no name for a package: use"),
        ("a\nb", r"'a\nb' is no name"),
        ("raw:colours", "(write 'raw-colours'?)"),
        ("a" * (LONGEST + 1), f"has {LONGEST + 1} characters: give a name of at most {LONGEST}"),
        ("a" * 10_000, "has 10000 characters"),
        ("class", "'class' is a keyword of Python"),
        ("match", "'match' is a keyword of Python"),
        ("json", "'json' is a module of Python's standard library"),
        ("torch", "there is a package 'torch' already"),
        ("scikit-learn", "there is a package 'scikit_learn' already"),
        ("sklearn", "there is a package 'sklearn' already"),
        ("superb-lite-text", "there is a package 'superb_lite_text' already"),
    ],
)
def test_other_names_are_refused(name, says, tmp_path):
    assert says in refusal(Kind.objective, name, tmp_path / "new")


@pytest.mark.parametrize(
    ("kind", "name", "says"),
    [
        (Kind.task, "clue-lite", "the task set 'clue-lite' is registered already"),
        (Kind.taskset, "clue-lite", "the task set 'clue-lite' is registered already"),
        (Kind.encoder, "text-bert", "the encoder 'text-bert' is registered already"),
        (Kind.encoder, "hf", "the encoder 'hf' is registered already"),
        (Kind.encoder, "majority", "the encoder 'majority' is registered already"),
        (Kind.objective, "text-gpt", "the objective 'text-gpt' is registered already"),
        (Kind.modality, "image", "the modality 'image' is registered already"),
        (
            Kind.modality,
            "vision",
            "the task set 'vision-lite' is registered already: choose another name than 'vision'",
        ),
    ],
)
def test_what_is_registered_keeps_its_name(kind, name, says, tmp_path):
    assert says in refusal(kind, name, tmp_path / "new")


def test_a_name_of_another_kind_is_free(tmp_path):
    check_name(Kind.task, "text-gpt", tmp_path / "new")


def test_the_empty_folder_that_is_to_be_filled_is_no_package(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))  # as when Python is started in the folder
    (tmp_path / "colours").mkdir()
    check_name(Kind.task, "colours", tmp_path / "colours")
    assert "there is a package 'colours' already" in refusal(Kind.task, "colours", tmp_path / "other")
    (tmp_path / "colours" / "__init__.py").touch()
    assert "there is a package 'colours' already" in refusal(Kind.task, "colours", tmp_path / "colours")


@given(st.text(max_size=60))
def test_a_name_is_taken_or_refused_in_one_line(name):
    line = None
    try:
        check_name(Kind.task, name, target=Path("new"))
    except SuperbLiteError as error:
        line = str(error)
    if line is not None:
        assert len(line) <= MESSAGE_LIMIT
        assert len(line.splitlines()) == 1
        return
    package = package_name(name)
    assert package.isidentifier()
    assert not keyword.iskeyword(package)
    assert package not in sys.stdlib_module_names
    assert "/" not in name
