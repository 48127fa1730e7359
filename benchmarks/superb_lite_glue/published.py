"""Reference data: published scores of GLUE's own test, whose labels are kept by its authors.

A score is the mean over the nine tasks, a task's metrics averaged first. The models were fine-tuned or read
out by their authors, not by this project.
"""

from __future__ import annotations

from superb_lite.tasks.published import PublishedRow

_LEADERBOARD = "gluebenchmark.com, test (Wang et al. 2019, arXiv 1804.07461)"
_BERT = "github.com/google-research/bert, README, test"

PUBLISHED = tuple(
    PublishedRow(name, source, score=score, score_name="GLUE score")
    for name, score, source in (
        ("BERT-large", 80.5, _LEADERBOARD),
        ("BERT-Medium", 73.5, _BERT),
        ("GPT", 72.8, _LEADERBOARD),
        ("BERT-Small", 71.2, _BERT),
        ("BERT-Mini", 65.8, _BERT),
        ("BERT-Tiny", 64.2, _BERT),
        ("BiLSTM", 63.9, _LEADERBOARD),
        ("CBoW", 58.9, _LEADERBOARD),
    )
)
"""The best first."""
