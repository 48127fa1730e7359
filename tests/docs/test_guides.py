"""The guides do what they say: their code blocks run, their commands and links exist."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.forked_python import forked_python
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
def guide_module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the module of docs/extending.md."""
    folder = tmp_path_factory.mktemp("guide")
    (block,) = (b for b in blocks(ROOT / "docs" / "extending.md", "python") if b.startswith("# my_ssl.py\n"))
    (folder / "my_ssl.py").write_text(block, encoding="utf-8")
    return folder


def run(command: list[str], cwd: Path, module: Path) -> str:
    """What an interpreter prints that must succeed with these arguments, the module of the page within reach."""
    path = os.pathsep.join(filter(None, [str(module), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    done = forked_python().run(*command, cwd=cwd, environment=environment)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture
def output_of(
    superb_lite_command: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[str], str]:
    """What a command line of a page prints, in an empty folder; it must succeed."""
    monkeypatch.chdir(tmp_path)

    def output(line: str) -> str:
        program, *arguments = shlex.split(line)
        assert program == "superb-lite"
        code, out, error = superb_lite_command(*arguments)
        assert code == 0, error
        return out

    return output


@pytest.mark.slow
def test_the_commands_of_the_extension_page_run(output_of: Callable[[str], str]) -> None:
    text = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    for_people, for_programs = blocks_of(text.partition(BOARDS)[0], "bash")[0].splitlines()
    assert " 0 failed, " in output_of(for_people).splitlines()[-1]
    assert {finding["outcome"] for finding in json.loads(output_of(for_programs))} <= {"passed", "not applicable"}


@pytest.mark.slow
def test_a_board_made_in_python_is_that_of_the_commands_after_it(output_of: Callable[[str], str]) -> None:
    section = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8").partition(BOARDS)[2].partition("\n## ")[0]
    (snippet,) = blocks_of(section, "python")
    (commands,) = blocks_of(section, "bash")
    # No entry yet: the columns are in the file for all that.
    exec(snippet.partition("\nfor ")[0], {})
    assert len(commands.splitlines()) == 2
    for line in commands.splitlines():
        shown = output_of(line)
        assert "mine board, version 1" in shown
        assert "vision-lite/digits-5" in shown
        assert "edges" in shown
        assert "clue-lite" not in shown


@pytest.mark.slow
def test_the_conformance_tests_of_the_extension_page_pass(guide_module: Path, tmp_path: Path) -> None:
    (block,) = (b for b in blocks(ROOT / "docs" / "extending.md", "python") if b.startswith("# test_conformance.py"))
    (tmp_path / "test_conformance.py").write_text(block, encoding="utf-8")
    shown = run(["-m", "pytest", "-q", "-p", "no:cacheprovider", "."], tmp_path, guide_module)
    assert "passed" in shown
    assert "skipped" in shown


@pytest.mark.slow
def test_the_python_blocks_of_the_pages_run(guide_module: Path, tmp_path: Path) -> None:
    snippets = [block for page in PAGES for block in blocks(page, "python") if "test_conformance.py" not in block]
    assert len(snippets) >= 4
    for number, snippet in enumerate(snippets):
        (tmp_path / f"{number}.py").write_text(snippet, encoding="utf-8")
    code = f"import runpy\nfor n in range({len(snippets)}): runpy.run_path(f'{{n}}.py', run_name='__main__')"
    run(["-c", code], tmp_path, guide_module)


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
