"""Speech with the cluster of every position, the targets of masked prediction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from sklearn.cluster import MiniBatchKMeans
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from superb_lite.pretraining.corpus import WINDOW
from superb_lite_speech.clusters import cluster_ids, fit_kmeans, spliced_mfcc
from superb_lite_speech.corpus import SpeechCorpus


class ClusteredSpeechCorpus(SpeechCorpus):
    """`SpeechCorpus` of normalised log-mel, with k-means clusters of its MFCC.

    Args:
        path, batch_size, seed, workers, share, window, crop, voiced, views, channel: see `SpeechCorpus`.
        clusters: how many to make.
        mels: mel bands, the same as the encoder's.
    """

    def __init__(
        self,
        *,
        path: Path | None = None,
        batch_size: int = 64,
        seed: int = 0,
        workers: int = 0,
        share: float = 1.0,
        window: int = WINDOW,
        crop: float = 1.0,
        clusters: int = 100,
        mels: int = 40,
        voiced: bool = True,
        views: int = 2,
        channel: float = 4.0,
    ) -> None:
        self.clusters = clusters
        self._kmeans: MiniBatchKMeans | None = None
        super().__init__(
            path=path,
            batch_size=batch_size,
            seed=seed,
            workers=workers,
            share=share,
            window=window,
            crop=crop,
            mels=mels,
            voiced=voiced,
            views=views,
            channel=channel,
        )

    def make_targets(self) -> None:
        """`ids`, (T,) of every utterance, and `counts`, how often each cluster occurs."""
        points = [spliced_mfcc(f) for f in self.features]
        if self._kmeans is not None:  # a window of a stream has the clusters of the first one
            self.ids = cluster_ids(self._kmeans, points)
            return
        # The targets belong to the corpus, so they do not change with the pretraining seed.
        self._kmeans = fit_kmeans(points, clusters=self.clusters, seed=0)
        self.ids = cluster_ids(self._kmeans, points)
        self.counts: list[int] = np.bincount(np.concatenate(self.ids)).tolist()

    def batch(self, step: int) -> dict[str, Tensor]:
        """features (B, T, 2 * mels), clusters (B, T) int64, mask (B, T); padding is zero and False."""
        ids = [torch.from_numpy(self.ids[crop.utterance][crop.start : crop.end]) for crop in self.crops(step)]
        return {**super().batch(step), "clusters": pad_sequence(ids, batch_first=True)}
