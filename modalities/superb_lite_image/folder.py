"""A person's own folder of images."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.paths import regular_size
from superb_lite.pretraining.streams.stream import Piece
from superb_lite.tasks.lazy_items import LazyItems
from superb_lite.tasks.own_folders import folder_items, folder_task
from superb_lite.tasks.task import Task

SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"})


FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
"""The formats of these files, whatever their names say: Pillow would hand others to programs of their own."""

MOST_PIXELS = 100_000_000
"""The largest image; decoded it takes 300 MB."""


def image_paths(folder: Path) -> list[Path]:
    """The image files of a folder and its subfolders, sorted. Hidden files are left out.

    Raises `SuperbLiteError` when there is none.
    """
    if not folder.is_dir():
        raise SuperbLiteError(f"'{folder}' is not a directory: give a folder of images")
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not any(piece.startswith(".") for piece in path.relative_to(folder).parts)
    )
    if not files:
        raise SuperbLiteError(f"'{folder}' holds no images ({', '.join(sorted(SUFFIXES))})")
    return files


def read_folder(folder: Path) -> Iterator[Tensor]:
    """The images of `image_paths`, as (3, H, W) uint8 tensors.

    Raises `SuperbLiteError` when one cannot be read; the message names the file.
    """
    return map(read_image, image_paths(folder))


def read_pieces(pieces: Iterable[Piece]) -> Iterator[Tensor]:
    """The images of a stream, as `read_folder` gives those of a folder."""
    for piece in pieces:
        if isinstance(piece.content, bytes):
            yield read_image(Path(piece.name), piece.content)


def read_image(file: Path, content: bytes | None = None) -> Tensor:
    """One image file as (3, H, W) uint8, turned upright as its EXIF data says.

    Grey and palette images get three channels, an alpha channel is laid over white, 16-bit grey keeps its upper 8 bits,
    and of an animation the first frame is taken. content: of the file, where it does not lie there.
    """
    if content is None:
        regular_size(file)
    try:
        with Image.open(file if content is None else BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ValueError(f"it has {opened.width} x {opened.height} pixels: at most {MOST_PIXELS:,} are read")
            image = ImageOps.exif_transpose(opened)
            # Pillow opens 16-bit PGM as 32-bit integers, which it has scaled to 0 to 65535.
            if image.mode.startswith("I;16") or (image.mode == "I" and opened.format == "PPM"):
                image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
            if image.mode in ("I", "F"):
                raise ValueError("32-bit pixels have no range that is known: convert it to 8 or 16 bits")
            if image.has_transparency_data:
                layer = image.convert("RGBA")
                image = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
            pixels = np.array(image.convert("RGB"))
    # Pillow raises any of these for a damaged file, depending on the format and on where the damage is.
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise SuperbLiteError(
            f"cannot read the image '{file}': {one_line(' '.join(str(error).split()), 200)}"
        ) from None
    return torch.from_numpy(pixels).permute(2, 0, 1)


def image_task(name: str, folder: Path) -> Task:
    """The task of `folder:DIR`: a folder of images for each class, see `superb_lite.tasks.own_folders.folder_task`."""
    return folder_task(name, folder, modality="image", suffixes=SUFFIXES, read=read_image, noun="image")


def read_items(folder: Path) -> LazyItems:
    """The images below a folder, by their paths within it, read when they are used."""
    return folder_items(folder, suffixes=SUFFIXES, read=read_image, noun="image")


def read_bytes(name: str, content: bytes) -> Tensor:
    """An image out of a table or an archive. name: what errors call it."""
    return read_image(Path(name), content)
