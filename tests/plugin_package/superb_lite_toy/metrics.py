"""The share of right signs."""

import numpy as np

from superb_lite.metrics import CountMetric
from superb_lite.metrics.base import share


def _counts(example, prediction, labels):
    return np.array([float(prediction == int(example.label > 0)), 1.0])


SIGN_ACCURACY = CountMetric("sign_accuracy", frozenset({"sign"}), True, _counts, share)
