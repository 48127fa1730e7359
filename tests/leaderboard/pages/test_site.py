"""File names, links, downloads, and what an export writes and takes away."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from board_pages import Reader
from synthetic_results import BOARD, entry_results

from superb_lite import SuperbLiteError
from superb_lite_leaderboard.pages import export as exporting
from superb_lite_leaderboard.pages.board_site import BoardSite
from superb_lite_leaderboard.pages.export import WRITTEN, export
from superb_lite_leaderboard.pages.makers import pairs
from superb_lite_leaderboard.pages.render import web_url, words
from superb_lite_leaderboard.pages.site import SiteContext, entry_path, slug, task_path
from superb_lite_leaderboard.store.leaderboard import Leaderboard

NAMES = [
    "../../etc/passwd",
    "..",
    "a/b\\c",
    "CON",
    "x" * 300,
    "名字",
    "",
    "a b",
    "a-b",
    "A B",
    "\x00\n",
    "\ud800",
    "%2e%2e%2f",
    "name@1",
    "name@2",
]


def test_slugs_are_plain_short_and_all_different() -> None:
    found = [slug(name) for name in NAMES]
    assert len(set(found)) == len(NAMES)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]{0,60}", each) for each in found)
    assert slug("Model é 2@1").startswith("model-e-2-1-")
    assert found == [slug(name) for name in NAMES]


def test_urls_are_relative_to_the_page_and_empty_where_there_is_none() -> None:
    paths = frozenset({"index.html", entry_path("a@1"), task_path("s/t"), f"compare/{slug('a@1')}--{slug('b@1')}.html"})
    site = SiteContext("senses", 7, paths=paths)
    assert site.home() == "index.html"
    assert site.at(entry_path("a@1")).home() == "../index.html"
    assert site.at(entry_path("a@1")).task("s/t") == "../" + task_path("s/t")
    assert site.at("task/x.html").asset("style.css") == "../static/style.css"
    assert site.entry("b@1") == site.task("other") == site.scatter() == site.data("board.csv") == ""
    assert site.compare("b@1", "a@1") == site.compare("a@1", "b@1") != ""
    assert site.compare("a@1", "c@1") == ""
    live = SiteContext("senses", 7, state="3")
    assert live.compare("a@1", "c@1") == f"compare/{slug('a@1')}--{slug('c@1')}.html"


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://example.org/a?b=c#d", True),
        ("http://localhost:8000", True),
        ("HTTPS://EXAMPLE.ORG", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("vbscript:x", False),
        ("//example.org", False),
        ("/etc/passwd", False),
        ("file:///etc/passwd", False),
        ("https:", False),
        ("https:///path", False),
        ("http://[", False),
        ("https://a b", False),
        ("https://a\u202eb", False),
        ("", False),
    ],
)
def test_only_addresses_of_the_web_become_links(text: str, link: bool) -> None:
    assert web_url(text) == (text if link else "")


def test_lists_for_people() -> None:
    assert (words([]), words(["a"]), words(["a", "b"]), words("abc")) == ("", "a", "a and b", "a, b and c")


def test_pairs_are_neighbours_and_each_with_the_best() -> None:
    assert pairs([]) == pairs(["a"]) == []
    assert pairs(["a", "b", "c", "d"]) == [("a", "b"), ("b", "c"), ("c", "d"), ("a", "c"), ("a", "d")]
    assert len(pairs([str(i) for i in range(1000)])) < 50


@pytest.fixture
def filled(leaderboard: Leaderboard) -> Leaderboard:
    leaderboard.submit("good", entry_results(0.8, label="good"))
    leaderboard.submit("other one", entry_results(0.6, label="other"))
    return leaderboard


def test_downloads_agree_with_the_page(filled: Leaderboard) -> None:
    site = BoardSite(filled)
    pages = {path: site.page(path) for path in ("index.html", "board.json", "board.csv")}
    read = {path: page.body.decode() for path, page in pages.items() if page is not None}
    shown = Reader(read["index.html"]).values
    told = [row["scores"] for row in json.loads(read["board.json"])["rows"]]
    assert {cell["score"] for scores in told for cell in scores.values()} <= set(shown)
    lines = list(csv.DictReader(io.StringIO(read["board.csv"])))
    for line, scores in zip(lines, told, strict=True):
        for key, cell in scores.items():
            assert (float(line[key]), float(line[f"{key} lo"])) == (cell["score"], cell["ci"][0])


def test_every_link_of_every_page_leads_to_a_page_of_the_site(filled: Leaderboard) -> None:
    site = BoardSite(filled)
    read = {path: page.body.decode() for path in site.paths() if (page := site.page(path)) is not None}
    pages = {path: Reader(text) for path, text in read.items() if path.endswith(".html")}
    ids = {path: {value for name, value in reader.attributes if name == "id"} for path, reader in pages.items()}
    assert len(pages) > 5
    for path, reader in pages.items():
        assert len([1 for name, _ in reader.attributes if name == "id"]) == len(ids[path]), path
        for link in reader.links:
            if link.startswith(("data:", "https://", "http://")):
                continue
            address, _, anchor = link.partition("#")
            target = (Path("/site", path).parent / address).resolve() if address else Path("/site", path)
            there = str(target.relative_to("/site"))
            assert there in read, f"{path} links to {link}"
            assert not anchor or anchor in ids[there], f"{path} links to {link}"


def test_no_page_is_asked_for_by_another_path(filled: Leaderboard) -> None:
    site = BoardSite(filled)
    for path in ("../board.db", "/etc/passwd", "static/../index.html", "task/", "static/board.js.map", "entry/x.html"):
        assert site.page(path) is None


def test_a_copy_says_which_pairs_it_has_and_what_compares_the_others(filled: Leaderboard) -> None:
    copy, live = (BoardSite(filled, live=live).page("index.html") for live in (False, True))
    assert copy is not None
    assert live is not None
    text = Reader(copy.body.decode()).words
    assert "superb-lite leaderboard compare A B compares any two" in text
    assert "This copy compares entries with their neighbours" in text
    assert "This copy" not in live.body.decode()


def test_a_change_of_the_board_is_seen(filled: Leaderboard) -> None:
    site = BoardSite(filled, live=True)
    first = site.state()
    assert first == site.state() != ""
    page = site.page("index.html")
    assert page is not None
    assert f'data-state="{first}"' in page.body.decode()
    filled.submit("third", entry_results(0.7, label="third"))
    assert site.state() != first
    again = site.page("index.html")
    assert again is not None
    assert "third" in again.body.decode()


def test_pages_of_entries_that_are_gone_are_taken_away_and_nothing_else(filled: Leaderboard, tmp_path: Path) -> None:
    site = tmp_path / "site"
    export(filled, site)
    written = json.loads((site / WRITTEN).read_text())
    old, changed, outside = site / "entry" / "gone.html", site / "entry" / "edited.html", tmp_path / "outside.html"
    (site / "entry").mkdir(exist_ok=True)
    for path in (old, changed, outside, site / "mine.html"):
        path.write_text("page")
    digest = exporting.hashlib.sha256(b"page").hexdigest()
    (site / "entry" / "link.html").symlink_to(outside)
    more = {
        "entry/gone.html": digest,
        "entry/edited.html": "0" * 64,
        "../outside.html": digest,
        "entry/link.html": digest,
    }
    (site / WRITTEN).write_text(json.dumps(written | more | {"entry/none.html": digest}))
    export(filled, site)
    assert not old.exists()
    assert changed.exists()
    assert outside.exists()
    assert (site / "mine.html").exists()
    assert (site / "entry" / "link.html").is_symlink()
    assert json.loads((site / WRITTEN).read_text()) == written


@pytest.mark.parametrize("content", ["", "[]", "{", '{"index.html": 3}', "[" * 100_000, "\ud800"])
def test_a_damaged_list_of_files_takes_nothing_away(filled: Leaderboard, tmp_path: Path, content: str) -> None:
    tmp_path.joinpath(WRITTEN).write_bytes(content.encode("utf-8", "surrogatepass"))
    (tmp_path / "mine.html").write_text("mine")
    assert export(filled, tmp_path).exists()
    assert (tmp_path / "mine.html").exists()


def test_an_export_that_fails_leaves_whole_files(
    filled: Leaderboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = export(filled, tmp_path).read_bytes()
    filled.submit("third", entry_results(0.7, label="third"))
    real = exporting.write_bytes

    def full(path: Path, content: bytes) -> None:
        if path.name == "board.csv":
            raise SuperbLiteError(f"cannot write '{path}': No space left on device")
        real(path, content)

    monkeypatch.setattr(exporting, "write_bytes", full)
    with pytest.raises(SuperbLiteError, match="No space left"):
        export(filled, tmp_path)
    assert b"third" not in first
    assert b"third" in (tmp_path / "index.html").read_bytes()
    assert set(json.loads((tmp_path / WRITTEN).read_text())) >= {"index.html", "board.csv"}
    assert not list(tmp_path.rglob(".*.html*"))


def test_a_board_without_entries_has_a_site(tmp_path: Path) -> None:
    path = export(Leaderboard(tmp_path / "none.db", BOARD), tmp_path / "site")
    assert "No entries yet" in path.read_text()


def test_the_page_of_an_entry_leads_to_examples_where_another_encoder_was_right(leaderboard: Leaderboard) -> None:
    """The best entry has the same weights, and its page of the pair would show no example."""
    best = entry_results(0.9, label="best")
    leaderboard.submit("best", best)
    leaderboard.submit("other", entry_results(0.5, label="other"))
    leaderboard.submit("nose", [result for result in best if result.modality == "smell"])
    site = BoardSite(leaderboard)
    page = site.page(entry_path("nose@1"))
    assert page is not None
    text = page.body.decode()
    assert "smell encoder is also that of" in text
    links = re.findall(r'href="\.\./(compare/[^"#]*)', text)
    assert set(links) == {f"compare/{slug('other@1')}--{slug('nose@1')}.html"}
