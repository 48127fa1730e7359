"""`s3prl:NAME`: any upstream of s3prl (SUPERB, Yang et al. 2021) as an encoder.

s3prl:fbank               an upstream without weights: fbank, mfcc, mel, linear, spectrogram
s3prl:hubert_local:FILE   weights and configuration in a safetensors file, by the upstream that reads them

Released weights (`s3prl:hubert`) are pickles, which are never loaded: `superb-lite convert s3prl:hubert --to
safetensors --out FILE` makes a safetensors file of them once.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from superb_lite.encoders.building import building_within
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.model_card import pretraining_of
from superb_lite.encoders.weights import contents, sha256
from superb_lite.errors import SuperbLiteError, UnknownNameError, reason
from superb_lite.paths import PICKLES
from superb_lite_speech.s3prl_files import AskedError, read_checkpoint, reading
from superb_lite_speech.s3prl_upstream import S3prlEncoder

REFUSED = {
    "baseline_local": "evaluates what a configuration file names as code",
    "customized_upstream": "is s3prl's example of how to write one, with a position for every sample",
    "hf_hubert_custom": "reads a folder of transformers, whose weights may be pickles",
    "hf_wav2vec2_custom": "reads a folder of transformers, whose weights may be pickles",
}
"""Upstreams of s3prl that are not offered, and why."""

_FROM_FILE = ("_local", "_custom")
_WITHOUT_WEIGHTS = "s3prl.upstream.baseline.hubconf"
"""The module of the upstreams that read nothing."""


def s3prl_encoder(argument: str) -> Encoder:
    """The encoder of a reference `s3prl:ARGUMENT`, see this module.

    Raises `SuperbLiteError` for an unknown upstream, weights that are not a safetensors file, one that is missing or
    not wanted, and a configuration that could be run as code.
    """
    name, _, checkpoint = argument.partition(":")
    reference = f"s3prl:{argument}"
    upstream = known_upstream(name)
    from_file = name.endswith(_FROM_FILE)
    if from_file and not checkpoint:
        raise SuperbLiteError(f"'{reference}' reads a checkpoint: write s3prl:{name}:FILE")
    if checkpoint and not from_file:
        raise SuperbLiteError(f"'{reference}': the upstream '{name}' takes no file; those that do end in _local")
    if not from_file:
        if upstream.__module__ != _WITHOUT_WEIGHTS:
            raise SuperbLiteError(
                f"the weights of '{reference}' are published as a pickle, which is never loaded: `superb-lite convert "
                f"{reference} --to safetensors --out {name}.safetensors`, then s3prl:{_reader(upstream)}:"
                f"{name}.safetensors"
            )
        return S3prlEncoder(_build(upstream, reference, None), name)
    path = Path(checkpoint).expanduser()
    if path.suffix not in PICKLES and not path.is_file():
        raise SuperbLiteError(f"'{reference}': there is no file '{checkpoint}'")
    encoder = S3prlEncoder(_build(upstream, reference, path), name, checkpoint=sha256(path))
    encoder.pretraining = pretraining_of("s3prl", path.parent)
    return encoder


def known_upstream(name: str) -> Callable[..., nn.Module]:
    """An entry of s3prl's hub. Raises `SuperbLiteError` for a name that is unknown or not offered."""
    upstreams = _upstreams()
    if not name:
        raise SuperbLiteError("s3prl needs the name of an upstream: s3prl:fbank, s3prl:hubert_local:FILE")
    if name in REFUSED:
        raise SuperbLiteError(f"'s3prl:{name}' cannot be used: it {REFUSED[name]}")
    if name not in upstreams:
        raise UnknownNameError("s3prl upstream", name, upstreams)
    return upstreams[name]


def _reader(upstream: Callable[..., nn.Module]) -> str:
    """The upstream that reads the weights of a released one from a file."""
    same = [name for name, entry in _upstreams().items() if entry.__module__ == upstream.__module__]
    return next((name for end in _FROM_FILE for name in same if name.endswith(end)), "UPSTREAM_local")


def _upstreams() -> dict[str, Callable[..., nn.Module]]:
    """The upstreams of s3prl's hub by name, without what its modules import and without configurations as code."""
    logging.getLogger("s3prl").setLevel(logging.ERROR)  # it warns of every optional package that is missing
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from s3prl import hub
    entries = {name: getattr(hub, name) for name in hub.options()}
    return {
        name: entry
        for name, entry in entries.items()
        if entry.__module__.endswith(".hubconf") and not name.endswith("_url") and name not in REFUSED
    }


def _build(entry: Callable[..., nn.Module], reference: str, file: Path | None) -> nn.Module:
    held = None if file is None else read_checkpoint(file)
    # Upstreams print what they do, which must not end up in the results on standard output, and draw random numbers.
    quiet, undisturbed = contextlib.redirect_stdout(sys.stderr), torch.random.fork_rng(devices=[])
    within = contextlib.nullcontext() if file is None else building_within(contents(file), f"'{reference}'")
    with quiet, undisturbed, warnings.catch_warnings(), reading(held), within:
        warnings.simplefilter("ignore")
        try:
            return entry(**({} if file is None else {"ckpt": str(file)}))
        except SuperbLiteError:
            raise
        except Exception as error:  # whatever an upstream makes of another one's configuration
            if file is None:
                raise
            raise SuperbLiteError(
                f"'{reference}' is damaged, or no checkpoint of this upstream ({reason(error, 80)})"
            ) from None


def published(argument: str) -> Path:
    """The checkpoint of a released upstream, which s3prl fetches into its own cache; s3prl publishes no hash of it.

    Raises `SuperbLiteError` for an upstream that is unknown or has no weights, and for a file that cannot be fetched.
    """
    entry, quiet = known_upstream(argument), contextlib.redirect_stdout(sys.stderr)
    try:
        with quiet, torch.random.fork_rng(devices=[]), warnings.catch_warnings(), reading(None):
            warnings.simplefilter("ignore")
            entry()
    except AskedError as asked:
        return asked.path
    except Exception as error:  # whatever the network, or an upstream without its file, raises
        raise SuperbLiteError(f"the weights of 's3prl:{argument}' cannot be fetched: {reason(error, 120)}") from None
    raise SuperbLiteError(f"'s3prl:{argument}' reads no weights: it is used as it is")
