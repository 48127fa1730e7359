import copy

import lightning
import pytest
import torch
from lightning.pytorch.callbacks import ModelCheckpoint

from superb_lite.errors import SuperbLiteError
from superb_lite_image.byol import BYOL, move_towards
from superb_lite_image.byol_loss import byol_loss, target_momentum
from superb_lite_image.corpus import ImageCorpus
from superb_lite_image.encoder import LITE_BACKBONE_ARGS, TimmEncoder

TINY = {"channels": [8, 8, 16, 16], "stem_width": 4}

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def made(**options):
    torch.manual_seed(options.get("seed", 0))
    return BYOL(encoder=TimmEncoder(image_size=16, backbone_args=TINY), **{"hidden_size": 32, **options})


def trainer(steps, **options):
    return lightning.Trainer(
        max_steps=steps,
        accelerator="cpu",
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        **{"enable_checkpointing": False, **options},
    )


def run(steps, objective=None, **options):
    objective = objective or made()
    corpus = ImageCorpus(path=None, batch_size=32, seed=0, image_size=16)
    logged = {"loss": [], "spread": []}
    log = objective.log
    objective.log = lambda name, value, **kwargs: (logged[name].append(float(value)), log(name, value, **kwargs))
    trainer(steps, **options).fit(objective, datamodule=corpus)
    return objective, logged


def weights(module):
    return torch.cat([p.detach().flatten() for p in module.parameters()])


def test_two_runs_are_the_same_and_seeds_differ():
    first, logged = run(3)
    second, again = run(3)
    _, other = run(3, made(seed=1))
    assert logged == again
    assert logged["loss"] != other["loss"]
    assert first.encoder.content_hash() == second.encoder.content_hash()
    assert torch.equal(weights(first.target_encoder), weights(second.target_encoder))


def test_the_loss_falls_and_the_embeddings_stay_apart():
    _, logged = run(25)
    assert sum(logged["loss"][-5:]) / 5 < sum(logged["loss"][:5]) / 5 - 0.3
    assert min(logged["spread"]) > 0.4


def test_a_step_is_the_symmetric_loss_of_both_directions(monkeypatch):
    objective = BYOL(encoder=TimmEncoder(backbone_args={**LITE_BACKBONE_ARGS, "zero_init_last": False}))
    monkeypatch.setattr(objective, "log", lambda *arguments, **options: None)
    with torch.no_grad():  # a target of its own, so that a mix-up of the two networks would show
        for parameter in objective.target_projector.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    batch = ImageCorpus(path=None, batch_size=8, seed=0).batch(0)
    torch.manual_seed(5)
    loss = objective.training_step(batch, 0)
    torch.manual_seed(5)
    views = torch.cat([objective.augment(batch), objective.augment(batch)])
    predictions = objective.predictor(objective.projector(objective.encoder.embed(views)))
    targets = objective.target_projector(objective.target_encoder.embed(views))
    expected = sum(byol_loss(predictions[i : i + 1], targets[(i + 8) % 16][None]) for i in range(16)) / 8
    assert float(loss) == pytest.approx(float(expected), abs=1e-4)
    loss.backward()
    for name, parameter in objective.named_parameters():
        if name.startswith("target_"):
            assert parameter.grad is None
        elif parameter.ndim > 1:
            assert parameter.grad is not None
            assert parameter.grad.abs().sum() > 0, name


def test_the_target_is_the_moving_average_of_the_online_network():
    """Three steps by hand from the weights after every optimiser step, and the schedule's momenta."""
    objective = made(momentum=0.8)
    expected = weights(objective.encoder)
    online = []
    objective.on_train_batch_end = lambda *arguments: online.append(weights(objective.encoder))
    run(3, objective)
    for step, now in enumerate(online):
        momentum = target_momentum(step, steps=3, base=0.8)
        expected = momentum * expected + (1 - momentum) * now
    torch.testing.assert_close(weights(objective.target_encoder), expected, atol=1e-6, rtol=1e-5)
    assert not torch.allclose(weights(objective.encoder), expected, atol=1e-4)


def test_the_target_moves_once_an_optimiser_step_when_gradients_are_accumulated():
    objective = made(momentum=0.0)
    seen = []
    objective.on_train_batch_end = lambda *arguments: seen.append(weights(objective.target_encoder))
    run(2, objective, accumulate_grad_batches=2)
    assert len(seen) == 4
    assert torch.equal(seen[1], seen[2])
    assert not torch.equal(seen[1], seen[3])


def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path):
    whole, _ = run(6)
    half = made()
    corpus = ImageCorpus(path=None, batch_size=32, seed=0, image_size=16)
    keep = ModelCheckpoint(tmp_path, filename="state", every_n_train_steps=3, save_top_k=-1)
    fit = trainer(6, enable_checkpointing=True, default_root_dir=tmp_path)
    fit.callbacks.append(keep)
    half.on_train_batch_end = lambda *arguments: setattr(fit, "should_stop", fit.global_step == 3)
    fit.fit(half, datamodule=corpus)
    assert half.global_step == 3
    resumed = made()
    trainer(6).fit(
        resumed,
        datamodule=ImageCorpus(path=None, batch_size=32, seed=0, image_size=16),
        ckpt_path=tmp_path / "state.ckpt",
        weights_only=True,
    )
    assert torch.equal(weights(resumed.encoder), weights(whole.encoder))
    assert torch.equal(weights(resumed.target_encoder), weights(whole.target_encoder))


def test_a_collapse_is_warned_about_once(capsys):
    objective = made(learning_rate=0.0)
    with torch.no_grad():  # every image gets the same projection
        objective.projector[-1].weight.zero_()
        objective.projector[-1].bias.fill_(1.0)
    run(3, objective)
    error = capsys.readouterr().err
    assert error.count("image-byol is collapsing") == 1
    assert "at step 0 the spread of its embeddings is 0.000" in error
    run(3)
    assert "collapsing" not in capsys.readouterr().err


def test_only_the_online_encoder_is_saved():
    objective = made()
    assert not any(key.startswith(("pro", "pre", "target")) for key in objective.encoder.state_dict())
    trained = {id(p) for p in objective.parameters() if p.requires_grad}
    assert not trained & {id(p) for p in objective.target_encoder.parameters()}


def test_move_towards_leaves_the_online_network_alone():
    online, target = torch.nn.Linear(3, 2), torch.nn.Linear(3, 2)
    before, start = copy.deepcopy(online), weights(target)
    move_towards(target, online, momentum=0.75)
    assert torch.equal(weights(online), weights(before))
    torch.testing.assert_close(weights(target), 0.75 * start + 0.25 * weights(online))
    move_towards(target, online, momentum=1.0)
    torch.testing.assert_close(weights(target), 0.75 * start + 0.25 * weights(online))


@pytest.mark.parametrize("momentum", [-0.1, 1.5])
def test_a_momentum_outside_of_its_range_is_refused(momentum):
    with pytest.raises(SuperbLiteError, match="momentum is"):
        made(momentum=momentum)
