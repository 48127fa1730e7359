"""Which rates an encoder is fine-tuned with, and that they do not wreck what was pretrained elsewhere."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from superb_lite.encoders.encoder import Features
from superb_lite.encoders.majority import MajorityEncoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.forms import form
from superb_lite.protocols.finetune import Finetune
from superb_lite.protocols.finetune_settings import FinetuneRule, FinetuneSettings
from superb_lite.protocols.frozen import Frozen
from superb_lite.results.comparison import compare
from superb_lite.tasks.labels import Example, TaskData
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, toy_task

RULE = FinetuneRule()


class Sized(ToyEncoder):
    """An encoder of about so many parameters, none of which takes memory."""

    def __init__(self, parameters, *, untrained=False, pretraining=None):
        super().__init__()
        self.more = nn.Parameter(torch.empty(parameters, device="meta"))
        self.untrained, self.pretraining = untrained, pretraining


@pytest.mark.parametrize("parameters", [100_000, 20_000_000])
def test_small_ones_of_ours_keep_their_rates(parameters):
    for encoder in (Sized(parameters, untrained=True), Sized(parameters, pretraining={"objective": "text-bert"})):
        assert RULE.settings(encoder) == FinetuneSettings()
        assert RULE.settings(encoder).learning_rates == (1e-3, 3e-3)


def test_rates_of_others_fall_with_size():
    rates = [RULE.settings(Sized(n)).learning_rates for n in (10**5, 22 * 10**6, 110 * 10**6, 335 * 10**6)]
    assert rates == [(1e-4, 3e-4), (1e-4, 3e-4), (3e-5, 1e-4), (3e-5, 1e-4)]
    assert all(smaller >= larger for smaller, larger in itertools.pairwise(rates))
    assert RULE.settings(Sized(110 * 10**6, pretraining={"objective": "mine"})) == RULE.large
    assert RULE.settings(Sized(10**5, pretraining={"source": "somebody/model"})) == RULE.small


def test_settings_and_their_rule_are_recorded():
    kind = form("classify")
    of_others, of_ours = (Finetune().settings(kind, Sized(10, untrained=ours)) for ours in (False, True))
    assert (of_others["learning_rates"], of_ours["learning_rates"]) == ([1e-4, 3e-4], [1e-3, 3e-3])
    assert of_others["rule"] == of_ours["rule"]
    fixed = FinetuneSettings(learning_rates=(0.5,))
    assert Finetune(fixed).settings(kind, Sized(10))["learning_rates"] == [0.5]


def test_without_parameters_the_settings_of_the_probe_are_recorded():
    for kind in (form("classify"), form("transcribe")):
        found = Finetune().settings(kind, MajorityEncoder())
        assert found.pop("rule") == FinetuneRule().to_dict()
        assert found == Frozen().settings(kind, MajorityEncoder())


def test_results_under_one_rule_are_compared_and_others_are_not():
    task = toy_task(classify_data(train=30, test=30, noise=1.0), protocols=("finetune",))
    ours = ToyEncoder()
    ours.untrained = True
    one, other, still = (evaluate(e, task, seeds=2)[0] for e in (ours, ToyEncoder(), MajorityEncoder()))
    assert one.settings["learning_rates"] != other.settings["learning_rates"]
    assert len(compare([one], [other], [still])) == 3
    changed = other.replace(settings={**other.settings, "rule": {**other.settings["rule"], "large_from": 1}})
    with pytest.raises(SuperbLiteError, match="the protocol had other settings"):
        compare([one], [changed])


class Attention(ToyEncoder):
    """A small transformer over words; layers: embeddings and its output."""

    WIDTH, WORDS = 64, 400

    def __init__(self):
        nn.Module.__init__(self)
        torch.manual_seed(0)
        self.embedding = nn.Embedding(self.WORDS, self.WIDTH)
        block = nn.TransformerEncoderLayer(self.WIDTH, 4, 2 * self.WIDTH, dropout=0.0, batch_first=True)
        self.blocks = nn.TransformerEncoder(block, 6, enable_nested_tensor=False)

    def config(self):
        return {}

    def collate(self, items):
        return {"words": torch.from_numpy(np.stack(items)), "item": torch.arange(len(items))}

    def forward(self, batch):
        embedded = self.embedding(batch["words"])
        last = self.blocks(embedded)
        return Features((embedded, last), torch.ones_like(batch["words"], dtype=torch.bool), batch["item"])


def sentences(rng, count):
    """Sentences of six words that share two properties, each a bit of a word's number; (count, 2) what these are."""
    bits = rng.integers(0, 2, (count, 2))
    words = 4 * rng.integers(0, Attention.WORDS // 4, (count, 6))
    return words + 2 * bits[:, :1] + bits[:, 1:], bits


def pretrained():
    """It knows both properties of every word, which sixty sentences could not teach it."""
    rng, encoder, head = np.random.default_rng(0), Attention(), nn.Linear(Attention.WIDTH, 2)
    optimizer = torch.optim.AdamW([*encoder.parameters(), *head.parameters()], lr=1e-3)
    for _ in range(100):
        words, bits = sentences(rng, 64)
        outputs = head(encoder(encoder.collate(list(words))).layers[-1].mean(dim=1))
        optimizer.zero_grad()
        functional.binary_cross_entropy_with_logits(outputs, torch.from_numpy(bits).float()).backward()
        optimizer.step()
    return encoder


@pytest.mark.slow
def test_a_pretrained_transformer_is_not_wrecked():
    """Whether its two properties differ is easily learnt by what knows them, and not by a linear head."""
    encoder = pretrained()
    words, bits = sentences(np.random.default_rng(1), 260)
    examples = tuple(Example(f"s{i}", (f"s{i}",), int(a != b)) for i, (a, b) in enumerate(bits))
    data = TaskData({e.id: row for e, row in zip(examples, words, strict=True)}, examples[:60], examples[60:])
    task = toy_task(data, labels=("same", "different"))
    scores = {name: evaluate(encoder, task, protocol=name, seeds=2)[0].score for name in ("frozen", "finetune")}
    assert scores["finetune"] > scores["frozen"] + 0.1
    encoder.untrained = True  # what the rates of small untrained networks make of it
    assert evaluate(encoder, task, protocol="finetune", seeds=2)[0].score < scores["finetune"]
