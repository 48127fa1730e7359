"""`superb-lite check`: what it prints, and its exit codes."""

import dataclasses
import json
import sys

import pytest

from superb_lite import plugins
from superb_lite.cli import main
from superb_lite.testing import registered
from superb_lite.testing.check import Check
from superb_lite.testing.encoder_case import EncoderCase


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["superb-lite", "check", *arguments])
    try:
        main()
    except SystemExit as left:
        return left.code
    return 0


@pytest.fixture
def few(monkeypatch):
    """Two checks instead of all: one that passes where nothing is said, and one that cannot be asked."""
    from superb_lite.testing import encoder_checks

    def use(fault):
        def asked(case):
            return fault

        monkeypatch.setattr(encoder_checks, "CHECKS", (Check("asked", "about", "do it", asked, EncoderCase),))

    return use


@pytest.mark.parametrize(("fault", "code"), [(None, 0), ("it \x1b[31m is [/x] wrong", 1)])
def test_the_exit_code_says_whether_a_check_failed(few, monkeypatch, capsys, fault, code):
    few(fault)
    assert run(monkeypatch, "raw:characters") == code
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "encoder 'raw:characters'"
    line = "  passed  asked" if fault is None else "  FAILED  asked: it \\x1b[31m is [/x] wrong. To mend: do it"
    assert lines[1] == line
    assert lines[2] == f"{1 - code} passed, {code} failed, 0 not applicable"


def test_json_has_a_row_for_each_check(few, monkeypatch, capsys):
    few("wrong")
    assert run(monkeypatch, "raw:characters", "--json") == 1
    assert json.loads(capsys.readouterr().out) == [
        {
            "subject": "encoder 'raw:characters'",
            "check": "asked",
            "about": "about",
            "outcome": "failed",
            "why": "wrong. To mend: do it",
        }
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["raw:charakters"], "did you mean 'raw:characters'"),
        (["text", "--kind", "thing"], "choose among encoder, task, objective, modality"),
        (["text", "--kind", "objective"], "unknown objective 'text'"),
        (["raw:characters", "--data", "nowhere"], "--data 'nowhere' does not exist"),
        (["raw:characters", "--root", "nowhere"], "--root 'nowhere' does not exist"),
        (["raw:characters", "--device", "abacus"], "unknown device 'abacus'"),
        (["no\nname"], "no\\nname"),
    ],
)
def test_bad_input_is_one_line(monkeypatch, capsys, arguments, said):
    assert run(monkeypatch, *arguments) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert said in lines[0]


def test_an_objective_is_checked_before_its_encoder_has_weights(monkeypatch, tmp_path):
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path))
    # The architecture has another name, as where an objective trains one that is built in.
    spec = dataclasses.replace(plugins.objective("text-bert"), name="restored")
    monkeypatch.setattr(plugins, "objectives", lambda: {"restored": spec})
    monkeypatch.setattr(plugins, "objective", {"restored": spec}.__getitem__)
    assert registered.registered("restored") == [spec]


def test_a_name_stands_for_all_that_has_it():
    kinds = [type(subject).__name__ for subject in registered.registered("text-bert")]
    assert kinds == ["EncoderSpec", "ObjectiveSpec"]
    assert registered.registered("text") == [plugins.modality("text")]
    assert registered.registered("clue-lite/pos") == list(plugins.tasks("clue-lite/pos"))
    assert registered.registered("glue-lite") == list(plugins.taskset("glue-lite"))
    assert registered.registered("random:text-bert:3") == ["random:text-bert:3"]
    assert registered.registered("text-bert", "objective") == [plugins.objective("text-bert")]
