"""Packages that are broken, each in its way, beside one that is whole: one line each, and the rest works."""

import os
import tomllib
from pathlib import Path

import pytest

from tests.forked_python import forked_python

ROOT = Path(__file__).parents[2]
TOY = ROOT / "tests" / "plugin_package"

GROUPS = ("modalities", "architectures", "objectives", "tasksets")
"""What a package of a modality of its own registers."""

CODE = {
    "raising": 'raise RuntimeError("half of it\\nis missing\\x1b[31m " + "x" * 400)',
    "leaving": "import sys\nsys.exit(3)",
    "lacking": "import no_such_package",
    "ahead": "from superb_lite import Modality\nMODALITY = Modality(name='ahead', of_tomorrow=1)",
    "thief": "from superb_lite import Modality\nMODALITY = Modality('text', 'str', (), 'thief:check')",
}
"""Modules by name; `ahead` also asks for another version of the engine."""


def install(site, name, groups, requires=()):
    """What pip leaves behind of a package's metadata."""
    information = site / f"{name}-1.0.dist-info"
    information.mkdir(parents=True)
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {r}" for r in requires)]
    (information / "METADATA").write_text("\n".join(lines) + "\n")
    points = [f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in names.items()) for group, names in groups]
    (information / "entry_points.txt").write_text("\n".join(points))


@pytest.fixture
def site(tmp_path):
    """A folder of installed packages: the toy of this suite, and those of `CODE`."""
    folder = tmp_path / "site"
    project = tomllib.loads((TOY / "pyproject.toml").read_text())["project"]
    install(folder, "superb_lite_toy", project["entry-points"].items())
    for name, code in CODE.items():
        (folder / f"{name}.py").write_text(code)
        groups = [(f"superb_lite.{group}", {name: f"{name}:{group.upper()}"}) for group in GROUPS]
        if name == "thief":
            groups = [("superb_lite.modalities", {"text": "thief:MODALITY"})]
        install(folder, name, groups, ["numpy", "superb-lite>=99"] if name == "ahead" else ["superb-lite"])
    return folder


def superb_lite(site, *arguments):
    """The command with the packages of `site`: (exit code, standard output, standard error)."""
    code = f"import sys; from superb_lite.cli import main; sys.argv = ['superb-lite', *{arguments!r}]; main()"
    path = os.pathsep.join([*map(str, (ROOT, site, TOY)), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path, "SUPERB_LITE_OUT": str(site / "out")}
    done = forked_python().run("-c", code, cwd=site, environment=environment)
    return done.returncode, done.stdout, done.stderr


def test_each_is_one_line_that_names_it_and_what_is_wrong(site):
    code, out, err = superb_lite(site, "list", "encoders")
    assert code == 0
    assert "raw:bits" in out
    assert "random:text-bert" in out
    lines = err.splitlines()
    assert all(len(line) <= len("superb-lite: ") + 300 and line.isprintable() for line in lines)
    told = {name: [line for line in lines if name in line] for name in CODE}
    assert {name: len(found) for name, found in told.items()} == dict.fromkeys(CODE, 1)
    assert len(lines) == len(CODE)
    start = "superb-lite: skipped plugin"
    assert told["raising"][0].startswith(
        f"{start} raising (raising:ARCHITECTURES): RuntimeError: half of it is missing"
    )
    assert told["leaving"][0] == f"{start} leaving (leaving:ARCHITECTURES): SystemExit: 3"
    assert "ModuleNotFoundError: No module named 'no_such_package'" in told["lacking"][0]
    assert told["ahead"][0].startswith("superb-lite: skipped package ahead: it needs superb-lite>=99, and this is ")
    assert told["ahead"][0].endswith("install a release of ahead that goes with it, or pip install -U superb-lite")
    assert "text (superb_lite.modalities) of thief: the name is taken twice, which superb-lite itself has" in err


@pytest.mark.slow
def test_the_whole_package_beside_them_is_evaluated(site):
    code, out, err = superb_lite(site, "evaluate", "raw:bits", "--tasks", "bits-lite/most", "--seeds", "1")
    assert code == 0, err
    assert "bits-lite/most" in out
    code, _, err = superb_lite(site, "pretrain", "ahead", "--out", "nothing")
    assert code == 2
    assert "unknown objective 'ahead'" in err.splitlines()[-1]


@pytest.mark.slow
def test_the_doctor_says_how_each_is_mended(site):
    code, out, _ = superb_lite(site, "doctor", "--json")
    assert code == 0  # nothing that is needed is broken
    for words in (
        "it needs superb-lite>=99, and this is",
        "mend or remove the package 'raising'",
        "mend or remove the package 'leaving'",
    ):
        assert words in out
