import importlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch

from superb_lite import machine
from superb_lite.machine import code_sha256, is_deterministic, revision, this_machine

ROOT = Path(__file__).parents[2]


def test_the_machine_is_this_one():
    found = this_machine(torch.device("cpu"))
    assert found.device == "cpu"
    assert found.cpu
    assert 1 <= found.cores <= (os.cpu_count() or 1)
    assert found.threads == torch.get_num_threads()
    assert found.memory is None or found.memory > 2**20


def test_only_the_cpu_is_deterministic():
    assert is_deterministic(torch.device("cpu"))
    assert not is_deterministic(torch.device("cuda"))
    assert not is_deterministic(torch.device("mps"))


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_the_revision_is_that_of_the_checkout():
    command = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    head = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    revision.cache_clear()
    assert revision() in (head, f"{head}-dirty")


def test_an_installed_package_has_no_revision(tmp_path, monkeypatch):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    monkeypatch.setattr(machine, "__file__", str(tmp_path / "site-packages" / "superb_lite" / "machine.py"))
    revision.cache_clear()
    assert revision() is None
    revision.cache_clear()


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A folder on the path; the hashes of other packages are forgotten before and after."""
    monkeypatch.syspath_prepend(tmp_path)
    machine._package_sha256.cache_clear()
    yield tmp_path
    machine._package_sha256.cache_clear()


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def again(*packages):
    """The hash as a new process would compute it."""
    machine._package_sha256.cache_clear()
    importlib.invalidate_caches()
    return code_sha256(*packages)


PACKAGE = {"made_up/__init__.py": "", "made_up/pooling.py": "SCALE = 1", "made_up/deep/front_end.py": "RATE = 16000"}


@pytest.mark.parametrize("package", [PACKAGE, {n: t for n, t in PACKAGE.items() if "__init__" not in n}])
def test_an_edited_file_of_a_package_is_another_code(sources, package):
    write(sources, package)
    before = again("made_up")
    assert again("made_up") == before
    seen = {before}
    for changed in (
        {"made_up/pooling.py": "SCALE = 2"},
        {"made_up/deep/front_end.py": "RATE = 8000"},
        {"made_up/more.py": ""},
    ):
        write(sources, changed)
        assert code_sha256("made_up") in seen  # read once a process
        seen.add(again("made_up"))
    (sources / "made_up/more.py").rename(sources / "made_up/other.py")
    seen.add(again("made_up"))
    assert len(seen) == 5
    assert "made_up" not in sys.modules


def test_a_file_that_is_no_source_is_the_same_code(sources):
    write(sources, PACKAGE)
    before = again("made_up")
    write(sources, {"made_up/notes.txt": "pooling", "made_up/__pycache__/pooling.pyc": "0"})
    assert again("made_up") == before


def test_a_module_of_one_file_is_hashed_without_its_neighbours(sources):
    write(sources, {"made_up_module.py": "A = 1", "neighbour.py": "B = 1"})
    before = again("made_up_module")
    write(sources, {"neighbour.py": "B = 2"})
    assert again("made_up_module") == before
    write(sources, {"made_up_module.py": "A = 2"})
    assert again("made_up_module") != before


def test_a_package_without_readable_sources_counts_by_its_version(sources, monkeypatch):
    with zipfile.ZipFile(sources / "packed.zip", "w") as archive:
        archive.writestr("packed_package/__init__.py", "")
    monkeypatch.syspath_prepend(sources / "packed.zip")
    versions = {"packed_package": "1.0"}
    monkeypatch.setattr(machine.importlib.metadata, "version", versions.__getitem__)
    before = again("packed_package")
    assert again("packed_package") == before
    versions["packed_package"] = "1.1"
    assert again("packed_package") != before


def test_all_packages_count_whatever_their_order(sources):
    write(sources, {**PACKAGE, "made_up_module.py": "A = 1"})
    both = again("made_up", "made_up_module")
    assert again("made_up_module", "made_up", "made_up") == both
    write(sources, {"made_up_module.py": "A = 2"})
    assert again("made_up", "made_up_module") != both
    assert len({again("made_up"), again("made_up_module"), again("sys"), again("no_such_package"), again()}) == 5


def test_the_command_line_and_the_charts_decide_no_number(sources):
    folders = [
        path.relative_to(ROOT / "superb_lite").parts[0]
        for _, found in machine._sources("superb_lite")
        for path in found
    ]
    assert {"features", "evaluation", "machine.py"} <= set(folders)
    assert not {"cli", "charts"} & set(folders)


def test_the_script_that_python_was_started_with_is_hashed(sources):
    code = "from superb_lite.machine import code_sha256; print(code_sha256('__main__'))"
    hashes = []
    for text in (code, f"{code} # edited"):
        write(sources, {"script.py": text})
        hashes.append(
            subprocess.run([sys.executable, sources / "script.py"], capture_output=True, text=True, check=True).stdout
        )
    assert len(set(hashes)) == 2
