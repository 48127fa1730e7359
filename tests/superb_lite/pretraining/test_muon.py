import copy
import io

import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.optim.lr_scheduler import LambdaLR

from superb_lite.pretraining.muon import MuonWithAdamW, muon_with_adamw

RATES = {"matrix_rate": 0.02, "rate": 1e-2, "weight_decay": 0.1}


class Net(nn.Module):
    """An embedding, two linear maps with biases in the middle, and an output layer."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(7, 4)
        self.inside = nn.Sequential(nn.Linear(4, 12), nn.GELU(), nn.Linear(12, 4), nn.LayerNorm(4))
        self.out = nn.Linear(4, 7)

    def forward(self, token):
        return self.out(self.inside(self.embedding(token)))


def net():
    torch.manual_seed(0)
    return Net()


def made(model):
    optimizer = muon_with_adamw(model, model.inside, **RATES)
    return optimizer, LambdaLR(optimizer, lambda step: 1 / (1 + step))


def learn(model, optimizer, schedule, *, steps):
    for step in steps:
        token = torch.arange(step, step + 5) % 7
        nn.functional.cross_entropy(model(token), (token + 1) % 7).backward()
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()


def equal(a, b):
    return all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values(), strict=True))


def test_it_equals_the_two_optimisers_side_by_side():
    together, apart = net(), net()
    optimizer, schedule = made(together)
    matrices = [apart.inside[0].weight, apart.inside[2].weight]
    decayed = [apart.embedding.weight, apart.out.weight]
    rest = [p for p in apart.parameters() if p.ndim == 1]
    two = [
        torch.optim.Muon(matrices, lr=0.02, weight_decay=0.1),
        torch.optim.AdamW([{"params": decayed, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}], lr=1e-2),
    ]
    schedules = [LambdaLR(one, lambda step: 1 / (1 + step)) for one in two]
    for step in range(4):
        learn(together, optimizer, schedule, steps=[step])
        token = torch.arange(step, step + 5) % 7
        nn.functional.cross_entropy(apart(token), (token + 1) % 7).backward()
        for one, its in zip(two, schedules, strict=True):
            one.step()
            one.zero_grad()
            its.step()
    assert equal(together, apart)
    assert not equal(together, net())


def test_a_saved_state_goes_on_as_if_it_had_not_been_saved():
    whole = net()
    optimizer, schedule = made(whole)
    learn(whole, optimizer, schedule, steps=range(3))
    half, file = copy.deepcopy(whole), io.BytesIO()
    torch.save({"optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}, file)
    learn(whole, optimizer, schedule, steps=range(3, 6))
    file.seek(0)
    state = torch.load(file, weights_only=True)
    resumed, its = made(half)
    resumed.load_state_dict(state["optimizer"])
    its.load_state_dict(state["schedule"])
    learn(half, resumed, its, steps=range(3, 6))
    assert equal(half, whole)


def test_every_parameter_that_learns_is_in_one_group():
    model = net()
    model.inside[2].weight.requires_grad_(False)
    optimizer, _ = made(model)
    grouped = [id(p) for group in optimizer.param_groups for p in group["params"]]
    assert sorted(grouped) == sorted(id(p) for p in model.parameters() if p.requires_grad)
    assert optimizer.param_groups[0]["params"] == [model.inside[0].weight]


@pytest.mark.parametrize("inside", [nn.Sequential(), nn.Sequential(nn.Linear(3, 3, bias=False))])
def test_a_network_of_one_kind_of_parameters(inside):
    model = inside if len(inside) else nn.Embedding(3, 3)
    optimizer = muon_with_adamw(model, inside, **RATES)
    before = [p.detach().clone() for p in model.parameters()]
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    assert optimizer.step(lambda: 5.0) == 5.0
    assert not any(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


def test_muon_takes_matrices_only():
    with pytest.raises(ValueError, match="2D"):
        MuonWithAdamW([nn.Parameter(torch.zeros(3))], [], **RATES)


def test_a_step_makes_no_tensor_on_another_device():
    with FakeTensorMode(), torch.device("cuda"):
        model = Net()
        optimizer, schedule = made(model)
        for parameter in model.parameters():
            parameter.grad = torch.ones_like(parameter)
        optimizer.step()
        schedule.step()
        assert {t.device.type for state in optimizer.state.values() for t in state.values() if t.ndim} == {"cuda"}
