import types

import pytest
import torch

from superb_lite.errors import SuperbLiteError
from superb_lite_image.byol import BYOL
from superb_lite_image.encoder import TimmEncoder
from superb_lite_image.simclr import SimCLR

TINY = {"channels": [8, 8, 16, 16], "stem_width": 4}


def configured(**options):
    objective = SimCLR(encoder=TimmEncoder(image_size=16, backbone_args=TINY), **options)
    objective._trainer = types.SimpleNamespace(estimated_stepping_batches=10)
    return objective, objective.configure_optimizers()


def test_lars_is_you_et_als_rule():
    """One step by hand: lr * trust * (gradient + decay * weight), trust = 0.001 |w| / (|g| + decay |w|)."""
    objective, made = configured(optimizer="lars", learning_rate=0.5, weight_decay=1e-2, warmup_share=0.0)
    torch.manual_seed(1)
    before = {name: p.detach().clone() for name, p in objective.named_parameters()}
    for parameter in objective.parameters():
        parameter.grad = torch.randn_like(parameter)
    made["optimizer"].step()
    for name, parameter in objective.named_parameters():
        weight, gradient = before[name], parameter.grad
        if weight.ndim > 1:
            trust = 0.001 * weight.norm() / (gradient.norm() + 1e-2 * weight.norm() + 1e-8)
            step = 0.5 * trust * (gradient + 1e-2 * weight)
        else:  # biases and norms: plain gradient descent
            step = 0.5 * gradient
        torch.testing.assert_close(parameter, weight - step, atol=1e-6, rtol=1e-4)


def test_lars_trusts_as_much_as_it_is_told():
    """Clipped, no tensor moves further than plain gradient descent."""
    objective, made = configured(optimizer="lars", learning_rate=0.5, warmup_share=0.0, trust=50.0, trust_clip=True)
    before = {name: p.detach().clone() for name, p in objective.named_parameters()}
    for parameter in objective.parameters():
        parameter.grad = torch.randn_like(parameter)
    made["optimizer"].step()
    for name, parameter in objective.named_parameters():
        decayed = parameter.grad + 0.01 * before[name] * (parameter.ndim > 1)
        torch.testing.assert_close(parameter, before[name] - 0.5 * decayed, atol=1e-6, rtol=1e-4)
    assert made["optimizer"].param_groups[0]["trust_coeff"] == 50.0


def test_the_second_view_has_its_own_blur_and_solarisation():
    encoder = TimmEncoder(image_size=16, backbone_args=TINY)
    plain, both = SimCLR(encoder=encoder), SimCLR(encoder=encoder, blur=0.5)
    own = SimCLR(encoder=encoder, blur=1.0, second_blur=0.1, second_solarise=0.2, saturation=0.4)

    def further(view):  # after crop or warp, flip, jitter and grey
        return [(type(part).__name__, part.p) for part in view.transforms if hasattr(part, "p")][3:]

    assert further(plain.augment) == further(plain.augment_second) == []
    assert further(both.augment) == further(both.augment_second) == [("BatchRandomGaussianBlur", 0.5)]
    assert further(own.augment) == further(own.recolour) == [("BatchRandomGaussianBlur", 1.0)]
    second = [("BatchRandomGaussianBlur", 0.1), ("BatchRandomSolarize", 0.2)]
    assert further(own.augment_second) == further(own.recolour_second) == second
    jitter = own.augment.transforms[3]
    assert (jitter.brightness, jitter.saturation) == ((0.6, 1.4), (0.8, 1.2))  # BYOL, appendix B: 0.4 and 0.2


def test_muon_moves_filters_as_torchs_does_and_all_else_at_its_own_rate():
    def moved(learning_rate):
        torch.manual_seed(0)
        objective, made = configured(muon_rate=0.1, learning_rate=learning_rate, weight_decay=0.2, warmup_share=0.0)
        before = {name: p.detach().clone() for name, p in objective.named_parameters()}
        torch.manual_seed(1)
        gradients = {name: torch.randn_like(p) for name, p in objective.named_parameters()}
        for name, parameter in objective.named_parameters():
            parameter.grad = gradients[name].clone()
        made["optimizer"].step()
        return before, gradients, {name: p.detach() for name, p in objective.named_parameters()}

    before, gradients, after = moved(1e-3)
    _, _, faster = moved(2e-3)
    name = "encoder.backbone.layer2.0.conv1.weight"
    matrix = before[name].flatten(1).clone().requires_grad_()
    matrix.grad = gradients[name].flatten(1)
    torch.optim.Muon([matrix], lr=0.1, weight_decay=0.2).step()
    torch.testing.assert_close(after[name].flatten(1), matrix.detach(), atol=2e-3, rtol=0)
    assert (after[name] - before[name]).abs().max() > 0.01
    assert torch.equal(after[name], faster[name])
    norm = "encoder.backbone.layer2.0.bn1.weight"
    torch.testing.assert_close(faster[norm] - before[norm], 2 * (after[norm] - before[norm]), atol=1e-6, rtol=0)
    assert 0 < (after[norm] - before[norm]).abs().max() < 1e-2


@pytest.mark.parametrize("optimizer", ["adamw", "lars", "muon"])
def test_warm_up_and_cosine(optimizer):
    _, made = configured(optimizer=optimizer, learning_rate=0.5, muon_rate=0.5, warmup_share=0.2)
    rates = []
    for _ in range(10):
        rates.append(made["optimizer"].param_groups[0]["lr"])
        made["optimizer"].step()
        made["lr_scheduler"]["scheduler"].step()
    assert rates[:3] == pytest.approx([0.25, 0.5, 0.5])
    assert rates[2:] == sorted(rates[2:], reverse=True)


@pytest.mark.parametrize("kind", [SimCLR, BYOL])
@pytest.mark.parametrize("backbone", ["resnet18", "convnext_atto", "vit_tiny_patch16_224"])
def test_any_backbone_by_its_name(monkeypatch, kind, backbone):
    torch.manual_seed(0)
    objective = kind(encoder=TimmEncoder(backbone=backbone, image_size=32))
    monkeypatch.setattr(objective, "log", lambda *arguments, **options: None)
    batch = torch.randint(0, 256, (4, 3, 32, 32), dtype=torch.uint8)
    loss = objective.training_step(batch, 0)
    loss.backward()
    first = next(p for p in objective.encoder.parameters() if p.ndim > 1)
    assert torch.isfinite(first.grad).all()
    assert first.grad.abs().sum() > 0


@pytest.mark.parametrize("kind", [SimCLR, BYOL])
def test_a_single_image_is_no_batch(kind):
    objective = kind(encoder=TimmEncoder(image_size=16, backbone_args=TINY))
    with pytest.raises(SuperbLiteError, match=r"a batch of 1 image.*raise --data.batch_size"):
        objective.training_step(torch.zeros(1, 3, 16, 16, dtype=torch.uint8), 0)
