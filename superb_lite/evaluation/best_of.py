"""Of several encoders on the same columns the best one on each, chosen on validation data alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from superb_lite.metrics import higher_is_better
from superb_lite.results.result import Result


def best_by_validation(candidates: Sequence[Sequence[Result]]) -> list[Result]:
    """For each (task, protocol), in the order of the first encoder's, the result with the best validation score.

    candidates: the results of each encoder. Of equal ones the first is taken, as it is where a protocol records no
    validation score. The result's `encoder` says whose it is.
    """
    best: dict[tuple[str, str], Result] = {}
    for results in candidates:
        for result in results:
            known = best.setdefault((result.task, result.protocol), result)
            if validation_rating(result) > validation_rating(known):
                best[result.task, result.protocol] = result
    return list(best.values())


def validation_rating(result: Result) -> float:
    """The validation score of what each seed chose, averaged over seeds and turned so that more is better."""
    scores = [seed.chosen.get("validation_score", math.nan) for seed in result.seeds]
    rating = float(np.mean(scores)) * (1 if higher_is_better(list(result.metrics)) else -1)
    return -math.inf if math.isnan(rating) else rating
