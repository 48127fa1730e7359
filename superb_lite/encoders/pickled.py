"""Weights in PyTorch's own files (.pt, .pth, .ckpt, .bin), which are pickles: only `superb-lite convert` reads them.

There they are read with `weights_only=True`, which builds tensors and plain values and calls nothing that a file names.
Archives are measured before they are read. A publisher whose weights are pickles has a function that fetches and checks
them (the entry points `superb_lite.published`), which only `convert` calls, too.
"""

from __future__ import annotations

import argparse
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from superb_lite import plugins
from superb_lite.encoders.around import KEY, around
from superb_lite.encoders.weights import check_finite
from superb_lite.errors import SuperbLiteError, foreign_errors, one_line, reason
from superb_lite.paths import PICKLES, follow_umask, make_dir, regular_size

_WITHIN = ("state_dict", "model_state_dict", "model", "weights", "model_weight", "Transformer", "Distiller")
"""What training libraries call the weights among the other things that they save."""

_SPARE = 16 * 2**20
_TIMES = 4
"""Tensors that share memory are written apart, so that a file may grow; more than so many times it is a bomb."""


def published_file(reference: str) -> Path:
    """The file of PyTorch that "SCHEME:ARGUMENT" names, fetched and checked; any other word is a path."""
    scheme, colon, argument = reference.partition(":")
    if not colon or scheme not in plugins.points(plugins.PUBLISHED):
        return Path(reference)
    fetch = plugins.load(plugins.PUBLISHED, scheme, kind="published weights")
    with foreign_errors(f"the published weights '{reference}'"):
        return Path(fetch(argument))


def convert_pickle(path: Path, out: Path) -> str:
    """Write the tensors of a file of PyTorch as safetensors; returns one line that says what was written.

    Plain values around them, such as a configuration, are kept (`superb_lite.encoders.around`).

    Raises `SuperbLiteError` for a file that is none, that names anything to call, that holds no weights or weights that
    are not finite, that is TorchScript, or that grows far beyond its size.
    """
    if path.suffix not in PICKLES:
        raise SuperbLiteError(f"'{path}': files of PyTorch end in {', '.join(PICKLES)}; others are not converted")
    if out.suffix != ".safetensors" or out.exists():
        raise SuperbLiteError(f"--out '{out}' must be a new file that ends in .safetensors")
    size = regular_size(path)
    _check_archive(path, size)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of protocols, which the one line below has no room for
            with torch.serialization.safe_globals([argparse.Namespace]):  # of s3prl, and holds values only
                saved = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # of a pickle that is damaged, or calls something, whatever comes first
        detail = "it holds more than weights, or would run code" if "weights_only" in str(error) else reason(error, 120)
        raise SuperbLiteError(f"'{path}' is not converted: {detail}") from None
    where, tensors = _state_dict(saved, path)
    if sum(t.numel() * t.element_size() for t in tensors.values()) > _TIMES * size + _SPARE:
        raise SuperbLiteError(f"'{path}' is not converted: its tensors are far larger than the file")
    tensors = {name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}
    check_finite(tensors, path)
    make_dir(out.parent)
    try:
        save_file(tensors, out, metadata={"format": "pt", KEY: around(saved, where)})
        follow_umask(out)
    except (OSError, SafetensorError) as error:
        raise SuperbLiteError(f"cannot write '{out}': {error}") from None
    return f"{out}: {len(tensors)} tensors"


def _check_archive(path: Path, size: int) -> None:
    """Raise `SuperbLiteError` for a zip archive that is compressed, has too many parts, or is a program."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise SuperbLiteError(f"'{path}' is not converted: {reason(error, 120)}") from None
    if any("/code/" in part.filename or part.filename.endswith("constants.pkl") for part in parts):
        raise SuperbLiteError(f"'{path}' is TorchScript, a program: save the state_dict() of its model instead")
    if any(part.compress_type != zipfile.ZIP_STORED for part in parts) or sum(p.file_size for p in parts) > size:
        raise SuperbLiteError(f"'{path}' is not converted: its archive is compressed, which PyTorch never writes")


def _state_dict(saved: Any, path: Path) -> tuple[list[str], dict[str, Tensor]]:
    """The keys under which the weights lie, and the weights."""
    where = []
    for name in _WITHIN:
        if isinstance(saved, Mapping) and isinstance(saved.get(name), Mapping):
            saved = saved[name]
            where.append(name)
    if not isinstance(saved, Mapping):
        raise SuperbLiteError(f"'{path}' holds a {type(saved).__name__}, not the state_dict() of a model")
    found: dict[str, Tensor] = {}
    for name, value in saved.items():
        if isinstance(value, Tensor):
            if not isinstance(name, str) or value.layout != torch.strided or value.is_quantized:
                raise SuperbLiteError(f"'{path}': '{one_line(name, 80)}' is no plain tensor with a name")
            found[name] = value
    if not found:
        raise SuperbLiteError(f"'{path}' holds no tensors: give the state_dict() of a model")
    return where, found
