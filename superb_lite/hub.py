"""Files of a repository on the Hugging Face hub, or one line that says why they cannot be had."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from superb_lite.errors import SuperbLiteError


def fetch(name: str, patterns: Sequence[str]) -> Path:
    """The folder in the hub's own cache that holds the files of a repository's top level that match the patterns.

    The hub is asked once, without the minute of repeated requests that its downloads of single files make offline.

    Raises:
        SuperbLiteError: there is no such repository, or the hub cannot be asked.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=list(patterns), ignore_patterns=["*/*"]))
    except RepositoryNotFoundError:
        raise SuperbLiteError(f"the Hugging Face hub has no '{name}' that you may read") from None
    except Exception as error:  # whatever the network raises
        reason = f"{type(error).__name__}: {' '.join(str(error).split()):.100}"
        raise SuperbLiteError(f"the Hugging Face hub cannot be asked for '{name}' ({reason})") from error
