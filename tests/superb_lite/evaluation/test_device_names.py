"""Devices by name; the machine that runs this may have none but its processor."""

import pytest
import torch

from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.devices import device_named


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [(True, True, "cuda"), (True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_auto_takes_cuda_then_mps_then_the_cpu(cuda, mps, expected, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert device_named("auto") == torch.device(expected)


def test_the_processor_is_always_there():
    assert device_named("cpu") == torch.device("cpu")


@pytest.mark.parametrize("name", ["warp", "", "cuda:x", "meta", "xpu", "cpu:a"])
def test_other_names_are_refused(name):
    with pytest.raises(SuperbLiteError, match="auto, cpu, cuda, cuda:N or mps"):
        device_named(name)


@pytest.mark.parametrize(("name", "kind"), [("cuda", "CUDA"), ("cuda:0", "CUDA"), ("mps", "MPS")])
def test_an_accelerator_that_is_not_there(name, kind, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(SuperbLiteError) as refused:
        device_named(name)
    assert str(refused.value) == f"no {kind} device here: use --device cpu"


def test_a_number_beyond_the_last_device(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with pytest.raises(SuperbLiteError) as refused:
        device_named("cuda:99")
    assert str(refused.value) == "no device 'cuda:99' here: the last is cuda:1"


def test_a_device_that_fails_without_a_word_is_refused_by_the_kind_of_failure(monkeypatch):
    def fail(*shape, device):
        raise NotImplementedError

    monkeypatch.setattr(torch, "empty", fail)
    with pytest.raises(SuperbLiteError, match="device 'cpu' cannot be used: NotImplementedError"):
        device_named("cpu")
