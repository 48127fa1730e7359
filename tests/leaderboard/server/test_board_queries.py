"""The query string of the live board: the same rows and columns as the command line shows for the same words."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from board_pages import Reader
from starlette.testclient import TestClient
from synthetic_results import BOARD, entry_results

from superb_lite.cli import main
from superb_lite.results.cost import Cost
from superb_lite_leaderboard.entry import About, Submitted, Tier
from superb_lite_leaderboard.pages.board_site import BoardSite
from superb_lite_leaderboard.pages.site import set_path
from superb_lite_leaderboard.server.app import application
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.views.costs import cost_text

QUERIES = [
    [],
    [("sort", "touch")],
    [("sort", "-touch")],
    [("sort", "touch-lite/silk")],
    [("sort", "cost:parameters")],
    [("sort", "mean-rank")],
    [("modality", "touch")],
    [("modality", "smell"), ("sort", "name")],
    [("tier", "rerun")],
    [("tag", "SMALL & fine")],
    [("search", "nose")],
    [("max-parameters", "2e6")],
    [("pin", "half"), ("tag", "small & fine")],
    [("search", "nobody has this")],
    [("columns", "parameters,memory")],
    [("columns", "seconds"), ("columns", "parameters"), ("set", "smell-lite"), ("sort", "-cost:parameters")],
    [("set", "touch-lite")],
    [("set", "smell-lite"), ("sort", "-smell-lite/rose"), ("tier", "reported")],
    [("set", "smell-lite"), ("set", "touch-lite"), ("pin", "half")],
]


@pytest.fixture
def board(tmp_path: Path) -> Path:
    path = tmp_path / "b.db"
    leaderboard = Leaderboard(path, BOARD)
    small = [r.replace(cost=Cost(parameters=1_000_000)) for r in entry_results(0.5, label="nose")]
    leaderboard.submit("little", small, About(tags=("small & fine",)))
    large = [r.replace(cost=Cost(parameters=2_000_000)) for r in entry_results(0.8, label="large")]
    leaderboard.submit("large <b>", [Submitted(result, Tier.RERUN) for result in large])
    leaderboard.submit("half", entry_results(0.6, label="half", modalities=["touch"]))
    return path


@pytest.fixture
def client(board: Path) -> Iterator[TestClient]:
    with TestClient(application(BoardSite(Leaderboard(board), live=True)), base_url="http://localhost") as client:
        yield client


@pytest.fixture
def show(board: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["superb-lite", "leaderboard", "show", "--board", str(board), *arguments])
        main()
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_page_downloads_and_command_line_show_the_same(
    client: TestClient, show: Callable[..., str], query: list[tuple[str, str]]
) -> None:
    options = [word for name, value in query for word in (f"--{name}", value)]
    told = json.loads(show("--json", *options))
    assert client.get("/board.json", params=query).json() == told
    assert client.get("/board.csv", params=query).text == show("--csv", *options)
    html = client.get("/", params=query).text
    Reader(html)
    names = [unescape(name) for name in re.findall(r'<tr role="row" class="entry[^>]* data-name="([^"]*)"', html)]
    assert names == [row["name"] for row in told["rows"]]
    table = html[html.index('id="board"') : html.index("</table>")]
    heads = re.findall(r'<th role="columnheader" scope="col" data-key="([^"]*)"', table)
    kinds = ("overall", "modality", *(["task"] if "set" in dict(query) else []))
    shown = [column["key"] for column in told["columns"] if column["kind"] in kinds]
    assert heads == ["name", *shown, *(f"cost:{key}" for key in told["cost_columns"])]
    for row, part in zip(told["rows"], table.split("data-name=")[1:], strict=True):
        for key in {*shown} & row["scores"].keys():
            assert f'class="score" value="{row["scores"][key]["score"]}"' in part


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("sort=colour", "unknown column to sort by 'colour'"),
        ("modality=taste", "unknown modality 'taste'"),
        ("set=touch-light", "unknown task set of this board 'touch-light': did you mean 'touch-lite'?"),
        ("tier=best", "unknown tier 'best'"),
        ("tag=none", "unknown tag 'none'"),
        ("pin=nobody", "unknown entry of this board 'nobody'"),
        ("max-parameters=x", "max-parameters must be a number above 0, not 'x'"),
        ("columns=price", "unknown cost column 'price'"),
        ("colour=red", "unknown filter 'colour'"),
        ("sort=name&sort=iqm", "'sort' is given 2 times"),
        ("search=%00%1b[31m&tier=%1b", "unknown tier '\\x1b'"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/board.json", "/board.csv"])
def test_what_there_is_not_is_one_line_and_the_readers_mistake(
    client: TestClient, path: str, query: str, words: str
) -> None:
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 400
    assert words in answer.text
    assert answer.text.count("\n") == 1
    assert len(answer.text) <= 301


def test_fields_say_what_was_asked_for_and_links_keep_it(client: TestClient) -> None:
    html = client.get("/", params=[("tag", "small & fine"), ("pin", "half"), ("sort", "touch")]).text
    assert '<option value="small &amp; fine" selected>' in html
    assert '<option value="touch" selected>' in html
    assert '<input type="hidden" name="pin" value="half">' in html
    links = [unescape(link) for link in re.findall(r'href="([^"]*)"', html)]
    assert "index.html?tag=small+%26+fine&sort=-touch&pin=half" in links  # the same head turns the order round
    assert "index.html?tag=small+%26+fine&sort=touch" in links  # the pin of the row that is pinned
    assert "board.csv?tag=small+%26+fine&sort=touch&pin=half" in links
    for link in {link for link in links if link.startswith(("index.html?", "board."))}:
        assert client.get(f"/{link}").status_code == 200
    assert ">2 of 3 entries</output>" in html


def test_other_pages_have_no_query(client: TestClient) -> None:
    assert client.get("/time.html?utm=1").status_code == 200


def test_costs_are_the_same_cell_for_cell(client: TestClient, show: Callable[..., str], board: Path) -> None:
    keys = ["parameters", "flops", "seconds"]
    asked = ["--columns", ",".join(keys)]
    told = json.loads(show("--json", *asked))["rows"]
    lines = list(csv.DictReader(io.StringIO(show("--csv", *asked))))
    _, _, *marked = show("--markdown", *asked).splitlines()
    first, *_ = show(*asked).split("\n\n")
    terminal = {row["name"]: line for row in told for line in first.splitlines() if f"  {row['name']} " in line}
    static = BoardSite(Leaderboard(board)).page("index.html")
    assert static is not None
    pages = [client.get("/", params={"columns": ",".join(keys)}).text, static.body.decode()]
    parts = [page[page.index('id="board"') : page.index("</table>")].split("data-name=")[1:] for page in pages]
    assert {row["costs"].get("parameters") for row in told} == {2e6, 4e6, None}
    for place, (row, line, of_markdown) in enumerate(zip(told, lines, marked, strict=True)):
        texts = [cost_text(row["costs"].get(key)) for key in keys]
        assert [line[f"cost:{key}"] for key in keys] == [str(row["costs"].get(key, "")) for key in keys]
        assert of_markdown.endswith(f"| {' | '.join(texts)} |")
        assert re.search(r" +".join(map(re.escape, texts)) + r"\s*$", terminal[row["name"]])
        for part in parts:
            cells = re.findall(r'class="of-cost"[^>]* data-cost="([^"]*)"[^>]*>([^<]*)<', part[place])
            assert dict(cells).items() <= dict(zip(keys, texts, strict=True)).items()
            assert ("parameters", texts[0]) in cells


def test_a_static_copy_has_the_same_page_of_a_set(client: TestClient, board: Path) -> None:
    site = BoardSite(Leaderboard(board))
    for name in ("smell-lite", "touch-lite"):
        for of in ("board.csv", "board.json", "index.html"):
            page = site.page(set_path(name, of))
            assert page is not None
            live = client.get(f"/{of}", params={"set": name}).text
            if of == "index.html":
                assert Reader(live).values == Reader(page.body.decode()).values
                assert f'href="../{set_path(name, "board.csv")}"' in page.body.decode()
            else:
                assert page.body.decode() == live
    first = site.page("index.html")
    assert first is not None
    assert f'href="{set_path("touch-lite")}"' in first.body.decode()
