"""The figures that were published of this experiment, to stand beside ours."""

from __future__ import annotations

from collections.abc import Mapping

from superb_lite.analysis.transfer.rows import BERT, RAND, RE_EMB, SPECIFIC

SOURCE = "Kao & Lee 2021, arXiv:2103.07162"

HOW = (
    "BERT-base of English, fine-tuned on whole training sets, accuracy in percent (stability and fluorescence: "
    "Spearman's rho); specific: models pretrained on such sequences, as their authors reported them"
)

COLUMNS = ("localization", "stability", "fluorescence", "H3", "H4", "H3K9ac", "splice", "composer")
"""Three of proteins, four of DNA, one of music."""

PUBLISHED: Mapping[str, tuple[float | None, ...]] = {
    SPECIFIC: (69.0, 76.0, 63.0, 87.3, 87.3, 79.1, 94.1, None),
    BERT: (64.8, 74.5, 63.7, 83.0, 86.2, 78.3, 97.5, 55.2),
    RE_EMB: (63.3, 75.4, 37.3, 78.5, 83.7, 76.3, 95.6, 55.2),
    RAND: (58.6, 65.8, 27.5, 75.6, 66.5, 72.8, 95.0, 36.0),
}
"""By row, in percent, a number for each column."""


def published_differences(a: str, b: str) -> list[float | None]:
    """Row a minus row b for each column, in points; None where one of them was not published."""
    pairs = zip(PUBLISHED[a], PUBLISHED[b], strict=True)
    return [None if x is None or y is None else round(x - y, 1) for x, y in pairs]
