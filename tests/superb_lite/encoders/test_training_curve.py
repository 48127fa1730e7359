"""Loss curves beside a checkpoint: read, thinned, and never a reason to refuse the encoder."""

from __future__ import annotations

import os

import pytest

from superb_lite.encoders import training_curve
from superb_lite.encoders.training_curve import thinned, training_curves
from superb_lite.pretraining.metrics_file import MetricsFile


def test_what_an_objective_logs_comes_back(tmp_path):
    log = MetricsFile(str(tmp_path / "metrics.csv"))
    log.log_metrics({"loss": 7.123456789, "epoch": 0}, 24)
    log.log_metrics({"val_loss": 6.5}, 24)
    log.log_metrics({"loss": 5.0, "spread": 1.0}, 49)
    assert training_curves(tmp_path) == {"curve": [(24, 7.12346), (49, 5.0)], "validation_curve": [(24, 6.5)]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "loss,step\n",
        "loss,step\nnan,1\ninf,2\n1,-3\n1,99999999999999999999\nx,4\n5",
        "step\n1\n",
        "\x00\x01",
        'loss,step\n"' + "x" * 200_000 + '",1\n',
        "loss,step\n1,2,3,4\n"[:9],
    ],
)
def test_a_file_without_points_has_no_curve(tmp_path, text):
    (tmp_path / "metrics.csv").write_text(text)
    assert training_curves(tmp_path) == {}


def test_a_file_that_cannot_be_read_has_no_curve(tmp_path, monkeypatch):
    assert training_curves(tmp_path) == {}
    os.mkfifo(tmp_path / "metrics.csv")
    assert training_curves(tmp_path) == {}
    (tmp_path / "metrics.csv").unlink()
    (tmp_path / "metrics.csv").write_bytes(b"loss,step\n1,1\n\xff")
    assert training_curves(tmp_path) == {}
    (tmp_path / "metrics.csv").write_text("loss,step\n1,1\n")
    monkeypatch.setattr(training_curve, "LARGEST_METRICS", 5)
    assert training_curves(tmp_path) == {}


@pytest.mark.parametrize("points", [0, 1, 199, 200, 201, 399, 5000])
def test_at_most_two_hundred_points_stay_with_both_ends(points):
    curve = [(step, 1.0 / (1 + step)) for step in range(points)]
    kept = thinned(curve)
    assert len(kept) == min(points, 200)
    assert sorted(set(kept)) == kept
    assert set(kept) <= set(curve)
    assert (kept[:1], kept[-1:]) == (curve[:1], curve[-1:])
