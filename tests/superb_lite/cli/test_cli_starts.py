"""What a command imports, its help, version and completion, and terminals that cannot show everything."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HEAVY = ("torch", "lightning", "numpy", "timm", "jsonargparse", "sqlalchemy")


def watched(*modules):
    """The program as code that says at its end which of these modules it has imported."""
    return f"""
import atexit, sys
atexit.register(lambda: print("imported:", *({set(modules)!r} & sys.modules.keys()), file=sys.stderr))
from superb_lite.cli import main
main()
"""


WATCHED = watched(*HEAVY)


def start(command, *, code=WATCHED, environment=None, cwd=None, encoding="utf-8"):
    """A command in a fresh process."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, "-c", code, *command],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": path, **(environment or {})},
        cwd=cwd,
        check=False,
        encoding=encoding,
    )


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("evaluate no-such-thing", "unknown encoder 'no-such-thing'"),
        ("evaluate random:no-such", "unknown encoder 'random:no-such'"),
        ("evaluate ./nothing", "no such directory: './nothing'"),
        ("evaluate py:module", "'py:module' is no encoder reference: write py:module:factory"),
        ("evaluate py:module:make", "'py:module:make' would run the code of the module 'module' and call make()"),
        ("submit py:module:make --name x", "'py:module:make' would run the code of the module"),
        ("evaluate raw:pixels --tasks no-such", "unknown task 'no-such'"),
        ("evaluate raw:pixels --protocol no-such", "unknown protocol 'no-such'"),
        ("evaluate raw:pixels --device warp", "unknown device 'warp'"),
        ("evaluate raw:pixels --seeds 0", "--seeds 0: at least 1"),
        ("evaluate raw:pixels --limit 0", "--limit 0: at least 2"),
        ("evaluate raw:pixels --batch-size 0", "--batch-size 0: at least 1"),
        ("evaluate raw:pixels --root no-such", "--root 'no-such' does not exist"),
        ("evaluate raw:pixels --tasks clue-lite", "'raw:pixels' takes image, but 'clue-lite/"),
        ("compare raw:pixels raw:log-mel", "'raw:pixels' takes image and 'raw:log-mel' takes speech"),
        ("sweep text-bert --vary width=1,2 --tasks vision-lite", "'text-bert' takes text, but 'vision-lite/"),
        ("sweep text-bert --vary width=1,2 --tasks clue-lite --seeds 0", "--seeds 0: at least 1"),
        ("table nope.json", "cannot read 'nope.json': No such file"),
        ("verify nope.json", "cannot read 'nope.json': No such file"),
        ("pretrain no-such", "unknown objective 'no-such'"),
        ("sweep no-such --vary a=1,2 --tasks clue-lite", "unknown objective 'no-such'"),
        ("sweep text-bert --vary width=1,2 --tasks no-such", "unknown task 'no-such'"),
        ("pretrain text-bert --model.encoder text-brt", "unknown text architecture 'text-brt'"),
        (
            "sweep text-bert --vary model.encoder=text-bert,text-brt --tasks clue-lite",
            "unknown text architecture 'text-brt'",
        ),
        ("run --modality no-such", "unknown modality 'no-such'"),
        ("run --tasks no-such", "unknown task 'no-such'"),
        ("submit no-such --name x", "unknown encoder 'no-such'"),
        ("compare raw:pixels no-such", "unknown encoder 'no-such'"),
        ("curves raw:pixels --task no-such", "unknown task 'no-such'"),
        ("features raw:pixels --items no-such --out out", "unknown task, file or folder 'no-such'"),
        ("features raw:pixels --items vision-lite/digits-5 --out out --batch-size 0", "--batch-size 0"),
        ("compare raw:pixels nope.json", "no such file: 'nope.json'"),
        ("evaluate raw:pixels --tasks digits-5", "unknown task 'digits-5': did you mean 'vision-lite/digits-5'"),
        ("calibrate no-such", "unknown task 'no-such'"),
        ("generate no-such", "unknown encoder 'no-such'"),
        ("convert no-such --to transformers --out out", "unknown encoder 'no-such'"),
    ],
)
def test_a_wrong_name_is_answered_without_importing_torch_and_nothing_is_created(tmp_path, command, words):
    done = start(command.split(), environment={"SUPERB_LITE_OUT": "workspace"}, cwd=tmp_path)
    message, imported = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert message.startswith(f"superb-lite: {words}")
    assert imported == "imported:"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "words", "unneeded"),
    [
        (
            "evaluate timm:resnt18",
            "unknown timm backbone 'resnt18'",
            ("lightning", "sklearn", "scipy.stats", "transformers"),
        ),
        (
            "evaluate torchvision:resnt18",
            "unknown torchvision model 'resnt18'",
            ("lightning", "sklearn", "scipy.stats"),
        ),
        ("evaluate hf:./nope", "'hf:./nope': no such directory", ("transformers", "lightning", "sklearn")),
    ],
)
def test_a_wrong_name_of_a_model_imports_no_more_than_the_library_that_knows_it(tmp_path, command, words, unneeded):
    done = start(command.split(), code=watched(*unneeded), cwd=tmp_path)
    message, imported = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert message.startswith(f"superb-lite: {words}")
    assert imported == "imported:"


