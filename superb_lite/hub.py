"""Files of a repository on the Hugging Face hub, or one line that says why they cannot be had."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from superb_lite.errors import SuperbLiteError, reason
from superb_lite.paths import regular_size


def fetch(name: str, patterns: Sequence[str], *, nested: bool = False) -> Path:
    """The folder in the hub's own cache that holds the files of a repository that match the patterns.

    Only files of its top level are meant, unless `nested` says that those of its folders are, too.

    The hub is asked once, without the minute of repeated requests that its downloads of single files make offline.
    Every file is checked against the hash that the hub has published for it.

    Raises:
        SuperbLiteError: there is no such repository, the hub cannot be asked, or a file in the cache is not the
            published one.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import RepositoryNotFoundError

    ignored = None if nested else ["*/*"]
    try:
        folder = Path(snapshot_download(name, allow_patterns=list(patterns), ignore_patterns=ignored))
    except RepositoryNotFoundError:
        raise SuperbLiteError(f"the Hugging Face hub has no '{name}' that you may read") from None
    except Exception as error:  # whatever the network raises
        raise SuperbLiteError(f"the Hugging Face hub cannot be asked for '{name}' ({reason(error, 120)})") from error
    for file in sorted(folder.rglob("*") if nested else folder.iterdir()):
        _check_published(file)
    return folder


_SHA256, _SHA1 = re.compile("[0-9a-f]{64}"), re.compile("[0-9a-f]{40}")


def _check_published(file: Path) -> None:
    """Raise `SuperbLiteError` unless a file of the cache has the content that the hub has published.

    The hub's own library checks the size only. In its cache a file is a link to one that is called like its entity
    tag: the SHA-256 of a large file, and the SHA-1 of git, which includes the size, of a small one. Where the cache has
    no links, there is nothing to compare with.
    """
    if not file.is_symlink():
        return
    content = file.resolve()
    size = regular_size(content)
    if _SHA256.fullmatch(content.name):
        digest = hashlib.sha256()
    elif _SHA1.fullmatch(content.name):
        digest = hashlib.sha1(f"blob {size}\0".encode(), usedforsecurity=False)
    else:
        return
    with content.open("rb") as opened:
        while block := opened.read(2**20):
            digest.update(block)
    if digest.hexdigest() != content.name:
        raise SuperbLiteError(f"'{content}' is not what the hub has published: delete it, then it is fetched anew")
