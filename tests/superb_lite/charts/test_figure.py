"""How a figure is saved: format by suffix, whole or not at all, the same bytes each time, any name."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from matplotlib.text import Text
from PIL import Image

from superb_lite.charts import figure as charts_figure
from superb_lite.charts import glyphs
from superb_lite.charts.figure import (
    COLOURS,
    MARKERS,
    colour,
    interval,
    legend,
    limits,
    marker,
    new_figure,
    sample,
    save_figure,
    styled,
)
from superb_lite.errors import SuperbLiteError

NAMES = ["_under $x^2$ \\alpha & <b>", "中文模型", "a\x1b[31m\nb"]


@styled
def figure(names=("one",)):
    found = new_figure(4, 3)
    axes = found.add_subplot()
    axes.plot([0, 1], [0, 1])
    legend(found, "title", [(sample(number), name) for number, name in enumerate(names)])
    return found


def words(path):
    return [text.text for text in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize(("name", "start"), [("x.svg", b"<?xml"), ("y.pdf", b"%PDF-"), ("z.PNG", b"\x89PNG\r\n")])
def test_the_suffix_says_the_format(tmp_path, name, start):
    save_figure(figure(), tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.parametrize("name", ["x.jpg", "x", ".svg", "x.svg.gz"])
def test_any_other_suffix_is_refused_in_one_line(tmp_path, name):
    with pytest.raises(SuperbLiteError, match=r"its name must end in \.svg, \.pdf or \.png"):
        save_figure(figure(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", ["svg", "pdf", "png"])
def test_equal_figures_are_equal_files(tmp_path, suffix, monkeypatch):
    for name, date in (("one", "1"), ("two", "999999999")):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", date)  # what the library would write as the date
        save_figure(figure(NAMES), tmp_path / f"{name}.{suffix}")
    assert (tmp_path / f"one.{suffix}").read_bytes() == (tmp_path / f"two.{suffix}").read_bytes()


def test_a_failure_leaves_the_earlier_file(tmp_path, monkeypatch):
    path = tmp_path / "x.png"
    save_figure(figure(), path)
    before = path.read_bytes()
    broken = figure()
    monkeypatch.setattr(broken, "draw", lambda renderer: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save_figure(broken, path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["x.png"]


def test_a_directory_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SuperbLiteError, match="cannot create"):
        save_figure(figure(), tmp_path / "file" / "x.svg")


def test_names_stand_in_an_svg_as_they_are(tmp_path):
    save_figure(figure(NAMES), tmp_path / "x.svg")
    assert words(tmp_path / "x.svg")[-4:] == ["title", NAMES[0], NAMES[1], "a\\x1b[31m\\nb"]


@pytest.fixture
def latin_fonts(monkeypatch):
    """A machine without a font for Chinese."""
    for module in (glyphs, charts_figure):
        monkeypatch.setattr(module, "families", lambda: ("DejaVu Sans",))


@pytest.mark.parametrize("suffix", ["svg", "pdf", "png"])
@pytest.mark.filterwarnings("error")
@pytest.mark.usefixtures("latin_fonts")
def test_what_no_font_can_draw_becomes_its_code_without_a_warning(tmp_path, suffix, monkeypatch):
    found = figure(NAMES)
    (axes,) = found.axes
    axes.set_xticks([0.5], ["中文标签"])
    axes.set_title("标题", loc="right")
    drawn = []
    draw = Text.draw
    monkeypatch.setattr(Text, "draw", lambda self, renderer: drawn.append(self.get_text()) or draw(self, renderer))
    save_figure(found, tmp_path / f"x.{suffix}")
    coded = [ascii(text)[1:-1] for text in ("中文模型", "中文标签", "标题")]
    assert [text in drawn for text in coded] == [suffix != "svg"] * 3
    save_figure(found, tmp_path / "again.svg")  # the figure is as it was
    texts = {text.get_text() for text in found.findobj(Text)}
    assert {"中文模型", "中文标签", "标题"} <= texts
    assert not texts.intersection(coded)


def test_a_long_name_makes_the_figure_wider(tmp_path):
    long = "hf:" + "organisation/" * 8
    save_figure(figure(), tmp_path / "narrow.png")
    save_figure(figure([long]), tmp_path / "wide.png")
    narrow, wide = (Image.open(tmp_path / f"{name}.png").width for name in ("narrow", "wide"))
    assert narrow == 800  # 4 inches
    assert wide > 1200
    found = figure([long])
    found.draw_without_rendering()
    (box,) = [text.get_window_extent() for text in found.findobj(Text) if text.get_text() == long]
    assert box.x0 > 0
    assert box.x1 < found.get_figwidth() * found.dpi


def test_a_matplotlibrc_changes_nothing(tmp_path):
    import matplotlib

    save_figure(figure(), tmp_path / "one.svg")
    with matplotlib.rc_context({"font.size": 30, "svg.fonttype": "path", "figure.facecolor": "red"}):
        save_figure(figure(), tmp_path / "two.svg")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_colour_and_shape_tell_49_encoders_apart():
    assert len({(colour(n), marker(n)) for n in range(49)}) == 49
    assert len({colour(n) for n in range(7)}) == len({marker(n) for n in range(7)}) == len(COLOURS) == len(MARKERS)


def test_an_axis_holds_its_values_with_room():
    assert limits([1.0, 3.0]) == (pytest.approx(0.84), pytest.approx(3.16))
    assert limits([2.0]) == (1.0, 3.0)


@pytest.mark.parametrize("horizontal", [True, False])
def test_an_interval_lies_along_its_axis(horizontal):
    axes = new_figure(2, 2).add_subplot()
    interval(axes, 2.0, 5.0, (1.0, 4.0), number=1, horizontal=horizontal)
    (line,) = axes.collections[0].get_segments()
    assert line.tolist() == ([[1.0, 5.0], [4.0, 5.0]] if horizontal else [[2.0, 1.0], [2.0, 4.0]])
    assert axes.lines[0].get_xydata().tolist() == [[2.0, 5.0]]


def test_importing_the_charts_imports_no_matplotlib_and_drawing_no_pyplot(tmp_path):
    code = (
        "import sys\n"
        "from superb_lite.charts import ceilings, curves, figure, layers\n"
        "print('matplotlib' in sys.modules)\n"
        "found = figure.new_figure(1, 1)\n"
        f"figure.save_figure(found, __import__('pathlib').Path({str(tmp_path / 'x.png')!r}))\n"
        "print('matplotlib.pyplot' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert re.findall("True|False", done.stdout) == ["False", "False"]
