"""`py:module:factory`: a person's own code as an encoder, and what is said when it does not work."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from superb_lite.encoders.content_hash import PROCESS
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.foreign import FunctionEncoder, load_foreign
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from tests.superb_lite.toy_tasks import classify_data, table_of, tag_data, toy_task

ENCODER = """
from tests.superb_lite.toy_tasks import ToyEncoder, table_of

SCALE = 1

def make():
    return ToyEncoder(width=3)
"""


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Write a module into an empty working directory; returns its name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    names = iter(f"own_code_{tmp_path.name}_{i}".replace("-", "_") for i in range(9))

    def write(text: str, name: str | None = None) -> str:
        name = name or next(names)
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        sys.modules.pop(name, None)
        return name

    before = set(sys.modules)
    yield write
    for name in set(sys.modules) - before:
        if name.startswith("own_code"):
            del sys.modules[name]


def mean(items):
    """(B, D): the mean of each toy item."""
    return np.stack([item.mean(axis=0) for item in items])


def positions(items):
    """(B, T, D) and (B, T, 2), with NaN on padding; position t of a toy item covers [2 t, 2 t + 2)."""
    longest = max(map(len, items))
    features = np.full((len(items), longest, items[0].shape[1]), np.nan, dtype=np.float32)
    spans = np.zeros((len(items), longest, 2), dtype=np.int32)
    for row, item in enumerate(items):
        features[row, : len(item)] = item
        start = 2 * np.arange(len(item))
        spans[row, : len(item)] = np.stack([start, start + 2], axis=1)
    return features, spans


def test_code_does_not_run_without_trust(module) -> None:
    name = module("raise SystemExit('ran')")
    with pytest.raises(SuperbLiteError, match=rf"would run .* '{name}' and call make\(\).*--trust-code"):
        load_encoder(f"py:{name}:make")
    assert name not in sys.modules


def test_an_encoder_of_the_working_directory(module) -> None:
    encoder = load_encoder(f"py:{module(ENCODER)}:make", trust_code=True)
    assert isinstance(encoder, Encoder)
    assert not encoder.training
    assert not any(p.requires_grad for p in encoder.parameters())
    (result,) = evaluate(encoder, toy_task(classify_data(copies=1, train=30, test=30)), seeds=1)
    assert result.score > 0.9


def test_edited_code_is_another_encoder(module) -> None:
    name = module(ENCODER)
    first = load_encoder(f"py:{name}:make", trust_code=True).content_hash()
    module(ENCODER.replace("SCALE = 1", "SCALE = 22"), name)
    assert load_encoder(f"py:{name}:make", trust_code=True).content_hash() != first


def test_a_pooled_function_is_scored_as_the_mean_it_gives() -> None:
    data = classify_data(train=30, test=9, noise=0.5)
    encoder = FunctionEncoder(mean, "py:a:b")
    table = table_of(encoder, data.items, batch_size=4)
    for key, item in data.items.items():
        np.testing.assert_allclose(table.stack([key], 0)[0], item.mean(axis=0), rtol=1e-6)
    (result,) = evaluate(encoder, toy_task(data), seeds=1)
    assert result.modality == "toy"


def test_a_function_of_positions_is_pooled_to_units_and_padding_never_counts() -> None:
    data = tag_data(train=20, test=9, noise=0.5)
    units = {e.id: [(u.start, u.end) for u in e.label] for e in data.test}
    items = {key: data.items[key] for key in units}
    table = table_of(FunctionEncoder(positions, "py:a:b"), items, units=units, batch_size=4)
    for key, item in items.items():
        np.testing.assert_allclose(table.stack([key], 0), item, rtol=2e-3)
    (result,) = evaluate(FunctionEncoder(positions, "py:a:b"), toy_task(data, form="tag"), seeds=1)
    assert result.score > 0.5


def test_torch_and_numpy_give_the_same() -> None:
    items = list(classify_data(train=4, test=0).items.values())

    def as_torch(items):
        return tuple(torch.tensor(x) for x in positions(items))

    one, two = (FunctionEncoder(f, "py:a:b") for f in (positions, as_torch))
    a, b = one(one.collate(items)), two(two.collate(items))
    assert torch.equal(a.layers[0], b.layers[0])
    assert torch.equal(a.mask, b.mask)


def test_the_hash_of_a_function_holds_for_this_object_only() -> None:
    one, two = FunctionEncoder(mean, "py:a:b"), FunctionEncoder(mean, "py:a:b")
    assert one.content_hash() == one.content_hash()
    assert one.content_hash().startswith(PROCESS)
    assert one.content_hash() != two.content_hash()


def test_a_network_behind_a_function_is_put_into_evaluation_mode(module) -> None:
    name = module(
        "import torch\n"
        "class Net(torch.nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.drop = torch.nn.Dropout(0.5)\n"
        "    def forward(self, items):\n"
        "        return self.drop(torch.ones(len(items), 8))\n"
    )
    encoder = load_foreign(f"{name}:Net")
    assert torch.equal(encoder.collate(["a", "b"])["features"], torch.ones(2, 1, 8))


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (None, "features that are no array of numbers"),
        ([[1.0, 2.0], [3.0]], "features that are no array of numbers"),
        (["a", "b"], "features that are no array of numbers: an array of"),
        (np.zeros((3, 4)), r"shape \(3, 4\) for 2 items: it must be \(B, D\) with B = 2"),
        (np.zeros((2, 0)), r"shape \(2, 0\)"),
        (np.zeros((2, 3, 4)), r"give \(features, spans\) for positions"),
        ((np.zeros((2, 4)), np.zeros((2, 2))), r"it must be \(B, T, D\)"),
        ((np.zeros((2, 3, 4)), np.zeros((2, 3), int)), r"whole numbers of shape \(2, 3, 2\)"),
        ((np.zeros((2, 3, 4)), np.zeros((2, 3, 2))), "type torch.float64: they must be whole numbers"),
        ((np.zeros((2, 3, 4)), np.tile([2, 1], (2, 3, 1))), "a span that ends before it starts"),
    ],
)
def test_what_a_function_may_not_return(returned, words: str) -> None:
    with pytest.raises(SuperbLiteError, match=words) as caught:
        FunctionEncoder(lambda items: returned, "py:my:make").collate(["a", "b"])
    assert str(caught.value).startswith("'py:my:make'")


@pytest.mark.parametrize(
    ("text", "factory", "words"),
    [
        ("x = 1 +", "make", "cannot import .*: SyntaxError"),
        ("import no_such_package", "make", "ModuleNotFoundError: No module named 'no_such_package'"),
        ("x = 1", "make", r"own_code_.*\.py has no function 'make'"),
        ("make = 1", "make", "has no function 'make'"),
        ("def make():\n    raise ValueError('no\\nweights')", "make", "the factory failed: ValueError: no weights"),
        ("def make(path): pass", "make", "make takes 'path', but a factory is called without arguments"),
        ("def make(*, path=1, **more): return 3", "make", "the factory returned int"),
        ("def make(): return 3", "make", "the factory returned int: return an Encoder, or a function"),
        ("def make():\n    def encode(items): return items[9]\n    return encode", "make", "IndexError: list index"),
    ],
)
def test_what_goes_wrong_is_one_line_that_names_module_and_factory(module, text, factory, words) -> None:
    name = module(text)
    with pytest.raises(SuperbLiteError, match=words) as caught:
        load_foreign(f"{name}:{factory}").collate(["a"])
    assert f"py:{name}:{factory}" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("reference", ["py:mymodule", "py:my-module:make", "py:a.b:make()", "py:a/b.py:make"])
def test_what_is_no_reference(reference: str) -> None:
    with pytest.raises(SuperbLiteError, match="write py:module:factory"):
        load_encoder(reference, trust_code=True)


def test_a_module_that_is_not_there_says_so(module) -> None:
    with pytest.raises(SuperbLiteError, match="cannot import 'no_such_module' for 'py:no_such_module:make'"):
        load_encoder("py:no_such_module:make", trust_code=True)


def test_debug_keeps_the_error(module, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPERB_LITE_DEBUG", "1")
    name = module("def make(): raise ZeroDivisionError('here')")
    with pytest.raises(ZeroDivisionError):
        load_foreign(f"{name}:make")
