import copy
import dataclasses

import pytest
import torch
from torch import nn

from superb_lite.encoders.encoder import Features
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.run import evaluate
from superb_lite.features.store import FeatureStore
from superb_lite.metrics import metric
from superb_lite.protocols.finetune_settings import FinetuneSettings
from superb_lite.protocols.lora import RULE_OF_RATES, Lora, LoraSettings, linear_maps
from superb_lite_image.encoder import TimmEncoder
from superb_lite_text.bert import BertEncoder
from superb_lite_text.tokenizer import train_tokenizer
from tests.superb_lite.toy_sequences import METRIC, PairEncoder, sequence_task
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, toy_task

SHORT = FinetuneSettings(learning_rates=(1e-2,), epochs=15, patience=15)


def problem_of(task):
    return make_problem(task, seeds=[0], limit=None, root=None)


@pytest.mark.parametrize("kind", ["transcribe", "span"])
def test_adapters_and_a_head_are_trained_and_nothing_else(kind):
    encoder = PairEncoder() if kind == "span" else ToyEncoder(width=24)
    before, problem = encoder.content_hash(), problem_of(sequence_task(kind))
    lora = Lora(SHORT, LoraSettings(rank=2))
    (outcome,) = lora.run(FeatureStore(encoder, None), problem)
    ceiling = 1.0 if metric(METRIC[kind]).higher_is_better else 0.0
    assert problem.score(outcome.predictions, problem.test) == pytest.approx(ceiling, abs=0.05)
    width = encoder.map.in_features
    assert outcome.parameters["encoder"] == 2 * (width + width)
    assert encoder.content_hash() == before
    assert not any("lora" in name for name, _ in encoder.named_parameters())


def test_the_weights_of_the_encoder_stay_and_the_adapters_move():
    encoder, problem = ToyEncoder(), problem_of(toy_task(classify_data(train=60)))
    model = Lora(dataclasses.replace(SHORT, epochs=2)).train(encoder, problem, 0).model
    kept, adapters = {}, {}
    for name, parameter in model.encoder.named_parameters():
        (adapters if "lora_" in name else kept)[name] = parameter
    assert torch.equal(kept["map.base_layer.weight"], encoder.map.weight)
    assert torch.equal(kept["map.base_layer.bias"], encoder.map.bias)
    assert not any(parameter.requires_grad for parameter in kept.values())
    assert all(parameter.requires_grad and bool((parameter != 0).any()) for parameter in adapters.values())


def test_an_adapted_map_is_what_the_paper_says():
    """W x + (alpha / rank) B A x, written out; equal to W x before any training."""
    encoder, problem = ToyEncoder(), problem_of(toy_task(classify_data(train=60)))
    made = Lora(adapters=LoraSettings(rank=2, alpha=6.0)).prepared(encoder, problem, 0).eval()
    x = torch.randn(5, 3)
    assert torch.equal(made.map(x), encoder.map(x))
    a, b = made.map.lora_A["default"].weight, made.map.lora_B["default"].weight
    with torch.no_grad():
        b.normal_()
    assert torch.allclose(made.map(x), encoder.map(x) + 6.0 / 2 * x @ a.T @ b.T, atol=1e-5)


def test_the_maps_of_all_blocks_are_adapted_and_not_those_of_a_head():
    encoder = BertEncoder(tokenizer=train_tokenizer(["One text. And so on."] * 20), layers=2, width=16, heads=2)
    found = linear_maps(encoder, "One text.")
    assert found == [
        f"transformer.blocks.{block}.{name}"
        for block in range(2)
        for name in ("attention.qkv", "attention.out", "mlp.0", "mlp.2")
    ]


class Reading(ToyEncoder):
    """The output map of torch's attention is read and never called; `unused` is neither."""

    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(3, 1, batch_first=True)
        self.unused = nn.Linear(3, 3)

    def config(self):
        return {}

    def forward(self, batch):
        found = super().forward(batch)
        x = self.map(batch["x"])
        return dataclasses.replace(found, layers=(x, self.attention(x, x, x)[0]))


def test_maps_that_are_not_called_are_left_alone():
    assert linear_maps(Reading(), classify_data().items["train-0"]) == ["map"]


class NoMaps(ToyEncoder):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3))

    def config(self):
        return {}

    def forward(self, batch):
        mask = torch.ones(batch["x"].shape[:2], dtype=torch.bool)
        return Features((batch["x"] * self.scale,), mask, batch["item"])


def test_an_encoder_without_linear_maps_says_so():
    with pytest.raises(SuperbLiteError, match="no feature of this NoMaps depends on any: use finetune, or frozen"):
        evaluate(NoMaps(), toy_task(classify_data()), protocol="lora", seeds=1)
    with pytest.raises(SuperbLiteError, match="no feature of this TimmEncoder"):
        Lora().prepared(TimmEncoder(backbone="resnet18", image_size=32), image_problem(), 0)


def image_problem():
    data = classify_data(train=6, test=3)
    images = {key: torch.zeros(3, 32, 32, dtype=torch.uint8).numpy() for key in data.items}
    problem = problem_of(toy_task(data))
    return dataclasses.replace(problem, data=dataclasses.replace(problem.data, items=images))


def test_a_copy_is_adapted_by_gpt2_too(tmp_path):
    transformers = pytest.importorskip("transformers")
    model = transformers.GPT2Model(transformers.GPT2Config(vocab_size=20, n_embd=8, n_layer=1, n_head=2))
    holder = ToyEncoder()
    holder.forward = lambda batch: model(input_ids=batch["item"][None])
    holder.model = model
    assert [name.rpartition(".")[2] for name in linear_maps(holder, classify_data().items["train-0"])] == [
        *("c_attn", "c_proj", "c_fc", "c_proj")
    ]


def test_settings_are_recorded_and_those_of_another_rank_are_not_compared():
    encoder, form = ToyEncoder(), problem_of(toy_task(classify_data())).form
    found = Lora().settings(form, encoder)
    assert (found["rank"], found["alpha"], found["dropout"]) == (8, 16.0, 0.05)
    assert tuple(found["learning_rates"]) == RULE_OF_RATES.small.learning_rates
    other = Lora(adapters=LoraSettings(rank=4)).settings(form, encoder)
    assert found["rule"] != other["rule"]


def test_results_repeat():
    task = toy_task(classify_data(train=30, test=15))
    lora = Lora(dataclasses.replace(SHORT, epochs=2))
    first, second = (lora.run(FeatureStore(ToyEncoder(), None), problem_of(task)) for _ in range(2))
    assert first == second


def test_without_peft_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "peft", None)
    with pytest.raises(SuperbLiteError, match=r"pip install 'superb-lite\[lora\]'"):
        Lora().prepared(copy.deepcopy(ToyEncoder()), problem_of(toy_task(classify_data())), 0)
