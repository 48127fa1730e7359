import math

import pytest
import torch
from torch.nn import functional as F

from superb_lite_text.bert import BertEncoder
from superb_lite_text.masked_lm import MaskedLM
from superb_lite_text.masking import mask_tokens
from superb_lite_text.tokenizer import CLS, MASK, ORDINARY, SEP
from tests.modalities.superb_lite_text.text_models import SHAPE, TOKENIZER

V = len(TOKENIZER)
COUNTS = [n % 7 + 1 for n in range(V)]


def make(monkeypatch, *, summary=False, **options):
    torch.manual_seed(0)
    encoder = BertEncoder(TOKENIZER, **{**SHAPE, "layers": 1}, summary=summary)
    made = MaskedLM(encoder=encoder, counts=COUNTS, **options)
    logged = {}
    monkeypatch.setattr(made, "log", lambda name, value, **_: logged.update({name: float(value)}))
    return made, logged


@pytest.fixture
def batch():
    body = torch.randint(ORDINARY, V, (4, 20), generator=torch.Generator().manual_seed(1))
    token = torch.cat([torch.full((4, 1), CLS), body, torch.full((4, 1), SEP)], dim=1)
    segment = (torch.arange(22) > 10).long().expand(4, -1)
    label = torch.full_like(token, -1)
    label[:, 0] = torch.tensor([0, 1, -1, 1])
    return {"token": token, "segment": segment, "document": torch.ones_like(token), "label": label}


def test_the_loss_is_the_mean_of_minus_log_probability_on_the_masked_positions_alone(monkeypatch, batch):
    objective, _ = make(monkeypatch)
    torch.manual_seed(5)
    loss = float(objective.training_step(batch, 0))
    torch.manual_seed(5)
    corrupted, chosen = mask_tokens(
        batch["token"], rate=objective.mask_rate, mask_id=MASK, vocabulary=range(ORDINARY, V)
    )
    hidden = objective.encoder.encode(corrupted, batch["segment"])[-1]
    terms = []
    for b in range(4):
        for t in range(22):
            if chosen[b, t]:
                state = objective.head.transform(hidden[b, t])
                scores = [
                    float(state @ w) + float(o)
                    for w, o in zip(objective.encoder.embedding.weight, objective.output_bias, strict=True)
                ]
                total = math.log(sum(math.exp(s) for s in scores))
                terms.append(total - scores[batch["token"][b, t]])
    assert 5 < len(terms) < 50
    assert loss == pytest.approx(sum(terms) / len(terms), abs=1e-4)


def test_the_second_task_is_judged_at_cls_where_there_are_two_texts(monkeypatch, batch):
    objective, logged = make(monkeypatch, summary=True)
    torch.manual_seed(5)
    loss = float(objective.training_step(batch, 0))
    torch.manual_seed(5)
    corrupted, _ = mask_tokens(batch["token"], rate=0.3, mask_id=MASK, vocabulary=range(ORDINARY, V))
    hidden = objective.encoder.encode(corrupted, batch["segment"])[-1]
    terms = [float(F.cross_entropy(objective.judge(hidden[b, 0]), batch["label"][b, 0])) for b in (0, 1, 3)]
    assert logged["second_loss"] == pytest.approx(sum(terms) / 3, abs=1e-5)
    assert loss == logged["loss"] > logged["second_loss"]
    assert objective.encoder.summary


def test_a_batch_without_pairs_has_the_masked_loss_alone(monkeypatch, batch):
    objective, logged = make(monkeypatch, summary=True)
    batch["label"] = torch.full_like(batch["token"], -1)
    assert math.isfinite(float(objective.training_step(batch, 0)))
    assert logged["second_loss"] == 0.0


def test_the_step_is_random_by_torchs_seed_alone(monkeypatch, batch):
    objective, _ = make(monkeypatch)
    losses = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        losses.append(float(objective.training_step(batch, 0)))
    assert losses[0] == losses[1] != losses[2]


def test_the_output_bias_starts_at_the_frequencies(monkeypatch):
    objective, _ = make(monkeypatch)
    expected = torch.tensor(COUNTS) / sum(COUNTS)
    assert objective.output_bias.softmax(dim=0).tolist() == pytest.approx(expected.tolist(), rel=1e-4)


@pytest.mark.parametrize("options", [{}, {"summary": True}, {"whole_words": True}])
def test_every_weight_is_trained(monkeypatch, batch, options):
    objective, _ = make(monkeypatch, **options)
    objective.training_step(batch, 0).backward()
    still = [name for name, p in objective.named_parameters() if p.grad is None or not bool(p.grad.abs().sum() > 0)]
    assert still == []


def test_a_few_steps_learn_a_text_of_alternating_characters(monkeypatch):
    objective, _ = make(monkeypatch)
    token = torch.tensor([CLS, *([ORDINARY, ORDINARY + 1] * 10), SEP]).repeat(8, 1)
    batch = {"token": token, "document": torch.ones_like(token), "segment": torch.zeros_like(token)}
    batch["label"] = torch.full_like(token, -1)
    optimizer = torch.optim.Adam(objective.parameters(), lr=1e-2)
    losses = []
    for step in range(80):
        torch.manual_seed(step)
        loss = objective.training_step(batch, 0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    assert sum(losses[-5:]) / 5 < 0.4 < math.log(2) < losses[0]
