"""The figures that were published of zero-shot transfer, to stand beside ours."""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "Hsu, Liu & Lee 2019, arXiv:1909.09587"

METRICS = ("exact_match", "char_f1")
"""What our tasks call the two: F1 is of characters on DRCD."""

TESTED = "zh"

HOW = "question answering on DRCD, whole training sets, percent; English training data is SQuAD 1.1"


@dataclass(frozen=True)
class Row:
    """One published model, tested in Chinese."""

    model: str
    pretrained: str
    """On which languages."""
    finetuned: str
    """In which language."""
    exact_match: float
    """In percent, as the next."""
    f1: float

    @property
    def zero_shot(self) -> bool:
        """Whether no label of the language that it is tested in was seen."""
        return TESTED not in self.finetuned.split(" + ")


ROWS = (
    Row("QANet", "none", "zh", 66.1, 78.1),
    Row("BERT", "zh", "zh", 82.0, 89.1),
    Row("BERT", "104 languages", "zh", 81.2, 88.7),
    Row("BERT", "104 languages", "en", 63.3, 78.8),
    Row("BERT", "104 languages", "en + zh", 82.6, 90.1),
)
