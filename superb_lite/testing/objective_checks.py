"""What is asked of an objective: its recipes, its batches, its loss, and the encoder that it leaves behind."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import torch

from superb_lite import plugins
from superb_lite.encoders.checkpoint import load_checkpoint, save_checkpoint
from superb_lite.encoders.content_hash import weights_sha256
from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.recipes import MINUTE, find_recipe
from superb_lite.testing import encoder_checks
from superb_lite.testing.check import Check, Options, Skipped, finding
from superb_lite.testing.devices import DATA_DEPENDENT, fake_cuda, like, restored
from superb_lite.testing.objective_case import ObjectiveCase, OneBatch, equal, rows, train

OVERFIT_STEPS, COMPARED, FALL = 40, 5, 0.03
"""Steps on one batch; the mean loss of the last `COMPARED` has to be lower than that of the first by this share."""

RESUMED_STEPS = 4
"""Of the run that is compared with one that goes on from the middle."""

LOOKED_AT = 16
"""Batches whose examples may not be held out."""


def _built(case: ObjectiveCase) -> str | None:
    return case.fault


def _recipes(case: ObjectiveCase) -> str | None:
    if MINUTE not in case.spec.recipes:
        return f"it has no recipe '{MINUTE}', which is followed where no budget is named"
    if case.fault is not None:
        raise Skipped("it cannot be built: see it-is-built")
    for budget in case.spec.recipes:
        try:
            case.read(find_recipe(case.spec, budget))
        except SuperbLiteError as error:
            return str(error)
    return None


def _batches(case: ObjectiveCase) -> str | None:
    corpus, other = case.built.corpus, case.twin
    first = [corpus.batch(number) for number in (0, 1, 2)]
    for number in (2, 0, 1):
        if not equal(corpus.batch(number), first[number]):
            return f"batch {number} is another one when it is asked for again"
        if not equal(other.batch(number), first[number]):
            return f"batch {number} of a second corpus of the same seed is another one"
    return None


def _seeds(case: ObjectiveCase) -> str | None:
    other = case.other
    same = all(equal(case.built.corpus.batch(number), other.batch(number)) for number in range(2))
    return "two pretraining seeds have the same batches" if same else None


def _finite(case: ObjectiveCase) -> str | None:
    case.built  # noqa: B018  # raises where nothing is built
    wrong = [loss for loss in case.losses if not np.isfinite(loss)]
    return f"the loss of one of the first batches is {wrong[0]}" if wrong else None


def _falls(case: ObjectiveCase) -> str | None:
    case.need_finite()
    built = case.untrained()
    losses = train(built.objective, OneBatch(built.corpus.batch(0)), OVERFIT_STEPS)
    first, last = float(np.mean(losses[:COMPARED])), float(np.mean(losses[-COMPARED:]))
    if last < first - FALL * abs(first):
        return None
    return f"in {OVERFIT_STEPS} steps on one batch the loss goes from {first:.3g} to {last:.3g}"


def _gradients(case: ObjectiveCase) -> str | None:
    case.need_finite()
    objective = case.built.objective
    try:
        for number in range(2):
            case.step(number).backward()
        trained = [(name, parameter) for name, parameter in objective.named_parameters() if parameter.requires_grad]
        missed = [name for name, parameter in trained if parameter.grad is None]
    finally:
        objective.zero_grad(set_to_none=True)
    return f"{len(missed)} trained parameters get no gradient, the first '{missed[0]}'" if missed else None


def _resumed(case: ObjectiveCase) -> str | None:
    case.need_finite()
    if _batches(case) is not None:
        raise Skipped("its batches are not repeatable: see batches-depend-on-seed-and-step")
    whole, rest = case.untrained(), case.untrained()
    with tempfile.TemporaryDirectory() as folder:
        train(whole.objective, whole.corpus, RESUMED_STEPS, save=Path(folder))
        state = Path(folder) / f"step={RESUMED_STEPS // 2}.ckpt"
        train(rest.objective, rest.corpus, RESUMED_STEPS, resume=state)
    for name, value in whole.objective.state_dict().items():
        if not torch.allclose(value.float(), rest.objective.state_dict()[name].float(), rtol=1e-5, atol=1e-7):
            return f"a run that goes on from step {RESUMED_STEPS // 2} ends with another '{name}'"
    return None


def _saved(case: ObjectiveCase) -> str | None:
    encoder = case.built.objective.encoder
    with tempfile.TemporaryDirectory() as folder:
        save_checkpoint(encoder, Path(folder), name=case.encoder.name, pretraining={})
        again = load_checkpoint(Path(folder))
    return None if weights_sha256(again) == weights_sha256(encoder) else "the loaded encoder has other weights"


def _conforms(case: ObjectiveCase) -> str | None:
    case.need_finite()
    try:
        fault = _saved(case)
    except SuperbLiteError as error:
        fault = str(error)
    if fault is not None:
        raise Skipped("its encoder cannot be loaded by itself: see encoder-is-saved-alone")
    if case.options.items is None and not plugins.embedded_tasks(case.spec.modality):
        raise Skipped(f"no task of the modality '{case.spec.modality}' is at hand")
    built = case.untrained()
    train(built.objective, built.corpus, 2)
    encoder = built.objective.encoder.eval()
    options = Options(items=case.options.items, root=case.options.root, device=case.options.device)
    for check in encoder_checks.CHECKS:
        found = finding(check.with_options(options), encoder)
        if found.outcome == "failed":
            return str(found)
    return None


def _held_out(case: ObjectiveCase) -> str | None:
    corpus = case.built.corpus
    try:
        part = corpus.held_out()
    except SuperbLiteError as error:
        raise Skipped(str(error)) from error
    if _batches(case) is not None:
        raise Skipped("its batches are not repeatable: see batches-depend-on-seed-and-step")
    other = case.other.held_out()
    if not equal(part.batch(0), other.batch(0)) or not equal(part.batch(0), part.batch(0)):
        return "its held-out batches depend on more than their number"
    known = {row for number in range(LOOKED_AT) for row in rows(corpus.batch(number))}
    shared = sum(len(rows(part.batch(number)) & known) for number in range(LOOKED_AT))
    return f"{shared} held-out examples are in batches that it trains on" if shared else None


def _hash(case: ObjectiveCase) -> str | None:
    found = [corpus.content_hash() for corpus in (case.built.corpus, case.twin, case.other)]
    return None if len(set(found)) == 1 and found[0] else "the same data has several content hashes"


def _hash_tells(case: ObjectiveCase) -> str | None:
    if case.options.data is None:
        raise Skipped("no other data is given: name a small corpus (data=PATH, --data PATH)")
    built, embedded = case.built, case.build().corpus
    if built.corpus.content_hash() == embedded.content_hash():
        return f"the embedded corpus and '{case.options.data}' have one content hash"
    return None


def _sources(case: ObjectiveCase) -> str | None:
    corpus = case.built.corpus
    if not isinstance(corpus.sources, tuple) or not corpus.sources or not all(corpus.sources):
        return f"its corpus names no sources, but {corpus.sources!r:.40}"
    return None


def _device(case: ObjectiveCase) -> str | None:
    case.need_finite()
    built, device = case.untrained(), case.options.device
    batch = built.corpus.batch(1)
    if device is not None:
        objective = built.objective.to(device)
        loss = objective.training_step(objective.transfer_batch_to_device(batch, objective.device, 0), 1)
        return None if loss.device.type == torch.device(device).type else f"its loss is on {loss.device}"
    with restored(built.objective), fake_cuda():
        try:
            # Not step 0, at which a step may look at its numbers.
            loss = like(built.objective, "cuda").training_step(like(batch, "cuda"), 1)
        except DATA_DEPENDENT:
            raise Skipped("its step asks for numbers, so that only a real device can tell: give one") from None
    return None if loss.device.type == "cuda" else f"on a CUDA device its loss is on {loss.device.type}"


CHECKS: tuple[Check, ...] = (
    Check(
        "it-is-built",
        "encoder, objective and corpus are built from their defaults and links",
        "see superb_lite.ObjectiveSpec, and the arguments of the three constructors",
        _built,
        ObjectiveCase,
    ),
    Check(
        "recipes-are-real",
        "there is a recipe for a minute, and recipes name only options that there are",
        "superb-lite pretrain NAME --print_config shows all options",
        _recipes,
        ObjectiveCase,
    ),
    Check(
        "sources-are-named",
        "the corpus names its sources, by which results on the same sources are marked",
        "set Corpus.sources, in the words of Task.corpus",
        _sources,
        ObjectiveCase,
    ),
    Check(
        "batches-depend-on-seed-and-step",
        "a batch is a function of seed and number alone",
        "draw with superb_lite.pretraining.corpus.epoch_indices; keep no counter",
        _batches,
        ObjectiveCase,
    ),
    Check(
        "another-seed-other-batches",
        "another pretraining seed draws other batches",
        "hand the seed to epoch_indices",
        _seeds,
        ObjectiveCase,
    ),
    Check(
        "content-hash-is-stable",
        "the same data has the same content hash, whatever the seed",
        "hash the data, and nothing else",
        _hash,
        ObjectiveCase,
    ),
    Check(
        "content-hash-tells-data-apart",
        "other data has another content hash",
        "hash all of the data, not its name or size",
        _hash_tells,
        ObjectiveCase,
    ),
    Check(
        "held-out-is-apart",
        "held-out batches depend on their number alone and hold nothing that is trained on",
        "split the data once, by content; give the held-out part a seed of its own",
        _held_out,
        ObjectiveCase,
    ),
    Check(
        "loss-is-finite",
        "training_step returns one finite number",
        "look for logarithms and divisions of 0, and for empty means",
        _finite,
        ObjectiveCase,
    ),
    Check(
        "loss-falls-on-one-batch",
        f"in {OVERFIT_STEPS} steps on one batch the loss falls",
        "look for a detached tensor, a wrong sign, or a learning rate without sense",
        _falls,
        ObjectiveCase,
    ),
    Check(
        "gradients-reach-every-parameter",
        "the loss gives every parameter that is trained a gradient",
        "use it in the loss, or take it out; requires_grad_(False) for what is not trained",
        _gradients,
        ObjectiveCase,
    ),
    Check(
        "resumed-run-is-the-same",
        "a run that goes on from its state ends as one without interruption",
        "keep what a step changes in buffers, not in attributes",
        _resumed,
        ObjectiveCase,
    ),
    Check(
        "encoder-is-saved-alone",
        "the encoder by itself is saved and loaded, without the objective",
        "keep heads in the objective, not in the encoder",
        _saved,
        ObjectiveCase,
    ),
    Check(
        "encoder-conforms",
        "after two steps the encoder passes the checks of an encoder",
        "superb-lite check ENCODER shows them one by one",
        _conforms,
        ObjectiveCase,
    ),
    Check(
        "right-on-another-device",
        "a step on another device stays there",
        "make tensors with device=..., or register_buffer them",
        _device,
        ObjectiveCase,
    ),
)
"""The checks of an objective."""
