import types

import pytest
import torch
from lightning.pytorch.strategies import DDPStrategy, FSDPStrategy
from torch import nn

from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.process_checks import check_processes, check_strategy_named


@pytest.mark.parametrize("arguments", [["--trainer.strategy", "auto"], ["--trainer.strategy=ddp"], ["--model.width=8"]])
def test_strategies_that_keep_weights_whole(arguments):
    check_strategy_named([*arguments, "--trainer.devices=2"])
    check_strategy_named(arguments)


def test_nothing_is_asked_where_there_are_no_arguments():
    check_strategy_named([])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--trainer.strategy=dpp"], "unknown strategy 'dpp': did you mean '.*ddp"),
        (["--trainer.strategy", "fsdp"], "--trainer.strategy fsdp cuts weights into pieces, .*: use ddp"),
        (["--trainer.strategy=deepspeed_stage_2"], "deepspeed_stage_2 cuts weights into pieces"),
        (["--trainer.strategy=fsdp_cpu_offload"], "fsdp_cpu_offload cuts weights into pieces"),
    ],
)
def test_others_are_refused_in_one_line(arguments, words):
    with pytest.raises(SuperbLiteError, match=words) as caught:
        check_strategy_named(arguments)
    assert "\n" not in str(caught.value)


def trainer(strategy, *, joined=False, rank=0, device="cpu"):
    strategy._layer_sync = object() if joined else None
    strategy.parallel_devices = [torch.device(device)]
    return types.SimpleNamespace(strategy=strategy, world_size=2, is_global_zero=rank == 0)


def test_a_strategy_given_as_an_object_is_looked_at_too():
    with pytest.raises(SuperbLiteError, match="FSDPStrategy cuts weights"):
        check_processes(nn.Linear(1, 1), trainer(FSDPStrategy()))


def test_batch_norm_of_processes_is_joined_or_said_to_be_apart(capsys, monkeypatch):
    monkeypatch.setattr(DDPStrategy, "root_device", torch.device("cpu"))
    check_processes(nn.BatchNorm1d(2), trainer(DDPStrategy()))
    assert "batch norm sees the examples of each process alone" in capsys.readouterr().err
    check_processes(nn.BatchNorm1d(2), trainer(DDPStrategy(), rank=1))
    check_processes(nn.LayerNorm(2), trainer(DDPStrategy(), joined=True))
    with pytest.raises(SuperbLiteError, match="joins batch norm on GPUs only"):
        check_processes(nn.BatchNorm1d(2), trainer(DDPStrategy(), joined=True))
    monkeypatch.setattr(DDPStrategy, "root_device", torch.device("cuda"))
    check_processes(nn.BatchNorm1d(2), trainer(DDPStrategy(), joined=True))
    assert capsys.readouterr().err == ""
