"""A forked process is like one that is started afresh."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.forked_python import forked_python
from tests.fresh_environment import FreshEnvironment


def run(*arguments: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    return forked_python().run(*arguments, cwd=cwd or Path.cwd(), environment={**os.environ, **variables})


LOOK = """
import json, os, sys
names = ["superb_lite" in sys.modules, "pytest" in sys.modules]
print(json.dumps([names, sys.argv, os.getcwd(), os.environ.get("WORD"), sys.executable, sys.stdin.read()]))
"""


def test_it_has_the_folder_and_the_variables_that_it_is_given_and_nothing_of_ours(tmp_path: Path) -> None:
    done = run("-c", LOOK, "a b", cwd=tmp_path, WORD="字")
    assert done.returncode == 0
    assert json.loads(done.stdout) == [[False, False], ["-c", "a b"], str(tmp_path), "字", sys.executable, ""]


def test_packages_are_found_where_they_are_put_meanwhile_and_forgotten(tmp_path: Path) -> None:
    site = str(tmp_path / "site")
    code = "import fresh_package; print(fresh_package.VALUE)"
    for value in ("one", "two"):
        done = run("-c", code, PYTHONPATH=site, PYTHONDONTWRITEBYTECODE="1")
        assert (done.returncode, done.stdout) == ((1, "") if value == "one" else (0, "one\n"))
        assert ("ModuleNotFoundError" in done.stderr) == (value == "one")
        (tmp_path / "site").mkdir(exist_ok=True)
        (tmp_path / "site" / "fresh_package.py").write_text(f"VALUE = '{value}'\n", encoding="utf-8")
    assert run("-m", "fresh_package", PYTHONPATH=site).returncode == 0


def test_scripts_modules_exit_codes_and_what_runs_at_the_end(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import atexit, sys, beside\n"
        "atexit.register(print, 'end', file=sys.stderr)\n"
        "print(sys.argv)\n"
        "sys.exit(beside.CODE)\n",
        encoding="utf-8",
    )
    (tmp_path / "beside.py").write_text("CODE = 3\n", encoding="utf-8")
    done = run(str(script), "x")
    assert (done.returncode, done.stdout, done.stderr) == (3, f"{[str(script), 'x']}\n", "end\n")
    done = run("-m", "script", "x", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, f"{[str(script), 'x']}\n")
    assert run("-c", "import os; os.abort()").returncode == -6


def test_no_two_draw_the_same_numbers() -> None:
    code = "import random, numpy; print(random.random(), numpy.random.rand())"
    drawn = [run("-c", code).stdout.split() for _ in range(2)]
    assert drawn[0][0] != drawn[1][0]
    assert drawn[0][1] != drawn[1][1]


def test_it_is_the_interpreter_of_a_virtual_environment_and_finds_what_is_there_alone(tmp_path: Path) -> None:
    fresh = FreshEnvironment(tmp_path / "fresh")
    code = (
        "import importlib.util as u, sys; print(sys.prefix, *(bool(u.find_spec(n)) for n in ('superb_lite', 'torch')))"
    )
    for _ in range(2):  # started, and forked
        said = fresh.run("python", "-c", code, cwd=tmp_path).stdout.split()
        assert said == [str(tmp_path / "fresh"), "False", "True"]
