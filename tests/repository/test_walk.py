"""From a checkpoint to a number that somebody else repeats and takes into another board, by commands and links."""

from __future__ import annotations

import html
import json
import re
import shlex
from pathlib import Path
from urllib.parse import urljoin

import numpy as np
import pytest
from starlette.testclient import TestClient

from superb_lite import plugins
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import Board, TaskSet
from superb_lite_leaderboard.entry import Tier
from superb_lite_leaderboard.pages.board_site import BoardSite
from superb_lite_leaderboard.server.app import application
from superb_lite_leaderboard.store.leaderboard import Leaderboard

WORDS = ("早上的天气很好", "他在图书馆看书", "我们去公园散步")


def data(root: Path | None) -> TaskData:
    """Which of three sentences begins a text? The rest is drawn from all of them, so that encoders err now and then."""
    rng = np.random.default_rng(0)
    items: dict[str, str] = {}
    parts: dict[str, list[Example]] = {"train": [], "test": []}
    for part, size in (("train", 60), ("test", 45)):
        for number in range(size):
            label = number % 3
            noise = "".join(rng.permutation(list("".join(WORDS)))[:12])
            items[f"{part}-{number}"] = WORDS[label][: 2 + number % 2] + noise
            parts[part].append(Example(f"{part}-{number}", (f"{part}-{number}",), label))
    return TaskData(items, tuple(parts["train"]), tuple(parts["test"]))


TASK = Task(
    name="walk/opening",
    version=1,
    modality="text",
    form="classify",
    metrics=("accuracy",),
    labels=("morning", "library", "park"),
    load=data,
    budget=15,
)
BOARD = Board("walk", 1, (("walk/opening", "frozen"),))


@pytest.fixture
def superb_lite(superb_lite_command, monkeypatch, tmp_path):
    """A command in this process; its standard output and error."""
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "workspace"))
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(plugins, "tasksets", lambda: {"walk": TaskSet("walk", (TASK,))})
    monkeypatch.chdir(tmp_path)

    def run(command: str) -> tuple[str, str]:
        code, out, err = superb_lite_command(*shlex.split(command)[1:])
        assert code == 0, err
        return out, err

    return run


@pytest.mark.slow
def test_from_a_checkpoint_to_a_colleagues_board(superb_lite, tmp_path: Path) -> None:
    superb_lite("superb-lite pretrain text-bert --budget quick --out ann --trainer.max_steps 2")
    Leaderboard("b.db", BOARD).create()
    Leaderboard("colleague.db", BOARD).create()

    # Submitted, and ranked with an interval and a badge.
    superb_lite("superb-lite submit raw:bigrams --name bigrams --board b.db")
    _, said = superb_lite("superb-lite submit ./ann --name ann --board b.db")
    assert "'ann@1'" in said
    shown = json.loads(superb_lite("superb-lite leaderboard show --board b.db --json")[0])
    (row,) = (row for row in shown["rows"] if row["name"] == "ann")
    cell = row["scores"]["walk/opening"]
    assert cell["ci"][0] < cell["score"] < cell["ci"][1]
    assert cell["rank"]
    entry = next(e for e in Leaderboard("b.db").entries() if e.name == "ann")
    assert entry.tier in (Tier.RECOMPUTED, Tier.RERUN)

    items, test = (found := data(None)).items, found.test

    # From the number to the examples it lost on: links alone.
    problems: list[str] = []
    with TestClient(
        application(BoardSite(Leaderboard("b.db"), live=True), report=problems.append), base_url="http://localhost"
    ) as client:

        def read(address: str) -> str:
            answer = client.get(address)
            assert answer.status_code == 200, address
            return answer.text

        def links(page: str, at: str) -> dict[str, str]:
            found = re.findall(r'<a [^>]*href="([^"#]+)(?:#[^"]*)?"[^>]*>(.*?)</a>', page, re.DOTALL)
            return {re.sub("<.*?>", "", text).strip(): urljoin(at, html.unescape(href)) for href, text in found}

        board = read("/")
        assert entry.tier.label in board
        where = links(board, "/")["ann"]
        page = read(where)
        assert f"{cell['score']:.1f}" in page
        examples = read(links(page, where)["examples it lost on"])
        assert sum(example.items[0] in examples or items[example.items[0]] in examples for example in test) > 2
        assert "ann" in examples
        assert "bigrams" in examples
    assert problems == []

    # Repeated by the commands shown there, to the same digits.
    (block,) = re.findall(r'<pre class="command"[^>]*>(.*?)</pre>', page, re.DOTALL)
    train, evaluate = html.unescape(block).strip().splitlines()
    superb_lite(train)
    (again,) = json.loads(superb_lite(f"{evaluate} --json")[0])
    (kept,) = entry.results
    assert (again["score"], again["ci"]) == (kept.score, list(kept.ci))
    assert again["predictions_sha256"] == kept.predictions_sha256

    # A colleague takes the board's entries into another one.
    superb_lite("superb-lite leaderboard export ann.zip --board b.db")
    superb_lite("superb-lite leaderboard import ann.zip --board colleague.db")
    taken = {e.name: e for e in Leaderboard("colleague.db").entries()}
    assert set(taken) == {"ann", "bigrams"}
    assert taken["ann"].content == entry.content
    assert taken["ann"].tier is Tier.RECOMPUTED
