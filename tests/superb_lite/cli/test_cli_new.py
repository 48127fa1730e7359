"""superb-lite new."""

import sys

import pytest

from superb_lite.cli import main


@pytest.fixture
def new(monkeypatch, capsys, tmp_path):
    """Run the command in an empty folder, in this process: (exit code, standard output, standard error)."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["superb-lite", "new", *arguments])
        code = 0
        try:
            main()
        except SystemExit as error:
            code = error.code or 0
        return code, *capsys.readouterr()

    return run


def test_a_package_lies_in_a_folder_of_its_name_and_what_to_do_next_is_said(new, tmp_path):
    code, out, err = new("task", "my-task")
    assert (code, err) == (0, "")
    assert (tmp_path / "my-task" / "src" / "my_task" / "__init__.py").is_file()
    first, *commands = out.splitlines()
    assert first.startswith("my-task: task my-task, 9 files")
    assert commands == [
        "  pip install -e 'my-task[dev]'",
        "  python -m pytest my-task",
        "  superb-lite evaluate raw:bigrams --tasks my-task",
    ]


def test_a_folder_can_be_named_also_the_one_where_one_is(new, tmp_path):
    assert new("encoder", "my-encoder", "a folder")[:2] == (
        0,
        "a folder: encoder my-encoder, 9 files; README.md says what is where. Next:\n"
        "  pip install -e 'a folder[dev]'\n"
        "  python -m pytest 'a folder'\n"
        "  superb-lite evaluate random:my-encoder --tasks clue-lite/pos\n",
    )
    code, out, err = new("objective", "my-objective", ".")
    assert (code, out) == (2, "")
    assert err == ("superb-lite: '.' is not empty, and nothing is overwritten: give another folder after the name\n")
    (tmp_path / "a folder" / "empty").mkdir()
    code, _, err = new("objective", "my-objective", "a folder/empty")
    assert (code, err) == (0, "")
    assert (tmp_path / "a folder" / "empty" / "pyproject.toml").is_file()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("task", "class"), "'class' is a keyword of Python"),
        (("task", "numpy"), "there is a package 'numpy' already"),
        (("task", "Mine"), "(write 'mine'?)"),
        (("tasks", "mine"), "'tasks' is not one of"),
        (("task",), "Missing argument 'name'"),
    ],
)
def test_bad_arguments_are_one_line_and_leave_nothing(new, tmp_path, arguments, says):
    code, out, err = new(*arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert says in err
    assert list(tmp_path.iterdir()) == []
