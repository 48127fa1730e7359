"""Characters that no installed font can draw: a picture has their codes, where it would have boxes."""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axis import Ticker
    from matplotlib.figure import Figure

CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "Arial Unicode MS",
)
"""Whichever of them is installed draws what the Latin font lacks."""


@functools.cache
def families() -> tuple[str, ...]:
    """The fonts of all charts, first that of Latin."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return ("DejaVu Sans", *(name for name in CHINESE_FONTS if name in installed))


@contextlib.contextmanager
def no_missing_glyph_warnings() -> Iterator[None]:
    """What is missing is known."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*[Gg]lyph.*missing")
        yield


@contextlib.contextmanager
def missing_glyphs_as_codes(figure: Figure) -> Iterator[None]:
    """All texts of a figure are drawn with "\\u4e2d" for a character that cannot be; afterwards they are as before."""
    from matplotlib.text import Text

    changed = [(text, text.get_text()) for text in figure.findobj(Text) if isinstance(text, Text)]
    tickers = _tickers(figure)
    formatters = [ticker.formatter for ticker in tickers]
    try:
        for text, content in changed:
            if content != coded(content):
                text.set_text(coded(content))
        for ticker in tickers:
            _code_ticks(ticker)
        yield
    finally:
        for ticker, formatter in zip(tickers, formatters, strict=True):
            if formatter is not None:
                ticker.formatter = formatter
        for text, content in changed:
            if content != text.get_text():
                text.set_text(content)


def coded(text: str) -> str:
    """With codes for what cannot be drawn."""
    drawable = _drawable(families())
    return "".join(sign if ord(sign) in drawable else ascii(sign)[1:-1] for sign in text)


def _tickers(figure: Figure) -> list[Ticker]:
    """Of all axes; those that share an axis share a ticker."""
    axes = [axis for each in figure.axes for axis in (each.xaxis, each.yaxis)]
    return list({id(ticker): ticker for axis in axes for ticker in (axis.major, axis.minor)}.values())


def _code_ticks(ticker: Ticker) -> None:
    """Labels of ticks are written anew whenever they are drawn, so that their text itself cannot be changed."""
    from matplotlib.ticker import Formatter

    if ticker.formatter is None:
        return
    found: Formatter = ticker.formatter

    class Coded(Formatter):
        def format_ticks(self, values: list[float]) -> list[str]:
            return [coded(label) for label in found.format_ticks(values)]

        def get_offset(self) -> str:
            return found.get_offset()

    ticker.formatter = Coded()


@functools.cache
def _drawable(names: tuple[str, ...]) -> frozenset[int]:
    """The code points that one of these fonts can draw, and the end of a line."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    fonts = [get_font(findfont(FontProperties(family=[name]))) for name in names]
    return frozenset({ord("\n")}.union(*(font.get_charmap() for font in fonts)))
