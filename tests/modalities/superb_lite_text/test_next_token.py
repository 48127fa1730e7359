import math

import pytest
import torch

from superb_lite_text.gpt import GptEncoder
from superb_lite_text.next_token import NextToken
from superb_lite_text.rows import lay_out
from superb_lite_text.tokenizer import CLS, ORDINARY, SEP
from tests.modalities.superb_lite_text.text_models import SHAPE, TOKENIZER


@pytest.fixture
def objective(monkeypatch):
    torch.manual_seed(0)
    made = NextToken(encoder=GptEncoder(TOKENIZER, **SHAPE), counts=[n % 5 + 1 for n in range(len(TOKENIZER))])
    monkeypatch.setattr(made, "log", lambda *arguments, **options: None)
    return made


def test_the_loss_is_that_of_every_real_token_after_the_first(objective):
    texts = [[CLS, 22, 23, 24, SEP], [CLS, 25, SEP], [CLS, 26, 27, SEP]]
    token, document = lay_out([texts[:1], texts[1:]])
    loss = float(objective.training_step({"token": token, "document": document}, 0).detach())
    terms = []
    for real in texts:
        for place in range(1, len(real)):
            hidden = objective.encoder.encode(torch.tensor([real[:place]]))[-1][0, -1]
            terms.append(-float(objective.encoder.logits(hidden).log_softmax(dim=0)[real[place]]))
    assert loss == pytest.approx(sum(terms) / len(terms), abs=1e-4)


def test_before_training_the_blocks_add_nothing(objective):
    token = torch.randint(ORDINARY, len(TOKENIZER), (4, 12), generator=torch.Generator().manual_seed(0))
    layers = objective.encoder.encode(token)
    assert torch.equal(layers[-1], objective.encoder.transformer.norm(layers[0]))
    # What is never trained stays random.
    untrained = GptEncoder(TOKENIZER, **SHAPE).encode(token)
    assert not torch.allclose(untrained[-1], untrained[0])


def test_every_weight_is_trained(objective):
    token = torch.randint(ORDINARY, len(TOKENIZER), (4, 12), generator=torch.Generator().manual_seed(0))
    # Layers that add nothing at first get no gradient inside before they have learnt to add something.
    optimizer = torch.optim.SGD(objective.parameters(), lr=0.1)
    for _ in range(4):
        optimizer.zero_grad()
        objective.training_step({"token": token, "document": torch.ones_like(token)}, 0).backward()
        optimizer.step()
    still = [name for name, p in objective.named_parameters() if p.grad is None or not bool(p.grad.abs().sum() > 0)]
    assert still == []


def test_a_few_steps_learn_a_text_of_alternating_characters(objective):
    token = torch.tensor([CLS, *([ORDINARY, ORDINARY + 1] * 10), SEP]).repeat(8, 1)
    optimizer = torch.optim.Adam(objective.parameters(), lr=1e-2)
    losses = []
    for _ in range(60):
        loss = objective.training_step({"token": token, "document": torch.ones_like(token)}, 0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    assert losses[-1] < 0.3 < math.log(2) < losses[0]
