"""What a layer of an encoder says at every position of 20 ms: what HuBERT's later iterations cluster."""

from __future__ import annotations

import os

import torch
from torch import Tensor

from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.features.batches import to_device
from superb_lite_speech.hubert_encoder import STRIDE


class HiddenUnits:
    """Features of a layer, on the positions of `HubertEncoder`, whatever the encoder's own are.

    Args:
        reference: an encoder of speech that says which samples its positions cover.
        layer: counted from 0, the input of the first; None: the one in the middle.
        device: where it computes: "cpu", or "auto", the GPU of this process where there is one.

    Raises `SuperbLiteError` for another encoder, and for a layer that it has not.
    """

    def __init__(self, reference: str, layer: int | None, device: str = "auto") -> None:
        self.encoder: Encoder = load_encoder(reference).eval()
        if self.encoder.modality not in ("speech", None):
            raise SuperbLiteError(f"--data.clusters_from '{reference}' is an encoder of {self.encoder.modality}")
        self.device = torch.device("cpu")
        if device == "auto" and torch.cuda.is_available():  # of several processes on a machine each has a device
            self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        self.sources: tuple[str, ...] = tuple((self.encoder.pretraining or {}).get("corpora", ()))
        """What the encoder was pretrained on."""
        self.encoder.to(self.device)
        self._name = f"--data.clusters_from '{reference}'"
        self._layer = layer

    @torch.no_grad()
    def __call__(self, waveform: Tensor, positions: int) -> Tensor:
        """(samples,) -> (positions, D) on the CPU: at each position what covers its first sample."""
        features = self.encoder(to_device(self.encoder.collate([waveform.numpy()]), self.device))
        layer = len(features.layers) // 2 if self._layer is None else self._layer
        if not 0 <= layer < len(features.layers):
            raise SuperbLiteError(f"{self._name} has no layer {layer}: give 0 to {len(features.layers) - 1}")
        spans = features.layer_spans(layer)
        if spans is None:
            raise SuperbLiteError(f"{self._name} does not say which samples its positions cover")
        mask = features.layer_mask(layer)
        begin = spans[mask][:, 0].contiguous()
        wanted = torch.arange(positions, device=begin.device) * STRIDE
        at = (torch.searchsorted(begin, wanted, right=True) - 1).clamp_min(0)
        found: Tensor = features.layers[layer][mask][at].float().cpu()
        return found
