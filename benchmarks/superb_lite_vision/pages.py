"""The data of vision-lite/pages: in which typeface is a page set?

The pictures of documents that scikit-image ships have seven test regions between them, too few for any interval. So
pages are set in the typefaces that matplotlib ships. Sizes, places, paper, ink, slant and blur are random, and no word
of a test page is on a training page.
"""

from __future__ import annotations

import functools
import hashlib
import math
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Example, TaskData
from superb_lite_sources import sentences
from superb_lite_vision import PAGES

Part = Literal["train", "test"]

SIZE = 32
"""Height and width of a crop."""

PAGE = 48
"""Height and width of what is set; turned by `SLANT`, it still fills the crop in its middle."""

SLANT = 8.0
"""The largest angle, in degrees."""

HEIGHTS = (9.0, 13.0)
"""Pixels between two lines, about; letters are drawn so large that the typefaces look equally large."""

FONTS = {  # label: (file, size of the letters in lines)
    "DejaVu Sans": ("DejaVuSans.ttf", 0.80),
    "DejaVu Sans Mono": ("DejaVuSansMono.ttf", 0.80),
    "DejaVu Serif": ("DejaVuSerif.ttf", 0.80),
    "DejaVu Serif Italic": ("DejaVuSerif-Italic.ttf", 0.80),
    "STIX General": ("STIXGeneral.ttf", 0.98),
    "STIX General Italic": ("STIXGeneralItalic.ttf", 0.98),
    "Computer Modern Roman": ("cmr10.ttf", 1.0),
    "Computer Modern Sans": ("cmss10.ttf", 1.0),
    "Computer Modern Typewriter": ("cmtt10.ttf", 1.0),
    "Computer Modern Italic": ("cmti10.ttf", 1.0),
}

PER_CLASS = {"train": 150, "test": 75}

TEST_WORDS = 0.3
"""The share of words that only test pages hold."""


def load_pages(root: Path | None) -> TaskData:
    """Crops, (1, 32, 32) uint8; `root` is not needed: the typefaces come with a package."""
    items: dict[str, np.ndarray] = {}
    parts: dict[Part, tuple[Example, ...]] = {}
    for part in ("train", "test"):
        examples = []
        for label, name in enumerate(PAGES.labels):
            seed = hashlib.sha256(f"{PAGES.name}/{part}/{name}".encode()).digest()
            rng = np.random.default_rng(int.from_bytes(seed[:8], "little"))
            for number in range(PER_CLASS[part]):
                key = f"{part}-{label}-{number}"
                items[key] = random_page(name, words(part), rng)[None]
                examples.append(Example(id=key, items=(key,), label=label))
        parts[part] = tuple(examples)
    return TaskData(items=items, train=parts["train"], test=parts["test"])


@functools.cache
def words(part: Part) -> tuple[str, ...]:
    """The words of one part, lower case letters only, sorted; a word is in one part."""
    known = {*sentences.NOUNS, *sentences.VERBS, *sentences.ADJECTIVES, *sentences.ADVERBS}
    lower = sorted(word for word in known if word.isascii() and word.isalpha() and word.islower())
    tested = {word for word in lower if hashlib.sha256(f"pages/{word}".encode()).digest()[0] < 256 * TEST_WORDS}
    return tuple(word for word in lower if (word in tested) == (part == "test"))


def random_page(name: str, vocabulary: tuple[str, ...], rng: np.random.Generator) -> np.ndarray:
    """(32, 32) uint8: some of a page of random words in the typeface `name`."""
    height = float(rng.uniform(*HEIGHTS))
    file, scale = FONTS[name]
    font = ImageFont.truetype(font_folder() / file, scale * height)
    page = Image.new("L", (PAGE, PAGE), 0)  # how much ink there is
    draw = ImageDraw.Draw(page)
    top = float(rng.uniform(-height, 0))
    while top < PAGE:
        line = " ".join(vocabulary[i] for i in rng.integers(len(vocabulary), size=5))
        draw.text((float(rng.uniform(-30, 0)), top), line, fill=255, font=font, anchor="la")
        top += height * 1.15
    page = page.rotate(float(rng.uniform(-SLANT, SLANT)), Image.Resampling.BICUBIC)
    page = page.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.0, 0.5))))
    start = (PAGE - SIZE) // 2
    ink = np.asarray(page, dtype=np.float64)[start : start + SIZE, start : start + SIZE] / 255
    paper, dark = rng.uniform(170, 245), rng.uniform(10, 90)
    angle, unevenness = rng.uniform(0, 2 * math.pi), rng.uniform(0, 30)
    place = (np.arange(SIZE) - SIZE / 2) / SIZE
    light = unevenness * (place[None] * math.cos(angle) + place[:, None] * math.sin(angle))
    grey = paper * (1 - ink) + dark * ink + light + rng.normal(0, rng.uniform(1, 6), ink.shape)
    return np.asarray(np.clip(np.rint(grey), 0, 255), dtype=np.uint8)


@functools.cache
def font_folder() -> Path:
    """Where matplotlib keeps its typefaces. Raises `SuperbLiteError` when one of `FONTS` is missing."""
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for file, _ in FONTS.values():
        if not (folder / file).is_file():
            raise SuperbLiteError(
                f"matplotlib {matplotlib.__version__} ships no '{file}': install a version that constraints.txt names"
            )
    return folder
