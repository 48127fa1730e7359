"""`sentence-transformers:FOLDER_OR_NAME[,sentence]`: a model of the library sentence-transformers.

Its tokens are layers, and its own embedding of a text, pooled, mapped and normalised as modules.json says, is the
summary. With `,sentence` that embedding is all there is: one layer of one position, which any protocol then reads.

The transformer is loaded as by `hf:`. Of the modules behind it those of `MODULES` are known, which run no code of the
model; their weights are safetensors.
"""

from __future__ import annotations

import copy
import importlib.metadata
import json
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

import torch
from torch import nn

from superb_lite.encoders.building import building_within
from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.encoders.model_card import pretraining_of
from superb_lite.encoders.weights import Contents, contents, read_weights
from superb_lite.errors import SuperbLiteError, note, one_line, reason
from superb_lite.hub import fetch
from superb_lite.imports import optional
from superb_lite.paths import read_utf8
from superb_lite_text.hugging_face import FILES, HUB_NAME, load_model, load_tokenizer, quiet
from superb_lite_text.hugging_face_encoder import HuggingFaceEncoder
from superb_lite_text.hugging_face_files import JSON_LIMIT, read_json
from superb_lite_text.windows import whole_rows

SCHEME = "sentence-transformers"
MODULES = ("Pooling", "Dense", "Normalize")
"""What may follow the transformer."""

_FOLDER = re.compile(r"(?!\.+$)[\w.-]+|")
_ACTIVATION = re.compile(r"torch\.nn\.modules\.(activation\.\w+|linear\.Identity)")


class Module(NamedTuple):
    """An entry of modules.json: a class, and the folder of its files."""

    kind: str
    folder: Path


class SentenceEncoder(HuggingFaceEncoder):
    """Layers as of `hf:`; the summary is the embedding that the library's own modules make of the last one.

    Texts that the library would cut have several rows, over whose embeddings a mean is taken.

    Args:
        behind: the modules, in order; see `MODULES`.
        described: the configurations of the modules.
        sentence: whether the embedding is the only feature.
    """

    pairs: ClassVar[bool] = False

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        *,
        window: int | None = None,
        behind: Sequence[nn.Module] = (),
        described: Sequence[dict[str, Any]] = (),
        sentence: bool = False,
    ) -> None:
        super().__init__(model, tokenizer, window=window)
        self.behind = nn.ModuleList(behind)
        self.described = list(described)
        self.sentence = sentence

    def config(self) -> dict[str, Any]:
        said = {"behind": self.described, "sentence": self.sentence, SCHEME: importlib.metadata.version(SCHEME)}
        return {**super().config(), **said}

    def redrawn(self) -> Self:
        """See `Lexical`."""
        made = super().redrawn()
        made.behind, made.described, made.sentence = copy.deepcopy(self.behind), self.described, self.sentence
        for part in made.behind.modules():
            if isinstance(part, nn.Linear):
                part.reset_parameters()
        return made

    def forward(self, batch: Batch) -> Features:
        found = super().forward(batch)
        said: dict[str, Any] = {"token_embeddings": found.layers[-1], "attention_mask": batch["attention"]}
        for module in self.behind:
            said = module(said)
        embedding = said["sentence_embedding"]
        if not self.sentence:
            return Features(found.layers, found.mask, found.item, found.spans, summary=embedding)
        real = torch.ones(len(embedding), 1, dtype=torch.bool, device=embedding.device)
        return Features((embedding[:, None],), real, found.item, whole_rows(batch["span"]), summary=embedding)


def sentence_encoder(argument: str) -> Encoder:
    """The encoder of `sentence-transformers:ARGUMENT`, see this module. A folder is read without any network.

    Raises `SuperbLiteError`, in one line, for what cannot be found or read safely, and for modules that are not known.
    """
    place, comma, option = argument.partition(",")
    name = f"{SCHEME}:{place}"
    if not place or (comma and option != "sentence"):
        raise SuperbLiteError(f"'{SCHEME}:{one_line(argument, 80)}': write {SCHEME}:FOLDER_OR_NAME[,sentence]")
    optional("sentence_transformers", package=SCHEME, extra=SCHEME, purpose=f"'{name}'")
    folder = _folder(place, name)
    transformer, *others = _modules(folder, name)
    settings = _settings(transformer.folder, folder, name)
    with quiet(), torch.random.fork_rng(devices=[]):
        model, _ = load_model(transformer.folder, name)
        tokenizer = load_tokenizer(transformer.folder, name)
        encoder = SentenceEncoder(
            model,
            tokenizer,
            window=settings,
            behind=[_module(module, name) for module in others],
            described=[{"type": m.kind, **_configuration(m)} for m in others],
            sentence=bool(option),
        )
    encoder.pretraining = pretraining_of(SCHEME, folder)
    return encoder


