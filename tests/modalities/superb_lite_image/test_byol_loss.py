import math

import pytest
import torch

from superb_lite_image.byol_loss import byol_loss, embedding_spread, target_momentum


def slow_loss(predictions, targets):
    """Equation 2 of Grill et al. 2020 as loops: the squared distance of the two normalised vectors."""
    total = torch.zeros((), dtype=predictions.dtype)
    for q, z in zip(predictions, targets, strict=True):
        q = q / torch.sqrt(sum(x * x for x in q))
        z = z / torch.sqrt(sum(x * x for x in z))
        total = total + sum((a - b) ** 2 for a, b in zip(q, z, strict=True))
    return total / len(predictions)


@pytest.mark.parametrize("n", [1, 2, 7])
def test_loss_and_gradients_equal_a_slow_loop(n):
    torch.manual_seed(n)
    predictions = torch.randn(n, 5, dtype=torch.float64, requires_grad=True)
    targets = torch.randn(n, 5, dtype=torch.float64)
    fast, slow = byol_loss(predictions, targets), slow_loss(predictions, targets)
    assert fast.item() == pytest.approx(slow.item(), abs=1e-6)
    (a,), (b,) = torch.autograd.grad(fast, predictions), torch.autograd.grad(slow, predictions)
    torch.testing.assert_close(a, b, atol=1e-6, rtol=0)


def test_no_gradient_reaches_the_targets():
    targets = torch.randn(3, 4, requires_grad=True)
    byol_loss(torch.randn(3, 4, requires_grad=True), targets).backward()
    assert targets.grad is None


def test_length_does_not_matter_and_direction_does():
    x = torch.randn(6, 4)
    assert float(byol_loss(5 * x, x)) == pytest.approx(0, abs=1e-6)
    assert float(byol_loss(-x, x)) == pytest.approx(4)


def test_momentum_rises_from_its_base_to_one():
    values = [target_momentum(step, steps=100, base=0.9) for step in range(101)]
    assert values[0] == pytest.approx(0.9)
    assert values[50] == pytest.approx(0.95)
    assert values[100] == 1.0
    assert values == sorted(values)
    assert target_momentum(130, steps=100, base=0.9) == 1.0


def test_spread_is_nothing_for_one_point_and_one_for_all_directions():
    assert float(embedding_spread(torch.ones(9, 16))) == 0.0
    assert float(embedding_spread(torch.ones(9, 16) * torch.arange(1.0, 10)[:, None])) == pytest.approx(0, abs=1e-6)
    torch.manual_seed(0)
    assert float(embedding_spread(torch.randn(4000, 16))) == pytest.approx(1.0, abs=0.02)


def test_spread_against_a_slow_loop():
    torch.manual_seed(1)
    embeddings = torch.randn(5, 3).tolist()
    rows = [[x / math.hypot(*row) for x in row] for row in embeddings]
    total = 0.0
    for column in zip(*rows, strict=True):
        mean = sum(column) / 5
        total += math.sqrt(sum((x - mean) ** 2 for x in column) / 5)
    assert float(embedding_spread(torch.tensor(embeddings))) == pytest.approx(total / 3 * math.sqrt(3), abs=1e-6)
