"""`onnx:FILE`, `onnx:FOLDER`: a model in the format ONNX as an encoder of texts, waveforms or images.

FOLDER           holds model.onnx, and what it needs: tokenizer.json, preprocessor_config.json, as `optimum` exports it
,modality=NAME   of its raw items, where names and shapes of inputs do not tell
,outputs=A+B     only these outputs
,summary=A       the output of rank 2 that sums an item up, where there are several

Further options are those of the modality, which names its class in `Modality.onnx`.
"""

from __future__ import annotations

from pathlib import Path

from superb_lite import plugins
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.model_card import pretraining_of
from superb_lite.encoders.onnx_encoder import OnnxEncoder
from superb_lite.encoders.onnx_graph import OnnxGraph, Port
from superb_lite.errors import SuperbLiteError, UnknownNameError, one_line
from superb_lite.imports import resolve

FORM = "onnx:FILE[,NAME=VALUE ...]"


def onnx_encoder(argument: str) -> Encoder:
    """The encoder of `onnx:ARGUMENT`, see this module.

    Raises `SuperbLiteError`, in one line, for a file that is not there, is damaged or has inputs that nobody knows.
    """
    path, options = parse(argument)
    file = _file(path)
    graph = OnnxGraph(file)
    modality = options.pop("modality", None)
    encoder = _class(graph.inputs, file, modality)(graph, file.parent, options)
    encoder.pretraining = pretraining_of("onnx", file.parent)
    return encoder


def parse(argument: str) -> tuple[Path, dict[str, str]]:
    """A path and options. Raises `SuperbLiteError` for anything else."""
    path, *parts = argument.split(",")
    if not path:
        raise SuperbLiteError(f"'onnx' needs a model: {FORM}, or a folder with model.onnx")
    options: dict[str, str] = {}
    for part in parts:
        name, _, value = part.partition("=")
        if not name or not value or name in options:
            raise SuperbLiteError(f"'{one_line(part, 60)}' in 'onnx:{one_line(argument, 80)}': write {FORM}")
        options[name] = value
    return Path(path).expanduser(), options


def _file(path: Path) -> Path:
    if not path.is_dir():
        return path
    found = sorted(path.glob("*.onnx"))
    if (path / "model.onnx") in found:
        return path / "model.onnx"
    if len(found) != 1:
        named = ", ".join(file.name for file in found[:3]) or "none"
        raise SuperbLiteError(f"'{path}' has no model.onnx, and of other files *.onnx {named}: name the file")
    return found[0]


def _class(inputs: tuple[Port, ...], file: Path, modality: str | None) -> type[OnnxEncoder]:
    """The class of a modality's encoder, which is asked for or follows from the inputs."""
    known = {name: found.onnx for name, found in plugins.modalities().items() if found.onnx is not None}
    if modality is not None and modality not in known:
        raise UnknownNameError("modality of a model of ONNX", modality, known)
    classes = {name: resolve(target) for name, target in known.items() if modality in (None, name)}
    fitting = [name for name, kind in classes.items() if modality == name or kind.reads(inputs)]
    if len(fitting) != 1:
        shown = ", ".join(f"{one_line(p.name, 30)} {tuple(n or '?' for n in p.shape)}" for p in inputs[:4])
        raise SuperbLiteError(
            f"'{file}': its inputs ({one_line(shown, 120)}) do not tell what it reads: add ,modality="
            f"{' or '.join(sorted(known))}"
        )
    found: type[OnnxEncoder] = classes[fitting[0]]
    return found
