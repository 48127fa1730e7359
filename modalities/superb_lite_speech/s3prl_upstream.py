"""`s3prl:NAME`: any upstream of s3prl (SUPERB, Yang et al. 2021) as an encoder.

s3prl:fbank               an upstream without weights: fbank, mfcc, mel, linear, spectrogram
s3prl:hubert_local:FILE   weights and configuration in a safetensors file, by the upstream that reads them

Released weights (`s3prl:hubert`) are pickles, which are never loaded: `superb-lite convert s3prl:hubert --to
safetensors --out FILE` makes a safetensors file of them once.
"""

from __future__ import annotations

import contextlib
import copy
import importlib.metadata
import logging
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from superb_lite.encoders.encoder import Batch, Encoder, Features
from superb_lite.encoders.model_card import pretraining_of
from superb_lite.encoders.weights import building_within, contents, sha256
from superb_lite.errors import SuperbLiteError, UnknownNameError, reason
from superb_lite.paths import PICKLES, pickle_refusal
from superb_lite.tasks.labels import Item
from superb_lite_speech.items import SAMPLE_RATE, check_item
from superb_lite_speech.s3prl_files import AskedError, read_checkpoint, reading

SHORTEST = 800
"""50 ms: s3prl (`S3PRLUpstream`) fills up shorter waveforms with zeros, which some upstreams need."""

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
    if path.suffix in PICKLES:
        raise SuperbLiteError(pickle_refusal(path))
    if not path.is_file():
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


class S3prlEncoder(Encoder):
    """The hidden states of an s3prl upstream as layers, in s3prl's order.

    Position t of a layer stands for samples [r t, r t + r), where r is the downsampling rate that the upstream states;
    the last one goes on to the end of its row. Rows of equal length go through the upstream together and others by
    themselves, because padding changes what many upstreams make of the rest (group norm over time, for one).

    Args:
        upstream: what an entry of s3prl's hub returns.
        name: of that entry.
        checkpoint: SHA-256 of its file, since that holds options of the model beside weights.
        window: seconds in one row; a longer item gets several, of which only the last may be longer by up to a second.
    """

    modality: ClassVar[str | None] = "speech"

    upstream: Any
    """A module; what it offers beside `forward` is s3prl's convention."""

    def __init__(self, upstream: nn.Module, name: str, *, checkpoint: str = "", window: float = 40.0) -> None:
        super().__init__()
        self.upstream = upstream
        self.name = name
        self.checkpoint = checkpoint
        self.window = round(window * SAMPLE_RATE)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A copy that reads its own hidden states: s3prl collects them by hooks, which a plain copy would share.

        Fine-tuning works on copies.
        """
        # Weight norm keeps the weight that it computed last, which can only be copied without gradients.
        with torch.no_grad():
            self._hidden_states(torch.zeros(1, SAMPLE_RATE, device=self.device))
        upstream = copy.deepcopy(self.upstream, memo)
        for hook in getattr(upstream, "hooks", ()):
            for module in upstream.modules():
                module._forward_hooks.pop(hook.handler.id, None)
            upstream._register_hook_handler(hook)
        made = type(self)(upstream, self.name, checkpoint=self.checkpoint, window=self.window / SAMPLE_RATE)
        memo[id(self)] = made
        return made.train(self.training)

    def config(self) -> dict[str, Any]:
        """What identifies it beside its weights; the upstream itself is for s3prl to build."""
        return {
            "name": self.name,
            "checkpoint": self.checkpoint,
            "window": self.window,
            "s3prl": importlib.metadata.version("espnet-s3prl"),
        }

    def length(self, item: Item) -> int:
        return len(item)

    def collate(self, items: Sequence[Item]) -> Batch:
        """waveform (R, S), samples (R,) of each row, start (R,) of the row within its item, item (R,)."""
        rows: list[tuple[int, int, Tensor]] = []
        for index, item in enumerate(items):
            check_item(str(index), item)
            waveform = torch.as_tensor(item, dtype=torch.float32)
            rows += [(index, start, waveform[start:end]) for start, end in self._windows(len(item))]
        return {
            "waveform": pad_sequence([waveform for _, _, waveform in rows], batch_first=True),
            "samples": torch.tensor([len(waveform) for _, _, waveform in rows]),
            "start": torch.tensor([start for _, start, _ in rows]),
            "item": torch.tensor([index for index, _, _ in rows]),
        }

    def _windows(self, samples: int) -> list[tuple[int, int]]:
        """Stretches of `window` samples; a rest of less than a second stays with the last one."""
        starts = range(0, max(1, samples - SAMPLE_RATE + 1), self.window)
        return [(start, samples if start == starts[-1] else start + self.window) for start in starts]

    def forward(self, batch: Batch) -> Features:
        samples = batch["samples"]
        rows: list[list[Tensor]] = [[] for _ in samples]  # for each row its layers (T, D)
        for length in samples.unique().tolist():
            same = (samples == length).nonzero()[:, 0].tolist()
            states = self._hidden_states(batch["waveform"][same, :length])
            for place, row in enumerate(same):
                rows[row] = [state[place] for state in states]
        rates = self._rates(len(rows[0]))
        layers, masks, spans = [], [], []
        for rate, layer in zip(rates, zip(*rows, strict=True), strict=True):
            span = [_spans(s, n, len(x), rate) for s, n, x in zip(batch["start"], samples, layer, strict=True)]
            layers.append(pad_sequence([x[: len(s)] for x, s in zip(layer, span, strict=True)], batch_first=True))
            spans.append(pad_sequence(span, batch_first=True))
            masks.append(spans[-1][..., 1] > 0)
        if all(torch.equal(spans[0], other) for other in spans[1:]):
            return Features(tuple(layers), masks[0], batch["item"], spans[0])
        return Features(tuple(layers), tuple(masks), batch["item"], tuple(spans))

    def _hidden_states(self, waveforms: Tensor) -> list[Tensor]:
        """(B, samples) -> one (B, T, D) tensor for each layer."""
        if waveforms.shape[1] < SHORTEST:
            waveforms = nn.functional.pad(waveforms, (0, SHORTEST - waveforms.shape[1]))
        return [state.float() for state in self.upstream(list(waveforms))["hidden_states"]]

    def _rates(self, layers: int) -> list[int]:
        """Samples from one position to the next, for each layer; an upstream states one number or a list."""
        rates = self.upstream.get_downsample_rates("hidden_states")
        return [rates] * layers if isinstance(rates, int) else list(rates)


def _spans(start: Tensor, samples: Tensor, positions: int, rate: int) -> Tensor:
    """(T, 2) samples of the item that the positions of a row stand for; those that begin beyond its end are dropped."""
    count = min(positions, -(-int(samples) // rate))
    begin = torch.arange(count, device=start.device) * rate
    end = torch.cat([begin[1:], samples[None]])
    return start + torch.stack([begin, end], dim=1)
