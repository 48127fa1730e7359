"""Tables: each format is read back by another reader than the one that wrote it."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.evaluation.run import evaluate
from superb_lite.results.tables import grid, results_table, to_csv, to_json, to_latex, to_markdown, with_interval
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task

ODD = r"my_enc & 50% {best} #1 ~x^2 $\alpha$ | a*b <i>, [x](y) `c` ~~d~~ &lt; " 'quoted"' + "\nnext\x1b[31m\trow"
SHOWN = one_line(ODD)
"""On one line."""


@pytest.fixture(scope="module")
def results():
    """Two encoders; the second was evaluated on one of the two tasks only."""
    tasks = [toy_task(classify_data(noise=1.0, test=30)), toy_task(tag_data(noise=1.0, test=20), form="tag")]
    one, two = evaluate(ToyEncoder(), tasks, seeds=2)
    named = [r.replace(encoder="raw:rows", in_domain=False) for r in (one, two)]
    return [*named, named[0].replace(encoder=ODD)]


def cells(results):
    """What every table must say: {(task, protocol, encoder): "score [lo, hi]"}."""
    return {(r.task, r.protocol, one_line(r.encoder)): with_interval(r) for r in results}


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
    """Read by a parser of CommonMark with pipe tables: nothing in a name is taken for markup."""
    tree = MarkdownIt().enable(["table", "strikethrough"]).parse(to_markdown(results))
    cells_of_tree = [token.children for token in tree if token.type == "inline"]
    assert {child.type for children in cells_of_tree for child in children} <= {
        "text",
        "text_special",
        "strong_open",
        "strong_close",
    }
    texts = [re.sub(" [↑↓]$", "", "".join(child.content for child in children)) for children in cells_of_tree]
    assert [token.attrs.get("style") for token in tree if token.type == "th_open"] == [
        *["text-align:left"] * 2,
        *["text-align:right"] * 2,
    ]
    texts = [text for text in texts if not text.startswith("bold: ")]
    assert from_rows([texts[start : start + 4] for start in range(0, len(texts), 4)]) == cells(results)


def test_markdown_escapes_what_github_reads_as_mathematics_too(results):
    assert r"\$\\alpha\$" in to_markdown(results)


def unescape(text):
    for name, sign in (("textbackslash{}", "\x00"), ("textasciitilde{}", "~"), ("^{}", "^")):
        text = text.replace(rf"\{name}", sign)
    text = text.replace(r"\ensuremath{<}", "<").replace(r"\ensuremath{>}", ">")
    return re.sub(r"\\([&%$#_{}])", r"\1", text).replace("\x00", "\\")


def test_latex(results):
    text = re.sub(r"\\textbf\{(.*?)\}", r"\1", to_latex(results))
    text = re.sub(r" \$\\(?:up|down)arrow\$", "", text)
    lines = [line for line in text.splitlines() if not line.startswith(r"\par bold: ")]
    assert lines[0] == r"\begin{tabular}{llrr}"
    assert (lines[1], lines[3], lines[-2], lines[-1]) == (r"\toprule", r"\midrule", r"\bottomrule", r"\end{tabular}")
    rows = []
    for line in (lines[2], *lines[4:-2]):
        assert line.endswith(r" \\")
        found = re.split(r"(?<!\\)&", line.removesuffix(r"\\"))
        for cell in found:  # nothing is left that LaTeX would read
            left = re.sub(r"\\(?:[&%$#_{}]|\^\{\}|text\w+\{\}|ensuremath\{.\})", "", cell)
            assert not set(left) & set("&%$#_{}~^\\<>")
        rows.append([unescape(cell.strip()) for cell in found])
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


def printed(table):
    console = Console(width=400, no_color=True)
    with console.capture() as capture:
        console.print(table)
    return [line.rstrip() for line in capture.get().splitlines()]


def test_the_screen_shows_one_encoder_with_metric_and_normalised_score(results):
    first = results[0].replace(normalised=71.25, task="toy/[bold]x[/bold]", in_domain=True, limit=5)
    header, *rows = printed(results_table([first, results[1]]))
    assert header.split("  ")[0] == "task"
    assert header.split()[-3:] == ["95%", "interval", "norm."]
    assert rows[0].startswith("toy/[bold]x[/bold] *")
    score, interval = with_interval(first).split(" ", 1)
    assert re.split(r"  +", rows[0]) == ["toy/[bold]x[/bold] *", "frozen", "accuracy", score, interval, "71.2"]
    assert rows[1].split()[:3] == ["toy/tag", "frozen", "unit_accuracy"]
    notes = " ".join(rows[2:])
    assert "* pretrained on data" in notes
    assert "limited: only some of the test examples" in notes
    assert "one evaluation seed" not in notes


def test_the_screen_shows_several_encoders_side_by_side(results):
    lines = printed(results_table([results[0].replace(in_domain=True), *results[1:]]))
    assert lines[0].split()[:3] == ["task", "protocol", "raw:rows"]
    assert lines[0].endswith(SHOWN)
    assert f"{with_interval(results[0])} *" in lines[1]
    assert lines[1].endswith(with_interval(results[2]))
    assert lines[2].endswith(with_interval(results[1]))
    assert lines[3].strip().startswith("* pretrained on")


def test_one_seed_is_noted(results):
    one = results[0].replace(seeds=results[0].seeds[:1], pseudo_values=results[0].pseudo_values[:1])
    assert "one evaluation seed: seed variance unknown" in " ".join(printed(results_table([one])))


def test_features_that_found_no_room_are_noted(results):
    rows = [row.model_copy(update={"chosen": {**row.chosen, "recomputed_items": 1234}}) for row in results[0].seeds]
    lines = " ".join(printed(results_table([results[0].replace(seeds=tuple(rows)), *results[1:]])))
    assert f"{results[0].task}: the disk had no room for the features of 1,234 items" in lines
    assert lines.count("no room") == 1


def test_what_nobody_knows_is_not_clean(results):
    unknown = [results[0].replace(in_domain=None), *(r.replace(in_domain=False) for r in results[1:])]
    lines = printed(results_table(unknown))
    assert f"{with_interval(results[0])} ?" in lines[1]
    assert lines[3].strip().startswith("? what it was pretrained on is unknown")


def test_markdown_and_latex_mark_what_was_pretrained_on_the_source(results):
    marked = [results[0].replace(in_domain=True), *results[1:]]
    for text, note in ((to_markdown(marked), r"\* pretrained on"), (to_latex(marked), r"\par * pretrained on")):
        plain = re.sub(r"\\textbf\{(.*?)\}", r"\1", text.replace("**", ""))
        assert f"{with_interval(results[0])} * " in plain
        assert sum(line.startswith(note) for line in text.splitlines()) == 1
    assert "pretrained" not in to_markdown(results) + to_latex(results)
