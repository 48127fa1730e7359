"""The guides do what they say: their code blocks run, their commands and links exist."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.fresh_environment import FreshEnvironment

ROOT = Path(__file__).parents[2]
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    """The fenced code blocks of a page in one language."""
    return blocks_of(page.read_text(encoding="utf-8"), language)


def blocks_of(text: str, language: str) -> list[str]:
    """The fenced code blocks of a text in one language."""
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


BOARDS = "## Floors, ceilings and boards\n"


@pytest.fixture(scope="module")
def guide_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of docs/extending.md, written out and registered as an installed one would be."""
    folder = tmp_path_factory.mktemp("guide")
    page = ROOT / "docs" / "extending.md"
    for block in (*blocks(page, "toml"), *blocks(page, "yaml"), *blocks(page, "python")):
        first, _, rest = block.partition("\n")
        if first.startswith("# my_ssl/"):
            path = folder / first.removeprefix("# ").split()[0]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(rest, encoding="utf-8")
    project = tomllib.loads((folder / "my_ssl" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    information = folder / "my_ssl" / "my_ssl-0.1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: my-ssl\nVersion: 0.1.0\n", encoding="utf-8")
    lines = []
    for group, points in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {target}" for name, target in points.items())]
    (information / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "my_ssl"


def run(command: list[str], package: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with the guide's package installed."""
    path = os.pathsep.join([str(package), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False)


def output_of(line: str, package: Path, cwd: Path) -> str:
    """What a command line of a guide prints; it must succeed."""
    program, *arguments = shlex.split(line)
    assert program == "superb-lite"
    code = "import sys; from superb_lite.cli import main; main()"
    done = run([sys.executable, "-c", code, *arguments], package, cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_commands_of_the_extension_guide_run(guide_package: Path, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    commands = [line for block in blocks_of(text.partition(BOARDS)[0], "bash") for line in block.splitlines()]
    assert len(commands) == 6
    for line in commands:
        shown = {" pretrain ": "hidden-tokens", " check ngram": "0 failed"}
        shown = next((words for part, words in shown.items() if part in line), "my-set/weekday")
        assert shown in output_of(line, guide_package, tmp_path)


@pytest.mark.slow
def test_a_board_made_in_python_is_that_of_the_commands_after_it(guide_package: Path, tmp_path: Path) -> None:
    section = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8").partition(BOARDS)[2].partition("\n## ")[0]
    (snippet,) = blocks_of(section, "python")
    (commands,) = blocks_of(section, "bash")
    only_made = snippet.partition("\nfor ")[0]  # no entry yet: the columns are in the file for all that
    done = run([sys.executable, "-c", only_made], guide_package, tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(commands.splitlines()) == 2
    for line in commands.splitlines():
        shown = output_of(line, guide_package, tmp_path)
        assert "mine board, version 1" in shown
        assert "my-set/weekday" in shown
        assert "trigrams" in shown
        assert "clue-lite" not in shown


@pytest.mark.slow
def test_the_conformance_tests_of_the_extension_guide_pass(guide_package: Path, tmp_path: Path) -> None:
    (block,) = (b for b in blocks(ROOT / "docs" / "extending.md", "python") if b.startswith("# test_conformance.py"))
    (tmp_path / "test_conformance.py").write_text(block, encoding="utf-8")
    done = run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."], guide_package, tmp_path)
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout
    assert "skipped" in done.stdout


@pytest.mark.slow
def test_the_python_blocks_of_the_guides_run(guide_package: Path, tmp_path: Path) -> None:
    snippets = [block for page in PAGES for block in blocks(page, "python") if not block.startswith("# my_ssl/")]
    assert len(snippets) >= 4
    for snippet in snippets:
        done = run([sys.executable, "-c", snippet], guide_package, tmp_path)
        assert done.returncode == 0, f"{snippet}\n{done.stderr}"


SHOWN = {
    "superb-lite list tasks": "colours/lightness",
    "superb-lite list objectives": "restored",
    "superb-lite list modalities": "tables",
    "superb-lite check colours": "colours/warmth",
    "superb-lite evaluate raw:bigrams --tasks colours/warmth": "colours/warmth",
    "superb-lite evaluate first --tasks tables-lite --seeds 1": "tables-lite/swapped",
    "superb-lite run --modality tables --quick": "tables-lite/diagnosis",
    "superb-lite evaluate py:my_model:make --tasks tsv:colours.tsv --trust-code": "tsv:colours.tsv",
}
"""What some commands of the guides print."""


@pytest.mark.slow
@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_a_guide_is_followed_from_its_first_block_to_its_last(page: Path, tmp_path: Path) -> None:
    fresh = FreshEnvironment(tmp_path / "environment", tree=True)
    found = re.findall(r"```(\w+)\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(found) >= 2
    ran = set()
    for language, block in found:
        if language == "bash":
            for line in block.splitlines():
                ran.add(line)
                # There is no network to fetch setuptools from.
                offline = ["--no-deps", "--no-build-isolation"] if line.startswith("pip install") else []
                assert SHOWN.get(line, "") in fresh.run(*shlex.split(line), *offline, cwd=tmp_path).stdout
        else:
            write_block(block, tmp_path)
    assert ran & set(SHOWN)


def write_block(block: str, folder: Path) -> None:
    """Write a file of a guide, or what it adds to one, as the first line of the block says."""
    first, _, text = block.partition("\n")
    *how, path = first.removeprefix("# ").split()
    file = folder / path
    before = file.read_text(encoding="utf-8") if how else ""
    if "end" in how:
        text = f"{before}\n{text}"
    elif "beginning" in how:  # after the docstring
        docstring, _, rest = before.partition("\n\n")
        text = f"{docstring}\n\n{text.rstrip()}\n\n{rest}"
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("page", [*PAGES, *GUIDES], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_file_of_the_engine_is_in_the_architecture_page() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for file in sorted((ROOT / "superb_lite").glob("*.py")):
        if file.stem not in ("__init__", "__main__"):
            assert file.name in page, f"docs/architecture.md does not mention {file.name}"


def test_every_registered_task_is_described() -> None:
    from superb_lite import plugins

    text = (ROOT / "docs" / "data.md").read_text(encoding="utf-8") + (ROOT / "README.md").read_text(encoding="utf-8")
    for taskset in plugins.tasksets().values():
        for task in taskset:
            assert f"`{task.name}`" in text
