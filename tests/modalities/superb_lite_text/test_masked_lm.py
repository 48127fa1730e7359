import math

import pytest
import torch

from superb_lite_text.masked_lm import MaskedLM
from superb_lite_text.masking import mask_tokens
from superb_lite_text.tokenizer import CLS, MASK, SEP, SPECIAL

VOCABULARY, COUNTS = list("abcdefgh"), [40, 30, 20, 10, 8, 4, 2, 1]


@pytest.fixture
def objective(monkeypatch):
    torch.manual_seed(0)
    made = MaskedLM(vocabulary=VOCABULARY, counts=COUNTS, layers=1, width=8, heads=2, hidden=8)
    monkeypatch.setattr(made, "log", lambda *arguments, **options: None)
    return made


@pytest.fixture
def batch():
    body = torch.randint(len(SPECIAL), len(SPECIAL) + 8, (4, 20), generator=torch.Generator().manual_seed(1))
    return torch.cat([torch.full((4, 1), CLS), body, torch.full((4, 1), SEP)], dim=1)


def test_the_loss_is_the_mean_of_minus_log_probability_on_the_masked_positions_alone(objective, batch):
    torch.manual_seed(5)
    loss = float(objective.training_step(batch, 0))
    torch.manual_seed(5)
    corrupted, chosen = mask_tokens(batch, rate=objective.mask_rate, mask_id=MASK, vocabulary=range(5, 13))
    hidden = objective.encoder.encode(corrupted)[-1]
    terms = []
    for b in range(4):
        for t in range(22):
            if chosen[b, t]:
                state = objective.transform(hidden[b, t])
                scores = [
                    float(state @ w) + float(o)
                    for w, o in zip(objective.encoder.embedding.weight, objective.output_bias, strict=True)
                ]
                total = math.log(sum(math.exp(s) for s in scores))
                terms.append(total - scores[batch[b, t]])
    assert 5 < len(terms) < 50
    assert loss == pytest.approx(sum(terms) / len(terms), abs=1e-4)


def test_the_step_is_random_by_torchs_seed_alone(objective, batch):
    losses = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        losses.append(float(objective.training_step(batch, 0)))
    assert losses[0] == losses[1] != losses[2]


def test_the_output_bias_starts_at_the_frequencies(objective):
    assert objective.output_bias.softmax(dim=0)[5:].tolist() == pytest.approx([c / 120 for c in COUNTS], rel=1e-4)


def test_every_weight_is_trained(objective, batch):
    objective.training_step(batch, 0).backward()
    still = [name for name, p in objective.named_parameters() if p.grad is None or not bool(p.grad.abs().sum() > 0)]
    assert still == []


def test_a_few_steps_learn_a_text_of_alternating_characters(objective):
    row = torch.tensor([CLS, *([5, 6] * 10), SEP])
    optimizer = torch.optim.Adam(objective.parameters(), lr=1e-2)
    losses = []
    for step in range(60):
        torch.manual_seed(step)
        loss = objective.training_step(row.repeat(8, 1), 0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    assert sum(losses[-5:]) / 5 < 0.4 < math.log(2) < losses[0]
