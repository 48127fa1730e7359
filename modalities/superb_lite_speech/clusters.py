"""Discovered units: k-means clusters of MFCC or of features, the targets of HuBERT (Hsu et al. 2021, section II-A)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torchaudio
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans
from torch import Tensor
from torch.nn import functional as F
from torchaudio.compliance import kaldi

from superb_lite_speech.front_end import STACK
from superb_lite_speech.items import SAMPLE_RATE

COEFFICIENTS = 13
SPLICE = 2
"""Frames of 10 ms added on each side of a position; they stand for the differences that HuBERT adds to its MFCC."""


def spliced_mfcc(features: Tensor) -> Tensor:
    """(T, 2 * mels) log-mel -> (T, 78): 13 MFCC of the frames 2 j - 2 ... 2 j + 3 of every position j.

    The coefficients have mean 0 over the utterance, so that clusters tell sounds rather than channels apart. Edge
    frames are repeated beyond the edges.
    """
    frames = features.reshape(len(features) * STACK, -1)
    dct = torchaudio.functional.create_dct(COEFFICIENTS, frames.shape[1], norm="ortho")
    cepstra = frames @ dct
    cepstra = cepstra - cepstra.mean(0)
    padded = F.pad(cepstra.T[None], (SPLICE, SPLICE), mode="replicate")[0].T
    return padded.unfold(0, STACK + 2 * SPLICE, STACK).flatten(1)


def mfcc(waveform: Tensor) -> Tensor:
    """(samples,) of at least 25 ms -> (T, 39): 13 MFCC of Kaldi with their first and second differences, every 20 ms.

    T = (samples - 400) // 320 + 1: a frame for each position of HuBERT's convolutions, of the samples that it sees.
    HuBERT clusters frames of 10 ms and learns every second one.
    """
    static = kaldi.mfcc(waveform[None], sample_frequency=SAMPLE_RATE, use_energy=False).T  # (13, frames of 10 ms)
    first = torchaudio.functional.compute_deltas(static)
    return torch.cat([static, first, torchaudio.functional.compute_deltas(first)]).T[::STACK].contiguous()


def fit_kmeans(utterances: Sequence[Tensor], *, clusters: int, seed: int, starts: int = 1) -> MiniBatchKMeans:
    """k-means of all positions of the utterances, (T, D) features each.

    Fewer positions than `clusters` give as many clusters as positions. starts: of which the best is kept.
    """
    points = torch.cat(list(utterances)).numpy()
    return MiniBatchKMeans(
        min(clusters, len(points)),
        batch_size=4096,
        max_iter=20,
        n_init=starts,
        random_state=seed,
        reassignment_ratio=0.0,
    ).fit(points)


def fit_clusters(utterances: Sequence[Tensor], *, clusters: int, seed: int) -> list[NDArray[np.int64]]:
    """Cluster ids (T,) of every position of every utterance, given their (T, D) features."""
    return cluster_ids(fit_kmeans(utterances, clusters=clusters, seed=seed), utterances)


def cluster_ids(kmeans: MiniBatchKMeans, utterances: Sequence[Tensor]) -> list[NDArray[np.int64]]:
    """Cluster ids (T,) of every position of every utterance, given their (T, D) features."""
    ids = kmeans.predict(torch.cat(list(utterances)).numpy()).astype(np.int64)
    return np.split(ids, np.cumsum([len(u) for u in utterances])[:-1])
