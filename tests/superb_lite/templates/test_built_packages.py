"""Each kind of package is built, installed into a fresh environment, and does there what it is for."""

import pytest

from superb_lite.templates.names import Kind
from superb_lite.templates.project import render, write_project

NAME = "my-example"

LISTED = {
    Kind.task: ("tasks", "my-example/lightness"),
    Kind.taskset: ("tasks", "my-example/hue"),
    Kind.encoder: ("encoders", "random:my-example"),
    Kind.objective: ("objectives", "my-example"),
    Kind.modality: ("modalities", "my-example"),
}

USED = {
    Kind.task: (("evaluate raw:bigrams --tasks my-example --seeds 1", "my-example/lightness"),),
    Kind.taskset: (("evaluate raw:bigrams --tasks my-example --seeds 1", "my-example/hue"),),
    Kind.encoder: (("evaluate random:my-example --tasks clue-lite/sentiment --seeds 1 --limit 50", "sentiment"),),
    Kind.objective: (("pretrain my-example --budget quick --out made --trainer.max_steps 2", "made"),),
    Kind.modality: (
        ("pretrain my-example-denoising --budget quick --out made", "made"),
        ("evaluate made --tasks my-example-lite --seeds 1", "my-example-lite/swapped"),
    ),
}
"""What a package is for: commands, and what they say."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", Kind)
def test_a_package_is_built_installed_tested_listed_and_used(kind, fresh, tmp_path):
    write_project(render(kind, NAME), tmp_path / "package")
    offline = ("--no-deps", "--no-build-isolation", "--quiet")
    fresh("pip", "wheel", *offline, "--wheel-dir", "wheels", "./package")
    (wheel,) = (tmp_path / "wheels").glob("my_example-0.1.0-*.whl")
    fresh("pip", "install", *offline, str(wheel))
    what, name = LISTED[kind]
    assert name in fresh("superb_lite", "list", what)
    # The tests lie outside of the source, so that what they import is what the wheel holds.
    (tmp_path / "package" / "src").rename(tmp_path / "moved-away")
    assert " passed" in fresh("pytest", "-q", "-p", "no:cacheprovider", "package")
    for command, shown in USED[kind]:
        assert shown in fresh("superb_lite", *command.split())


@pytest.mark.slow
def test_a_package_that_is_installed_in_place_is_found_and_its_name_is_taken(fresh, tmp_path):
    write_project(render(Kind.task, NAME), tmp_path / "package")
    fresh("pip", "install", "--no-deps", "--no-build-isolation", "--quiet", "--editable", "./package")
    assert "my-example/lightness" in fresh("superb_lite", "list", "tasks")
    with pytest.raises(AssertionError, match="the task set 'my-example' is registered already"):
        fresh("superb_lite", "new", "task", NAME)
    with pytest.raises(AssertionError, match="there is a package 'my_example' already"):
        fresh("superb_lite", "new", "encoder", NAME)


@pytest.mark.slow
@pytest.mark.parametrize("kind", Kind)
def test_mypy_has_nothing_to_say(kind, fresh, tmp_path):
    write_project(render(kind, NAME), tmp_path / "package")
    settings = ("--config-file", "package/pyproject.toml", "--cache-dir", str(tmp_path.parent / "types"))
    assert "Success" in fresh("mypy", *settings, "package/src")
