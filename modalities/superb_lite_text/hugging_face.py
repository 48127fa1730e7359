"""`hf:NAME_OR_PATH`: any text model that the library `transformers` loads, out of a folder or from the hub.

Weights are safetensors, never a pickle, and are used in float32. Code that comes with a model runs only with
`--trust-code`. See `superb_lite_text.hugging_face_encoder` for what the encoders are.
"""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from superb_lite.encoders.building import counting_parameters
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.model_card import CARD, pretraining_of
from superb_lite.encoders.weights import check_finite
from superb_lite.errors import SuperbLiteError, reason
from superb_lite.hub import fetch
from superb_lite.imports import optional
from superb_lite_text.hugging_face_encoder import (
    HuggingFaceDecoder,
    HuggingFaceEncoder,
    HuggingFaceLanguageModel,
    HuggingFaceMaskedLanguageModel,
    HuggingFaceSeq2Seq,
    is_causal,
)
from superb_lite_text.hugging_face_files import check_files

HUB_NAME = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?")

FILES = ("*.json", "*.safetensors", "*.txt", "*.model", CARD)
"""What is fetched of a model on the hub; with `--trust-code` its *.py too."""

VOCABULARIES = ("tokenizer.json", "vocab.json", "vocab.txt", "*.model", "tekken.json")
"""Without any of these files `transformers` makes up a tokeniser that knows no words."""


def hf_encoder(argument: str, *, trust_code: bool = False) -> Encoder:
    """The encoder of `hf:ARGUMENT`, a folder or a name on the hub. A folder is read without any network.

    trust_code: run the code that a model brings along (`trust_remote_code` of `transformers`).

    Raises `SuperbLiteError`, in one line, for what cannot be found or loaded, and for weights that are not safetensors.
    """
    name = f"hf:{argument}"
    if not argument:
        raise SuperbLiteError("'hf' needs a model: hf:FOLDER, or hf:NAME of a model on the Hugging Face hub")
    _check_path(argument)
    optional("transformers", package="transformers", extra="hf", purpose=f"'{name}'")
    folder = _folder(argument, trust_code)
    with quiet(), torch.random.fork_rng(devices=[]):
        model, head = load_model(folder, name, trust_code)
        tokenizer = load_tokenizer(folder, name, trust_code)
        encoder = _encoder_class(model, head)(model, tokenizer)
    if not type(model).__module__.startswith("transformers."):
        encoder.code = _code_hash(model)
    encoder.pretraining = pretraining_of(name, folder)
    return encoder


def _check_path(argument: str) -> None:
    """Raise `SuperbLiteError` for what is neither a folder nor could be a name on the hub."""
    path = Path(argument).expanduser()
    if path.is_dir():
        return
    if path.exists():
        raise SuperbLiteError(f"'hf:{argument}' is a file: name the folder that holds config.json and the weights")
    if not HUB_NAME.fullmatch(argument):
        raise SuperbLiteError(f"'hf:{argument}': no such directory")


def _folder(argument: str, trust_code: bool) -> Path:
    """Where the files of a model lie; those of a name on the hub are fetched, or taken from its cache."""
    path = Path(argument).expanduser()
    if path.is_dir():
        return path
    try:
        return fetch(argument, [*FILES, *(("*.py",) if trust_code else ())])
    except SuperbLiteError as error:
        raise SuperbLiteError(
            f"'hf:{argument}': there is no such directory, and {error}: where there is a network, run "
            f"`hf download {argument} --local-dir DIR`, then use hf:DIR"
        ) from error


def _missing(folder: Path, pattern: str) -> str:
    """What to do about a file that is not there."""
    if pattern != "*.safetensors":
        return f"'{folder}' has no {pattern}"
    pickles = sorted(path.name for end in ("*.bin", "*.pt", "*.pth", "*.ckpt") for path in folder.glob(end))
    if not pickles:
        return "it has no *.safetensors"
    return (
        f"{pickles[0]} may be a pickle, which is never loaded: convert one that you trust with "
        f"`superb-lite convert FOLDER/{pickles[0]} --to safetensors --out FOLDER/model.safetensors`"
    )


