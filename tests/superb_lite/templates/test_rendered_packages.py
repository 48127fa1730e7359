"""What the templates say, as far as it can be told without installing it."""

import ast
import re
import subprocess
import sys
import tomllib

import pytest

from superb_lite import plugins
from superb_lite.templates.names import LONGEST, Kind, check_name, package_name, registered_names
from superb_lite.templates.project import FOLDER, render, write_project

NAMES = ("x", "my-example", "x" * LONGEST)
"""The shortest, one with a hyphen, and the longest: how lines are broken must not depend on them."""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", Kind)
def test_ruff_has_nothing_to_say(kind, name, tmp_path):
    write_project(render(kind, name), tmp_path / "package")
    for command in (("check", "--no-cache"), ("format", "--no-cache", "--diff")):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "package"],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("kind", Kind)
def test_a_package_has_what_every_package_has(kind):
    files = render(kind, "my-example")
    assert {
        ".gitignore",
        "README.md",
        "pyproject.toml",
        "src/my_example/__init__.py",
        "src/my_example/py.typed",
        "tests/test_conformance.py",
    } <= set(files)
    for path, text in files.items():
        assert "{{" not in text, path
        assert "{%" not in text, path
        assert text == "" or text.endswith("\n"), path
        assert not text.endswith("\n\n"), path
        assert len(text.splitlines()) < 200, path


@pytest.mark.parametrize("kind", Kind)
def test_entry_points_name_what_is_there_and_register_what_is_checked(kind):
    files = render(kind, "my-example")
    project = tomllib.loads(files["pyproject.toml"])["project"]
    assert project["name"] == "my-example"
    groups = project["entry-points"]
    assert set(groups) <= set(plugins.GROUPS)
    registered = {name for points in groups.values() for name in points}
    assert registered == {name for _, name in registered_names(kind, "my-example")}
    for points in groups.values():
        for target in points.values():
            module, _, value = target.partition(":")
            assert value in defined(module_text(files, module))


@pytest.mark.parametrize("kind", Kind)
def test_what_values_name_is_there(kind):
    files = render(kind, "my-example")
    source = [text for path, text in files.items() if path.startswith("src/") or path == "pyproject.toml"]
    targets = [t for text in source for t in re.findall(r'"(my_example[\w.]*:[\w./-]+)"', text)]
    assert targets
    for target in targets:
        module, _, rest = target.partition(":")
        if rest.endswith((".yaml", ".json")):
            assert f"src/my_example/{rest}" in files
        else:
            assert rest in defined(module_text(files, module)), target


@pytest.mark.parametrize("kind", Kind)
def test_the_readme_tells_of_every_file(kind):
    files = render(kind, "my-example")
    for path in files:
        name = path.rpartition("/")[2]
        if name not in ("README.md", ".gitignore", "py.typed") and not path.endswith(".yaml"):
            assert name in files["README.md"], path
    for path in re.findall(r"`((?:src|tests)/[\w/.-]+)`", files["README.md"]):
        assert path in files or any(other.startswith(path) for other in files), path


@pytest.mark.parametrize("kind", Kind)
def test_reading_the_package_imports_nothing_heavy(kind, tmp_path):
    write_project(render(kind, "my-example"), tmp_path / "package")
    code = (
        "import sys, my_example; "
        "print({'torch', 'numpy', 'sklearn', 'matplotlib', 'lightning'} & set(sys.modules) or 'light')"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, 'package/src'); {code}"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    assert done.stdout.strip() == "light"


def test_every_folder_is_a_kind_or_shared():
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} - {"__pycache__"} == {*Kind, "shared"}


def module_text(files, module):
    place = "src/" + module.replace(".", "/")
    return files.get(f"{place}.py") or files[f"{place}/__init__.py"]


def defined(text):
    """The names that a module defines by an assignment, a function or a class."""
    body = ast.parse(text).body
    assigned = {t.id for n in body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
    return assigned | {n.name for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)}


@pytest.mark.parametrize("kind", Kind)
def test_the_names_used_here_are_allowed(kind, tmp_path):
    for name in NAMES:
        check_name(kind, name, tmp_path / "new")
        assert package_name(name).isidentifier()
