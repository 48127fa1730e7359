"""Manifests of strangers: what they say, and what is refused."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from superb_lite.errors import SuperbLiteError
from superb_lite_leaderboard.commands.operands import manifest_operand
from superb_lite_leaderboard.commands.submit import submit
from superb_lite_leaderboard.submission.manifest import LARGEST, Manifest, read_manifest

GOOD: dict[str, Any] = {
    "name": "my BERT",
    "description": "Trained on two shelves of books.\nSecond line.",
    "url": "https://example.org",
    "licence": "MIT",
    "tags": ["small", "text"],
    "encoders": ["majority", "weights"],
    "results": ["results/a.json"],
    "languages": ["en"],
    "pretrained_on": ["bookcorpus", "wikipedia"],
}
LISTS = ("tags", "encoders", "results", "languages", "pretrained_on")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "entry"
    (found / "weights").mkdir(parents=True)
    (found / "results").mkdir()
    (found / "results" / "a.json").write_text("{}", encoding="utf-8")
    (tmp_path / "outside.json").write_text("{}", encoding="utf-8")
    return found


def write(folder: Path, content: object) -> Path:
    path = folder / "submission.yaml"
    text = content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, content: object) -> str:
    """The message with which `submit` refuses a manifest; nothing is stored."""
    path, board = write(folder, content), folder.parent / "b.db"
    with pytest.raises(SuperbLiteError) as error:
        submit([str(path)], board=str(board))
    message = str(error.value)
    assert len(message) <= 300
    assert message.isprintable()
    assert message.startswith("'")
    assert not board.exists()
    return message


def test_it_says_what_safe_load_reads(folder: Path) -> None:
    path = write(folder, GOOD)
    found = read_manifest(path)
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    for field in ("name", "description", "url", "licence", "tags", "languages"):
        value = getattr(found, field)
        assert (list(value) if isinstance(value, tuple) else value) == read[field]
    assert found.encoders == ("majority", str(folder / "weights"))
    assert found.results == (str(folder / "results" / "a.json"),)
    left_empty = write(folder, "encoders: [majority]\nurl:\nname: x\n")
    assert read_manifest(left_empty) == Manifest(name="x", encoders=("majority",))


def test_a_path_is_never_read_as_a_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "majority").mkdir()
    write(folder, {"encoders": ["./majority", "random:weights", "hf:weights,layer=2", "hf:org/model"]})
    assert read_manifest(Path("submission.yaml")).encoders == (
        "./majority",
        "random:./weights",
        "hf:./weights,layer=2",
        "hf:org/model",
    )


def test_which_operand_is_a_manifest(folder: Path) -> None:
    path = write(folder, GOOD)
    assert manifest_operand([str(folder)]) == manifest_operand([str(path)]) == path
    assert manifest_operand(["majority"]) is manifest_operand([str(folder / "results")]) is None
    with pytest.raises(SuperbLiteError, match="submitted alone"):
        manifest_operand([str(path), "majority"])
    (folder / "more.json").write_text("{}", encoding="utf-8")
    assert manifest_operand([str(folder)]) is None
    (folder / "more.json").unlink()
    (folder / "config.json").write_text("{}", encoding="utf-8")
    assert manifest_operand([str(folder)]) is None


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "lines of the kind"),
        ("- a", "lines of the kind"),
        ("name: a\nname: b", "field 'name': line 2: it stands twice"),
        ("name: a\nnmae: b", "field 'nmae': Extra inputs"),
        ("name: &a x\nurl: *a", "field 'name': line 1: aliases and anchors"),
        ("tags:\n- &a [x]\n- *a", "field 'tags.0': line 2: aliases and anchors"),
        ("tags: *nothing", "field 'tags': line 1: aliases and anchors"),
        ("tags: [[[[[[x]]]]]]", "field 'tags.0.0.0': line 1: nested too deep"),
        ("name: " + "[" * 60_000, "nested too deep"),
        ("name: 2024", "field 'name': 2024 is read as int, not as text: put it in quotes"),
        ("licence: no", "field 'licence': no is read as bool"),
        ("name: " + "9" * 9000, "field 'name': 999"),
        ("url: 2024-99-99", "field 'url': 2024-99-99 is read as timestamp"),
        ("name: !!python/object/apply:os.system [ls]", "field 'name': line 1: the tag 'python/object/apply:os.system'"),
        ("<<: {name: a}", "line 1: '<<' is no field"),
        ("? [a, b]\n: c", "'a list' is no field"),
        ("name: a\nencoders: [majority]\n---\nname: b", "line 3: not YAML"),
        ("name: [", "line 1: not YAML"),
        ('name: "\\ud800"', "field 'name'"),
        ('name: "\\U00ffffff"', "not YAML"),
        ('name: "a\\nb"\nencoders: [majority]', "field 'name': the entry name"),
        ("name: a", "fields 'encoders' and 'results' are empty"),
        ("encoders: [majority]", "--name"),
        ("encoders: majority", "field 'encoders': Input should be a valid tuple"),
        ("tags: [~]", "field 'tags.0'"),
        ("description: " + "x" * LARGEST, "at most 64 kB"),
    ],
)
def test_what_is_no_manifest_is_refused_in_a_line(folder: Path, text: str, part: str) -> None:
    if part == "--name":
        with pytest.raises(SuperbLiteError, match=part):
            submit([str(write(folder, text))], board=str(folder / "b.db"))
        return
    assert part in refused(folder, text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("results", "/etc/x.json"),
        ("results", "../outside.json"),
        ("results", "results/../../outside.json"),
        ("results", "..\\outside.json"),
        ("results", "C:\\x.json"),
        ("results", "C:x.json"),
        ("results", "~/x.json"),
        ("results", "none.json"),
        ("results", "results"),
        ("results", "link.json"),
        ("results", "loop.json"),
        ("results", "results/p.json"),
        ("results", "a/" * 400 + "x.json"),
        ("encoders", "/etc"),
        ("encoders", ".."),
        ("encoders", "link"),
        ("encoders", "linked"),
        ("encoders", "hf:/etc"),
        ("encoders", "hf:../entry"),
        ("encoders", "hf:~/x"),
        ("encoders", "hf:link"),
        ("encoders", "random:../entry/weights"),
        ("encoders", "no-such-encoder"),
    ],
)
def test_paths_stay_in_the_folder(folder: Path, field: str, value: str) -> None:
    (folder / "link.json").symlink_to(folder.parent / "outside.json")
    (folder / "loop.json").symlink_to(folder / "loop.json")
    (folder / "link").symlink_to(folder.parent)
    (folder / "linked").mkdir()
    (folder / "linked" / "weights").symlink_to(folder.parent / "outside.json")
    (folder / "results" / "p.json").write_text("{}", encoding="utf-8")
    (folder / "results" / "p.parquet").symlink_to(folder.parent / "outside.json")
    assert f"field '{field}.0'" in refused(folder, {"name": "a", field: [value]})


def test_a_manifest_is_a_file_of_text(folder: Path) -> None:
    for content in (b"\xff\xfename", b"name: \x00"):
        (folder / "submission.yaml").write_bytes(content)
        with pytest.raises(SuperbLiteError, match=r"UTF-8|YAML"):
            read_manifest(folder / "submission.yaml")
    os.mkfifo(folder / "pipe.yaml")
    for path in (folder / "pipe.yaml", folder, folder / "none.yaml"):
        with pytest.raises(SuperbLiteError, match=r"is a file|No such file"):
            read_manifest(path)


NOT_TEXT = st.one_of(st.integers(), st.booleans(), st.floats(), st.dates(), st.binary(max_size=9), st.just({"a": "b"}))
OUTSIDE = st.sampled_from(
    ["/etc/a.json", "../outside.json", "results/../../a.json", "C:\\a.json", "~/a.json", "\u202e"]
)


@st.composite
def malformed(draw: st.DrawFn) -> tuple[str, str]:
    """(the text of a manifest with one thing wrong, the field that is wrong)."""
    field = draw(st.sampled_from(sorted(GOOD)))
    content = dict(GOOD)
    kind = draw(st.sampled_from(["type", "length", "unknown", "twice", "path", "anchor", "alias", "items"]))
    if kind == "type":
        content[field] = draw(NOT_TEXT | (st.text(min_size=1, max_size=9) if field in LISTS else st.just(["a"])))
    elif kind == "items" and field in LISTS:
        content[field] = [*GOOD[field], draw(NOT_TEXT | st.just("") | st.just([]))]
    elif kind == "length":
        content[field] = ["x"] * 1001 if field in LISTS else "x" * draw(st.integers(2001, 4000))
    elif kind == "path":
        field = draw(st.sampled_from(["encoders", "results"]))
        content[field] = [*GOOD[field], draw(OUTSIDE)]
    elif kind in ("anchor", "alias"):
        mark = draw(st.text("abcxyz019", min_size=1, max_size=9))
        rest = {key: value for key, value in GOOD.items() if key != field}
        value = f"&{mark} [x]" if kind == "anchor" else f"*{mark}"
        return f"{field}: {value}\n{yaml.safe_dump(rest)}", field
    elif kind == "twice":
        return f"{yaml.safe_dump(GOOD)}\n{field}: {draw(st.text('abc', max_size=3))}\n", field
    else:
        field = draw(st.text("abcdefghij_", min_size=1, max_size=30).filter(lambda key: key not in GOOD))
        content[field] = "x"
    return yaml.safe_dump(content), field


@pytest.mark.parametrize("examples", [60, pytest.param(5000, marks=pytest.mark.slow)])
def test_malformed_manifests_are_refused_by_the_name_of_the_field(folder: Path, examples: int) -> None:
    seen = 0

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(malformed())
    def check(example: tuple[str, str]) -> None:
        nonlocal seen
        text, field = example
        message = refused(folder, text)
        assert f"field '{field}" in message, (message, text)
        seen += 1

    check()
    print(f"{seen} malformed manifests, each refused in one line that names the field")
    assert seen >= min(examples, 60)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(max_size=200) | st.text("name: [{&*!|>-\n\"'?}]#x", max_size=60))
def test_any_text_is_a_manifest_or_refused(folder: Path, text: str) -> None:
    path = folder / "any.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with contextlib.suppress(SuperbLiteError):
        assert isinstance(read_manifest(path), Manifest)
