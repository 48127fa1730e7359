"""Waveforms with the hidden unit of every position: the targets of HuBERT, in its first and in its later iterations."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from superb_lite_speech.clusters import fit_kmeans, mfcc
from superb_lite_speech.hidden_units import HiddenUnits
from superb_lite_speech.waveform_corpus import WaveformCorpus

MOST = 2**15 - 1
"""Clusters, which are kept as numbers of 16 bits."""

FITTED = 500_000
"""Positions, at most, that the clusters are fitted on: 2.8 hours, of recordings drawn at random."""


class HubertCorpus(WaveformCorpus):
    """`WaveformCorpus` with k-means clusters of MFCC, or of a layer of an encoder (HuBERT, sections II-A and II-D).

    Args:
        path, batch_size, seed, workers, share, crop, shortest: see `WaveformCorpus`.
        clusters: how many to make.
        starts: of k-means, of which the best is kept.
        clusters_from: an encoder whose features are clustered, as that of the iteration before; None: MFCC.
        clusters_layer: which layer of it, counted from 0, the input of the first. None: the one in the middle.
        clusters_device: where that encoder computes, "cpu", or "auto", a GPU where there is one.

    The hidden units are part of the content hash: a run is not resumed with others.
    """

    def __init__(
        self,
        *,
        path: Path | None = None,
        batch_size: int = 32,
        seed: int = 0,
        workers: int = 0,
        share: float = 1.0,
        crop: float = 1.0,
        shortest: float = 0.0,
        clusters: int = 100,
        starts: int = 1,
        clusters_from: str | None = None,
        clusters_layer: int | None = None,
        clusters_device: Literal["auto", "cpu"] = "auto",
    ) -> None:
        super().__init__(
            path=path, batch_size=batch_size, seed=seed, workers=workers, share=share, crop=crop, shortest=shortest
        )
        for name, number in (("clusters", clusters), ("starts", starts)):
            if not 1 <= number <= MOST:
                raise ValueError(f"{name} {number}: give 1 to {MOST}")
        if clusters_layer is not None and clusters_from is None:
            raise ValueError(
                f"clusters_layer {clusters_layer} is one of an encoder: say which, --data.clusters_from CKPT"
            )
        units = None if clusters_from is None else HiddenUnits(clusters_from, clusters_layer, clusters_device)
        if units is not None:  # what it has seen shows in the targets
            self.sources = tuple(dict.fromkeys((*self.sources, *units.sources)))

        def features(utterance: int) -> Tensor:
            waveform = torch.from_numpy(self.waveform(utterance))
            count = int(self.plan.positions[utterance])
            return mfcc(waveform) if units is None else units(waveform, count)

        # The targets belong to the corpus, so they do not change with the pretraining seed.
        fitted = {utterance: features(utterance) for utterance in self._sample()}
        kmeans = fit_kmeans(list(fitted.values()), clusters=clusters, seed=0, starts=starts)
        known = (fitted[u] if u in fitted else features(u) for u in range(len(self.names)))
        self.ids: list[NDArray[np.int16]] = [kmeans.predict(points.numpy()).astype(np.int16) for points in known]
        """(T,) of every recording."""
        self._digest = hashlib.sha256(self._digest.encode() + np.concatenate(self.ids).tobytes()).hexdigest()
        self.classes: int = kmeans.n_clusters
        """Clusters, fewer than asked for where there are not as many positions."""

    def _sample(self) -> list[int]:
        """Recordings, drawn at random, of about `FITTED` positions."""
        order = np.random.default_rng(0).permutation(len(self.names))
        before = np.cumsum(self.plan.positions[order]) - self.plan.positions[order]
        return sorted(order[before < FITTED].tolist())

    def batch(self, step: int) -> dict[str, Tensor]:
        """waveform (B, S), clusters (B, T) int64."""
        ids = [self.ids[crop.utterance][crop.start : crop.end] for crop in self.crops(step)]
        return {**super().batch(step), "clusters": torch.from_numpy(np.stack(ids).astype(np.int64))}
