import math

import pytest
import torch

from superb_lite_image.nt_xent import nt_xent


def slow_nt_xent(first, second, temperature):
    """Equation 1 of Chen et al. 2020, written out as loops: l(i, j) averaged over all positive pairs, both ways."""
    z = [*first, *second]
    n = len(first)

    def similarity(a, b):
        return (a @ b) / (a.norm() * b.norm())

    total = torch.zeros((), dtype=first.dtype)
    for i in range(2 * n):
        j = (i + n) % (2 * n)
        denominator = sum(torch.exp(similarity(z[i], z[k]) / temperature) for k in range(2 * n) if k != i)
        total = total - torch.log(torch.exp(similarity(z[i], z[j]) / temperature) / denominator)
    return total / (2 * n)


@pytest.mark.parametrize("temperature", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("n", [1, 2, 7])
def test_loss_and_gradients_equal_a_slow_double_loop(n, temperature):
    torch.manual_seed(n)
    first, second = (torch.randn(n, 5, dtype=torch.float64, requires_grad=True) for _ in range(2))
    fast = nt_xent(first, second, temperature=temperature)
    slow = slow_nt_xent(first, second, temperature)
    assert fast.item() == pytest.approx(slow.item(), abs=1e-6)
    gradients = torch.autograd.grad(fast, (first, second)), torch.autograd.grad(slow, (first, second))
    for a, b in zip(*gradients, strict=True):
        torch.testing.assert_close(a, b, atol=1e-6, rtol=0)


def test_indistinguishable_views_cost_the_logarithm_of_their_number():
    same = torch.ones(4, 3)
    assert float(nt_xent(same, same, temperature=0.5)) == pytest.approx(math.log(7))


def test_the_right_partner_costs_less_than_the_wrong_one():
    views = torch.eye(6)
    assert nt_xent(views, views, temperature=0.2) < nt_xent(views, views.roll(1, dims=0), temperature=0.2)
