"""Encoders out of a person's own code, `py:module:factory`, each in a process of its own.

The code gets raw items and nothing else: examples, labels, ids, the names of tasks and the scorer stay in this process.
What the process may not do, and where, is said in `superb_lite.encoders.confinement`; what it is allowed to take in
`superb_lite.encoders.child_process`. Features are the same to the last bit as those that the code gives here.
"""

from __future__ import annotations

import hashlib
import importlib.machinery
import importlib.util
from collections.abc import Iterator, Sequence, Sized
from pathlib import Path
from typing import Any, ClassVar, NoReturn, Self

import torch
from torch import Tensor

from superb_lite import plugins
from superb_lite.encoders.child_process import ChildProcess, Limits
from superb_lite.encoders.content_hash import PROCESS
from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.encoders.wire import Array, flattened
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.paths import cache_dir, workspace
from superb_lite.tasks.labels import Item


def load_isolated(target: str, limits: Limits | None = None, *, name: str = "") -> Encoder:
    """Run the code of "module:factory", which a person has allowed, in a process of its own.

    name: what messages and results call the encoder; "py:" and the target unless it is given.

    What the factory returns, and where the module is looked for, is said in `superb_lite.encoders.foreign`. Raises
    `SuperbLiteError` for whatever goes wrong in the module or its factory, and for a process that has to be ended.
    """
    packages = label_packages() - {target.partition(":")[0].partition(".")[0]}
    process = ChildProcess(
        target, sorted(packages), sorted(_hidden(packages)), limits or Limits.of_environment(), name=name
    )
    said, _ = process.ask({"ask": "load"})
    process.warn(str(said.get("missing", ""))[:200])
    kind = GenerativeIsolatedEncoder if said.get("generative") is True else IsolatedEncoder
    return kind(process, target, said)


def label_packages() -> set[str]:
    """The packages that hold labels of tasks: those that register task sets or load their data, and what task sets
    name besides, without those that bring encoders, too."""
    named = {point.module for point in plugins.points(plugins.TASKSETS).values()}
    for taskset in plugins.tasksets().values():
        named |= {task.load.partition(":")[0] for task in taskset if isinstance(task.load, str)}
        named |= {name for name in taskset.label_files if "/" not in name}
    groups = (plugins.MODALITIES, plugins.ARCHITECTURES, plugins.OBJECTIVES, plugins.ENCODERS)
    encoders = {point.module for group in groups for point in plugins.points(group).values()}
    return _tops(named) - _tops(encoders) - {"superb_lite"}


