import math

import pytest
import torch

from superb_lite.errors import SuperbLiteError
from superb_lite_text.bart import BartEncoder
from superb_lite_text.corruption import CORRUPTIONS, IGNORE
from superb_lite_text.denoising import DenoisingCorpus, DenoisingLM
from superb_lite_text.tokenizer import CLS, ORDINARY, SEP
from tests.modalities.superb_lite_text.text_models import DOCUMENTS, SHAPE, TOKENIZER


@pytest.fixture
def objective(monkeypatch):
    torch.manual_seed(0)
    made = DenoisingLM(encoder=BartEncoder(TOKENIZER, **SHAPE), counts=[n % 5 + 1 for n in range(len(TOKENIZER))])
    monkeypatch.setattr(made, "log", lambda *arguments, **options: None)
    return made


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "own.txt"
    file.write_text("\n".join(DOCUMENTS), encoding="utf-8")
    return file


def whole(source, given, target):
    """A batch of rows that hold one text each."""
    batch = {key: torch.as_tensor(rows) for key, rows in (("source", source), ("given", given), ("target", target))}
    return {**batch, "read": torch.ones_like(batch["source"]), "said": torch.ones_like(batch["given"])}


def test_the_loss_is_that_of_the_targets_alone(objective):
    source, given = [CLS, 22, 23, SEP], [CLS, 24, 25, 26]
    target = [24, IGNORE, 26, SEP]
    loss = float(objective.training_step(whole([source], [given], [target]), 0).detach())
    terms = []
    for place in (0, 2, 3):
        decoded = objective.encoder.encode(torch.tensor([source]), torch.tensor([given[: place + 1]]))[1][-1]
        terms.append(-float(objective.encoder.logits(decoded[0, -1]).log_softmax(dim=0)[target[place]]))
    assert loss == pytest.approx(sum(terms) / 3, abs=1e-4)


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_every_corruption_makes_batches_that_train(objective, path, corruption):
    corpus = DenoisingCorpus(path=path, batch_size=6, row_length=32, corruption=corruption)
    batch = corpus.batch(3)
    assert all(torch.equal(value, corpus.batch(3)[key]) for key, value in batch.items())
    assert batch["given"].shape == batch["target"].shape
    assert bool((batch["target"] != IGNORE).any(dim=1).all())
    # The corpus has its own vocabulary, which may be larger than the model's.
    batch = {key: value.clamp(max=len(TOKENIZER) - 1) for key, value in batch.items()}
    assert math.isfinite(float(objective.training_step(batch, 0)))


def test_every_weight_is_trained(objective):
    token = torch.randint(ORDINARY, len(TOKENIZER), (4, 12), generator=torch.Generator().manual_seed(0))
    # Layers that add nothing at first get no gradient inside before they have learnt to add something.
    optimizer = torch.optim.SGD(objective.parameters(), lr=0.1)
    for _ in range(4):
        optimizer.zero_grad()
        objective.training_step(whole(token, token.flip(0), token), 0).backward()
        optimizer.step()
    still = [name for name, p in objective.named_parameters() if p.grad is None or not bool(p.grad.abs().sum() > 0)]
    assert still == []


def test_a_few_steps_learn_to_copy(objective):
    optimizer = torch.optim.Adam(objective.parameters(), lr=1e-2)
    generator = torch.Generator().manual_seed(0)
    losses = []
    for _ in range(300):
        text = torch.randint(ORDINARY, ORDINARY + 6, (32, 3), generator=generator)
        source = torch.cat([torch.full((32, 1), CLS), text, torch.full((32, 1), SEP)], dim=1)
        loss = objective.training_step(whole(source, source[:, :-1], source[:, 1:]), 0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    assert losses[-1] < 0.5 * math.log(6) < losses[0]


def test_an_unknown_corruption_is_named(path):
    with pytest.raises(SuperbLiteError, match="unknown corruption 'masks'"):
        DenoisingCorpus(path=path, corruption="masks")
