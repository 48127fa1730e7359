"""`superb-lite cache clear`: by hand, and down to a size."""

import os
import sys

import pytest

from superb_lite.cli import main
from superb_lite.features import budget


@pytest.fixture
def superb_lite(monkeypatch, capsys):
    """Run a command in this process: (exit code, standard output, standard error)."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["superb-lite", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as error:
            code = error.code or 0
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path))
    for used, name in enumerate(("old", "new"), start=1):
        folder = tmp_path / "features" / name
        folder.mkdir(parents=True)
        (folder / "layer0.bin").write_bytes(bytes(2_000_000))
        os.utime(folder, (used, used))
    return tmp_path / "features"


@pytest.mark.skipif(not budget.HAS_LOCKS, reason="the system has no locks")
def test_the_features_used_last_can_be_left(superb_lite, cache):
    code, out, _ = superb_lite("cache", "clear", "--features", "--keep", "3MB")
    assert (code, out) == (0, "features: 2.0 MB freed\n")
    assert [path.name for path in cache.iterdir() if path.is_dir()] == ["new"]
    assert superb_lite("cache", "clear", "--features", "--keep", "3MB")[:2] == (0, "features: 0.0 MB freed\n")
    assert superb_lite("cache", "clear", "--features")[:2] == (0, "features: 2.0 MB freed\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--keep", "3MB"], "--keep goes with --features alone"),
        (["--features", "--data", "--keep", "3MB"], "--keep goes with --features alone"),
        (["--features", "--keep", "much"], "--keep 'much': a size is a number with KB, MB, GB or TB, such as 20GB"),
    ],
)
def test_what_goes_wrong_is_one_line(superb_lite, cache, options, message):
    code, out, err = superb_lite("cache", "clear", *options)
    assert (code, out) == (2, "")
    assert message in err
    assert len(list(cache.iterdir())) == 2