def _tops(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


def _hidden(packages: set[str]) -> Iterator[str]:
    """Folders and files that hold labels, or what was computed with them."""
    files = {name for taskset in plugins.tasksets().values() for name in taskset.label_files if "/" in name}
    for name in sorted(packages | files):
        package, _, rest = name.partition("/")
        if (spec := importlib.util.find_spec(package)) is None:
            continue
        folders = list(spec.submodule_search_locations or ())
        yield from (str(Path(folder, rest).resolve()) for folder in folders)
        if not folders and spec.origin:
            yield str(Path(spec.origin).resolve())
    yield str(cache_dir().resolve())
    yield from (str((workspace() / name).resolve()) for name in ("results", "leaderboard"))


class IsolatedEncoder(Encoder):
    """An encoder whose `collate` and `forward` both run in another process, when `collate` is called here.

    Args:
        process: where the code is loaded; its name is that of the encoder.
        target: "module:factory".
        said: what the process says of its encoder.
    """

    modality: ClassVar[str | None] = None

    def __init__(self, process: ChildProcess, target: str, said: dict[str, Any]) -> None:
        super().__init__()
        self.name = process.name
        # None of these is an attribute that the content hash would take in, but for `name`.
        self._process = [process]
        self._device = torch.device("cpu")
        modality, content, code = said.get("modality"), said.get("content"), said.get("code")
        if modality is not None and not (isinstance(modality, str) and modality.isidentifier() and len(modality) < 50):
            raise SuperbLiteError(f"'{self.name}': '{one_line(modality, 50)}' is no modality")
        known = isinstance(content, str) and isinstance(code, str) and not content.startswith(PROCESS)
        self.code = hashlib.sha256(f"{code}{_source_sha256(target)}".encode()).hexdigest() if known else None
        self._content = [str(content)]
        self._function = said.get("function") is True
        self._measures = said.get("measures") is True
        parameters = said.get("parameters")
        self._parameters_there = parameters if type(parameters) is int and 0 <= parameters < 2**50 else 0
        self.gradients = not self._parameters_there
        self.untrained = said.get("untrained") is True
        if isinstance(corpora := said.get("corpora"), list):
            self.pretraining = {"corpora": [one_line(name, 100) for name in corpora[:1000]]}
        # Class variables of other encoders, which the process tells of this one.
        self.__dict__.update(modality=modality, pairs=said.get("pairs") is True, collates_ahead=not self._function)

    def config(self) -> dict[str, Any]:
        """The reference, and the hashes of what the process holds now."""
        weights = str(self._ask("weights")[0].get("weights")) if self._parameters_there else ""
        return {"name": self.name, "content": self._content[0], "weights": weights}

    def length(self, item: Item) -> float:  # type: ignore[override]  # whatever the code says, to sort by
        return self.lengths([item])[0]

    def lengths(self, items: Sequence[Item]) -> list[float]:
        if self._function:
            return [len(item) if isinstance(item, Sized) else 1 for item in items]
        if not self._measures:
            return [1] * len(items)
        arrays: list[Array] = []
        said, _ = self._ask("length", items=[flattened(item, arrays) for item in items], arrays=arrays)
        lengths = said.get("lengths")
        if not isinstance(lengths, list) or len(lengths) != len(items) or not all(type(n) is float for n in lengths):
            raise SuperbLiteError(f"'{self.name}': length returned no number")
        return lengths

    def collate(self, items: Sequence[Item]) -> Batch:
        """The features of the items, by name of the field."""
        arrays: list[Array] = []
        said, found = self._ask("encode", items=[flattened(item, arrays) for item in items], arrays=arrays)
        names = said.get("names")
        if not isinstance(names, list) or len(names) != len(found) or "item" not in names or len(names) > 2**14:
            raise SuperbLiteError(f"'{self.name}': its process answered something else than features")
        batch = {str(name): torch.from_numpy(array) for name, array in zip(names, found, strict=True)}
        if self._function and not batch.keys() >= {"layers0", "mask"}:
            raise SuperbLiteError(f"'{self.name}': its process answered something else than features")
        return batch

    def forward(self, batch: Batch) -> Features:
        mask = batch["mask"] if "mask" in batch else _numbered(batch, "mask")
        spans = batch["spans"] if "spans" in batch else _numbered(batch, "spans") or None
        layers = _numbered(batch, "layers")
        # Per-layer masks and spans that are too few would be an IndexError later on.
        if any(isinstance(part, tuple) and len(part) != len(layers) for part in (mask, spans)):
            raise SuperbLiteError(f"'{self.name}': its features need a mask, and spans or none, for each layer")
        return Features(layers, mask, batch["item"], spans, batch.get("segment"), batch.get("summary"))

    @property
    def device(self) -> torch.device:
        """Where the weights are in the other process, and the features here."""
        return self._device

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Move the encoder of the other process; a dtype is not taken."""
        device = torch._C._nn._parse_to(*args, **kwargs)[0]
        if device is not None and device != self._device:
            self._ask("move", device=str(device))
            self._device = device
        return self

    def __deepcopy__(self, memo: Any) -> NoReturn:
        raise SuperbLiteError(f"'{self.name}' runs in a process of its own, of which there is no copy")

    def _ask(self, kind: str, arrays: Sequence[Array] = (), **said: Any) -> tuple[dict[str, Any], list[Array]]:
        return self._process[0].ask({"ask": kind, **said}, arrays)


class GenerativeIsolatedEncoder(IsolatedEncoder):
    """One that is a language model, too."""

    def log_likelihood(self, contexts: Sequence[str], continuations: Sequence[str]) -> Tensor:
        """See `superb_lite.encoders.encoder.Generative`."""
        _, found = self._ask("likelihood", contexts=list(contexts), continuations=list(continuations))
        if len(found) != 1 or found[0].shape != (len(contexts),):
            raise SuperbLiteError(f"'{self.name}': log_likelihood must return {len(contexts)} numbers")
        return torch.from_numpy(found[0])


def _numbered(batch: Batch, name: str) -> tuple[Tensor, ...]:
    """What is called name0, name1, ..."""
    found: list[Tensor] = []
    while (part := batch.get(f"{name}{len(found)}")) is not None:
        found.append(part)
    return tuple(found)


def _source_sha256(target: str) -> str:
    """SHA-256 of the module's file, found without running anything; what the process says of its code adds to it."""
    folders: list[str] | None = None
    module = target.partition(":")[0].split(".")
    spec = None
    for depth in range(len(module)):
        name = ".".join(module[: depth + 1])
        spec = importlib.machinery.PathFinder.find_spec(name, folders or (None if depth == 0 else []))
        spec = spec or (importlib.machinery.PathFinder.find_spec(name, [str(Path.cwd())]) if depth == 0 else None)
        if spec is None:
            return ""
        folders = list(spec.submodule_search_locations or ())
    if spec is None or spec.origin is None or not Path(spec.origin).is_file():
        return ""
    return hashlib.sha256(Path(spec.origin).read_bytes()).hexdigest()
