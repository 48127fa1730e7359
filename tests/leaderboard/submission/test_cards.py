"""Model cards and evaluation results agree with the entry page, and hold text of strangers as text."""

from __future__ import annotations

import dataclasses
import re

import pytest
import yaml
from synthetic_results import BOARD, entry_results

from superb_lite.errors import SuperbLiteError
from superb_lite.results.cost import Cost
from superb_lite_leaderboard.entry import About, Submitted, Tier
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.submission.cards import model_card
from superb_lite_leaderboard.submission.hub import model_index
from superb_lite_leaderboard.views.entry import EntryView

HOSTILE = "x](javascript:alert(1)) <script>alert(1)</script> | `a` \u202e\n# heading\n---\n![i](http://evil.example)"


@pytest.fixture
def board(leaderboard: Leaderboard) -> Leaderboard:
    cost = Cost(parameters=1234567, flops=5_000_000)
    good = [result.replace(cost=cost) for result in entry_results(0.8, label="good")]
    leaderboard.submit("good", good, About(description="Two\nlines", url="https://example.org/a_b", licence="MIT"))
    leaderboard.submit("poor", [Submitted(result, Tier.RERUN) for result in entry_results(0.5, label="poor")])
    leaderboard.submit("half", entry_results(0.6, label="half", modalities=["touch"]))
    return leaderboard


def view(board: Leaderboard, ref: str) -> EntryView:
    return EntryView.of(board, board.entry(ref))


def rows(card: str, first: str) -> list[list[str]]:
    """The cells of the table whose first heading is `first`."""
    lines = card.split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {first} |"))
    end = lines.index("", start)
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[start + 2 : end]]


@pytest.mark.parametrize("name", ["good", "poor", "half"])
def test_the_card_has_the_numbers_of_the_entry_page(board: Leaderboard, name: str) -> None:
    found = view(board, name)
    card = model_card(found, board.board)
    page = rows(found.to_markdown() + "\n", "task")
    shown = rows(card, "task")
    # key, score, normalised, rank and tier as on the page, which sets leaders in bold
    assert [[r[0], r[2], r[4], r[5], r[7]] for r in shown] == [[c.strip("*") for c in r[:5]] for r in page]
    for row, measured in zip(shown, board.entry(name).results, strict=True):
        lo, hi = (float(each) for each in row[3].split(" to "))
        assert (lo, hi) == pytest.approx([100 * each for each in measured.ci], abs=0.0501)
    assert f"board {BOARD.name}, version {BOARD.version}" in card
    assert f"**{found.tier.label}**" in card


def test_the_card_says_cost_and_what_was_said(board: Leaderboard) -> None:
    card = model_card(view(board, "good"), board.board)
    assert "Description: Two lines" in card
    assert "More: <https://example.org/a_b>" in card
    assert "Licence: MIT" in card
    assert ["parameters", "1.23 M"] in rows(card, "cost")
    assert "evaluation seed" not in card
    tasks = [dataclasses.replace(task, marks="†") for task in view(board, "good").tasks]
    marked = model_card(dataclasses.replace(view(board, "good"), tasks=tuple(tasks)), board.board)
    assert "† |" in marked
    assert "†: pretrained on the source" in marked
    assert "Its cost was not measured." in model_card(view(board, "poor"), board.board)
    assert "No result on smell-lite/rose" in model_card(view(board, "half"), board.board)


def test_the_card_has_the_commands_that_repeat_it(board: Leaderboard) -> None:
    board.submit("constant", [each.replace(encoder="majority") for each in entry_results(0.4, label="c")])
    found = view(board, "constant")
    fences = re.findall(r"^```sh\n(.*?)\n```$", model_card(found, board.board), flags=re.MULTILINE | re.DOTALL)
    assert [fence.split("\n") for fence in fences] == [list(encoder.repeat.lines) for encoder in found.encoders]
    assert fences[0].startswith("superb-lite evaluate majority --tasks smell-lite/rose")
    odd = dataclasses.replace(found.encoders[0].repeat, lines=("echo '````'\n```",))
    odd_view = dataclasses.replace(found, encoders=(dataclasses.replace(found.encoders[0], repeat=odd),))
    assert "\n`````sh\necho '````'\\n```\n`````\n" in model_card(odd_view, board.board)


def test_text_of_strangers_stays_text(board: Leaderboard) -> None:
    about = About(description=HOSTILE, url=HOSTILE[:300], licence=HOSTILE[:300])
    board.submit("bad | `x` <b>", entry_results(0.7, label="bad"), about)
    found = view(board, "bad | `x` <b>")
    card = model_card(found, board.board)
    assert not re.search(r"<(?!https?://)", card)
    assert not re.search(r"(?<!\\)\]\(", card)
    assert "\u202e" not in card
    assert [line for line in card.split("\n") if re.match(r"#+ |---", line)] == [
        "## Evaluation with superb-lite",
        *(line for line in card.split("\n") if line.startswith("### Encoder of ")),
    ]
    assert yaml.safe_load(model_index(found, board.board))["model-index"][0]["name"] == "bad | `x` <b>"


def test_the_commands_print_them(board: Leaderboard, superb_lite_command, tmp_path) -> None:
    def run(*arguments: str) -> tuple[int, str, str]:
        return superb_lite_command("leaderboard", *arguments)

    path = str(tmp_path / "board.db")
    assert run("card", "good", "--board", path)[:2] == (0, model_card(view(board, "good"), board.board))
    assert run("eval-results", "good@1", "--model-index", "--board", path)[:2] == (
        0,
        model_index(view(board, "good"), board.board),
    )
    for command in ("card", "eval-results"):
        code, out, err = run(command, "nobody", "--board", path)
        assert (code, out, err.count("\n")) == (2, "", 1)
        code, out, err = run(command, "good", "--board", str(tmp_path / "none.db"))
        assert (code, out, err.count("\n")) == (2, "", 1)


def test_what_was_withdrawn_is_not_published(board: Leaderboard) -> None:
    board.submit("good", entry_results(0.7, label="newer"))
    older = view(board, "good@1")
    assert "has no ranks" in model_card(older, board.board)
    board.withdraw("good@1", "a mistake")
    for make in (model_card, model_index):
        with pytest.raises(SuperbLiteError, match="was withdrawn"):
            make(view(board, "good@1"), board.board)


def test_a_task_of_several_metrics_has_their_mean_first(board: Leaderboard) -> None:
    found = view(board, "good")
    task = dataclasses.replace(found.tasks[0], score=60.0, lo=50.0, hi=70.0, metrics={"f1": 40.0, "accuracy": 80.0})
    index = yaml.safe_load(model_index(dataclasses.replace(found, tasks=(task,)), board.board))
    metrics = index["model-index"][0]["results"][0]["metrics"]
    assert [(m["type"], m["value"], m["args"].get("interval_95")) for m in metrics] == [
        ("score", 60.0, [50.0, 70.0]),
        ("f1", 40.0, None),
        ("accuracy", 80.0, None),
    ]
    with pytest.raises(SuperbLiteError, match="no result that can be read"):
        model_index(dataclasses.replace(found, tasks=()), board.board)
