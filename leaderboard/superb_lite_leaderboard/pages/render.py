"""One environment for all templates: everything is escaped, a name that a template misspells is an error."""

from __future__ import annotations

import base64
import functools
from collections.abc import Iterable
from importlib.metadata import version
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from superb_lite.analysis.report.page import base_style
from superb_lite.errors import printable
from superb_lite.results.text import language_name, number, percent, rank_text, signed
from superb_lite_leaderboard.names import public_name
from superb_lite_leaderboard.pages.site import POLICY, SiteContext, slug
from superb_lite_leaderboard.views.costs import cost_text

STYLE = "style.css"
ASSETS = (STYLE, "board.js", "charts.js", "live.js")
"""What pages load: files of `pages/static`, the style after that of all our pages."""


def render(template: str, site: SiteContext, **values: Any) -> str:
    """A page. Text in `values` is escaped, and shown as it would be in a terminal (`printable`)."""
    html = environment().get_template(template).render(site=site, policy=POLICY, **values)
    return html.strip() + "\n"


def asset(name: str) -> bytes:
    """The content of one of `ASSETS`."""
    content = files("superb_lite_leaderboard.pages").joinpath("static", name).read_bytes()
    return base_style().encode() + content if name == STYLE else content


@functools.cache
def environment() -> Environment:
    """Of all templates, with the filters that they share."""
    made = Environment(
        loader=PackageLoader("superb_lite_leaderboard.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: printable(value) if type(value) is str else value,
    )
    made.filters.update(
        percent=percent,
        number=number,
        rank=rank_text,
        signed=signed,
        sentence=sentence,
        words=words,
        day=day,
        moment=moment,
        web_url=web_url,
        cost=cost_text,
        slug=slug,
        anchor=slug,
        public_name=public_name,
        kind=lambda value: type(value).__name__,
        data_url=data_url,
        language_name=language_name,
    )
    made.globals["software"] = version("superb-lite")
    return made


def words(names: Iterable[str]) -> str:
    """Names as in running text: "a, b and c"."""
    names = list(names)
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def sentence(label: str) -> str:
    """A label with a capital letter, those that it has left as they are."""
    return label[:1].upper() + label[1:]


def day(iso: str) -> str:
    """The date of a moment in ISO 8601."""
    return iso[:10]


def moment(iso: str) -> str:
    """A moment in ISO 8601, UTC, for people: "2026-01-31 09:05 UTC"."""
    return f"{iso[:10]} {iso[11:16]} UTC" if len(iso) > 10 else iso


def web_url(text: str) -> str:
    """A stranger's URL that may become a link; empty for what is none of http or https."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    plain = text.isprintable() and not any(character.isspace() for character in text)
    return text if plain and parts.scheme in ("http", "https") and parts.hostname else ""


def data_url(content: bytes, media_type: str) -> str:
    """A file as a part of the page."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
