"""`webdataset:SHARDS`: tar files as tasks, and tar files that are up to something."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.features.data_checks import check_data
from superb_lite.tasks import own_shards
from superb_lite.tasks.own_shards import shards_task
from tests.superb_lite.tasks.media_files import ENCODED, LABELS, content, shown


def write(
    path: Path, members: dict[str, bytes], *, mode: str = "w:", extra: list[tarfile.TarInfo] | None = None
) -> Path:
    with tarfile.open(path, mode) as archive:
        for name, found in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(found)
            archive.addfile(info, io.BytesIO(found))
        for info in extra or ():
            archive.addfile(info, io.BytesIO(b"x" * info.size) if info.isreg() else None)
    return path


def members(column: str, numbers: range, *, as_json: bool = False, **more: str) -> dict[str, bytes]:
    found = {}
    for n in numbers:
        stem = f"part/{n:04d}"
        found[f"{stem}.{ENCODED[column]}"] = content(column, n)
        label = LABELS[n % 2]
        found[f"{stem}.{'json' if as_json else 'cls'}"] = (
            json.dumps({"label": label, **more}).encode() if as_json else label.encode()
        )
    return found


@pytest.mark.parametrize("column", ["image", "audio", "text"])
def test_items_are_those_of_the_members(tmp_path: Path, column: str) -> None:
    for shard in range(3):
        write(tmp_path / f"x-{shard:03d}.tar", members(column, range(10 * shard, 10 * shard + 10), as_json=shard == 1))
    (task,) = plugins.tasks(f"webdataset:{tmp_path}/x-{{000..002}}.tar")
    data = task.data()
    check_data(task, data)
    assert (len(data.train), len(data.test), task.labels) == (24, 6, LABELS)
    own = plugins.modality(task.modality).own_cells
    read = __import__(own.read.split(":")[0], fromlist=["x"]).read_bytes
    for n in (29, 0, 11):
        assert shown(data.items[f"x-{n // 10:03d}/part/{n:04d}"]) == shown(read("x", content(column, n)))


def test_it_is_what_webdataset_reads(tmp_path: Path) -> None:
    """The library's own reader gives the same keys, items and labels."""
    webdataset = pytest.importorskip("webdataset")
    path = write(tmp_path / "x.tar", members("image", range(12)))
    data = shards_task("webdataset:x", path).data()
    label = {e.id: LABELS[e.label] for e in (*data.train, *data.test)}
    samples = list(webdataset.WebDataset(str(path), shardshuffle=False))
    assert {f"x/{s['__key__']}": s["cls"].decode() for s in samples} == label
    for sample in samples:
        name, own = data.items._sources[f"x/{sample['__key__']}"]
        assert own_shards._content(own) == sample["png"], name


def test_parts_by_the_names_of_shards_or_by_json(tmp_path: Path) -> None:
    for part, numbers in (("train", range(10)), ("val", range(10, 14)), ("test", range(14, 20))):
        write(tmp_path / f"{part}-0.tar", members("text", numbers))
    data = shards_task("webdataset:x", tmp_path).data()
    assert [len(found) for found in (data.train, data.validation, data.test)] == [10, 4, 6]
    both = members("text", range(10), as_json=True, split="train")
    both |= members("text", range(10, 14), as_json=True, split="test")
    data = shards_task("webdataset:y", write(tmp_path / "y.tar", both)).data()
    assert [len(found) for found in (data.train, data.test)] == [10, 4]


def test_captions_beside_images_are_no_items(tmp_path: Path) -> None:
    found = members("image", range(10))
    found |= {f"part/{n:04d}.txt": b"a caption" for n in range(10)}
    assert shards_task("webdataset:x", write(tmp_path / "x.tar", found)).modality == "image"


def info(name: str, kind: bytes = tarfile.REGTYPE, *, link: str = "", size: int = 0) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, link, size
    return made


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (info("../evil.txt", size=1), "member '../evil.txt': its path leads out of the archive"),
        (info("/etc/evil.txt", size=1), "member '/etc/evil.txt': its path leads out of the archive"),
        (info("a.txt", tarfile.SYMTYPE, link="/etc/passwd"), "member 'a.txt': it is a link, a device or a sparse file"),
        (info("a.txt", tarfile.LNKTYPE, link="part/0000.txt"), "it is a link"),
        (info("a.txt", tarfile.CHRTYPE), "it is a link, a device"),
        (info("a.txt", tarfile.FIFOTYPE), "it is a link, a device"),
        (info("part/0000.txt", size=3), "member 'part/0000.txt': it is there twice"),
        (info("part/x\x1b[31m\n.txt", tarfile.SYMTYPE), r"member 'part/x\\x1b\[31m\\n.txt'"),
    ],
)
def test_members_that_no_shard_needs_are_refused(tmp_path: Path, member: tarfile.TarInfo, words: str) -> None:
    path = write(tmp_path / "x.tar", members("text", range(10)), extra=[member])
    refused(path, words)


def refused(path: Path, words: str) -> None:
    with pytest.raises(SuperbLiteError, match=words) as caught:
        shards_task("webdataset:x", path)
    assert len(str(caught.value)) <= 300
    assert str(caught.value).isprintable()


def test_sizes_that_are_too_large_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "x.tar", members("text", range(10)))
    huge = bytearray(path.read_bytes())
    header = info("zz.txt", size=2**40).tobuf(tarfile.GNU_FORMAT)
    path.write_bytes(bytes(huge[:1024]) + header + b"\0" * 1024)
    refused(path, "member 'zz.txt': it has 1,099,511,627,776 bytes, at most")
    header = info("zz.txt", size=2**20).tobuf(tarfile.GNU_FORMAT)
    path.write_bytes(bytes(huge[:1024]) + header + b"\0" * 1024)
    refused(path, "member 'zz.txt': the shard is cut short")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"part/0000.cls": None}, "example 'part/0000': no label: it needs a member .cls, or .json"),
        ({"part/0000.cls": b"\xff"}, "its .cls is not UTF-8"),
        ({"part/0000.cls": b" "}, "'' is no label|' ' is no label"),
        ({"part/0000.json": b"{"}, "example 'part/0000': its .json cannot be read"),
        ({"part/0000.json": b'{"split": "x"}'}, "'split': 'x' is not one of train"),
        ({"part/0000.txt": None}, "example 'part/0000': 0 items instead of one; its files are .cls"),
    ],
)
def test_examples_that_lack_something(tmp_path: Path, change: dict[str, bytes | None], words: str) -> None:
    found = {**members("text", range(10)), **change}
    refused(write(tmp_path / "x.tar", {name: c for name, c in found.items() if c is not None}), words)


def test_archives_that_are_none(tmp_path: Path) -> None:
    refused(tmp_path, "holds no .tar file")
    refused(tmp_path / "none-{0..1}.tar", "none-0.tar")
    packed = write(tmp_path / "x.tar.gz", members("text", range(4)), mode="w:gz")
    refused(packed, "as a tar file that is not compressed")
    refused(write(tmp_path / "y.tar", {"a.md": b"x"}), "holds files of no modality: .md; needed are items and .cls")
    mixed = {**members("image", range(4)), "z.wav": content("audio", 0), "z.cls": b"a"}
    refused(write(tmp_path / "z.tar", mixed), "holds files of several modalities")
