"""MotionCorpus: stretches of unlabelled recordings."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from superb_lite import Corpus
from superb_lite.pretraining.corpus import epoch_indices
from superb_lite.seeds import step_seed
from superb_lite.tasks.item_hashes import item_hash
from superb_lite_motion.recordings import pack
from superb_lite_motion.sktime_files import read_ts, unlabelled


class MotionCorpus(Corpus):
    """Stretches of what sktime carries but for the parts that are tested on, or of a .ts file.

    Args:
        crop: samples in a stretch, at most; a short recording is shown whole.
        options: those of every `Corpus`.
    """

    def __init__(self, *, path: Path | None = None, crop: int = 64, **options: Any) -> None:
        super().__init__(path=path, **options)
        self.crop = crop
        self.sources = ("BasicMotions", "JapaneseVowels", "PLAID", "mitdb") if path is None else (str(path),)
        self.recordings = self.part(unlabelled() if path is None else [recording for recording, _ in read_ts(path)])
        # A long recording is shown once for each crop that fits into it.
        self.entries = np.repeat(range(len(self.recordings)), [max(1, len(r) // crop) for r in self.recordings])

    def batch(self, step: int) -> dict[str, Tensor]:
        drawn = epoch_indices(step, size=len(self.entries), batch_size=self.batch_size, seed=self.seed)
        rng, pieces = np.random.default_rng(step_seed(self.seed, step)), []
        for recording in (self.recordings[number] for number in self.entries[drawn]):
            at = rng.integers(max(0, len(recording) - self.crop) + 1)
            pieces.append(recording[at : at + self.crop])
        return pack(pieces)

    def content_hash(self) -> str:
        return hashlib.sha256("".join(map(item_hash, self.recordings)).encode()).hexdigest()
