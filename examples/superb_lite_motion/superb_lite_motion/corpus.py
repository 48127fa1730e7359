"""MotionCorpus: stretches of unlabelled recordings."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from superb_lite import Corpus
from superb_lite.pretraining.corpus import epoch_indices
from superb_lite.seeds import step_seed
from superb_lite.tasks.item_hashes import item_hash
from superb_lite_motion.recordings import pack
from superb_lite_motion.sktime_files import read_ts, unlabelled


class MotionCorpus(Corpus):
    """Pairs of stretches of what sktime carries but for the parts that are tested on, or of a .ts file.

    Args:
        batch_size: recordings in a batch, each with two stretches.
        crop: samples in a stretch; of a short recording it is a half, so that two differ.
        options: those of every `Corpus`.
    """

    def __init__(self, *, path: Path | None = None, crop: int = 64, **options: Any) -> None:
        super().__init__(path=path, **options)
        self.crop = crop
        self.sources = ("BasicMotions", "JapaneseVowels", "mitdb") if path is None else (str(path),)
        self.recordings = unlabelled() if path is None else [recording for recording, _ in read_ts(path)]
        # A long recording is shown once for each crop that fits into it.
        self.entries = np.repeat(range(len(self.recordings)), [max(1, len(r) // crop) for r in self.recordings])

    def batch(self, step: int) -> dict[str, Tensor]:
        drawn = epoch_indices(step, size=len(self.entries), batch_size=self.batch_size, seed=self.seed)
        rng, pieces = np.random.default_rng(step_seed(self.seed, step)), []
        chosen = np.repeat(self.entries[drawn], 2)
        for recording in (self.recordings[number] for number in chosen):
            size = min(self.crop, -(-len(recording) // 2))
            at = rng.integers(len(recording) - size + 1)
            pieces.append(recording[at : at + size])
        return {**pack(pieces), "recording": torch.from_numpy(chosen)}

    def content_hash(self) -> str:
        return hashlib.sha256("".join(map(item_hash, self.recordings)).encode()).hexdigest()
