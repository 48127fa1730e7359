"""Each kind of package is built, installed into a fresh environment, and does there what it is for."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from superb_lite.templates.names import Kind
from superb_lite.templates.project import render, write_project
from tests.fresh_environment import ROOT, FreshEnvironment

pytestmark = pytest.mark.slow

LISTED = {
    Kind.task: ("tasks", "my-task/lightness"),
    Kind.taskset: ("tasks", "my-taskset/hue"),
    Kind.encoder: ("encoders", "random:my-encoder"),
    Kind.objective: ("objectives", "my-objective"),
    Kind.modality: ("modalities", "my-modality"),
}

OFFLINE = ("--no-deps", "--no-build-isolation", "--quiet")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with a package of each kind."""
    place = tmp_path_factory.mktemp("packages")
    for kind in Kind:
        write_project(render(kind, f"my-{kind}"), place / kind)
    return place


def test_packages_are_built_installed_listed_tested_and_used(folder):
    fresh = FreshEnvironment(folder / "environment", tree=True)
    fresh.run("pip", "wheel", *OFFLINE, "--wheel-dir", "wheels", *(f"./{kind}" for kind in Kind), cwd=folder)
    wheels = sorted((folder / "wheels").glob("my_*-0.1.0-*.whl"))
    assert len(wheels) == len(Kind)
    fresh.run("pip", "install", *OFFLINE, *map(str, wheels), cwd=folder)
    for what, name in LISTED.values():
        assert name in fresh.run("superb-lite", "list", what, cwd=folder).stdout
    # The tests are taken out of the packages, so that what they import is what the wheels hold.
    for kind in Kind:
        (folder / kind / "tests").rename(folder / f"tests_of_{kind}")
    # All have the configuration of pytest that is in `shared`.
    options = ("-q", "-p", "no:cacheprovider", "--import-mode=importlib", "-c", f"{Kind.task}/pyproject.toml")
    tests = [f"tests_of_{kind}" for kind in Kind]
    done = fresh.run("pytest", *options, "--rootdir", ".", "-rA", *tests, cwd=folder).stdout
    for kind in Kind:
        assert f"PASSED tests_of_{kind}/test_conformance.py" in done
    # The guides, which a test follows too, evaluate and pretrain with the others.
    command = "evaluate random:my-encoder --tasks my-taskset --seeds 1 --limit 50"
    assert "my-taskset/hue" in fresh.run("superb-lite", *command.split(), cwd=folder).stdout


def test_a_package_that_is_installed_in_place_is_found_and_its_name_is_taken(tmp_path):
    fresh = FreshEnvironment(tmp_path / "environment", tree=True)
    write_project(render(Kind.task, "my-example"), tmp_path / "package")
    fresh.run("pip", "install", *OFFLINE, "--editable", "./package", cwd=tmp_path)
    assert "my-example/lightness" in fresh.run("superb-lite", "list", "tasks", cwd=tmp_path).stdout
    refused = fresh.run("superb-lite", "new", "task", "my-example", cwd=tmp_path, code=2).stderr
    assert "the task set 'my-example' is registered already" in refused
    refused = fresh.run("superb-lite", "new", "encoder", "my-example", cwd=tmp_path, code=2).stderr
    assert "there is a package 'my_example' already" in refused


def test_mypy_has_nothing_to_say(folder, tmp_path):
    """By the settings of the packages, for all of them at once; of the engine what `make lint` found out is used."""
    rules = {tomllib.loads((folder / kind / "pyproject.toml").read_text())["tool"]["mypy"]["strict"] for kind in Kind}
    assert rules == {True}
    ours = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    config = tmp_path / "pyproject.toml"
    strict = 'module = ["my_*"]\ndisallow_subclassing_any = true\ndisallow_untyped_calls = true\n'
    config.write_text(f"{ours}\n[[tool.mypy.overrides]]\n{strict}", encoding="utf-8")
    sources = [str(folder / kind / "src" / f"my_{kind}") for kind in Kind]
    command = [sys.executable, "-m", "mypy", "--config-file", str(config), *sources]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert "Success" in done.stdout, done.stdout + done.stderr
