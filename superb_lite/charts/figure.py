"""What the charts share: style, marks of encoders, legends, and how a figure is saved.

matplotlib is imported here alone, and only when something is drawn: no other command pays for it.
"""

from __future__ import annotations

import contextlib
import functools
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from superb_lite.charts.glyphs import families, missing_glyphs_as_codes, no_missing_glyph_warnings
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.paths import write_bytes

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Told apart by colour-blind readers too (Okabe and Ito 2008)."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
"""Shapes of points, so that colour is never all that tells two encoders apart."""

GREY, RULE = "#555555", "#dddddd"

LONGEST_NAME, LONGEST_LABEL = 120, 36
"""Characters of a name in a legend and on an axis; the middle of a longer one is left out."""

FORMATS = ("svg", "pdf", "png")

_STYLE: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.size": 9.0,
    "text.usetex": False,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelcolor": GREY,
    "axes.edgecolor": RULE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": RULE,
    "grid.linewidth": 0.8,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": GREY,
    "ytick.labelcolor": GREY,
    "legend.frameon": False,
    "legend.borderpad": 0.2,
    "savefig.dpi": 200,
    "svg.fonttype": "none",  # text stays text: it can be searched, and the reader's fonts draw it
    "svg.hashsalt": "superb-lite",  # the same ids in every run
    "pdf.fonttype": 42,
}

_P = ParamSpec("_P")
_T = TypeVar("_T")


@contextlib.contextmanager
def _style() -> Iterator[None]:
    """Our settings on top of the library's defaults, whatever a matplotlibrc says."""
    import matplotlib.style

    with matplotlib.style.context(["default", {**_STYLE, "font.sans-serif": list(families())}], after_reset=True):
        yield


def styled(draw: Callable[_P, _T]) -> Callable[_P, _T]:
    """A function that draws, in the style of all charts."""

    @functools.wraps(draw)
    def wrapper(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        with _style():
            return draw(*args, **kwargs)

    return wrapper


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of so many inches that belongs to no window. Its layout makes room for labels and legends."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    return Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1))


def colour(number: int) -> str:
    """The colour of the encoder of that number; they begin again when all are used."""
    return COLOURS[number % len(COLOURS)]


def marker(number: int) -> str:
    """The shape of the points of the encoder of that number; with the colour it is unique up to 49 encoders."""
    return MARKERS[(number + number // len(COLOURS)) % len(MARKERS)]


def sample(number: int) -> Artist:
    """The mark of the encoder of that number in a legend."""
    return line_sample(color=colour(number), marker=marker(number), linewidth=2)


def line_sample(**properties: Any) -> Artist:
    """A line of a legend."""
    from matplotlib.lines import Line2D

    return Line2D([], [], **properties)


def legend(figure: Figure, title: str, entries: Sequence[tuple[Artist, str]]) -> None:
    """The title of the whole figure and under it a line for each entry; the figure becomes wide enough for them."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    found = figure.legend(
        [artist for artist, _ in entries],
        [str(number) for number in range(len(entries))],  # a label that begins with "_" would be left out
        loc="outside upper left",
        title=title,
        alignment="left",
        title_fontproperties={"weight": "bold", "size": 11},
    )
    for text, (_, name) in zip(found.get_texts(), entries, strict=True):
        text.set_text(one_line(name, LONGEST_NAME))
    with no_missing_glyph_warnings():
        extent = found.get_window_extent(FigureCanvasAgg(figure).get_renderer())
    figure.set_figwidth(max(figure.get_figwidth(), extent.width / figure.dpi + 0.3))


def limits(values: Iterable[float]) -> tuple[float, float]:
    """The ends of an axis that holds the values, with a little room."""
    known = list(values)
    low, high = min(known), max(known)
    room = 0.08 * (high - low) or 1.0
    return low - room, high + room


def log_axis(axes: Axes, scale: str = "log", **options: Any) -> None:
    """Make the horizontal axis logarithmic, with numbers on it as people write them: matplotlib would write powers in
    TeX, which is off. scale: log or symlog; options: of that scale."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.set_xscale(scale, **options)
    if scale == "log":
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value)))
    axes.xaxis.set_minor_formatter(NullFormatter())


def short_number(value: float) -> str:
    """A number as it stands on an axis: 0.03, 64, 3k, 1.2M, 5G, 2T, and powers beyond."""
    for size, sign in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if size <= abs(value) < 1000 * size:
            return f"{value / size:g}{sign}"
    return f"{value:g}"


def interval(axes: Axes, x: float, y: float, ends: tuple[float, float], *, number: int, horizontal: bool) -> None:
    """A value as the mark of an encoder on its interval."""
    draw, at = (axes.hlines, y) if horizontal else (axes.vlines, x)
    draw(at, *ends, color=colour(number), linewidth=2)
    axes.plot([x], [y], marker=marker(number), color=colour(number), markersize=5, linestyle="none")


def picture_format(path: Path) -> str:
    """The format that the suffix of a file names. Raises `SuperbLiteError` for any other than `FORMATS`."""
    found = path.suffix.lower().removeprefix(".")
    if found not in FORMATS:
        raise SuperbLiteError(f"cannot draw '{path}': its name must end in .svg, .pdf or .png")
    return found


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure whole or not at all, in the format of the file's suffix. Equal figures are equal files.

    In pdf and png a character that no installed font can draw is written as its code ("\\u4e2d"); in svg it stays,
    since the fonts of the reader draw it.

    Raises `SuperbLiteError` for another suffix than .svg, .pdf and .png, or where the file cannot be written.
    """
    kind = picture_format(path)
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}[kind]
    content = io.BytesIO()
    coded = contextlib.nullcontext() if kind == "svg" else missing_glyphs_as_codes(figure)
    with _style(), no_missing_glyph_warnings(), coded:
        figure.savefig(content, format=kind, metadata=metadata)
    write_bytes(path, content.getvalue())
