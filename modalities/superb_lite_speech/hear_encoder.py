"""`hear:MODULE[,weights=FILE]`: a module with the interface of HEAR (Turian et al. 2022, section 3) as an encoder.

MODULE is installed, or lies in the working directory. It is code: it runs with `--trust-code` alone, and in a process
of its own, as `py:` does. Its timestamp embeddings are the one layer, and its scene embedding is the summary.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
import torchaudio
from torch import Tensor, nn

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.encoders.foreign import code_hash, needed_argument
from superb_lite.encoders.isolated import load_isolated
from superb_lite.encoders.weights import sha256
from superb_lite.errors import SuperbLiteError, foreign_errors, one_line
from superb_lite.tasks.labels import Item
from superb_lite_speech.items import SAMPLE_RATE
from superb_lite_speech.waveforms import collate_waveforms, features_of_rows, states_by_length

FUNCTIONS = ("load_model", "get_scene_embeddings", "get_timestamp_embeddings")
WINDOW = 40
"""Seconds in a row."""


def hear_encoder(argument: str, *, trust_code: bool = False) -> Encoder:
    """The encoder of `hear:ARGUMENT`, see this module. Raises `SuperbLiteError` unless its code may run."""
    module, _ = parse(argument)
    if not trust_code:
        raise SuperbLiteError(
            f"'hear:{argument}' would run the code of the module '{module}': allow it with --trust-code "
            "(in Python: load_encoder(..., trust_code=True))"
        )
    return load_isolated(f"{__name__}:load_here({argument})", name=f"hear:{argument}")


def parse(argument: str) -> tuple[str, Path | None]:
    """MODULE[,weights=FILE]. Raises `SuperbLiteError` for anything else, and for a file that is not there."""
    module, comma, option = argument.partition(",")
    key, _, file = option.partition("=")
    if not all(part.isidentifier() for part in module.split(".")) or (comma and (key != "weights" or not file)):
        raise SuperbLiteError(f"'hear:{one_line(argument, 80)}': write hear:MODULE[,weights=FILE]")
    path = Path(file).expanduser().absolute() if file else None
    if path is not None and not path.exists():
        raise SuperbLiteError(f"'hear:{one_line(argument, 80)}': there is no file '{file}'")
    return module, path


def load_here(argument: str) -> Encoder:
    """The encoder, in this process; see `hear_encoder`."""
    name, weights = parse(argument)
    with foreign_errors(f"cannot import '{name}'"):
        module = importlib.import_module(name)
    if missing := [function for function in FUNCTIONS if not callable(getattr(module, function, None))]:
        raise SuperbLiteError(f"'{name}' is no module of HEAR: it has no function '{missing[0]}'")
    if weights is None and needed_argument(module.load_model):
        raise SuperbLiteError(f"load_model of '{name}' asks for a file: hear:{name},weights=FILE")
    with foreign_errors(f"load_model of '{name}' failed"):
        model = module.load_model() if weights is None else module.load_model(str(weights))
    return HearEncoder(module, model, name=name, weights=weights)


class HearEncoder(Encoder):
    """What the functions of a module say of a model.

    A timestamp is the middle of an embedding, in milliseconds. The embedding stands for the samples that are nearer to
    its middle than to that of a neighbour, so that those of a row cover all of it. Rows of one length are embedded
    together. A row that is longer than `WINDOW` seconds is cut, and the scene embedding is the mean over rows.
    """

    modality: ClassVar[str | None] = "speech"

    def __init__(self, module: Any, model: Any, *, name: str, weights: Path | None = None) -> None:
        super().__init__()
        rate = getattr(model, "sample_rate", None)
        if not isinstance(rate, int) or not 1000 <= rate <= 192_000:
            raise SuperbLiteError(f"the model of '{name}' must have a sample_rate in Hz, not {one_line(rate, 40)}")
        self.rate, self.name = rate, name
        self._module = [module]
        self._plain = [] if isinstance(model, nn.Module) else [model]
        self.model = model if isinstance(model, nn.Module) else None
        self.register_buffer("place", torch.zeros(()), persistent=False)
        self._config = {
            "module": name,
            "code": code_hash(module),
            "weights": "" if weights is None else _content(weights),
        }

    def config(self) -> dict[str, Any]:
        return dict(self._config)

    def length(self, item: Item) -> int:
        return len(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        return collate_waveforms(items, window=WINDOW * SAMPLE_RATE)

    def forward(self, batch: Batch) -> Features:
        rows = states_by_length(batch, self._embedded)
        where = list(zip(rows, batch["start"], batch["samples"], strict=True))
        spans = [nearest_spans(row[1], int(start), int(samples)).to(start.device) for row, start, samples in where]
        return features_of_rows(batch, [row[:1] for row in rows], [spans], torch.stack([row[2] for row in rows]))

    def _embedded(self, waveforms: Tensor) -> list[Tensor]:
        """(B, samples) -> embeddings (B, T, D), timestamps (B, T), scene embeddings (B, E)."""
        audio = torchaudio.functional.resample(waveforms, SAMPLE_RATE, self.rate)
        module, model = self._module[0], self.model if self.model is not None else self._plain[0]
        with foreign_errors(f"'{self.name}' failed"):
            embeddings, timestamps = module.get_timestamp_embeddings(audio, model)
            scenes = module.get_scene_embeddings(audio, model)
        found = [torch.as_tensor(value, device=waveforms.device) for value in (embeddings, timestamps, scenes)]
        size, shapes = len(waveforms), [tuple(value.shape) for value in found]
        if (
            [len(shape) for shape in shapes] != [3, 2, 2]
            or any(shape[0] != size or 0 in shape for shape in shapes)
            or shapes[0][:2] != shapes[1]
        ):
            raise SuperbLiteError(
                f"'{self.name}' returned shapes {', '.join(map(str, shapes))} for {size} sounds: they must be "
                "(B, T, D), (B, T) and (B, E)"
            )
        if bool((found[1].diff(dim=1) < 0).any()):
            raise SuperbLiteError(f"'{self.name}' returned timestamps that do not ascend")
        return [found[0].float(), found[1].float(), found[2].float()]


def nearest_spans(timestamps: Tensor, start: int, samples: int) -> Tensor:
    """(T,) ascending milliseconds in a row -> (T', 2) samples of its item that are nearest to each.

    Those at the end that are nearest to none, since the model padded the row, are left out.

    start, samples: where the row begins in its item, and how long it is.
    """
    middles = timestamps.cpu().double() * SAMPLE_RATE / 1000
    borders = ((middles[1:] + middles[:-1]) / 2).round().long().clamp(0, samples)
    borders = torch.cat([torch.tensor([0]), borders, torch.tensor([samples])])
    count = int((borders[:-1] < samples).sum())
    return start + torch.stack([borders[:count], borders[1 : count + 1]], dim=1)


def _content(weights: Path) -> str:
    """SHA-256 of a file, or of the files in a folder."""
    if weights.is_file():
        return sha256(weights)
    files = sorted(file for file in weights.rglob("*") if file.is_file())
    return hashlib.sha256(
        "".join(f"{file.relative_to(weights)}:{sha256(file)};" for file in files).encode()
    ).hexdigest()
