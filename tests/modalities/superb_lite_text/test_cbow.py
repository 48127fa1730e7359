import math

import pytest
import torch
from torch.nn import functional as F

from superb_lite_text.cbow import Cbow, CbowEncoder, context_mean, sampled_cross_entropy
from superb_lite_text.tokenizer import CLS, ORDINARY, SEP
from tests.modalities.superb_lite_text.text_models import SPECIFICATION, TOKENIZER


@pytest.mark.parametrize("window", [1, 3])
def test_the_context_is_that_of_a_slow_loop(window):
    x = torch.randn(3, 7, 4, generator=torch.Generator().manual_seed(0))
    document = torch.tensor([[1] * 7, [1, 1, 1, 1, 0, 0, 0], [1, 2, 2, 2, 3, 3, 0]])
    weight = torch.rand(3, 7, generator=torch.Generator().manual_seed(1)) + 0.1
    found = context_mean(x, document, window, weight)
    for b in range(3):
        for t in range(7):
            near = [u for u in range(7) if u != t and abs(u - t) <= window and document[b, u] == document[b, t]]
            total = sum(weight[b, u] for u in near)
            expected = sum(weight[b, u] / total * x[b, u] for u in near) if near else torch.zeros(4)
            assert torch.allclose(found[b, t], expected, atol=1e-6)


def test_the_softmax_over_all_classes_is_that_of_the_library():
    generator = torch.Generator().manual_seed(0)
    x, weight, bias = (torch.randn(*shape, generator=generator) for shape in ((5, 4), (9, 4), (9,)))
    target, even = torch.tensor([0, 3, 3, 8, 1]), torch.full((9,), 1 / 9)
    found = sampled_cross_entropy(x, weight, bias, target, drawn=torch.arange(9), proposal=even)
    assert found.item() == pytest.approx(F.cross_entropy(x @ weight.T + bias, target).item(), abs=1e-5)


def test_the_softmax_over_drawn_classes_is_that_of_a_slow_loop():
    generator = torch.Generator().manual_seed(0)
    x, weight, bias = (torch.randn(*shape, generator=generator) for shape in ((3, 4), (9, 4), (9,)))
    target, drawn, proposal = torch.tensor([0, 3, 8]), torch.tensor([3, 5, 5, 1]), torch.arange(1.0, 10.0) / 45
    terms = []
    for vector, right in zip(x, target.tolist(), strict=True):
        classes = [right, *(c for c in drawn.tolist() if c != right)]
        scores = torch.stack([weight[c] @ vector + bias[c] - math.log((c + 1) / 45) for c in classes])
        terms.append(-scores.log_softmax(dim=0)[0].item())
    found = sampled_cross_entropy(x, weight, bias, target, drawn=drawn, proposal=proposal)
    assert found.item() == pytest.approx(sum(terms) / 3, abs=1e-5)


def test_frequent_tokens_are_asked_for_and_weigh_less():
    counts = [1] * len(TOKENIZER)
    counts[ORDINARY] = 1000 * len(TOKENIZER)
    made = Cbow(encoder=CbowEncoder(TOKENIZER, width=8), counts=counts, common=1e-2)
    share = counts[ORDINARY] / sum(counts)
    assert float(made.kept[ORDINARY]) == pytest.approx(math.sqrt(1e-2 / share), rel=1e-3)
    assert float(made.kept[ORDINARY + 1]) == 1.0
    rarer = share * sum(counts)  # how much more often the frequent one occurs
    assert float(made.proposal[ORDINARY] / made.proposal[ORDINARY + 1]) == pytest.approx(rarer**0.75, rel=1e-3)


@pytest.fixture
def objective(monkeypatch):
    torch.manual_seed(0)
    made = Cbow(
        encoder=CbowEncoder(TOKENIZER, width=8),
        counts=[n % 5 + 1 for n in range(len(TOKENIZER))],
        window=2,
        common=1.0,
        negatives=3,
        learning_rate=1e-2,
    )
    monkeypatch.setattr(made, "log", lambda *arguments, **options: None)
    return made


def test_words_of_the_same_contexts_become_alike(objective):
    a, b, c, x, y = range(ORDINARY, ORDINARY + 5)
    token = torch.tensor([[CLS, x, a, x, SEP], [CLS, x, b, x, SEP], [CLS, y, c, y, SEP]] * 4)
    optimizer = torch.optim.Adam(objective.parameters(), lr=1e-1)
    for _ in range(200):
        loss = objective.training_step({"token": token, "document": torch.ones_like(token)}, 0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    vector = torch.nn.functional.normalize(objective.encoder.embedding.weight, dim=1)
    assert float(vector[a].detach() @ vector[b].detach()) > 0.99 > 0.9 > float(vector[a].detach() @ vector[c].detach())


def test_a_token_has_the_same_features_wherever_it_stands():
    encoder = CbowEncoder(SPECIFICATION, width=8, max_length=5).eval()
    features = encoder(encoder.collate(["天地天", "玄黄宇宙洪荒"]))
    assert torch.equal(features.layers[0][0, 1], features.layers[0][0, 3])
    assert len(features.layers) == 1
    assert features.item.tolist() == [0, 1, 1]
    twin = CbowEncoder(**encoder.config())
    twin.load_state_dict(encoder.state_dict())
    assert twin.content_hash() == encoder.content_hash()
