"""Encoder references: the one word by which a person names an encoder.

majority           a constant feature
random:NAME        the untrained architecture NAME; random:NAME:SEED another draw; random:DIR a checkpoint's twin
raw:NAME           a baseline without weights that a modality registers
py:MODULE:FACTORY  a person's own code, run only with `trust_code` (see `superb_lite.encoders.isolated`)
NAME[:ARGUMENT]    an encoder that a package registers under the entry point group `superb_lite.encoders`
NAME               the checkpoint of the objective NAME in the workspace
DIR                a checkpoint directory
DIR@STEP           the encoder that a run kept at a step (`superb_lite.encoders.trajectory`); also NAME@STEP

What comes first in this list decides: a directory never stands for a name or a scheme. One that is called like one is
`./majority`; a path with a separator is always a path, unless it follows a scheme.

Deciding what a reference is imports no torch, so that a wrong name is answered at once.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from superb_lite import plugins
from superb_lite.encoders.trajectory import run_directory, split_step, step_directory
from superb_lite.errors import SuperbLiteError, UnknownNameError, foreign_errors, near_names
from superb_lite.imports import resolve
from superb_lite.paths import CONFIG, PICKLES, install_hint, pickle_refusal, workspace
from superb_lite.surrogates import first_surrogate

if TYPE_CHECKING:
    from superb_lite.encoders.encoder import Encoder


@dataclass(frozen=True)
class Reference:
    """What a reference turned out to be."""

    kind: Literal["majority", "untrained", "twin", "raw", "code", "plugin", "checkpoint"]
    """untrained: a registered architecture. twin: the architecture of a checkpoint directory, untrained."""

    name: str = ""
    """The architecture of kinds untrained and raw, the scheme of a plugin."""

    argument: str = ""
    """What follows the scheme of kinds code and plugin, and the directory of kinds twin and checkpoint."""

    seed: int = 0
    """Of the draw, for kind untrained."""


def decide(reference: str | Path) -> Reference:
    """What a reference is, see this module. A `Path` is always a path.

    Raises `SuperbLiteError` for an unknown name, and for a directory that is not there or is not a checkpoint.
    """
    if "\0" in str(reference) or first_surrogate(str(reference)):
        raise SuperbLiteError(f"'{reference}' is not a name that can be kept in results: rename it")
    if isinstance(reference, Path):
        return _checkpoint(str(reference))
    if not reference.strip():
        raise SuperbLiteError(f"'{reference}' is not an encoder reference: give a name or a directory")
    if reference == "majority":
        return Reference("majority")
    scheme, colon, argument = reference.partition(":")
    if scheme in _BUILT_IN and colon:
        return _BUILT_IN[scheme](argument)
    if scheme in plugins.encoder_factories():
        return Reference("plugin", scheme, argument)
    if _is_path(reference):
        return _checkpoint(reference)
    if reference in plugins.architectures() or reference in plugins.objectives():
        return _in_workspace(reference)
    if (parts := split_step(reference)) is not None:
        run, step = parts
        return _checkpoint(f"{run_directory(run)}@{step}" if run in plugins.objectives() else reference)
    if os.path.lexists(reference) or reference.endswith(".safetensors"):
        return _checkpoint(reference)
    raise UnknownNameError("encoder", reference, [*plugins.references(), *_trained()])


def modality_of(reference: Reference) -> str | None:
    """What an encoder takes, without loading it; None: anything, or nobody knows before it is loaded."""
    name = reference.name
    if reference.kind in ("checkpoint", "twin"):
        from superb_lite.encoders.checkpoint_config import read_config  # late: pydantic is slow to import

        name = read_config(Path(reference.argument)).encoder
    spec = plugins.architectures().get(name)
    return spec.modality if spec is not None and reference.kind != "plugin" else None


def is_name(reference: str) -> bool:
    """Whether a reference is a registered name or begins with a scheme, so that no file or directory is meant by it."""
    scheme, colon, _ = reference.partition(":")
    if reference == "majority" or (scheme in _BUILT_IN and colon) or scheme in plugins.encoder_factories():
        return True
    return not _is_path(reference) and (reference in plugins.architectures() or reference in plugins.objectives())


def _untrained(argument: str) -> Reference:
    name, colon, seed = argument.partition(":")
    trainable = [known for known in plugins.architectures() if not known.startswith("raw:")]
    if name in trainable:
        if colon and not (seed.isascii() and seed.isdigit() and len(seed) < _SEED_DIGITS):
            raise SuperbLiteError(f"'random:{argument}': the seed after the second colon must be a whole number")
        return Reference("untrained", name, seed=int(seed or 0))
    if _is_path(argument) or os.path.lexists(argument) or split_step(argument) is not None:
        return Reference("twin", argument=_checkpoint(argument).argument)
    raise UnknownNameError("encoder", f"random:{name}", [f"random:{known}" for known in trainable])


_SEED_DIGITS = 19
"""Seeds of torch have 64 bits."""


def _raw(name: str) -> Reference:
    known = [name for name in plugins.architectures() if name.startswith("raw:")]
    if f"raw:{name}" not in known:
        raise UnknownNameError("encoder", f"raw:{name}", known)
    return Reference("raw", f"raw:{name}")


def _code(target: str) -> Reference:
    module, _, attribute = target.partition(":")
    if not attribute.isidentifier() or not all(part.isidentifier() for part in module.split(".")):
        raise SuperbLiteError(f"'py:{target}' is no encoder reference: write py:module:factory")
    return Reference("code", argument=target)


def check_trust(reference: Reference, *, trust_code: bool) -> None:
    """Raise `SuperbLiteError` for a person's own code (kind code) that may not run."""
    if reference.kind == "code" and not trust_code:
        module, _, attribute = reference.argument.partition(":")
        raise SuperbLiteError(
            f"'py:{reference.argument}' would run the code of the module '{module}' and call {attribute}(): "
            "allow it with --trust-code (in Python: load_encoder(..., trust_code=True))"
        )


