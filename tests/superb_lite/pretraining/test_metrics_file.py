import csv

from superb_lite.pretraining.metrics_file import MetricsFile, keep_rows, read_rows


def test_every_row_is_on_disk_at_once(tmp_path):
    path = tmp_path / "metrics.csv"
    log = MetricsFile(str(path))
    for step in range(3):
        log.log_metrics({"loss": 0.1 * step, "epoch": 0}, step)
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [float(row["loss"]) for row in rows] == [0.1 * s for s in range(step + 1)]
    assert path.read_text().splitlines()[0] == "epoch,loss,step"


def test_a_column_that_comes_later_leaves_earlier_rows_as_they_are(tmp_path):
    path = tmp_path / "metrics.csv"
    log = MetricsFile(str(path))
    log.log_metrics({"loss": 1.0}, 0)
    log.log_metrics({"loss": 2.0, "spread": 0.5}, 1)
    log.log_metrics({"loss": 3.0}, 2)
    assert read_rows(path) == [
        {"loss": "1.0", "spread": "", "step": "0"},
        {"loss": "2.0", "spread": "0.5", "step": "1"},
        {"loss": "3.0", "spread": "", "step": "2"},
    ]


def test_a_resumed_run_keeps_the_rows_before_it_and_adds_its_own(tmp_path):
    path = tmp_path / "metrics.csv"
    for step in range(6):
        MetricsFile(str(path)).log_metrics({"loss": float(step)}, step)
    keep_rows(path, before=4)
    MetricsFile(str(path)).log_metrics({"loss": 40.0}, 4)
    assert [row["loss"] for row in read_rows(path)] == ["0.0", "1.0", "2.0", "3.0", "40.0"]
    keep_rows(path, before=0)
    assert not path.exists()
    keep_rows(path, before=3)  # nothing to do
