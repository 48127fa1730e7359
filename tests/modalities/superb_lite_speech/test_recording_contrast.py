from __future__ import annotations

import math

import pytest
import torch

from superb_lite_speech.contrast import RecordingContrast, recording_loss


def test_the_loss_is_that_of_a_slow_loop():
    embeddings = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
    recording = [3, 3, 5, 1, 3, 1]
    unit = [(row / row.norm()).tolist() for row in embeddings]
    similarity = [[sum(a * b for a, b in zip(u, v, strict=True)) / 0.2 for v in unit] for u in unit]
    losses = []
    for i in range(6):
        others = sum(math.exp(similarity[i][k]) for k in range(6) if k != i)
        losses += [
            -math.log(math.exp(similarity[i][j]) / others) for j in range(6) if j != i and recording[i] == recording[j]
        ]
    assert len(losses) == 8  # three of recording 3, two of recording 1
    loss = recording_loss(embeddings, torch.tensor(recording), temperature=0.2)
    assert float(loss) == pytest.approx(sum(losses) / len(losses), rel=1e-5)


def test_without_two_rows_of_a_recording_it_is_zero_and_has_a_gradient():
    embeddings = torch.randn(3, 4, requires_grad=True)
    loss = recording_loss(embeddings, torch.arange(3), temperature=0.1)
    loss.backward()
    assert loss == 0
    assert embeddings.grad is not None
    assert torch.equal(embeddings.grad, torch.zeros(3, 4))


def test_padding_does_not_count():
    torch.manual_seed(0)
    contrast = RecordingContrast(8)
    layer, mask = torch.randn(4, 5, 8), torch.ones(4, 5, dtype=torch.bool)
    mask[1, 3:] = False
    recording = torch.tensor([0, 0, 1, 1])
    loss = contrast(layer, mask, recording)
    torch.testing.assert_close(contrast(layer + 7.0 * ~mask[..., None], mask, recording), loss)
    assert not torch.isclose(contrast(layer + 7.0 * mask[..., None] * torch.randn(8), mask, recording), loss)
