"""What is asked of an encoder as a module: its weights, its configuration, gradients, files and devices."""

from __future__ import annotations

import functools
import json
import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from superb_lite import plugins
from superb_lite.encoders.checkpoint import load_checkpoint, save_checkpoint
from superb_lite.encoders.content_hash import weights_sha256
from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import reason
from superb_lite.features.batches import to_device
from superb_lite.testing.check import Check, Skipped
from superb_lite.testing.devices import DATA_DEPENDENT, devices, fake_cuda, like, restored
from superb_lite.testing.encoder_case import EncoderCase, apart, by_item

ON_DEVICE = 0.02
"""How far features may be apart on two devices, relative to the largest of a layer (convolutions in TF32)."""


def _deterministic(case: EncoderCase) -> str | None:
    case.need_sound()
    return None if case.repeats else "two passes over one batch have different features"


def _alone(case: EncoderCase) -> str | None:
    encoder = case.encoder
    before, modes = weights_sha256(encoder), [module.training for module in encoder.modules()]
    case.encode(list(case.items.values()))
    if weights_sha256(encoder) != before:
        return "encoding changes its weights or buffers"
    if [module.training for module in encoder.modules()] != modes:
        return "encoding switches it to another mode (train or eval)"
    return None


def _lengths(case: EncoderCase) -> str | None:
    for key, item in case.items.items():
        length = case.encoder.length(item)
        if not isinstance(length, int | float) or not math.isfinite(length) or length < 0:
            return f"length of item '{key}' is {length!r:.40}"
    return None


def _json(case: EncoderCase) -> str | None:
    try:
        config = case.encoder.config()
        text = json.dumps(config, allow_nan=False)
    except (TypeError, ValueError) as error:
        return f"config() is no JSON: {error}"
    return None if isinstance(config, dict) and isinstance(json.loads(text), dict) else "config() is no dictionary"


def _tensors_only(case: EncoderCase) -> str | None:
    for name, value in case.encoder.state_dict().items():
        if not isinstance(value, Tensor):
            return f"its state_dict holds '{name}', a {type(value).__name__}, which only a pickle could keep"
    return None


def _built_again(case: EncoderCase) -> Encoder | str:
    """Another encoder of the same class and configuration, or why there is none."""
    case.need_own_class()
    config = case.config
    try:
        again: Encoder = type(case.encoder)(**config)
    except Exception as error:  # whatever a constructor makes of arguments that are not its own
        return f"its class does not take its own config(): {reason(error)}"
    if json.dumps(again.config(), sort_keys=True) != json.dumps(config, sort_keys=True):
        return "what is built from its config() has another config()"
    shapes, others = ({k: tuple(v.shape) for k, v in e.state_dict().items()} for e in (case.encoder, again))
    for name in sorted({*shapes, *others}):
        if shapes.get(name) != others.get(name):
            return f"what is built from its config() has '{name}' of shape {others.get(name)}, not {shapes.get(name)}"
    return again.eval()


def _rebuilt(case: EncoderCase) -> str | None:
    if _tensors_only(case) is not None:
        raise Skipped("its state is more than tensors: see state-is-tensors")
    again = _built_again(case)
    return again if isinstance(again, str) else None


def _loaded(case: EncoderCase, folder: Path) -> Encoder:
    """The encoder as it comes back from a folder: as a checkpoint where its architecture is registered."""
    spec = case.spec
    if spec is not None and plugins.architectures().get(spec.name) == spec:
        save_checkpoint(case.encoder, folder, name=spec.name, pretraining={})
        return load_checkpoint(folder).eval()
    again = _built_again(case)
    assert isinstance(again, Encoder)
    state = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in case.encoder.state_dict().items()}
    save_file(state, folder / "model.safetensors")
    again.load_state_dict(load_file(folder / "model.safetensors"))
    return again.to(case.encoder.device)


def _saved(case: EncoderCase) -> str | None:
    case.need_comparable()
    if _rebuilt(case) is not None:
        raise Skipped("its config() does not build it again: see config-rebuilds")
    with tempfile.TemporaryDirectory() as folder:
        again = _loaded(case, Path(folder))
    items = list(case.items.values())
    with torch.no_grad():
        features = again(to_device(again.collate(items), again.device))
    for key, one, other in zip(case.items, case.encode(items), by_item(features, len(items)), strict=True):
        if (found := apart(one, other, 1e-6)) is not None:
            return f"item '{key}' has other features from the loaded one: {found}"
    return None if again.content_hash() == case.encoder.content_hash() else "the loaded one has another content hash"


@contextmanager
def _trainable(encoder: Encoder) -> Iterator[None]:
    before = [parameter.requires_grad for parameter in encoder.parameters()]
    encoder.requires_grad_(True)
    try:
        yield
    finally:
        encoder.zero_grad(set_to_none=True)
        for parameter, wanted in zip(encoder.parameters(), before, strict=True):
            parameter.requires_grad_(wanted)


