"""Environments as a person makes them: a new folder with an interpreter of its own, and wheels installed into it.

The libraries (torch, numpy, ...) are those of the environment that runs the tests, so that nothing is downloaded. The
project is there where its wheel is installed, or where the environment is asked to find the source tree; it then also
reads the data that was made for the tests before (synthesised speech, tokens), which takes long to make.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from superb_lite.caches import CACHES
from superb_lite.paths import cache_dir
from tests.forked_python import forked_python

ROOT = Path(__file__).parents[1]
PLACES = (ROOT, *(ROOT / folder for folder in ("modalities", "benchmarks", "leaderboard")))
"""Where the packages of the project lie."""
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.egg-info", "build", ".*_cache")


def wheel(source: Path, folder: Path) -> Path:
    """The wheel of a source tree, built from a copy of it without network."""
    copy = folder / f"source-of-{source.name}"
    shutil.copytree(source, copy, ignore=LEFT_OUT)
    return _built(copy, folder / f"wheel-of-{source.name}")


def superb_lite_wheel(folder: Path) -> Path:
    """The wheel of the project itself."""
    copy = folder / "source-of-superb-lite"
    copy.mkdir(parents=True)
    for name in ("superb_lite", "modalities", "benchmarks", "leaderboard"):
        shutil.copytree(ROOT / name, copy / name, ignore=LEFT_OUT)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    return _built(copy, folder / "wheel-of-superb-lite")


def _built(copy: Path, out: Path) -> Path:
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(out), str(copy))
    (found,) = out.glob("*.whl")
    return found


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


class FreshEnvironment:
    """A virtual environment in a folder, and commands in it.

    Args:
        folder: where it is made.
        tree: let it find the source tree, as where the project is installed for editing; else the project is unknown.
    """

    def __init__(self, folder: Path, *, tree: bool = False) -> None:
        venv.create(folder, with_pip=False)
        self.folder, self.tree = folder, tree
        self._started = False
        scheme = {"base": str(folder), "platbase": str(folder)}
        self._site = site = Path(sysconfig.get_path("purelib", "venv", vars=scheme))
        # A folder that is named in a .pth file is searched last, and the .pth files in it are not read, so that modules
        # of packages which are installed there for editing stay unknown.
        searched = [*(PLACES if tree else ()), sysconfig.get_path("purelib")]
        (site / "libraries.pth").write_text("".join(f"{place}\n" for place in searched), encoding="utf-8")
        (folder / "cache").mkdir()
        for name in CACHES["data"] if tree else ():
            made = cache_dir() / name
            made.mkdir(exist_ok=True)
            (folder / "cache" / name).symlink_to(made.resolve())

    def install(self, *wheels: Path) -> None:
        """Install wheels; what they require is not looked for."""
        # Also what is installed among the libraries is installed here, and left alone there.
        options = ["--no-deps", "--no-index", "--ignore-installed"]
        _pip("--python", str(self.folder), "install", *options, *map(str, wheels))

    def run(self, *command: str, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a command of the environment ("superb-lite", "python", ...) and expect its exit code.

        Beside the source tree there are no scripts: "superb-lite", "pytest" and others are run as modules. The first
        command is a process that is started from nothing, and so is pip; the others have the libraries loaded already
        (`tests.forked_python`).
        """
        python = str(self.folder / "bin" / "python")
        program = shutil.which(command[0], path=str(self.folder / "bin"))
        line = [program, *command[1:]]
        if program is None:
            assert self.tree, f"{command[0]} is not installed"
            line = [python, "-m", command[0].replace("-", "_"), *command[1:]]
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH" and not k.startswith("SUPERB_LITE_")}
        environment |= {"SUPERB_LITE_CACHE": str(self.folder / "cache"), "OMP_NUM_THREADS": "1", "COLUMNS": "120"}
        environment |= {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        if self._started and command[0] != "pip":
            asked = line[1:] if Path(line[0]).name == "python" else line
            done = forked_python().run(
                *asked, cwd=cwd, environment=environment, executable=python, places=[str(self._site)]
            )
        else:
            done = subprocess.run(line, capture_output=True, text=True, cwd=cwd, env=environment, check=False)
            self._started = self._started or command[0] != "pip"
        assert done.returncode == code, f"{' '.join(command)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done
