"""The direction of imports, and what is cheap to import."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = sorted((ROOT / "superb_lite").rglob("*.py"))
PLUGINS = [path for folder in ("modalities", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py"))]
LEADERBOARD = sorted((ROOT / "leaderboard").rglob("*.py"))


def relative(path):
    return str(path.relative_to(ROOT))


def imported(path):
    """The full names of the modules of this project that a file imports, wherever in the file it does so."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0].startswith("superb_lite")}


def packages(path):
    return {name.split(".")[0] for name in imported(path)}


def test_the_folders_are_where_they_are_looked_for():
    assert len(ENGINE) > 30
    assert len(PLUGINS) > 20
    assert len(LEADERBOARD) > 5
    assert "superb_lite.encoder.Encoder" in imported(ROOT / "superb_lite" / "majority.py")


@pytest.mark.parametrize("path", PLUGINS, ids=relative)
def test_modalities_and_benchmarks_import_the_engine_and_themselves_only(path):
    own = path.relative_to(ROOT).parts[1]
    assert packages(path) <= {"superb_lite", own}
    assert not any(name.startswith("superb_lite.cli") for name in imported(path))


@pytest.mark.parametrize("path", ENGINE, ids=relative)
def test_the_engine_imports_no_modality_no_benchmark_and_no_command_line(path):
    inside_cli = "cli" in path.relative_to(ROOT).parts
    names = imported(path)
    if path == ROOT / "superb_lite" / "__init__.py":
        # For type checkers only; at run time the name is resolved when it is first used.
        names -= {"superb_lite_leaderboard.store.Leaderboard"}
    allowed = {"superb_lite", "superb_lite_leaderboard"} if inside_cli else {"superb_lite"}
    assert {name.split(".")[0] for name in names} <= allowed
    assert inside_cli or not any(name.startswith("superb_lite.cli") for name in names)


@pytest.mark.parametrize("path", LEADERBOARD, ids=relative)
def test_the_leaderboard_imports_the_engine_and_itself_only(path):
    assert packages(path) <= {"superb_lite", "superb_lite_leaderboard"}
    assert not any(name.startswith("superb_lite.cli") for name in imported(path))


LOWEST = ("encoder", "task", "metrics", "statistics", "errors", "imports")
MIDDLE = ("modality", "objective", "features", "pooling", "probe", "rows", "problem", "corpus", "transformer")
HIGHER = ("evaluation", "protocols", "result_store", "calibrate", "pretrain", "cli")


@pytest.mark.parametrize("name", [*LOWEST, *MIDDLE])
def test_lower_layers_do_not_import_higher_ones(name):
    package = ROOT / "superb_lite" / name
    files = [*package.glob("*.py")] or [package.with_suffix(".py")]
    used = {part.split(".")[1] for file in files for part in imported(file)}
    assert used.isdisjoint(HIGHER)
    if name in LOWEST:
        assert used.isdisjoint({*MIDDLE, "forms"})


def compares_a_modality(node):
    """`x.modality == "text"`, `modality in ("text", "speech")` and the like."""
    if not isinstance(node, ast.Compare):
        return False
    sides = [node.left, *node.comparators]
    named = any(getattr(side, "attr", getattr(side, "id", "")) == "modality" for side in sides)
    literal = any(isinstance(part, ast.Constant) and isinstance(part.value, str) for s in sides for part in ast.walk(s))
    return named and literal


def test_the_comparison_that_is_looked_for_is_found():
    for text in ('task.modality == "text"', '"text" != modality', 'modality in ("text", "speech")'):
        assert any(map(compares_a_modality, ast.walk(ast.parse(text))))
    for text in ("task.modality == modality", "modality is None", 'name == "text"'):
        assert not any(map(compares_a_modality, ast.walk(ast.parse(text))))


@pytest.mark.parametrize("path", [*ENGINE, *LEADERBOARD], ids=relative)
def test_the_engine_and_the_leaderboard_never_ask_for_a_modality_by_name(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [node.lineno for node in ast.walk(tree) if compares_a_modality(node)] == []


CHEAP = """
import sys
import superb_lite, superb_lite.cli.app
from superb_lite import plugins
from superb_lite.cli import listing
assert plugins.modalities() and plugins.tasksets() and plugins.references()
assert all(listing.rows(kind) for kind in ("modalities", "objectives", "encoders", "tasks", "tasksets"))
heavy = {"torch", "numpy", "lightning", "sklearn", "scipy", "torchvision", "timm", "sqlalchemy"} & set(sys.modules)
assert not heavy, heavy
"""


def test_listing_imports_neither_torch_nor_numpy():
    done = subprocess.run([sys.executable, "-c", CHEAP], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr


def test_every_public_name_can_be_imported():
    import superb_lite

    for name in superb_lite.__all__:
        assert getattr(superb_lite, name).__name__ == name
    with pytest.raises(AttributeError, match="'nothing'"):
        superb_lite.nothing  # noqa: B018


@pytest.mark.parametrize("path", [*ENGINE, *PLUGINS, *LEADERBOARD], ids=relative)
def test_nothing_is_unpickled(path):
    text = path.read_text(encoding="utf-8")
    assert "import pickle" not in text
    assert "allow_pickle=True" not in text
    assert "weights_only=False" not in text