def _gradients(case: EncoderCase) -> str | None:
    encoder = case.encoder
    if not encoder.gradients:
        raise Skipped("its weights lie in another process")
    if next(encoder.parameters(), None) is None:
        raise Skipped("it has no parameters")
    with _trainable(encoder), torch.enable_grad():
        features = encoder(to_device(case.batch(), encoder.device))
        outputs = [*features.layers, *([] if features.summary is None else [features.summary])]
        loss = sum((output.float() ** 2).sum() for output in outputs if output.requires_grad)
        if not isinstance(loss, Tensor):
            return "its features have no gradients: it cannot be fine-tuned"
        loss.backward()
        missed = [name for name, parameter in encoder.named_parameters() if parameter.grad is None]
    missed = [name for name in missed if name not in encoder.without_features]
    return f"{len(missed)} parameters get no gradient, the first '{missed[0]}'" if missed else None


def _device(case: EncoderCase) -> str | None:
    case.need_sound()
    if case.options.device is not None:
        return _on_real_device(case, case.options.device)
    if not case.encoder.gradients:
        raise Skipped("its tensors lie in another process")
    batch = case.batch()
    with restored(case.encoder), fake_cuda(), torch.no_grad():
        try:
            found = devices(like(case.encoder, "cuda")(like(batch, "cuda")))
        except DATA_DEPENDENT:
            raise Skipped("its forward asks for numbers, so that only a real device can tell: give one") from None
    return None if found == {"cuda"} else f"on a CUDA device its features are on {' and '.join(sorted(found))}"


def _on_real_device(case: EncoderCase, device: str) -> str | None:
    items = list(case.items.values())
    home, before = case.encoder.device, case.encode(items)
    case.encoder.to(device)
    try:
        there = case.encoder.device
        with torch.no_grad():
            features = case.encoder(to_device(case.batch(), there))
    finally:
        case.encoder.to(home)
    if (found_on := devices(features)) != {there.type}:
        return f"on {device} its features are on {' and '.join(sorted(found_on))}"
    for key, one, other in zip(case.items, before, by_item(features, len(items)), strict=True):
        if (found := apart(one, other, ON_DEVICE)) is not None:
            return f"item '{key}' has other features on {device} than on {home}: {found}"
    return None


def _refuses(case: EncoderCase) -> str | None:
    if case.encoder.modality is None:
        raise Skipped("it takes items of any modality")
    case.need_sound()
    for item in (None, 3.5, object()):
        try:
            case._encoded([item])
        except Exception:  # how it refuses is its own affair: the engine says it in one line
            continue
        return f"it makes features of {type(item).__name__}, which is no item of modality '{case.encoder.modality}'"
    return None


def _quiet(run: Any) -> Any:
    """Torch's random numbers are left as they were."""

    @functools.wraps(run)
    def inside(case: EncoderCase) -> str | None:
        with torch.random.fork_rng(devices=[]):
            found: str | None = run(case)
            return found

    return inside


CHECKS: tuple[Check, ...] = (
    Check(
        "evaluation-is-deterministic",
        "two passes over one batch give the same features",
        "switch dropout and other random parts off in eval mode",
        _quiet(_deterministic),
        EncoderCase,
    ),
    Check(
        "weights-are-left-alone",
        "encoding changes no weight, no buffer and no mode",
        "update statistics and counts in training only",
        _alone,
        EncoderCase,
    ),
    Check(
        "lengths-are-numbers",
        "length() is a finite number of 0 or more for every item",
        "return the relative cost of an item, such as len(item)",
        _lengths,
        EncoderCase,
    ),
    Check(
        "config-is-json",
        "config() is a dictionary of plain JSON values",
        "return numbers, strings, lists and dictionaries of these",
        _json,
        EncoderCase,
    ),
    Check(
        "state-is-tensors",
        "what is saved are tensors, so that no pickle is needed",
        "put settings into config(), not into the state",
        _tensors_only,
        EncoderCase,
    ),
    Check(
        "config-rebuilds",
        "the class called with config() makes an encoder of the same tensors and configuration",
        "return every argument of the constructor from config()",
        _rebuilt,
        EncoderCase,
    ),
    Check(
        "saved-and-loaded",
        "saved and loaded again it gives the same features and has the same content hash",
        "what decides features is a weight, a buffer or a part of config()",
        _saved,
        EncoderCase,
    ),
    Check(
        "gradients-reach-every-parameter",
        "a loss on layers and summary gives every parameter a gradient",
        "use it in a layer, move it to the objective, or name it in Encoder.without_features",
        _gradients,
        EncoderCase,
    ),
    Check(
        "right-on-another-device",
        "moved to another device, it makes features there",
        "make tensors with device=..., or register_buffer them",
        _device,
        EncoderCase,
    ),
    Check(
        "other-things-are-refused",
        "collate and forward raise for what is no item of its modality",
        "do not turn whatever comes into an item, as str(item) does",
        _refuses,
        EncoderCase,
    ),
)
"""The checks of an encoder as a module."""