SCHEMES = "audio, conllu, csv, datasets, fasta, folder, hear, parquet, tsv or webdataset"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("my reviews.tsv", "'my reviews.tsv' is a file, not a task: write tsv:my reviews.tsv"),
        (
            "mine",
            f"'mine' is a directory, not a task: write SCHEME:mine, SCHEME being {SCHEMES}",
        ),
        (
            "own",
            f"'own' is a directory, not a task: write SCHEME:own, SCHEME being {SCHEMES}; "
            "if it is your package, install it first (pip install -e)",
        ),
    ],
)
def test_own_data_is_written_with_its_scheme(tmp_path, name, words):
    (tmp_path / "my reviews.tsv").write_text("text\tlabel\n")
    (tmp_path / "mine").mkdir()
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "pyproject.toml").touch()
    done = start(["evaluate", "majority", "--tasks", name], cwd=tmp_path)
    assert (done.returncode, done.stderr.splitlines()) == (2, [f"superb-lite: {words}", "imported:"])


def test_a_file_in_the_place_of_results_is_refused_before_anything_is_computed(tmp_path):
    (tmp_path / "mine.json").write_text("{}")
    done = start(["evaluate", "raw:pixels", "--out", "mine.json"], cwd=tmp_path)
    message = "superb-lite: --out 'mine.json' is a file: name a directory"
    assert (done.returncode, done.stderr.splitlines()) == (2, [message, "imported:"])
    assert (tmp_path / "mine.json").read_text() == "{}"


def test_what_is_watched_is_seen(tmp_path):
    done = start(["convert", "raw:characters", "--to", "x", "--out", "out"], cwd=tmp_path)
    assert "torch" in done.stderr.splitlines()[-1].split()


def test_the_version():
    done = start(["--version"])
    assert (done.returncode, done.stdout) == (0, f"superb-lite {importlib.metadata.version('superb-lite')}\n")


@pytest.mark.parametrize("command", [[], ["evaluate"], ["leaderboard"], ["leaderboard", "show"], ["cache", "clear"]])
def test_a_short_option_for_help(command):
    short, long = (start([*command, option]) for option in ("-h", "--help"))
    assert short.returncode == long.returncode == 0
    assert short.stdout == long.stdout
    assert short.stdout.startswith(" ".join(["Usage: superb-lite", *command]))


def test_the_package_is_the_program():
    module = subprocess.run(
        [sys.executable, "-m", "superb_lite", "--help"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (module.returncode, module.stdout) == (0, start(["--help"]).stdout)


@pytest.mark.parametrize(
    ("shell", "environment"),
    [
        ("bash", {"COMP_WORDS": "superb-lite leaderboard ", "COMP_CWORD": "2"}),
        ("zsh", {"_TYPER_COMPLETE_ARGS": "superb-lite leaderboard "}),
        ("fish", {"_TYPER_COMPLETE_ARGS": "superb-lite leaderboard ", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}),
    ],
)
def test_completion(shell, environment):
    done = start([], environment={"_SUPERB_LITE_COMPLETE": f"complete_{shell}", **environment})
    assert done.returncode == 0
    assert "show" in done.stdout
    assert "export" in done.stdout
    assert "evaluate" not in done.stdout


ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}


def test_a_terminal_without_unicode_gets_escapes(tmp_path):
    code = "import sys; assert sys.stdout.encoding != 'utf-8'; from superb_lite.cli import main; main()"
    done = start(["list", "tasks"], code=code, environment=ASCII, encoding="ascii")
    assert done.returncode == 0, done.stderr
    assert "clue-lite/pos" in done.stdout
    done = start(["evaluate", "没有"], code=code, environment=ASCII, encoding="ascii")
    assert done.returncode == 2
    assert done.stderr.startswith("superb-lite: '\\udce6\\udcb2")
    assert done.stderr.count("\n") == 1


def test_a_reader_that_leaves_ends_a_command_quietly():
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    for command in (["list", "tasks", "--json"], ["list", "tasks"], ["--help"]):
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "wb") as nobody:
            done = subprocess.run(
                [sys.executable, "-c", "from superb_lite.cli import main; main()", *command],
                stdout=nobody,
                stderr=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": path},
                check=False,
            )
        assert (done.returncode, done.stderr) == (1, b"")
