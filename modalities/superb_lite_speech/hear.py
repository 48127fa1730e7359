"""An encoder of ours as a module of HEAR (Turian et al. 2022, section 3): `superb_lite_speech.hear` for its evaluation.

    heareval ... --model superb-lite-out/checkpoints/speech-masked superb_lite_speech.hear

`load_model` takes the reference of any encoder of waveforms. An embedding is the concatenation of all layers, so that
whatever is trained on it may choose among them, as heads of ours do.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.features.batches import to_device
from superb_lite_speech.items import SAMPLE_RATE, SHORTEST


class HearModel(nn.Module):
    """What `load_model` returns; HEAR reads its attributes.

    Attributes:
        sample_rate: of the audio that it takes, in Hz.
        scene_embedding_size, timestamp_embedding_size: numbers in an embedding.
    """

    sample_rate = SAMPLE_RATE

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        embeddings, _ = self.forward(torch.zeros(1, SAMPLE_RATE, device=encoder.device))
        self.scene_embedding_size = self.timestamp_embedding_size = int(embeddings.shape[2])

    @torch.no_grad()
    def forward(self, audio: Tensor) -> tuple[Tensor, Tensor]:
        """(B, samples) in [-1, 1] -> embeddings (B, T, D) and the milliseconds of their middles (B, T)."""
        if audio.ndim != 2 or audio.shape[1] < SHORTEST:
            raise SuperbLiteError(
                f"audio has the shape {tuple(audio.shape)}: give (sounds, {SHORTEST} samples or more)"
            )
        encoder = self.encoder
        features = encoder(to_device(encoder.collate(list(audio.float().cpu().numpy())), encoder.device))
        embeddings, middles = [], []
        for sound in range(len(audio)):
            rows = features.item == sound
            parts, spans = [], None
            for number, layer in enumerate(features.layers):
                real, where = features.layer_mask(number)[rows], features.layer_spans(number)
                if where is None or (spans is not None and not torch.equal(spans, where[rows][real])):
                    raise SuperbLiteError("HEAR needs layers whose positions stand for the same samples")
                spans = where[rows][real]
                parts.append(layer[rows][real])
            assert spans is not None
            embeddings.append(torch.cat(parts, dim=1))
            middles.append(spans.float().mean(dim=1) * 1000 / SAMPLE_RATE)
        return torch.stack(embeddings), torch.stack(middles)


def load_model(model_file_path: str = "speech-masked") -> HearModel:
    """The model of an encoder's reference: a checkpoint directory, or any other (`superb_lite.encoders.references`).

    Raises `SuperbLiteError` for what is no encoder of waveforms.
    """
    encoder = load_encoder(model_file_path)
    if encoder.modality != "speech":
        raise SuperbLiteError(f"'{model_file_path}' takes items of modality '{encoder.modality}', not waveforms")
    return HearModel(encoder).eval()


def get_timestamp_embeddings(audio: Tensor, model: HearModel) -> tuple[Tensor, Tensor]:
    """(sounds, samples) in [-1, 1] at 16 kHz -> embeddings (sounds, T, D), timestamps (sounds, T) in milliseconds."""
    embeddings, timestamps = model(audio)
    return embeddings, timestamps


def get_scene_embeddings(audio: Tensor, model: HearModel) -> Tensor:
    """(sounds, samples) in [-1, 1] at 16 kHz -> (sounds, D), the mean over time."""
    embeddings, _ = model(audio)
    scenes: Tensor = embeddings.mean(dim=1)
    return scenes
