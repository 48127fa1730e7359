"""Files that are sent to workers, or back, where no disk is shared: checkpoints, and parts of features."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from superb_lite.encoders.references import decide
from superb_lite.features.parts import FINISHED, UNFINISHED, writing
from superb_lite.paths import cache_dir, make_dir, write_bytes

Files = Sequence[tuple[str, bytes]]
"""Names, of checkpoints' files or of folder/file, and contents."""


def checkpoint_files(reference: str) -> Files:
    """The files of the checkpoint that a reference names, itself or as a twin; none of any other reference."""
    found = decide(reference)
    if found.kind not in ("checkpoint", "twin"):
        return ()
    directory = Path(found.argument)
    return tuple((file.name, file.read_bytes()) for file in sorted(directory.iterdir()) if file.is_file())


def absolute(reference: str) -> str:
    """A reference whose directory is found from any working directory."""
    found = decide(reference)
    if found.kind not in ("checkpoint", "twin"):
        return reference
    path = str(Path(found.argument).resolve())
    return path if found.kind == "checkpoint" else f"random:{path}"


def unpacked(reference: str, files: Files) -> str:
    """The reference; where files came with it, to a directory of this machine that holds them."""
    if not files:
        return reference
    digest = hashlib.sha256()
    for name, content in files:
        digest.update(f"{name}:{len(content)}:".encode())
        digest.update(content)
    directory = make_dir(cache_dir() / "sent" / digest.hexdigest()[:32])
    for name, content in files:
        if not (directory / name).exists():
            write_bytes(directory / name, content)
    return f"random:{directory}" if reference.startswith("random:") else str(directory)


def part_files(directory: Path) -> Files:
    """All files of the finished parts of features in a folder."""
    parts = sorted(directory.glob(f"{FINISHED}*"))
    return tuple((f"{part.name}/{file.name}", file.read_bytes()) for part in parts for file in sorted(part.iterdir()))


def write_parts(files: Files, directory: Path) -> None:
    """Write parts into a folder of features, each as a whole; those that are there stay."""
    by_part: dict[str, list[tuple[str, bytes]]] = {}
    for name, content in files:
        part, _, file = name.partition("/")
        by_part.setdefault(part, []).append((file, content))
    with writing(directory.parent):  # or another process may take a part that is half written for a dead one's
        for part, inside in by_part.items():
            if (directory / part).exists():
                continue
            folder = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=directory))
            for file, content in inside:
                (folder / file).write_bytes(content)
            try:
                os.rename(folder, directory / part)
            except OSError:  # another worker of this machine was faster
                for file, _ in inside:
                    (folder / file).unlink()
                folder.rmdir()