def load_model(folder: Path, name: str, trust_code: bool = False) -> tuple[Any, str]:
    """The model of a folder in float32, and the name of the auto class that it was loaded by.

    Raises `SuperbLiteError`, in one line that begins with the `name` of the model, for what cannot be read safely.
    """
    import transformers

    for pattern, what in (
        ("config.json", "is not a model"),
        ("*.safetensors", "has no weights that can be read safely"),
    ):
        if not any(folder.glob(pattern)):
            raise SuperbLiteError(f"'{name}' {what}: {_missing(folder, pattern)}")
    held = check_files(folder, name)
    common = {"local_files_only": not trust_code, "trust_remote_code": trust_code}
    try:
        config = transformers.AutoConfig.from_pretrained(folder, **common)
        # A masked language model may have been saved without its head, under the name that its configuration had.
        for head in dict.fromkeys((_head(config), "AutoModel")):
            with counting_parameters(held, f"'{name}': its config.json"):
                model, found = getattr(transformers, head).from_pretrained(
                    folder, config=config, use_safetensors=True, dtype=torch.float32, output_loading_info=True, **common
                )
            missing = sorted(key for key in found["missing_keys"] if "pooler" not in key.split("."))
            if head != "AutoModelForMaskedLM" or not missing:
                break
    except SuperbLiteError:
        raise
    except Exception as error:
        raise _refused(name, error, trust_code) from error
    check_finite(dict(model.named_parameters()), folder)
    if missing:
        raise SuperbLiteError(
            f"'{name}': its weights lack '{missing[0]}'"
            + (f" and {len(missing) - 1} more" if len(missing) > 1 else "")
            + f", which {type(model).__name__} needs: what is missing would be random"
        )
    return model.eval(), head


def _head(config: Any) -> str:
    """The auto class that loads a model with the head it was saved with, if that head predicts tokens."""
    from transformers.models.auto import modeling_auto as known

    saved = (config.architectures or [""])[0]
    own = getattr(config, "auto_map", None) or {}
    heads = {
        "AutoModelForSeq2SeqLM": known.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES,
        "AutoModelForCausalLM": known.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
        "AutoModelForMaskedLM": known.MODEL_FOR_MASKED_LM_MAPPING_NAMES,
        "AutoModelForTextEncoding": known.MODEL_FOR_TEXT_ENCODING_MAPPING_NAMES,  # the encoder half, saved by itself
    }
    for head, names in heads.items():
        if saved in names.values() or (saved and str(own.get(head, "")).endswith(f".{saved}")):
            return head
    return "AutoModel"


def _encoder_class(model: Any, head: str) -> type[HuggingFaceEncoder]:
    if model.config.is_encoder_decoder:
        return HuggingFaceSeq2Seq if head == "AutoModelForSeq2SeqLM" else HuggingFaceEncoder
    if not is_causal(model):
        return HuggingFaceMaskedLanguageModel if head == "AutoModelForMaskedLM" else HuggingFaceEncoder
    return HuggingFaceLanguageModel if head == "AutoModelForCausalLM" else HuggingFaceDecoder


def load_tokenizer(folder: Path, name: str, trust_code: bool = False) -> Any:
    """The fast tokeniser of a folder, of which `tokenizer.json` alone is enough.

    Raises `SuperbLiteError`, in one line that begins with the `name` of the model, where there is none.
    """
    import transformers

    tokenizer: Any
    alone = not any((folder / file).exists() for file in ("config.json", "tokenizer_config.json"))
    try:
        if alone and (folder / "tokenizer.json").is_file():
            tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))
        else:
            tokenizer = transformers.AutoTokenizer.from_pretrained(
                folder, use_fast=True, local_files_only=not trust_code, trust_remote_code=trust_code
            )
    except Exception as error:
        raise _refused(name, error, trust_code) from error
    if not tokenizer.is_fast:
        raise SuperbLiteError(
            f"'{name}' has no fast tokeniser, only {type(tokenizer).__name__}, which cannot say which characters a "
            "token covers: add the tokenizer.json of the same tokeniser"
        )
    if not any(any(folder.glob(pattern)) for pattern in VOCABULARIES):
        raise SuperbLiteError(f"'{name}' has no tokeniser: '{folder}' has none of {', '.join(VOCABULARIES)}")
    return tokenizer


def _refused(name: str, error: Exception, trust_code: bool) -> SuperbLiteError:
    """What `transformers` has to say, in one line."""
    if "trust_remote_code" in str(error) and not trust_code:
        return SuperbLiteError(
            f"'{name}' brings code of its own: read it, then allow it with --trust-code "
            "(in Python: load_encoder(..., trust_code=True))"
        )
    return SuperbLiteError(f"'{name}' cannot be loaded: {reason(error)}")


def _code_hash(model: Any) -> str:
    """SHA-256 of the code that came with a model."""
    digest = hashlib.sha256()
    for file in sorted(Path(inspect.getfile(type(model))).parent.glob("*.py")):
        digest.update(f"{file.name}:".encode() + file.read_bytes())
    return digest.hexdigest()


@contextmanager
def quiet() -> Iterator[None]:
    """No bars and warnings of `transformers`: what is wrong is found here, and said in one line."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
