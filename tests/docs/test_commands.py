"""Every command and option is in the documentation, and the documentation names no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from superb_lite import plugins
from superb_lite.cli.app import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def commands() -> dict[str, set[str]]:
    """The options of every command, by its full name."""
    found: dict[str, set[str]] = {}

    def walk(command, name):
        if hasattr(command, "list_commands"):
            for key in command.list_commands(None):
                walk(command.get_command(None, key), f"{name} {key}".strip())
        else:
            found[name] = {o for p in command.params for o in p.opts if o.startswith("--")} - {"--help"}

    walk(typer.main.get_command(app), "")
    return found


COMMANDS = commands()


def test_the_commands_are_those_of_the_specification():
    assert set(COMMANDS) == {
        "list",
        "analyze context",
        "analyze crosslingual",
        "analyze embryology",
        "analyze layers",
        "analyze scaling",
        "analyze shots",
        "analyze similarity",
        "analyze transfer",
        "new",
        "pretrain",
        "sweep",
        "generate",
        "hashes",
        "convert",
        "evaluate",
        "features",
        "compare",
        "plan",
        "power",
        "speedrun",
        "submit",
        "leaderboard show",
        "leaderboard compare",
        "leaderboard entry",
        "leaderboard card",
        "leaderboard eval-results",
        "leaderboard task",
        "leaderboard history",
        "leaderboard figure",
        "leaderboard export",
        "leaderboard import",
        "leaderboard merge",
        "leaderboard rerun",
        "leaderboard withdraw",
        "leaderboard rename",
        "leaderboard serve",
        "calibrate",
        "run",
        "doctor",
        "verify",
        "table",
        "chart",
        "check",
        "curves",
        "cache clear",
    }
    assert COMMANDS["evaluate"] == {
        "--tasks",
        "--protocol",
        "--layers",
        "--seeds",
        "--limit",
        "--device",
        "--executor",
        "--batch-size",
        "--root",
        "--trust-code",
        "--out",
        "--as",
        "--json",
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    assert f"superb-lite {name}" in TEXT
    missing = {o for o in COMMANDS[name] if not re.search(rf"(?<![\w-]){o}(?![\w-])", TEXT)}
    assert missing == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_pages_name_only_commands_and_options_that_exist(page: Path) -> None:
    text = re.sub(r"\\\n\s*", " ", page.read_text(encoding="utf-8"))
    for line in re.findall(r"(?:^|[`$ ])superb-lite ([a-z][^`\n|#]*)", text, flags=re.MULTILINE):
        words = line.split()
        name = next((n for n in COMMANDS if words[: len(n.split())] == n.split()), None)
        options = {w.split("=")[0] for w in words if re.fullmatch(r"--[a-z][\w.-]*(=.*)?", w)}
        if name is None:
            assert not options, f"{page.name}: superb-lite {line}"
            continue
        library = re.compile(r"--(trainer|model|data)\.|--(print_)?config|--seed")
        of_trainer = {o for o in options if name in ("pretrain", "speedrun") and library.match(o)}
        assert options - of_trainer <= COMMANDS[name] | {"--help"}, f"{page.name}: superb-lite {line}"


def test_every_objective_and_task_set_is_documented() -> None:
    assert [name for name in (*plugins.objectives(), *plugins.tasksets()) if name not in TEXT] == []
