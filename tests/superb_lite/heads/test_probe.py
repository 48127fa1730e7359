import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

from superb_lite.heads import linear
from superb_lite.heads.linear import ProbeSettings, _batches, _Products, _statistics, train_heads


def blobs(n=150, d=6, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % classes
    x = rng.standard_normal((classes, d))[y] + 1.5 * rng.standard_normal((n, d))
    return torch.tensor(5 * x + 2, dtype=torch.float32), torch.tensor(y)


def heads(x, y, rows, decays, *, steps, batch_size=10_000, seeds=None):
    return train_heads(
        x.__getitem__,
        y.expand(len(rows), -1),
        rows,
        classes=int(y.max()) + 1,
        learning_rate=0.1,
        weight_decay=torch.tensor(decays).expand(len(rows), -1),
        steps=steps,
        batch_size=batch_size,
        seeds=seeds or list(range(len(rows))),
    )


def test_many_steps_are_scikit_learns_logistic_regression():
    x, y = blobs()
    decays = (1e-3, 1e-2, 1.0)
    found = heads(x[:, None], y, [torch.arange(len(x))], decays, steps=1500)
    inputs = StandardScaler().fit_transform(x.numpy())
    for point, decay in enumerate(decays):
        reference = LogisticRegression(C=1 / (len(x) * decay), max_iter=5000, tol=1e-8).fit(inputs, y.numpy())
        probabilities = found.logits(x[:, None], 0)[point].softmax(dim=1)
        assert probabilities.numpy() == pytest.approx(reference.predict_proba(inputs), abs=0.01)


@pytest.mark.parametrize("layers", [1, 3])
def test_problems_trained_together_are_as_trained_alone(layers):
    x, y = blobs()
    x = torch.stack([x, x.roll(1, 1), x.square()][:layers], dim=1)
    rows = [torch.arange(0, 100), torch.arange(50, 150)]
    grid = [0.01, 0.1]
    together = heads(x, y, rows, grid, steps=60, batch_size=32, seeds=[7, 8])
    for s, seed in enumerate([7, 8]):
        for g, point in enumerate(grid):
            alone = heads(x, y, [rows[s]], [point], steps=60, batch_size=32, seeds=[seed])
            assert together.logits(x, s)[g].numpy() == pytest.approx(alone.logits(x, 0)[0].numpy(), abs=1e-3)


def test_the_mixture_finds_the_layer_that_knows():
    x, y = blobs()
    noise = torch.randn(2, *x.shape, generator=torch.Generator().manual_seed(0))
    layers = torch.stack([noise[0], x, noise[1]], dim=1)
    weights = heads(layers, y, [torch.arange(len(x))], [0.01], steps=200).layer_weights(0, 0)
    assert sum(weights) == pytest.approx(1, abs=1e-3)
    assert weights[1] > 0.7


def test_a_layer_that_says_all_as_one_of_several_is_the_same_head():
    x, y = blobs()
    one = heads(x[:, None], y, [torch.arange(len(x))], [0.01], steps=50)
    two = heads(torch.stack([x, x], dim=1), y, [torch.arange(len(x))], [0.01], steps=50)
    a, b = one.logits(x[:, None], 0), two.logits(torch.stack([x, x], dim=1), 0)
    assert a.numpy() == pytest.approx(b.numpy(), abs=1e-3)


def test_a_feature_that_never_varies_in_training_is_harmless():
    x, y = blobs()
    x = torch.cat([x, torch.full((len(x), 1), 3.0)], dim=1)
    x[100:, -1] = 4.0  # it varies only where nothing is trained
    found = heads(x[:, None], y, [torch.arange(100)], [0.01], steps=100).logits(x[:, None], 0)[0]
    assert bool(torch.isfinite(found).all())
    assert float((found.argmax(dim=1) == y).float().mean()) > 0.6


def test_standardisation_uses_the_training_rows_alone():
    x, y = blobs()
    rows = torch.arange(60)
    moved = x.clone()
    moved[60:] *= 100
    found = [heads(v[:, None], y, [rows], [0.01], steps=20) for v in (x, moved)]
    assert torch.equal(found[0].mean, found[1].mean)
    assert torch.equal(found[0].weight, found[1].weight)


def test_batches_read_every_row_once_an_epoch():
    stream = _batches(11, 4, 3, torch.device("cpu"))
    read = torch.cat([next(stream) for _ in range(11)]).tolist()
    for epoch in range(4):
        assert sorted(read[11 * epoch : 11 * epoch + 11]) == list(range(11))
    assert read[:11] != read[11:22]
    again = _batches(11, 4, 3, torch.device("cpu"))
    assert torch.cat([next(again) for _ in range(11)]).tolist() == read


@pytest.mark.parametrize(("layers", "classes"), [(1, 3), (3, 20)])
def test_features_that_do_not_fit_in_memory_give_the_same_heads(monkeypatch, layers, classes):
    generator = torch.Generator().manual_seed(0)
    x = 3 * torch.randn(90, layers, 4, generator=generator) + 1
    y = torch.randint(classes, (90,), generator=generator)
    rows = [torch.randperm(90, generator=generator)[:70] for _ in range(2)]
    held = heads(x, y, rows, [0.01, 1.0], steps=20, batch_size=16)
    monkeypatch.setattr(linear, "STANDARDISED_BUDGET", 0)
    monkeypatch.setattr(linear, "CHUNK", 10)
    read = heads(x, y, rows, [0.01, 1.0], steps=20, batch_size=16)
    for seed in range(2):
        torch.testing.assert_close(held.logits(x, seed), read.logits(x, seed))


@pytest.mark.parametrize(("layers", "classes"), [(1, 3), (3, 3), (3, 17)])
def test_gradients_are_those_of_automatic_differentiation(layers, classes):
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(2, layers, 5, 4, generator=generator)
    logits = torch.randn(2, 6, layers, generator=generator).requires_grad_()
    weight = torch.randn(2, 6, classes, 4, generator=generator).requires_grad_()
    delta = torch.randn(2, 6, classes, 5, generator=generator)
    expected = torch.einsum("slnd,sgl,sgcd->sgcn", inputs, logits.softmax(dim=2), weight)
    expected.backward(delta)
    with torch.no_grad():
        products = _Products(inputs, logits.softmax(dim=2), weight)
        of_weight, of_layer = products.gradients(delta)
    torch.testing.assert_close(products.logits, expected.detach())
    torch.testing.assert_close(of_weight, weight.grad)
    torch.testing.assert_close(of_layer, logits.grad)


def test_the_identity_link_is_ridge_regression():
    generator = torch.Generator().manual_seed(0)
    x = 3 * torch.randn(200, 5, generator=generator) + 1
    y = x @ torch.randn(5, generator=generator) + torch.randn(200, generator=generator)
    y = (y - y.mean()) / y.std(correction=0)
    decays = (1e-3, 1e-1, 1.0)
    found = train_heads(
        x[:, None].__getitem__,
        y[None],
        [torch.arange(200)],
        classes=1,
        learning_rate=0.1,
        weight_decay=torch.tensor([decays]),
        steps=1500,
        batch_size=1000,
        seeds=[0],
        link="identity",
    ).logits(x[:, None], 0)
    inputs = StandardScaler().fit_transform(x.numpy())
    for point, decay in enumerate(decays):
        # Ours minimises the mean of (z - y)^2 / 2, scikit-learn's the sum of (z - y)^2.
        reference = Ridge(alpha=decay * len(x)).fit(inputs, y.numpy()).predict(inputs)
        assert found[point, :, 0].numpy() == pytest.approx(reference, abs=0.01)


def test_statistics_read_in_chunks_are_those_of_all_rows(monkeypatch):
    monkeypatch.setattr("superb_lite.heads.linear.CHUNK", 7)
    x, _ = blobs()
    mean, std = _statistics(x[:, None].__getitem__, torch.arange(50))
    torch.testing.assert_close(mean[0], x[:50].mean(dim=0))
    torch.testing.assert_close(std[0], x[:50].std(dim=0, correction=0))


def test_many_examples_are_seen_several_times():
    settings = ProbeSettings(steps=300, epochs=3, batch_size=128)
    assert settings.schedule(1000) == 300
    assert settings.schedule(138_361) == 3243