def _folder(place: str, name: str) -> Path:
    """A folder, or that of a name on the hub, which without an owner is the library's own."""
    path = Path(place).expanduser()
    if path.is_dir():
        return path
    if path.exists() or not HUB_NAME.fullmatch(place):
        raise SuperbLiteError(f"'{name}': no such directory")
    hub = place if "/" in place else f"{SCHEME}/{place}"
    try:
        folder = fetch(hub, FILES)
        inside = [module.folder.relative_to(folder) for module in _modules(folder, name, there=False)]
        wanted = [f"{part}/{file}" for part in inside if part.parts for file in FILES]
        return fetch(hub, [*FILES, *wanted], nested=True) if wanted else folder
    except SuperbLiteError as error:
        raise SuperbLiteError(f"'{name}': there is no such directory, and {error}") from error


def _modules(folder: Path, name: str, *, there: bool = True) -> list[Module]:
    """What modules.json lists: a transformer, and what is known of `MODULES`. there: whether folders have to be."""
    file = folder / "modules.json"
    if not file.is_file():
        raise SuperbLiteError(f"'{name}' has no modules.json: it is no model of {SCHEME}; for one of transformers, hf:")
    try:
        entries = json.loads(read_utf8(file, limit=JSON_LIMIT))
        found = [(str(e["type"]), str(e["path"])) for e in sorted(entries, key=lambda e: int(e["idx"]))]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise SuperbLiteError(f"'{file}' is not a list of modules") from None
    kept = []
    for number, (kind, path) in enumerate(found):
        package, _, last = kind.rpartition(".")
        known = MODULES if number else ("Transformer",)
        if package.partition(".")[0] != "sentence_transformers" or last not in known:
            raise SuperbLiteError(
                f"'{name}': its module {number} is '{one_line(kind, 80)}': {', '.join(known)} of the library "
                f"{'are' if number else 'is'} known there, and no code of others is run"
            )
        if not _FOLDER.fullmatch(path) or (there and not (folder / path).is_dir()):
            raise SuperbLiteError(f"'{file}': there is no folder '{one_line(path, 60)}' beside it")
        kept.append(Module(last, folder / path))
    if not any(module.kind == "Pooling" for module in kept):
        raise SuperbLiteError(f"'{name}' has no module Pooling, so that it makes no embedding of a text")
    return kept


def _settings(transformer: Path, folder: Path, name: str) -> int | None:
    """How many tokens the library reads; None where nothing says. What it does to texts before is said in a line."""
    said = read_json(file) if (file := transformer / "sentence_bert_config.json").is_file() else {}
    if said.get("do_lower_case"):
        raise SuperbLiteError(
            f"'{name}' makes texts lower case (do_lower_case) outside of its tokeniser: not supported"
        )
    prompts = read_json(file) if (file := folder / "config_sentence_transformers.json").is_file() else {}
    if prompts.get("default_prompt_name"):
        note(f"'{name}' puts a prompt before every text by default, which is not done here")
    limit = said.get("max_seq_length")
    return limit if isinstance(limit, int) and limit > 0 else None


def _configuration(module: Module) -> dict[str, Any]:
    file = module.folder / "config.json"
    return read_json(file) if file.is_file() else {}


def _module(module: Module, name: str) -> nn.Module:
    """One of `MODULES`, with its weights."""
    held = _weights(module, name) if module.kind == "Dense" else Contents({}, 0)
    try:
        with building_within(held, f"'{name}': {module.kind}"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names that the library has changed since
            library = optional("sentence_transformers.models", package=SCHEME, extra=SCHEME, purpose=f"'{name}'")
            made: nn.Module = getattr(library, module.kind).load(str(module.folder))
    except SuperbLiteError:
        raise
    except Exception as error:  # whatever the library makes of a configuration of somebody else
        raise SuperbLiteError(f"'{name}': its {module.kind} cannot be loaded: {reason(error, 120)}") from None
    return made


def _weights(module: Module, name: str) -> Contents:
    """What the weights of a Dense hold, after a look at what else the library would read."""
    file = module.folder / "model.safetensors"
    activation = _configuration(module).get("activation_function", "torch.nn.modules.activation.Tanh")
    if not isinstance(activation, str) or not _ACTIVATION.fullmatch(activation):
        raise SuperbLiteError(f"'{name}': the activation '{one_line(activation, 60)}' of its Dense is none of torch.nn")
    if not file.is_file():
        raise SuperbLiteError(f"'{name}' has no weights that can be read safely: '{file.parent}' has no {file.name}")
    read_weights(file)
    return contents(file)
