"""Weights of PyTorch become safetensors, with the same numbers."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from superb_lite.encoders.pickled import convert_pickle


@pytest.mark.parametrize("modern", [True, False])
@pytest.mark.parametrize("wrap", [lambda s: s, lambda s: {"state_dict": s, "epoch": 3}, lambda s: {"model": s}])
def test_the_tensors_are_those_of_the_file(tmp_path: Path, wrap, modern: bool) -> None:
    shared = torch.arange(6.0).reshape(2, 3)
    state = {"a": shared, "b": shared.t(), "half": torch.ones(2, dtype=torch.bfloat16), "n": torch.tensor(3)}
    torch.save(wrap(state), tmp_path / "x.pt", _use_new_zipfile_serialization=modern)
    said = convert_pickle(tmp_path / "x.pt", tmp_path / "x.safetensors")
    found = load_file(tmp_path / "x.safetensors")
    assert said.endswith("4 tensors")
    assert found.keys() == state.keys()
    for name, tensor in state.items():
        assert torch.equal(found[name], tensor), name
