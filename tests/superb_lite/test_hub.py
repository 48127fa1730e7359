import hashlib

import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite.hub import fetch

LARGE, SMALL = b"\x00weights" * 300_000, b'{"small": true}\n'
GIT_SHA1 = "e7f4f5f05a34676157ac176b4cf7ecbaf8dd2a66"
"""Of SMALL, as `git hash-object` says."""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The layout of the hub's cache: links in a snapshot to files that are called like their hashes."""
    blobs, snapshot = tmp_path / "blobs", tmp_path / "snapshots" / "main"
    blobs.mkdir()
    snapshot.mkdir(parents=True)
    for name, content, digest in (
        ("model.safetensors", LARGE, hashlib.sha256(LARGE).hexdigest()),
        ("config.json", SMALL, GIT_SHA1),
    ):
        (blobs / digest).write_bytes(content)
        (snapshot / name).symlink_to(blobs / digest)
    (snapshot / "plain.txt").write_bytes(b"a cache without links")
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda name, **options: str(snapshot))
    return snapshot


def test_published_files_are_found(cache):
    assert fetch("some/model", ["*"]) == cache


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_a_file_of_the_cache_with_another_content_is_refused(cache, name):
    content = (cache / name).resolve()
    changed = bytearray(content.read_bytes())
    changed[-2] ^= 1
    content.write_bytes(changed)
    with pytest.raises(SuperbLiteError, match=f"'{content}' is not what the hub has published: delete it"):
        fetch("some/model", ["*"])


def test_a_hub_that_cannot_be_asked_is_one_line(monkeypatch):
    def refuse(name, **options):
        raise OSError("no route\nto host \x1b[31m")

    monkeypatch.setattr("huggingface_hub.snapshot_download", refuse)
    with pytest.raises(SuperbLiteError, match=r"cannot be asked for 'some/model' \(OSError: no route to host \\x1b"):
        fetch("some/model", ["*"])
