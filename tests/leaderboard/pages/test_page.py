"""The page and the terminal table: every number is there, and nobody's name is read as markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from board_pages import Reader, page
from synthetic_results import BOARD, entry_results, result

from superb_lite import SuperbLiteError
from superb_lite.results import scale
from superb_lite.results.text import number, percent, rank_text, signed, with_margin
from superb_lite_leaderboard.names import public_name
from superb_lite_leaderboard.pages.board_site import BoardSite
from superb_lite_leaderboard.pages.export import WRITTEN, export
from superb_lite_leaderboard.pages.figure import axis
from superb_lite_leaderboard.pages.site import POLICY
from superb_lite_leaderboard.store.leaderboard import Leaderboard
from superb_lite_leaderboard.views.board import BoardView

HOSTILE = "<script>alert('x')</script>\"&'{{ 7 * 7 }}"


def numbers(leaderboard: Leaderboard) -> list[float]:
    """Every score, interval and normalised score of the view, mean ranks and IQM; each modality here has one set."""
    view = BoardView.of(leaderboard.standings(), leaderboard.entries())
    shown = [heading.key for heading in view.headings if heading.kind != "set"]
    cells = [row.cells[key] for row in view.rows for key in shown if key in row.cells]
    found = [number for cell in cells for number in (cell.value, cell.lo, cell.hi)]
    ranked = [row for row in view.rows if row.mean_rank is not None and row.iqm is not None and "overall" in row.cells]
    beside = [number for row in ranked for number in (row.mean_rank, row.iqm) if number is not None]
    return [*found, *(cell.normalised for cell in cells if cell.normalised is not None), *beside]


@pytest.fixture
def filled(leaderboard: Leaderboard) -> Leaderboard:
    leaderboard.submit("good", entry_results(0.8, label="good"))
    leaderboard.submit(HOSTILE, entry_results(0.6, label="<b>evil</b>"))
    leaderboard.submit("part", entry_results(0.5, label="part", modalities=["touch"]))
    return leaderboard


def test_the_page_and_the_table_say_the_language_of_each_task_and_the_score_of_each_language(
    bilingual: None, leaderboard: Leaderboard
) -> None:
    leaderboard.submit("good", entry_results(0.8, label="good"))
    leaderboard.submit("english", [r for r in entry_results(0.9, label="e") if r.task != "smell-lite/soap"])
    reader = Reader(page(leaderboard))
    assert sorted(reader.values) == pytest.approx(sorted(numbers(leaderboard)), abs=1e-12)
    assert re.search(r"smell-lite/rose\s+frozen\s+English", reader.text)
    assert re.search(r"smell-lite/soap\s+finetune\s+Chinese", reader.text)
    assert "every language counts alike" in reader.text


def test_the_page_says_what_each_column_can_show(filled: Leaderboard) -> None:
    standings = filled.standings()
    assert set(standings.detectable) == set(standings.rows[0].tasks)
    text = Reader(page(filled)).words
    for points in standings.detectable.values():
        assert points > 0
        assert f"shows differences of {number(points)} points" in text


def test_the_page_holds_every_number_of_the_rows(filled: Leaderboard) -> None:
    reader = Reader(page(filled))
    assert sorted(reader.values) == pytest.approx(sorted(numbers(filled)), abs=1e-12)


def test_the_page_shows_numbers_rounded_and_ranks(filled: Leaderboard) -> None:
    text = " ".join(Reader(page(filled)).text.split())
    for row in filled.standings().rows:
        for standing in row.modalities.values():
            lo, hi = standing.ci
            shown = f"{number(standing.score)} [{number(lo)}, {number(hi)}] rank {rank_text(standing.rank)}"
            assert shown in text
        for task in row.tasks.values():
            lo, hi = task.result.ci
            assert f"{percent(task.result.score)} [{percent(lo)}, {percent(hi)}]" in text
    assert "senses board, version 7" in text
    assert "2 of 5 columns" in text  # the entry without smell, overall
    for task_name in ("smell-lite/rose", "touch-lite/sand"):
        assert f"{task_name} v1" in text


def test_hostile_names_are_text(filled: Leaderboard) -> None:
    html = page(filled)
    reader = Reader(html)
    assert reader.tags.count("script") == 1  # the site's own
    assert "alert('x')" not in html
    assert "<b>evil" not in html
    assert HOSTILE in reader.text
    assert public_name("random:<b>evil</b>-smell") in reader.text
    assert not [name for name, _ in reader.attributes if name.startswith("on")]


def test_the_page_needs_no_network_and_no_other_file(filled: Leaderboard) -> None:
    html = page(filled)
    reader = Reader(html)
    assert not {"img", "iframe", "object", "embed", "audio", "video", "base", "form"} & set(reader.tags)
    assert [value for name, value in reader.attributes if name in ("src", "srcset", "action")] == ["static/board.js"]
    known = {"data:,", *BoardSite(filled).paths()}
    assert all(link.startswith("#") or link.partition("#")[0] in known for link in reader.links)
    assert "http:" not in html
    assert "https:" not in html
    assert "@import" not in html
    assert "url(" not in html
    assert [v for _, v in reader.attributes if v.startswith("default-src 'none'")] == [POLICY]


def test_links_inside_the_page_lead_somewhere(filled: Leaderboard) -> None:
    reader = Reader(page(filled))
    ids = [value for name, value in reader.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    targets = {value[1:] for name, value in reader.attributes if name == "href" and value.startswith("#")}
    targets |= {value for name, value in reader.attributes if name == "aria-labelledby"}
    assert targets <= set(ids)


def test_in_domain_and_single_seed_results_are_marked(leaderboard: Leaderboard) -> None:
    plain = entry_results(0.7, label="one")
    leaderboard.submit("one", plain)
    text = page(leaderboard)
    assert 'href="#in-domain"' not in text
    assert 'href="#one-seed"' not in text
    marked = [plain[0].replace(in_domain=True), *plain[1:]]
    touch = {"modality": "touch", "encoder": plain[4].encoder}
    marked[4] = result(plain[4].task, values=plain[4].pseudo_values[:1], **touch)
    leaderboard.submit("one", marked)
    text = page(leaderboard)
    assert text.count('href="#in-domain"') == 3  # its task, its modality, overall
    assert text.count('href="#one-seed"') == 3
    assert 'href="#unknown"' not in text
    leaderboard.submit("one", [plain[0].replace(in_domain=None), *plain[1:]])
    text = page(leaderboard)
    assert text.count('href="#unknown"') == 3
    assert 'href="#in-domain"' not in text


def test_an_empty_board_and_an_uncalibrated_one_have_a_page(
    leaderboard: Leaderboard, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "No entries yet" in page(leaderboard)
    monkeypatch.setattr(scale, "scale", lambda task, protocol: None)
    leaderboard = Leaderboard(tmp_path / "other.db", BOARD)
    leaderboard.submit("one", entry_results(0.7, label="one"))
    reader = Reader(page(leaderboard))
    assert "not calibrated" in reader.text
    assert len(reader.values) == 15  # score and interval of five columns, no mean


def test_export_is_the_same_file_twice(filled: Leaderboard, tmp_path: Path) -> None:
    first = export(filled, tmp_path / "site")
    assert first == tmp_path / "site" / "index.html"
    content = first.read_bytes()
    assert export(filled, tmp_path / "site").read_bytes() == content
    files = {str(path.relative_to(first.parent)) for path in first.parent.rglob("*") if path.is_file()}
    assert files == {*BoardSite(filled).paths(), WRITTEN}


def test_export_where_nothing_can_be_written_is_one_line(filled: Leaderboard, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SuperbLiteError, match="cannot") as error:
        export(filled, tmp_path / "file")
    assert "\n" not in str(error.value)
    (tmp_path / "site" / "index.html").mkdir(parents=True)  # what stands in the place of the file cannot be replaced
    with pytest.raises(SuperbLiteError, match="cannot write"):
        export(filled, tmp_path / "site")


def test_an_axis_shows_zero_hundred_and_its_intervals() -> None:
    shown = axis([(-20.0, 30.0), (90.0, 110.0)])
    assert shown.lo < -20
    assert shown.hi > 110
    assert shown.at(-20.0) < shown.at(0.0) < shown.at(100.0) < shown.at(110.0)
    assert shown.ticks == (0, 50, 100)
    assert shown.at(0.0) > 0
    assert shown.at(100.0) < 100
    far = axis([(-900.0, -880.0)])
    assert not far.inside(-900.0)
    assert far.at(-900.0) == 0.0
    assert far.at(50.0) > 40


def test_numbers_as_text() -> None:
    assert number(-0.04) == "0.0"
    assert number(-3.14) == "−3.1"
    assert percent(0.7124) == "71.2"
    assert rank_text((1, 1)) == "1"
    assert rank_text((1, 3)) == "1–3"
    assert (signed(3.14), signed(-3.14), signed(0.04)) == ("+3.1", "−3.1", "0.0")
    assert with_margin(71.23, (69.93, 72.53)) == "71.2 ± 1.3"
