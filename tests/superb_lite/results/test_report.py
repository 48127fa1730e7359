"""Tables: each format is read back by another reader than the one that wrote it."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.results.tables import grid, to_csv, to_json, to_latex, to_markdown, with_interval
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task

ODD = r"my_enc & 50% {best} #1 ~x^2 $\alpha$ | a*b <i>, " "quoted" ""


@pytest.fixture(scope="module")
def results():
    """Two encoders; the second was evaluated on one of the two tasks only."""
    tasks = [toy_task(classify_data(noise=1.0, test=30)), toy_task(tag_data(noise=1.0, test=20), form="tag")]
    one, two = evaluate(ToyEncoder(), tasks, seeds=2)
    named = [r.replace(encoder="raw:rows") for r in (one, two)]
    return [*named, one.replace(encoder=ODD)]


def cells(results):
    """What every table must say: {(task, protocol, encoder): "score [lo, hi]"}."""
    return {(r.task, r.protocol, r.encoder): with_interval(r) for r in results}


def from_rows(rows):
    header, *body = rows
    return {
        (row[0], row[1], encoder): cell
        for row in body
        for encoder, cell in zip(header[2:], row[2:], strict=True)
        if cell
    }


def test_a_cell_is_in_percent_with_its_interval(results):
    r = results[0]
    score, lo, hi = map(float, re.fullmatch(r"(.+) \[(.+), (.+)\]", with_interval(r)).groups())
    assert score == pytest.approx(100 * r.score, abs=0.05)
    assert (lo, hi) == (pytest.approx(100 * r.ci[0], abs=0.05), pytest.approx(100 * r.ci[1], abs=0.05))


def test_markdown(results):
    lines = to_markdown(results).splitlines()
    assert re.fullmatch(r"\| :--- \| :--- \| ---: \| ---: \|", lines[1])
    rows = [
        [re.sub(r"\\(.)", r"\1", cell).strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in (lines[0], *lines[2:])
    ]
    assert from_rows(rows) == cells(results)


def unescape(text):
    for name, sign in (("textbackslash", "\x00"), ("textasciitilde", "~"), ("textasciicircum", "^")):
        text = text.replace(rf"\{name}{{}}", sign)
    return re.sub(r"\\([&%$#_{}])", r"\1", text).replace("\x00", "\\")


def test_latex(results):
    lines = to_latex(results).splitlines()
    assert lines[0] == r"\begin{tabular}{llrr}"
    assert (lines[1], lines[3], lines[-2], lines[-1]) == (r"\toprule", r"\midrule", r"\bottomrule", r"\end{tabular}")
    rows = []
    for line in (lines[2], *lines[4:-2]):
        assert line.endswith(r" \\")
        rows.append([unescape(cell.strip()) for cell in re.split(r"(?<!\\)&", line.removesuffix(r"\\"))])
    assert from_rows(rows) == cells(results)


def test_csv(results):
    rows = list(csv.DictReader(io.StringIO(to_csv(results))))
    assert len(rows) == len(results)
    for row, r in zip(rows, results, strict=True):
        assert (row["encoder"], row["task"], row["protocol"]) == (r.encoder, r.task, r.protocol)
        assert (float(row["score"]), float(row["lo"]), float(row["hi"])) == (r.score, *r.ci)
        assert row["normalised"] == ""
        assert dict(pair.split("=") for pair in row["metrics"].split()) == {k: str(v) for k, v in r.metrics.items()}


def test_json(results):
    assert json.loads(to_json(results)) == [r.summary() for r in results]


def test_what_does_not_fit_one_table_is_refused(results):
    with pytest.raises(SuperbLiteError, match="two results on 'toy/classify'"):
        grid([results[0], results[0]])
    with pytest.raises(SuperbLiteError, match="different versions or data"):
        grid([results[0], results[2].replace(data_sha256="1" * 64)])
