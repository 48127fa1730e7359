"""A step that is only counted has the operations and the memory of one that is computed."""

import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from superb_lite import plugins
from superb_lite.pretraining.options import build_cli, choose_encoder
from superb_lite.pretraining.recipes import Recipe
from superb_lite.pretraining.without_memory import building_without_memory, count_step

pytestmark = pytest.mark.filterwarnings("ignore:LightningCLI's args parameter is intended")

SHAPE = ("--layers=2", "--width=32", "--heads=2", "--hidden=64")
CASES = {
    "text-cbow": ("--width=32",),
    "text-gpt": (*SHAPE, "--position=absolute", "--stream=true"),
    "text-bert": (*SHAPE, "--position=absolute", "--dropout=0.1", "--muon_rate=null", "--second_task=nsp"),
    "text-bart": SHAPE,
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    file = tmp_path_factory.mktemp("text") / "a.txt"
    file.write_text("The first sentence. The second one.\n今天天气很好。我们去公园。\n" * 60, encoding="utf-8")
    return file


def built(name, data, *options):
    spec = plugins.objective(name)
    encoder, rest = choose_encoder(spec, [f"--data.path={data}", "--row_length=64", "--batch_size=4", *options])
    defaults = {"accelerator": "cpu", "logger": False, "enable_checkpointing": False, "max_steps": 1}
    cli = build_cli(spec, encoder, rest, recipe=Recipe("none", "", 1, {}), trainer_defaults=defaults)
    return cli.model, cli.datamodule.batch(0)


def without(name, data, *options):
    with building_without_memory():
        return built(name, data, *options)


@pytest.mark.parametrize("name", CASES)
def test_operations_are_those_of_a_computed_step(name, data):
    objective, batch = built(name, data, *CASES[name])
    objective.log = lambda *_, **__: None
    torch.manual_seed(0)
    # Not every kernel of the processor is counted.
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        objective.training_step(batch, 1).backward()
    emptied, same = without(name, data, *CASES[name])
    assert all(parameter.is_meta for parameter in emptied.parameters())
    torch.manual_seed(0)
    step = count_step(emptied, same)
    # Fused attention computes its weights again for the gradient.
    slack = 0 if name == "text-cbow" else 0.12
    assert step.flops == pytest.approx(counter.get_total_flops(), rel=slack)
    bytes_of = sum(p.numel() * p.element_size() for p in objective.parameters())
    assert step.weights - bytes_of < 1000  # buffers
    assert step.gradients == bytes_of


def test_activations_are_at_least_what_a_computed_step_saves(data):
    options = (*SHAPE, "--position=absolute")  # without dropout the processor has fused attention, too
    objective, batch = built("text-bert", data, *options)
    objective.log = lambda *_, **__: None
    kept = {}
    ours = {parameter.untyped_storage().data_ptr() for parameter in objective.parameters()}

    def keep(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in ours:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = objective.training_step(batch, 1)
    saved = sum(kept.values())
    loss.backward()
    step = count_step(*without("text-bert", data, *options))
    # At the end of the forward pass there are no gradients yet.
    assert 0.8 * saved < step.activations + step.gradients < 2 * saved


def test_memory_depends_on_what_is_kept_and_in_which_type(data):
    def counted(*options, **how):
        return count_step(*without("text-bert", data, *CASES["text-bert"][1:], "--layers=6", *options), **how)

    plain = counted()
    assert 2 * plain.gradients <= plain.state < 2 * plain.gradients + 1000  # two moments, and the numbers of steps
    assert plain.memory == plain.weights + plain.gradients + plain.state + plain.activations
    again = counted("--checkpointing=true")
    assert again.flops > 1.2 * plain.flops
    assert again.activations < 0.7 * plain.activations
    assert counted(lower=torch.bfloat16).activations < plain.activations
    assert counted(accumulated=True).activations >= 0.9 * plain.activations


def test_what_draws_its_weights_on_the_processor_is_built_without_memory():
    with building_without_memory():
        layer = torch.nn.Linear(3, 4)
        layer.weight.data.copy_(layer.weight.data.cpu().normal_().to(layer.weight.device))
        kept = torch.nn.BatchNorm1d(3).running_var
    assert layer.weight.is_meta
    assert kept.tolist() == [1, 1, 1]
    assert not torch.nn.Linear(3, 4).weight.is_meta


def test_what_depends_on_computed_numbers_cannot_be_counted(data, monkeypatch):
    objective, batch = without("text-bert", data, *CASES["text-bert"])
    monkeypatch.setattr(
        type(objective), "training_step", lambda self, batch, _: self.output_bias[self.output_bias > 0].sum()
    )
    with pytest.raises(Exception, match=r"(?i)nonzero|dynamic|data"):
        count_step(objective, batch)
    assert torch.nn.functional.layer_norm.__name__ == "layer_norm"  # everything is back in its place
