"""Which encoders of a row are told apart."""

from __future__ import annotations

import numpy as np
from scipy import stats

from superb_lite.results.significance import Verdict, verdicts
from superb_lite.results.tables import to_latex, to_markdown
from tests.superb_lite.made_up_results import made_up


def result(encoder: str, shift: float):
    rng = np.random.default_rng(0)
    return made_up("toy/t", values=rng.normal(0.5, 0.1, (3, 100)) + shift, encoder=encoder)


def test_differences_that_are_large_count_and_others_do_not() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (3, 100))
    near = made_up("toy/t", values=result("x", 0.0).sample().values + noise - noise.mean(), encoder="near")
    row = {"first": result("first", 0.0), "near": near, "best": result("best", 0.2)}
    row["first"] = made_up("toy/t", values=row["first"].sample().values + 0.001 * noise, encoder="first")
    paired = np.mean(row["best"].sample().values - near.sample().values, axis=0)
    assert stats.ttest_1samp(paired, 0).pvalue < 0.01
    found = verdicts(row)
    assert found == {"first": Verdict(False, 0), "near": Verdict(False, 0), "best": Verdict(True, 1)}
    assert verdicts({"first": row["first"]}) == {}
    turned = verdicts({"best": row["best"], "first": row["first"]})
    assert turned == {"best": Verdict(True, 0), "first": Verdict(False, -1)}


def test_tables_show_them() -> None:
    first, best = result("first", 0.0), result("best \ue000", 0.2)
    noise = 0.01 * np.random.default_rng(1).normal(size=(3, 100))
    first = made_up("toy/t", values=first.sample().values + noise, encoder="first")
    markdown, latex = to_markdown([first, best]), to_latex([first, best])
    assert markdown.count("**") == 2
    assert "** ↑" in markdown
    assert latex.count(r"\textbf{") == 1
    assert r"} $\uparrow$" in latex
    assert "bold: no encoder of the row is significantly better" in markdown
