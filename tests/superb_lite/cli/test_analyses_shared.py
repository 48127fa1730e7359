"""What the analyses share on the command line."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from superb_lite.cli.analyze._output import Formats, Out, Output, formats_of
from superb_lite.cli.analyze._shared import Encoders, check_encoders, command_line
from superb_lite.cli.app import app as commands
from superb_lite.cli.options import Json, TrustCode
from superb_lite.errors import SuperbLiteError
from superb_lite.forms import form_of
from superb_lite.protocols import protocol
from tests.superb_lite.analysis.sections import a_section

app = typer.Typer()


@app.command("seen", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def seen(
    context: typer.Context,
    encoders: Encoders,
    word: list[str] | None = None,
    layers: int = 3,
    finetune: Annotated[bool, typer.Option("--finetune/--no-finetune")] = True,
    out: Out = None,
    formats: Formats = "svg",
    trust_code: TrustCode = False,
    as_json: Json = False,
) -> None:
    section = a_section(command=command_line(context), encoders=encoders)
    Output.of("layers", out, formats).finish(section, as_json=as_json)


@app.command("other")
def other() -> None:
    """So that "seen" is a command of a group."""


def test_the_command_is_what_was_typed_without_what_only_shows(tmp_path):
    arguments = ["seen", "my bert", "b", "--word", "苹果", "--word", "-x", "--trust-code"]
    showing = ["--json", "--format", "svg,pdf", "--out", str(tmp_path)]
    result = CliRunner().invoke(app, arguments + showing, catch_exceptions=False)
    command = json.loads(result.stdout)["command"]
    assert shlex.split(command) == ["superb-lite", "analyze", *arguments]
    assert {path.name for path in tmp_path.iterdir()} >= {"layers.curve.pdf", "layers.curve.svg", "report.html"}


@pytest.mark.parametrize(
    "typed",
    [["--layers", "0"], ["--no-finetune"], ["--finetune"], ["--model.encoder.width=[1, 2]", "--name=it's ours"]],
)
def test_the_command_can_be_typed_again(typed, tmp_path):
    result = CliRunner().invoke(app, ["seen", "a", *typed, "--json", "--out", str(tmp_path)], catch_exceptions=False)
    again = shlex.split(json.loads(result.stdout)["command"])
    assert sorted(again) == sorted(["superb-lite", "analyze", "seen", "a", *typed])


def test_claims_and_the_main_table_are_printed_and_paths_said(tmp_path):
    result = CliRunner().invoke(app, ["seen", "a", "--out", str(tmp_path)], catch_exceptions=False)
    for text in ("Which layer answers what?", "not decided", "0.750 [0.700, 0.800]", "Tiny encoders."):
        assert text in result.stdout
    assert str(tmp_path / "report.html") in result.stderr


def test_without_out_it_goes_to_the_workspace(monkeypatch, tmp_path):
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path))
    assert Output.of("layers", None, "svg").directory == tmp_path / "inside"
    assert Output.of("layers", Path("x"), "svg").directory == Path("x")
    (tmp_path / "file").write_text("")
    with pytest.raises(SuperbLiteError, match="is a file"):
        Output.of("layers", tmp_path / "file", "svg")


def test_formats_are_known_ones_and_svg_among_them():
    assert formats_of("PDF, png,") == ("svg", "pdf", "png")
    with pytest.raises(SuperbLiteError, match="'jpg': pictures are written as svg, pdf or png"):
        formats_of("svg,jpg")


def test_an_encoder_given_twice_is_refused():
    with pytest.raises(SuperbLiteError, match="given twice"):
        check_encoders(["random:text-bert", "random:text-bert"], batch_size=1)
    check_encoders(["random:text-bert"], tasks=["clue-lite/pos"], batch_size=1)


_BERT = ("random:text-bert",)
ALL_ANALYSES = {
    "context": _BERT,
    "crosslingual": _BERT,
    "embryology": ("a-run",),
    "layers": (*_BERT, "--tasks", "clue-lite/pos"),
    "shots": ("random:text-gpt",),
    "similarity": (*_BERT, "random:text-gpt"),
}


@pytest.mark.parametrize("batch_size", ["0", "-1"])
@pytest.mark.parametrize("name", ALL_ANALYSES)
def test_a_batch_of_no_items_is_refused_before_anything_is_computed(name, batch_size, tmp_path):
    arguments = ["analyze", name, *ALL_ANALYSES[name], "--batch-size", batch_size, "--out", str(tmp_path / "out")]
    found = CliRunner().invoke(commands, arguments).exception
    assert isinstance(found, SuperbLiteError)
    assert str(found) == f"--batch-size {batch_size}: at least 1 item is needed"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("name", "option"), [("embryology", "--limit"), ("layers", "--limit"), ("layers", "--seeds")])
def test_numbers_that_are_too_small_are_refused_first(name, option):
    number = "1" if option == "--limit" else "0"
    found = CliRunner().invoke(commands, ["analyze", name, *ALL_ANALYSES[name], option, number]).exception
    assert isinstance(found, SuperbLiteError)
    assert str(found).startswith(f"{option} {number}: at least")


def test_files_of_somebody_else_are_refused_before_anything_is_computed(tmp_path):
    (tmp_path / "report.html").write_text("<title>Mine</title>")
    found = CliRunner().invoke(commands, ["analyze", "layers", *ALL_ANALYSES["layers"], "--out", str(tmp_path)])
    assert "is no report of analyses" in str(found.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


@pytest.fixture
def two_forms(monkeypatch):
    """A set of a task that is classified and one that asks for a span; layers of spans cannot be probed."""
    from superb_lite import plugins
    from superb_lite.tasks.task import Task

    known = plugins.tasks
    (first, *_) = known("clue-lite/pos")
    assert isinstance(first, Task)
    spans = next(t for t in plugins.embedded_tasks("text") if not protocol("frozen").takes(form_of(t)))
    monkeypatch.setattr(plugins, "tasks", lambda name: (first, spans) if name == "both" else known(name))
    return first, spans


def test_layers_leave_out_of_a_set_what_cannot_be_probed(two_forms, tmp_path):
    first, spans = two_forms
    arguments = ["analyze", "layers", *_BERT, "--tasks", "both", "--out", str(tmp_path), "--order"]
    found = CliRunner().invoke(commands, [*arguments, f"{first.name},{spans.name}"])
    assert spans.name in str(found.exception)
    assert "unknown task of --order" in str(found.exception)
    found = CliRunner().invoke(commands, [*arguments[:4], spans.name, *arguments[5:7]])
    assert "leave it out" in str(found.exception)


def test_embryology_refuses_a_named_task_of_another_modality(monkeypatch, tmp_path):
    from superb_lite.encoders.checkpoint import save_checkpoint
    from tests.superb_lite.analysis.tiny_texts import tiny_bert

    for step in range(3):
        save_checkpoint(tiny_bert(0), tmp_path / f"run/steps/{step}", name="text-bert", pretraining={"steps": step})
    arguments = ["analyze", "embryology", str(tmp_path / "run"), "--tasks", "vision-lite/*"]
    found = CliRunner().invoke(commands, arguments).exception
    assert isinstance(found, SuperbLiteError)
    assert "takes text, but 'vision-lite/" in str(found)
