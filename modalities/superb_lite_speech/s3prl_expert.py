"""A speech checkpoint of ours as an upstream of s3prl, by the interface of its `upstream/example/expert.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from superb_lite.encoders.checkpoint import load_checkpoint
from superb_lite.encoders.encoder import Batch
from superb_lite.errors import SuperbLiteError
from superb_lite_speech.batches import pack
from superb_lite_speech.frame_encoder import FrameEncoder
from superb_lite_speech.front_end import POSITION
from superb_lite_speech.hubert_encoder import HubertEncoder
from superb_lite_speech.items import SHORTEST
from superb_lite_speech.waveforms import pack_waveforms

ENTRY = "superb_lite_local"


class UpstreamExpert(nn.Module):
    """`forward(wavs)` gives `hidden_states`, every layer of the encoder with the embedding first, one position for each
    320 samples. All of it can be trained by s3prl but the front end.

    Args:
        ckpt: a checkpoint directory of superb_lite.
        options: s3prl's own (`refresh`, `model_config`), which mean nothing here.
    """

    def __init__(self, ckpt: str | Path, **options: Any) -> None:
        super().__init__()
        encoder = load_checkpoint(Path(ckpt))
        if not isinstance(encoder, FrameEncoder | HubertEncoder):
            raise SuperbLiteError(f"'{ckpt}' is not a speech encoder of superb_lite, but a {type(encoder).__name__}")
        self.encoder: FrameEncoder | HubertEncoder = encoder

    def get_downsample_rates(self, key: str) -> int:
        """Samples from one position to the next, the same for every key."""
        return POSITION

    def forward(self, wavs: list[Tensor]) -> dict[str, Any]:
        """wavs: (samples,) each, at 16 kHz -> hidden_states, a list of (B, T, D), T = ceil(longest / 320), or as
        many positions as convolutions of the waveform make of each row.

        Levels beyond [-1, 1] are allowed, because s3prl asks upstreams for their shape with loud noise.

        Raises `ValueError`, saying which, for a waveform that is empty, not (samples,), or holds NaN or infinity.
        """
        for number, wav in enumerate(wavs):
            if wav.ndim != 1 or len(wav) == 0 or not bool(torch.isfinite(wav).all()):
                raise ValueError(f"wavs[{number}], {tuple(wav.shape)}, must be (samples,), not empty, and finite")
        batch = _batch(self.encoder, [wav.detach().cpu().float() for wav in wavs])
        found = self.encoder({key: value.to(wavs[0].device) for key, value in batch.items()})
        states = []
        for number, layer in enumerate(found.layers):
            mask = found.layer_mask(number)
            rows = [torch.cat([layer[r][mask[r]] for r in (found.item == i).nonzero()[:, 0]]) for i in range(len(wavs))]
            states.append(pad_sequence(rows, batch_first=True))
        return {"hidden_states": states, "last_hidden_state": states[-1]}


def _batch(encoder: FrameEncoder | HubertEncoder, wavs: list[Tensor]) -> Batch:
    """As `encoder.collate` makes it, of waveforms of any level and length."""
    if isinstance(encoder, HubertEncoder):
        long_enough = [F.pad(wav, (0, max(0, SHORTEST - len(wav)))) for wav in wavs]
        return pack_waveforms(long_enough, window=encoder.window)
    return pack([encoder.extract(wav) for wav in wavs], [len(wav) for wav in wavs], window=encoder.window)


def register() -> None:
    """Put our checkpoints into s3prl's hub; then `S3PRLUpstream("superb_lite_local", path_or_url=DIRECTORY)` is one."""
    from s3prl import hub

    setattr(hub, ENTRY, UpstreamExpert)