OWN_CODE = ("py:", "hear:")
"""How references begin behind which somebody's own code runs, in a process of its own."""

_BUILT_IN: dict[str, Callable[[str], Reference]] = {"random": _untrained, "raw": _raw, "py": _code}


def _is_path(reference: str) -> bool:
    separators = [separator for separator in (os.sep, os.altsep) if separator]
    return reference in (".", "..", "~") or any(separator in reference for separator in separators)


def _in_workspace(name: str) -> Reference:
    directory = workspace() / "checkpoints" / name
    if (directory / CONFIG).is_file():
        return Reference("checkpoint", argument=str(directory))
    folder = f"; the directory of that name is './{name}'" if os.path.isdir(name) else ""
    raise SuperbLiteError(f"'{name}' has no weights yet: pretrain it, or use 'random:{name}'{folder}")


def _trained() -> list[str]:
    """The names of the checkpoints in the workspace."""
    return [name for name in plugins.objectives() if (workspace() / "checkpoints" / name / CONFIG).is_file()]


def _checkpoint(reference: str) -> Reference:
    """A checkpoint directory that has a readable configuration."""
    path = Path(reference).expanduser()
    if (parts := split_step(reference)) is not None:
        path = step_directory(Path(parts[0]).expanduser(), parts[1])
    if not os.path.lexists(path):
        raise SuperbLiteError(f"no such directory: '{reference}'{_meant(reference)}")
    if path.suffix == ".safetensors":
        raise SuperbLiteError(
            f"'{reference}' is a file of weights: name its architecture, too, as in timm:NAME,weights={reference}"
        )
    if path.suffix in PICKLES:
        raise SuperbLiteError(pickle_refusal(path))
    if not path.is_dir():
        raise SuperbLiteError(f"'{reference}' is not a checkpoint, which is a directory with a {CONFIG}")
    if os.access(path, os.X_OK) and not os.path.lexists(path / CONFIG):  # said with "./", which tells it from a name
        raise SuperbLiteError(f"'{reference}' is not a checkpoint: it has no {CONFIG}{install_hint(path)}")
    from superb_lite.encoders.checkpoint_config import read_config

    read_config(path)
    return Reference("checkpoint", argument=str(path))


_HUB_NAME = re.compile(r"\w[\w.-]*/\w[\w.-]*")


def _meant(path: str) -> str:
    """What else a path to nothing may mean."""
    if path.endswith(".safetensors"):
        return f"; a file of weights is given with its architecture, as in timm:NAME,weights={path}"
    if _HUB_NAME.fullmatch(path):
        return f"; a model of the Hugging Face hub is hf:{path}"
    near = near_names(Path(path).name, _siblings(Path(path).parent), count=1)
    return f"; did you mean '{Path(path).parent / near[0]}'?" if near else ""


def _siblings(directory: Path) -> list[str]:
    try:
        return [path.name for path in directory.iterdir()][:1000]
    except OSError:
        return []


def load_encoder(reference: str | Path, *, trust_code: bool = False) -> Encoder:
    """Load the encoder that a reference names (see this module), in evaluation mode.

    trust_code: let a `py:` reference run the code it names, and a factory that asks for it (a parameter `trust_code`)
        the code that comes with a model.

    Raises `SuperbLiteError` (one line) for an unknown name, a damaged checkpoint, or code that may not run or fails.
    """
    encoder = _load(decide(reference), trust_code)
    encoder.requires_grad_(False)
    return encoder.eval()


def _load(reference: Reference, trust_code: bool) -> Encoder:
    check_trust(reference, trust_code=trust_code)

    import torch

    from superb_lite.encoders.checkpoint import load_checkpoint, untrained_twin
    from superb_lite.encoders.isolated import load_isolated
    from superb_lite.encoders.majority import MajorityEncoder

    if reference.kind == "majority":
        return MajorityEncoder()
    if reference.kind == "code":
        return load_isolated(reference.argument)
    if reference.kind == "plugin":
        return _of_plugin(reference.name, reference.argument, trust_code)
    if reference.kind == "checkpoint":
        return load_checkpoint(Path(reference.argument))
    if reference.kind == "twin":
        return _untrained_draw(untrained_twin(Path(reference.argument)))
    architecture = resolve(plugins.architectures()[reference.name].encoder)
    if reference.kind == "raw":
        baseline: Encoder = architecture()
        return baseline
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(reference.seed)
        return _untrained_draw(architecture.lite())


def _untrained_draw(encoder: Encoder) -> Encoder:
    encoder.untrained = True
    return encoder


def _of_plugin(scheme: str, argument: str, trust_code: bool) -> Encoder:
    from superb_lite.encoders.encoder import Encoder

    factory = plugins.load(plugins.ENCODERS, scheme, kind="encoder")
    with foreign_errors(f"encoder plugin '{scheme}' refused '{argument}'"):
        made = factory(argument, trust_code=trust_code) if _asks_for_trust(factory) else factory(argument)
    if not isinstance(made, Encoder):
        raise SuperbLiteError(f"encoder plugin '{scheme}' returned {type(made).__name__}, not a superb_lite.Encoder")
    return made


def _asks_for_trust(factory: Callable[..., Any]) -> bool:
    try:
        return "trust_code" in inspect.signature(factory).parameters
    except ValueError:  # something built in, whose parameters nobody knows
        return False
