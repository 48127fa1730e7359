"""Discovered units: k-means clusters of MFCC, the first-iteration targets of HuBERT (Hsu et al. 2021, section II-A)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torchaudio
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans
from torch import Tensor
from torch.nn import functional as F

from superb_lite_speech.front_end import STACK

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
    mfcc = frames @ dct
    mfcc = mfcc - mfcc.mean(0)
    padded = F.pad(mfcc.T[None], (SPLICE, SPLICE), mode="replicate")[0].T
    return padded.unfold(0, STACK + 2 * SPLICE, STACK).flatten(1)


def fit_clusters(utterances: Sequence[Tensor], *, clusters: int, seed: int) -> list[NDArray[np.int64]]:
    """Cluster ids (T,) of every position of every utterance, given their (T, D) features.

    Fewer positions than `clusters` give as many clusters as positions.
    """
    points = torch.cat(list(utterances)).numpy()
    kmeans = MiniBatchKMeans(
        min(clusters, len(points)), batch_size=4096, max_iter=20, n_init=1, random_state=seed, reassignment_ratio=0.0
    ).fit(points)
    ids = kmeans.predict(points).astype(np.int64)
    return np.split(ids, np.cumsum([len(u) for u in utterances])[:-1])
