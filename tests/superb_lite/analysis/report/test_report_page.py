"""The report as HTML, read with a parser."""

from __future__ import annotations

import base64
import dataclasses
from html.parser import HTMLParser

import pytest

from superb_lite.analysis.report.page import render_report
from tests.superb_lite.analysis.sections import a_section

VOID = {"meta", "link", "img", "br", "input"}
HOSTILE = "<script>alert(1)</script>\u202e"


class Outline(HTMLParser):
    """The elements of a page, which must be closed in the order of their opening."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements, self.open, self.text = [], [], []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def test_the_page_is_whole_and_every_link_inside_it_leads_somewhere():
    page = Outline(render_report([a_section(), a_section(variant="speech")], {("layers", "curve"): b"<svg/>"}))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"].removeprefix("#") for link in page.all("a")} <= set(ids)
    assert {element["aria-labelledby"] for element in page.all("section")} <= set(ids)
    assert page.all("script") == []
    (image,) = page.all("img")
    assert base64.b64decode(image["src"].partition(",")[2]) == b"<svg/>"
    assert image["alt"] == "Scores. It rises."
    assert any("missing: run the command again" in text for text in page.text)  # of the other section
    assert [link for link in page.all("link") if link["rel"] == "stylesheet"] == []


def test_numbers_stand_in_the_page():
    page = Outline(render_report([a_section()], {}))
    text = "".join(page.text)
    assert "0.750 [0.700, 0.800]" in text
    assert "0.250 [−0.100, 0.600]" in text
    assert "superb-lite analyze layers a b c --tasks x" in text
    assert "A finding needs" not in text


@pytest.mark.parametrize(("seeds", "said"), [(1, "1 pretraining seed: another one"), (2, "another two"), (3, "")])
def test_few_seeds_are_said(seeds, said):
    page = render_report([a_section(seeds=seeds)], {})
    assert said in page
    assert ("A finding needs at least 3" in page) == bool(said)


def test_whatever_names_hold_is_text():
    section = a_section()
    claim = dataclasses.replace(section.claims[0], claim=HOSTILE, needs=HOSTILE)
    table = dataclasses.replace(section.tables[0], title=HOSTILE, columns=(HOSTILE, "a", "b", "c"))
    picture = dataclasses.replace(section.pictures[0], title=f'"{HOSTILE}', caption=HOSTILE)
    section = a_section(
        title=HOSTILE,
        command=HOSTILE,
        encoders=(HOSTILE,),
        notes=(HOSTILE,),
        claims=(claim,),
        tables=(table,),
        pictures=(picture,),
        settings={HOSTILE: {HOSTILE: [HOSTILE]}},
    )
    html = render_report([section], {})
    assert "<script" not in html
    assert "\u202e" not in html
    assert Outline(html).all("script") == []


def test_a_site_gives_the_page_its_style_and_a_way_back():
    page = Outline(render_report([a_section()], {}, style="static/report.css", home="index.html"))
    assert [link["href"] for link in page.all("link") if link["rel"] == "stylesheet"] == ["static/report.css"]
    assert page.all("style") == []
    assert {"href": "index.html"} in page.all("a")


def test_a_report_without_sections_or_claims_says_so():
    assert "No analysis here tests a claim" in render_report([], {})
    assert "1 analysis," in render_report([a_section(claims=())], {})
