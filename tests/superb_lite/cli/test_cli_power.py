"""`superb-lite power` in this process, on result files."""

import json
import re

import numpy as np
import pytest

from superb_lite import plugins
from superb_lite.results.files import write_results
from superb_lite.tasks.taskset import TaskSet
from tests.superb_lite.made_up_results import made_up
from tests.superb_lite.toy_tasks import classify_data, toy_task


@pytest.fixture
def power(superb_lite_command, monkeypatch, tmp_path):
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "workspace"))
    monkeypatch.setattr(plugins, "tasksets", lambda: {"toy": TaskSet("toy", (toy_task(classify_data()),))})
    ease = np.random.default_rng(0).uniform(size=150)
    for seed in (1, 2):
        noise = 0.2 * np.random.default_rng(seed).standard_normal((5, 150))
        values = (ease + noise < 0.7).astype(float)
        write_results([made_up("toy/classify", values=values, encoder=f"e{seed}")], tmp_path / "out" / f"e{seed}")

    def run(*arguments):
        return superb_lite_command("power", *arguments)

    return run


def test_seeds_and_examples_for_a_difference(power, tmp_path):
    code, out, err = power("toy/classify", "--results", tmp_path / "out", "--difference", 3)
    assert code == 0, err
    assert "examples for 3 points" in out
    assert re.search(r"^ +5 +\d+\.\d\d +[\d,]+$", out, re.MULTILINE)
    assert (
        "toy/classify (frozen), 80% power at the 5% level, not corrected for other tests; from pairs of 2 encoders"
        in err
    )
    code, out, _ = power("toy/classify", "--results", tmp_path / "out" / "e1", "--json")
    rows = json.loads(out)
    assert [row["seeds"] for row in rows] == [3, 5, 10, 20]
    assert rows[0]["smallest"] > rows[3]["smallest"]
    assert rows[0]["examples"] > rows[3]["examples"] > 150


def test_more_power_needs_more(power, tmp_path):
    def smallest(*more):
        return json.loads(power("toy/classify", "--results", tmp_path / "out", "--json", *more)[1])[1]["smallest"]

    assert smallest("--power", 0.9) > smallest() > smallest("--power", 0.5)


def test_what_cannot_be_planned_is_refused(power, tmp_path):
    code, _, err = power("toy/classify")
    assert code == 2
    assert re.match(r"superb-lite: no results at '.*results': make some with `superb-lite evaluate", err)
    code, _, err = power("toy/classify", "--results", tmp_path / "out", "--protocol", "knn")
    assert (code, err.count("\n")) == (2, 1)
    assert "no result on 'toy/classify' (knn)" in err
    assert power("toy/clasify", "--results", tmp_path / "out")[0] == 2
