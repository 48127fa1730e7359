"""A site as files that open from disk.

Each file is written whole or not at all, and the same board makes the same bytes. A list of what was written, with
hashes, lies beside the pages: a later export takes away the pages of entries that are gone, and nothing that it did not
write or that somebody has changed since.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from superb_lite.errors import SuperbLiteError, printable
from superb_lite.paths import write_bytes, write_text
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.pages.board_site import BoardSite
from superb_lite_leaderboard.store.leaderboard import Leaderboard

WRITTEN = ".superb-lite-site.json"
"""The list of files of an export: their SHA-256 by path."""

_LIMIT = 64 * 1024 * 1024
_PAGE = re.compile(r"(?:(?:entry|task|set|compare|static)/)?[a-z0-9][a-z0-9-]*\.[a-z0-9]+")


def export(
    leaderboard: Leaderboard,
    directory: Path | str,
    board: Board | None = None,
    *,
    analyses: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write the site of a leaderboard into a directory and return the path of its first page.

    board: rank by its columns instead of by those of the leaderboard itself.
    analyses: the directory that `superb-lite analyze` wrote to, whose report becomes a page.
    progress: told how many files are written, and of how many.

    Raises `SuperbLiteError` (one line) when a page cannot be made or a file cannot be written.
    """
    directory = Path(directory)
    site = BoardSite(leaderboard, board, analyses=analyses)
    paths = site.paths()
    before = _written(directory)
    now: dict[str, str] = {}
    try:
        for number, path in enumerate(paths):
            page = site.page(path)
            if page is None:  # the board changed meanwhile, and has this page no more
                continue
            write_bytes(directory / path, page.body)
            now[path] = hashlib.sha256(page.body).hexdigest()
            if progress is not None:
                progress(number + 1, len(paths))
    except BaseException:
        if now:
            _write_list(directory, before | now)  # all that may lie there
        raise
    for path, digest in before.items():
        if path not in now:
            _remove(directory / path, digest)
    _write_list(directory, now)
    return directory / "index.html"


def _write_list(directory: Path, written: Mapping[str, str]) -> None:
    write_text(directory / WRITTEN, json.dumps(written, indent=0, sort_keys=True) + "\n")


def _written(directory: Path) -> dict[str, str]:
    """What an export before this one wrote; nothing where no list says so. Paths that no export writes are ignored."""
    path = directory / WRITTEN
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LIMIT:
            return {}
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    pairs = found.items() if isinstance(found, dict) else ()
    return {path: digest for path, digest in pairs if isinstance(digest, str) and _PAGE.fullmatch(path)}


def _remove(path: Path, digest: str) -> None:
    """Take away a page that an export wrote and nobody changed since."""
    try:
        if path.parent.is_symlink() or path.is_symlink() or not path.is_file():
            return
        if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            path.unlink()
    except OSError as error:
        raise SuperbLiteError(f"cannot remove '{printable(str(path))}', an old page: {error.strerror}") from None
