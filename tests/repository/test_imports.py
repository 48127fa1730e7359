"""The direction of imports, and what is cheap to import."""

import ast
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = sorted((ROOT / "superb_lite").rglob("*.py"))
PLUGINS = [path for folder in ("modalities", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py"))]
LEADERBOARD = sorted((ROOT / "leaderboard").rglob("*.py"))

FOLDERS = (ROOT, ROOT / "modalities", ROOT / "benchmarks", ROOT / "leaderboard")
"""What holds packages."""

FLOORS = (
    "errors",
    "imports paths machine media requirements seeds surrogates",
    "plugins hub caches",
    "tasks",
    "metrics modality",
    "encoders",
    "forms pretraining",
    "features",
    "heads",
    "protocols",
    "results",
    "evaluation",
    "charts executors testing templates",
    "analysis",
    "cli",
)
"""The rooms of the engine, from the ground up: a room imports itself and rooms on floors below its own."""

FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms.split()}


def relative(path):
    return str(path.relative_to(ROOT))


def for_type_checkers(tree):
    """The nodes that only type checkers read."""
    guarded = [n for n in ast.walk(tree) if isinstance(n, ast.If) and getattr(n.test, "id", "") == "TYPE_CHECKING"]
    return {inner for node in guarded for statement in node.body for inner in ast.walk(statement)}


def imported(path):
    """The full names that a file imports from this project, wherever in the file it does so, types only apart."""
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = for_type_checkers(tree)
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0].startswith("superb_lite")}


def packages(path):
    return {name.split(".")[0] for name in imported(path)}


def room_of(path):
    return path.relative_to(ROOT / "superb_lite").parts[0].removesuffix(".py")


def test_the_folders_are_where_they_are_looked_for():
    assert len(ENGINE) > 30
    assert len(PLUGINS) > 20
    assert len(LEADERBOARD) > 5
    assert "superb_lite.encoders.encoder.Encoder" in imported(ROOT / "superb_lite" / "encoders" / "majority.py")


def test_every_room_has_its_floor():
    assert {room_of(path) for path in ENGINE} - {"__init__", "__main__"} == set(FLOOR)


def test_the_architecture_page_shows_the_floors():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^  (\w+)(?:/|\.py) +floor (\d+) ", page, flags=re.MULTILINE))
    assert {room: FLOOR[room] + 1 for room in shown} == {room: int(floor) for room, floor in shown.items()}
    assert {path.parent.name for path in (ROOT / "superb_lite").glob("*/__init__.py")} <= set(shown)


@pytest.mark.parametrize("path", ENGINE, ids=relative)
def test_a_room_imports_rooms_below_it_only(path):
    here = room_of(path)
    if here in ("__init__", "__main__"):
        return
    rooms = {name.split(".")[1] for name in imported(path) if name.split(".")[0] == "superb_lite"}
    assert [room for room in rooms - {here} if FLOOR[room] >= FLOOR[here]] == []


@pytest.mark.parametrize("path", PLUGINS, ids=relative)
def test_modalities_and_benchmarks_import_the_engine_the_sources_and_themselves_only(path):
    own = path.relative_to(ROOT).parts[1]
    assert packages(path) <= {"superb_lite", "superb_lite_sources", own}
    assert not any(name.startswith("superb_lite.cli") for name in imported(path))


@pytest.mark.parametrize("path", ENGINE, ids=relative)
def test_the_engine_imports_no_modality_no_benchmark_and_no_leaderboard(path):
    assert packages(path) <= {"superb_lite"}


@pytest.mark.parametrize("path", LEADERBOARD, ids=relative)
def test_the_leaderboard_imports_the_engine_and_itself_only(path):
    assert packages(path) <= {"superb_lite", "superb_lite_leaderboard"}
    if path.parent.name != "commands":  # a package that brings commands uses what all commands share
        assert not any(name.startswith("superb_lite.cli") for name in imported(path))


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


FILES = {path.relative_to(folder): path for folder in FOLDERS for path in sorted(folder.glob("superb_lite*/**/*.py"))}
"""Every file of the project, by its place in the folder that its package lies in."""


def file_of(name):
    """The file that a full name is imported from: a module, a package, or a name in one of them."""
    parts = Path(*name.split("."))
    places = (place for path in (parts, parts.parent) for place in (path.with_suffix(".py"), path / "__init__.py"))
    return next((place for place in places if place in FILES), None)


def circle(graph):
    """Nodes of a graph {node: nodes} that lead from one to the next and back to the first; none without a circle."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_a_circle_is_found():
    assert set(circle({1: {2}, 2: {3}, 3: {2}, 4: {1}})) == {2, 3}
    assert circle({1: {2, 3}, 2: {3}}) == []
    assert file_of("superb_lite.errors.SuperbLiteError") == Path("superb_lite/errors.py")
    assert file_of("superb_lite_text.bert") == Path("superb_lite_text/bert.py")
    assert file_of("superb_lite.forms.Form") == Path("superb_lite/forms/__init__.py")


def test_no_files_import_each_other_in_a_circle():
    graph = {place: {file_of(name) for name in imported(path)} - {None, place} for place, path in FILES.items()}
    assert sum(map(len, graph.values())) > len(FILES)
    assert [str(place) for place in circle(graph)] == []


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


WRONG_NAME = """
import sys, time
from superb_lite.errors import UnknownNameError
from superb_lite.protocols import protocol
try:
    protocol("frozn")
except UnknownNameError as error:
    assert str(error) == "unknown protocol 'frozn': did you mean 'frozen'?", error
else:
    raise AssertionError
heavy = {"torch", "numpy", "lightning", "sklearn", "scipy"} & set(sys.modules)
assert not heavy, heavy
assert time.process_time() < 1.0
"""


def test_a_wrong_protocol_is_named_within_a_second_and_without_torch():
    done = subprocess.run([sys.executable, "-c", WRONG_NAME], capture_output=True, text=True, cwd=ROOT, check=False)
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
