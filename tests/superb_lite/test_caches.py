"""Only what is a cache is deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from superb_lite import caches
from superb_lite.errors import SuperbLiteError


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path))
    files = {
        "features/a/b.bin": 300,
        "features/c.bin": 20,
        "speech/d.npy": 7,
        "music/e.npz": 5,
        "text/f.json": 2,
        "thesis.tex": 1000,
    }
    for name, length in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(bytes(length))
    return tmp_path


def test_sizes(cache: Path) -> None:
    assert caches.size(cache) == 1334
    assert caches.size(cache / "features") == 320
    assert caches.size(cache / "nowhere") == 0


def test_clear_frees_one_kind_and_leaves_the_rest(cache: Path) -> None:
    assert caches.clear("features") == 320
    assert sorted(path.name for path in cache.iterdir()) == ["music", "speech", "text", "thesis.tex"]
    assert caches.clear("features") == 0
    assert caches.clear("data") == 14
    assert [path.name for path in cache.iterdir()] == ["thesis.tex"]


def test_a_link_is_not_followed(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    precious = tmp_path_factory.mktemp("precious")
    (precious / "x").write_text("x")
    caches.clear("data")
    (cache / "speech").symlink_to(precious)
    with pytest.raises(SuperbLiteError, match="is a link"):
        caches.clear("data")
    assert (precious / "x").exists()
