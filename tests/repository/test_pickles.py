"""No pickle is read by this project but in two places, and there with `weights_only`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("superb_lite", "modalities", "benchmarks", "leaderboard", "docs")

ALLOWED = {
    "superb_lite/encoders/pickled.py": {"torch.load"},  # `superb-lite convert`
    "superb_lite/pretraining/state.py": {"torch.load"},  # the state of one's own unfinished run
}

READERS = {
    *("torch.load", "torch.jit.load", "torch.hub.load", "torch.hub.load_state_dict_from_url", "torch.package"),
    *("load_state_dict_from_url", "get_state_dict", "joblib.load", "read_pickle", "pickle.load", "pickle.loads"),
}
"""Calls, by their last names, that read a pickle."""

MODULES = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def found(text: str) -> Iterator[str]:
    """What reads a pickle in a source text, by name."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.split(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if module.split(".")[0] in MODULES:
                yield module
            yield from (f"{module}.{n.name}" for n in node.names if f"{module}.{n.name}" in READERS)
        elif isinstance(node, ast.Call):
            name, given = dotted(node.func), {k.arg: k.value for k in node.keywords}
            if name in READERS or any(name.endswith(f".{reader}") for reader in READERS):
                safe = given.get("weights_only")
                plain = isinstance(safe, ast.Constant) and safe.value is True
                yield name if plain or name != "torch.load" else f"{name} without weights_only=True"
            if name.split(".")[-1] == "load" and name.startswith(("np.", "numpy.")) and "allow_pickle" not in given:
                yield f"{name} without allow_pickle=False"
            allows = given.get("allow_pickle")
            if allows is not None and not (isinstance(allows, ast.Constant) and allows.value is False):
                yield f"{name} with allow_pickle"
            if name.endswith(("yaml.load", "yaml.unsafe_load", "yaml.full_load")):
                yield name


def test_nothing_reads_a_pickle_but_what_may() -> None:
    files = [file for folder in SOURCES for file in sorted((ROOT / folder).rglob("*.py"))]
    assert len(files) > 200
    reads = {str(file.relative_to(ROOT)): set(found(file.read_text(encoding="utf-8"))) for file in files}
    assert {name: names for name, names in reads.items() if names} == ALLOWED


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import torch\ntorch.load(p)", "torch.load without weights_only=True"),
        ("torch.load(p, weights_only=False)", "torch.load without weights_only=True"),
        ("import pickle", "pickle"),
        ("from pickle import loads", "pickle"),
        ("from torch.hub import load_state_dict_from_url", "torch.hub.load_state_dict_from_url"),
        ("weights.get_state_dict(progress=False)", "weights.get_state_dict"),
        ("np.load(p)", "np.load without allow_pickle=False"),
        ("np.load(p, allow_pickle=True)", "np.load with allow_pickle"),
        ("pd.read_pickle(p)", "pd.read_pickle"),
        ("yaml.load(f, Loader=yaml.FullLoader)", "yaml.load"),
    ],
)
def test_the_search_finds_it(text: str, name: str) -> None:
    assert name in set(found(text))
