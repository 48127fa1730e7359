import pytest
import torch

from superb_lite_text.cbow import Cbow, CbowEncoder, context_mean
from superb_lite_text.rows import lay_out
from superb_lite_text.tokenizer import CLS, ORDINARY, SEP
from tests.modalities.superb_lite_text.text_models import SPECIFICATION, TOKENIZER


@pytest.mark.parametrize("window", [1, 3])
def test_the_context_is_that_of_a_slow_loop(window):
    x = torch.randn(3, 7, 4, generator=torch.Generator().manual_seed(0))
    document = torch.tensor([[1] * 7, [1, 1, 1, 1, 0, 0, 0], [1, 2, 2, 2, 3, 3, 0]])
    found = context_mean(x, document, window)
    for b in range(3):
        for t in range(7):
            near = [x[b, u] for u in range(7) if u != t and abs(u - t) <= window and document[b, u] == document[b, t]]
            expected = torch.stack(near).mean(dim=0) if near else torch.zeros(4)
            assert torch.allclose(found[b, t], expected, atol=1e-6)


@pytest.fixture
def objective(monkeypatch):
    torch.manual_seed(0)
    made = Cbow(
        encoder=CbowEncoder(TOKENIZER, width=8), counts=[n % 5 + 1 for n in range(len(TOKENIZER))], window=2, share=1.0
    )
    monkeypatch.setattr(made, "log", lambda *arguments, **options: None)
    return made


def test_the_loss_is_that_of_every_real_token(objective):
    texts = [[CLS, 22, 23, SEP], [CLS, 24, SEP], [CLS, 25, SEP]]
    token, document = lay_out([texts[:1], texts[1:]])
    loss = float(objective.training_step({"token": token, "document": document}, 0).detach())
    terms = []
    for real in texts:
        for place, target in enumerate(real):
            near = [real[u] for u in range(len(real)) if u != place and abs(u - place) <= 2]
            mean = objective.encoder.embedding.weight[near].mean(dim=0)
            terms.append(-float(objective.output(mean).log_softmax(dim=0)[target]))
    assert loss == pytest.approx(sum(terms) / len(terms), abs=1e-5)


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
