"""Recipes: files of packages that say what a budget means, and what happens where there is none."""

import dataclasses
from pathlib import Path

import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.options import all_options, build_cli, choose_encoder
from superb_lite.pretraining.recipes import budget_dir, find_recipe
from superb_lite.pretraining.run import check_arguments

EVERY = [(name, budget) for name, spec in plugins.objectives().items() for budget in spec.recipes]


def spec(monkeypatch, tmp_path, text):
    """text-bert, with one recipe: a file of this text in a package."""
    package = tmp_path / f"recipes_{tmp_path.name}"  # a package is imported once
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "mine.yaml").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    bert = plugins.objective("text-bert")
    return dataclasses.replace(bert, recipes={"minute": f"{package.name}:mine.yaml"})


def config(spec, arguments=()):
    """Every option that decides a number, with the value that a recipe and the arguments give it."""
    encoder, rest = choose_encoder(spec, arguments)
    recipe = find_recipe(spec, "minute")
    return all_options(build_cli(spec, encoder, rest, recipe=recipe, trainer_defaults={}, make=False).config)


@pytest.mark.parametrize(("name", "budget"), EVERY, ids=map("/".join, EVERY))
def test_every_recipe_is_read_and_has_options_that_there_are(name, budget):
    check_arguments(name, [], budget=budget)
    assert find_recipe(plugins.objective(name), budget).steps > 0


@pytest.mark.parametrize("name", plugins.objectives())
def test_a_larger_budget_takes_more_steps_or_a_larger_encoder(name):
    spec = plugins.objective(name)
    assert list(spec.recipes)[:4] == ["quick", "minute", "ten-minutes", "hour"]
    quick, minute, ten, hour = (find_recipe(spec, budget) for budget in list(spec.recipes)[:4])
    assert quick.steps < minute.steps < ten.steps
    assert minute.steps < hour.steps


RECIPE = """
trainer: {max_steps: 7, gradient_clip_val: 0.5}
model:
  mask_rate: 0.4
  encoder: {layers: 3}
data: {row_length: 48}
"""


def test_arguments_come_before_the_recipe_and_the_recipe_before_the_defaults(monkeypatch, tmp_path):
    mine = spec(monkeypatch, tmp_path, RECIPE)
    found = config(mine, ["--mask_rate", "0.6"])
    assert found["trainer.max_steps"] == 7
    assert found["trainer.gradient_clip_val"] == 0.5
    assert found["model.mask_rate"] == 0.6
    assert found["model.encoder.layers"] == 3
    assert found["model.encoder.width"] == 128
    assert found["data.row_length"] == 48
    file = tmp_path / "further.yaml"
    file.write_text("model: {mask_rate: 0.2}\ntrainer: {max_steps: 9}\n", encoding="utf-8")
    found = config(mine, ["--config", str(file)])
    assert (found["model.mask_rate"], found["trainer.max_steps"], found["data.row_length"]) == (0.2, 9, 48)


def test_the_shape_of_another_architecture_is_not_the_recipes(monkeypatch, tmp_path):
    speech = plugins.objective("speech-masked")
    mine = spec(monkeypatch, tmp_path, "trainer: {max_steps: 7}\nmodel: {encoder: {groups: 4}}\n")
    mine = dataclasses.replace(speech, recipes=mine.recipes)
    assert config(mine)["model.encoder.groups"] == 4
    assert "model.encoder.groups" not in config(mine, ["--model.encoder", "speech-next-frame"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("trainer: {max_steps: 7}\nmodel: {mask_rat: 0.4}\n", "sets model.mask_rat, and there is no such option"),
        ("trainer: {max_steps: 7}\nmodels: {mask_rate: 0.4}\n", "sets models, and there is no such option"),
        ("trainer: {max_steps: many}\n", "trainer.max_steps must be a whole number"),
        ("model: {mask_rate: 0.4}\n", "trainer.max_steps must be a whole number"),
        ("a text", "trainer.max_steps must be a whole number"),
        ("trainer: {max_steps: 7\n", "cannot be read"),
    ],
)
def test_a_file_that_is_no_recipe_is_one_line_that_names_it(monkeypatch, tmp_path, text, words):
    with pytest.raises(SuperbLiteError, match=r"recipes_\w+:mine.yaml") as error:
        config(spec(monkeypatch, tmp_path, text))
    assert words in str(error.value)


def test_a_value_of_a_wrong_kind_is_one_line(monkeypatch, tmp_path):
    with pytest.raises(SuperbLiteError, match="mask_rate"):
        config(spec(monkeypatch, tmp_path, "trainer: {max_steps: 7}\nmodel: {mask_rate: much}\n"))


@pytest.mark.parametrize("file", ["no_such_package:mine.yaml", "superb_lite_text:no_such.yaml"])
def test_a_missing_file_is_one_line(file):
    mine = dataclasses.replace(plugins.objective("text-bert"), recipes={"minute": file})
    with pytest.raises(SuperbLiteError, match=f"recipe '{file}' of objective 'text-bert' cannot be read"):
        find_recipe(mine, "minute")


def test_a_budget_without_a_recipe_is_one_line_with_those_that_there_are():
    words = "objective 'text-bert' has no recipe for the budget 'week': choose among quick, minute, ten-minutes, hour"
    with pytest.raises(SuperbLiteError, match=words):
        find_recipe(plugins.objective("text-bert"), "week")


def test_each_budget_but_the_minute_has_a_folder():
    assert budget_dir(Path("here"), "minute") == Path("here")
    assert budget_dir(Path("here"), "hour") == Path("here", "hour")
