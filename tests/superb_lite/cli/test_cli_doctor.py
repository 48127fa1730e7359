"""`superb-lite doctor`, `cache clear` and `--trust-code` at the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from superb_lite.cli import main
from superb_lite.cli.diagnosis import Finding

FUNCTION = """
def make():
    return lambda items: [[float(len(item)), float(item.count("好"))] for item in items]
"""


@pytest.fixture
def superb_lite(monkeypatch, capsys, tmp_path):
    """Run a command in this process: (exit code, standard output, standard error)."""
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "workspace"))
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["superb-lite", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as error:
            code = error.code or 0
        return code, *capsys.readouterr()

    return run


def test_doctor(superb_lite) -> None:
    code, out, err = superb_lite("doctor")
    assert (code, err) == (0, "")
    assert "torch" in out
    lines = out.splitlines()
    assert len(lines) <= 50
    code, out, _ = superb_lite("doctor", "--json")
    assert code == 0
    assert len(json.loads(out)) > 2 * len(lines)
    assert all(set(row) == {"topic", "name", "state", "value", "advice"} for row in json.loads(out))


def test_doctor_fails_when_something_needed_is_broken(superb_lite, monkeypatch) -> None:
    broken = Finding("packages", "torch", "broken", "not installed", "pip install torch[x]")
    monkeypatch.setattr("superb_lite.cli.diagnosis.examine", lambda **_: [broken])
    code, out, err = superb_lite("doctor")
    assert code == 2
    assert "-> pip install torch[x]" in out
    assert err == "superb-lite: broken: torch\n"


def test_doctor_shows_in_full_only_what_is_not_ok(superb_lite, monkeypatch) -> None:
    fine = [Finding("plugins", f"fine-{number}", "ok", "objectives, from superb-lite") for number in range(30)]
    noted = Finding("plugins", "odd", "note", "x:y does not load", "mend or remove the package 'z'")
    monkeypatch.setattr("superb_lite.cli.diagnosis.examine", lambda **_: [*fine[:15], noted, *fine[15:]])
    code, out, _ = superb_lite("doctor")
    assert code == 0
    assert "fine-" not in out
    assert "superb-lite: 30 objectives" in out
    assert "x:y does not load" in out
    assert "-> mend or remove the package 'z'" in out
    assert out.splitlines()[-1].startswith("30 ok, 1 note, 0 broken")
    assert len(json.loads(superb_lite("doctor", "--json")[1])) == 31


@pytest.mark.parametrize(
    ("options", "left"),
    [((), []), (("--features",), ["speech"]), (("--data",), ["features"]), (("--features", "--data"), [])],
)
def test_cache_clear(superb_lite, tmp_path: Path, options, left) -> None:
    for name in ("features", "speech"):
        (tmp_path / "cache" / name).mkdir(parents=True)
        (tmp_path / "cache" / name / "x").write_bytes(bytes(1_200_000))
    code, out, _ = superb_lite("cache", "clear", *options)
    assert code == 0
    assert "1.2 MB freed" in out
    assert [path.name for path in (tmp_path / "cache").iterdir()] == left


def test_a_function_on_an_own_table_with_one_word_each(superb_lite, tmp_path: Path) -> None:
    (tmp_path / "my_encoder_for_cli.py").write_text(FUNCTION)
    lines = [f"第{i}次{'很好' if i % 2 else '不坏'}。\t{i % 2}" for i in range(40)]
    (tmp_path / "own.tsv").write_text("\n".join(["text\tlabel", *lines]), encoding="utf-8")
    arguments = ("evaluate", "py:my_encoder_for_cli:make", "--tasks", "tsv:own.tsv", "--seeds", 3, "--json")
    code, out, err = superb_lite(*arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "--trust-code" in err
    code, out, _ = superb_lite(*arguments, "--trust-code")
    assert code == 0
    (row,) = json.loads(out)
    assert row["task"] == "tsv:own.tsv"
    assert row["score"] == 1.0
    assert row["normalised"] is None
    code, _, err = superb_lite("submit", "py:my_encoder_for_cli:make", "--name", "x", "--trust-code")
    assert code == 2
    assert "has no modality of its own" in err
