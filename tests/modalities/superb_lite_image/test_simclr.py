import lightning
import pytest
import torch

from superb_lite_image.corpus import ImageCorpus
from superb_lite_image.encoder import LITE_BACKBONE_ARGS, TimmEncoder
from superb_lite_image.nt_xent import nt_xent
from superb_lite_image.simclr import SimCLR

TINY = {"channels": [8, 8, 16, 16], "stem_width": 4}


def run(steps, *, seed=0):
    torch.manual_seed(seed)
    objective = SimCLR(encoder=TimmEncoder(image_size=16, backbone_args=TINY), seed=seed)
    corpus = ImageCorpus(path=None, batch_size=32, seed=seed, image_size=16)
    losses = []
    log = objective.log
    objective.log = lambda name, value, **kwargs: (losses.append(float(value)), log(name, value, **kwargs))
    trainer = lightning.Trainer(
        max_steps=steps,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(objective, datamodule=corpus)
    return objective, losses


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_two_runs_are_the_same_and_seeds_differ():
    first, losses = run(3)
    second, again = run(3)
    _, other = run(3, seed=1)
    assert losses == again
    assert losses != other
    assert first.encoder.content_hash() == second.encoder.content_hash()


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_loss_falls():
    _, losses = run(25)
    assert sum(losses[-5:]) / 5 < sum(losses[:5]) / 5 - 0.3


def test_a_step_is_the_loss_of_two_views_and_reaches_every_weight(monkeypatch):
    # With timm's zero start of the residual branches, their convolutions have no gradient in the first step.
    objective = SimCLR(encoder=TimmEncoder(backbone_args={**LITE_BACKBONE_ARGS, "zero_init_last": False}))
    monkeypatch.setattr(objective, "log", lambda *arguments, **options: None)
    batch = ImageCorpus(path=None, batch_size=8, seed=0).batch(0)
    torch.manual_seed(5)
    loss = objective.training_step(batch, 0)
    torch.manual_seed(5)
    first, second = objective.augment(batch), objective.augment(batch)
    assert not torch.equal(first, second)
    z = objective.projection(objective.encoder.embed(torch.cat([first, second])))
    assert float(loss) == pytest.approx(float(nt_xent(z[:8], z[8:], temperature=0.2)), abs=1e-4)
    loss.backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in objective.parameters() if p.ndim > 1)


def test_the_projection_head_is_not_part_of_the_encoder():
    objective = SimCLR(encoder=TimmEncoder(), projection_size=17)
    assert objective.projection[-1].out_features == 17
    assert not any(key.startswith("projection") for key in objective.encoder.state_dict())
    assert "projection_size" not in objective.encoder.config()
