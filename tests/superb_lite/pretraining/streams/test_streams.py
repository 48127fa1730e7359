"""Shards of all three schemes: what is read of them, in which order, and what is said of bad ones."""

import gzip
import io
import json
import os
import tarfile

import numpy as np
import pytest
import soundfile

from superb_lite.errors import MissingPackageError, SuperbLiteError
from superb_lite.pretraining.streams.reference import is_stream
from superb_lite.pretraining.streams.stream import open_stream


def tar(path, members):
    with tarfile.open(path, "w") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


@pytest.fixture
def tars(tmp_path):
    for shard in range(3):
        members = {f"{shard}{n}.{suffix}": f"{shard}{n}".encode() for n in range(4) for suffix in ("txt", "png", "cls")}
        tar(tmp_path / f"{shard:03}.tar", members)
    return tmp_path


def contents(pieces):
    return [piece.content for piece in pieces]


EVERYTHING = [f"{shard}{n}" for shard in range(3) for n in range(4)]


@pytest.mark.parametrize("where", ["{}", "{}/{{000..002}}.tar", "{}/*.tar"])
def test_members_of_tar_files_in_the_order_of_their_names(tars, where):
    stream = open_stream(f"webdataset:{where.format(tars)}", "text")
    assert contents(stream.pieces()) == EVERYTHING
    assert contents(stream.first(5)) == EVERYTHING[:5]
    assert contents(open_stream(f"webdataset:{tars}", "image").first(2)) == [b"00", b"01"]
    assert [line.split()[0] for line in stream.fingerprint().splitlines()] == ["000.tar", "001.tar", "002.tar"]


def test_the_order_of_shards_is_drawn(tars):
    stream = open_stream(f"webdataset:{tars}", "text")
    drawn = [contents(stream.pieces(np.random.default_rng(seed))) for seed in (0, 0, 1, 2)]
    assert drawn[0] == drawn[1]
    assert len({tuple(order) for order in drawn}) > 1
    assert all(sorted(order) == EVERYTHING for order in drawn)


def rows(path, values):
    path.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")
    return path


def test_rows_of_data_sets(tmp_path):
    import pyarrow
    import pyarrow.parquet

    rows(tmp_path / "a.jsonl", [{"url": "x", "text": " one "}, {"url": "y", "text": ""}, {"url": "z", "text": "two"}])
    rows(tmp_path / "c.jsonl", [])
    pyarrow.parquet.write_table(pyarrow.table({"body": ["three"], "n": [1]}), tmp_path / "b.parquet")
    (tmp_path / "d.txt").write_text("four\n\nfive\n")
    with gzip.open(tmp_path / "e.jsonl.gz", "wt") as file:
        file.write('{"text": "six"}\n')
    stream = open_stream(f"datasets:{tmp_path}", "text")
    assert contents(stream.pieces()) == ["one", "two", "three", "four", "five", "six"]


def test_images_of_data_sets(tmp_path):
    import datasets

    table = datasets.Dataset.from_dict({"image": [{"bytes": b"one", "path": None}]})
    table.cast_column("image", datasets.Image(decode=False)).to_parquet(tmp_path / "a.parquet")
    assert contents(open_stream(f"datasets:{tmp_path}/a.parquet", "image").pieces()) == [b"one"]


def test_null_values_are_skipped_and_choose_no_column(tmp_path):
    import pyarrow.parquet

    rows(tmp_path / "a.jsonl", [{"title": "no", "text": None}, {"title": "no", "text": "one"}])
    assert contents(open_stream(f"datasets:{tmp_path}/a.jsonl", "text").pieces()) == ["one"]
    images = [None, {"bytes": b"one", "path": None}, None]
    pyarrow.parquet.write_table(pyarrow.table({"image": images}), tmp_path / "b.parquet")
    assert contents(open_stream(f"datasets:{tmp_path}/b.parquet", "image").pieces()) == [b"one"]


def test_paths_in_rows_are_not_opened(tmp_path):
    import pyarrow.parquet

    os.mkfifo(tmp_path / "pipe")  # which would never end
    media = pyarrow.struct({"bytes": pyarrow.binary(), "path": pyarrow.string()})
    table = pyarrow.table({"image": pyarrow.array([{"bytes": None, "path": str(tmp_path / "pipe")}], media)})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(SuperbLiteError, match="row 1, column 'image': it holds the path of a file, not its bytes"):
        open_stream(f"datasets:{tmp_path}/a.parquet", "image").first(1)


@pytest.fixture
def manifest(tmp_path):
    from lhotse import CutSet, Recording

    soundfile.write(tmp_path / "a.wav", np.linspace(-0.5, 0.5, 16000, dtype=np.float32), 16000)
    cut = Recording.from_file(tmp_path / "a.wav").to_cut()
    CutSet.from_cuts([cut, cut.truncate(offset=0.25, duration=0.5).with_id("part")]).to_file(tmp_path / "cuts.jsonl.gz")
    return tmp_path / "cuts.jsonl.gz"


def test_cuts_of_manifests(manifest):
    whole, part = (piece.content() for piece in open_stream(f"lhotse:{manifest}", "audio").pieces())
    assert whole[0].shape == (16000, 1)
    assert part[1] == 16000
    np.testing.assert_array_equal(part[0], whole[0][4000:12000])


def test_a_manifest_runs_no_command(manifest, tmp_path):
    cuts = [json.loads(line) for line in gzip.decompress(manifest.read_bytes()).splitlines()]
    cuts[0]["recording"]["sources"][0].update(type="command", source=f"touch {tmp_path}/ran")
    with gzip.open(manifest, "wt") as file:
        file.write("\n".join(map(json.dumps, cuts)))
    first = next(open_stream(f"lhotse:{manifest}", "audio").pieces())
    with pytest.raises(SuperbLiteError, match="is no stretch of an audio file"):
        first.content()
    assert not (tmp_path / "ran").exists()


def damaged(folder):
    whole = tar(folder / "whole.tar", {"a.txt": b"a" * 5000, "b.txt": b"b" * 5000})
    (folder / "cut.tar").write_bytes(whole.read_bytes()[:8000])
    (folder / "noise.tar").write_bytes(b"noise" * 400)
    tar(folder / "latin.tar", {"a.txt": b"\xe4"})
    tar(folder / "labels.tar", {"a.cls": b"3"})
    (folder / "broken.jsonl").write_text('{"text": "a"}\n{"text": \n')
    (folder / "broken.parquet").write_bytes(b"PAR1nothing")
    rows(folder / "two.jsonl", [{"a": "x", "b": "y"}])
    (folder / "cut.jsonl.gz").write_bytes(gzip.compress(b'{"id": "a"}\n' * 9)[:25])


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("webdataset:{}/cut.tar", "shard '.*cut.tar' is damaged or no tar file: unexpected end"),
        ("webdataset:{}/noise.tar", "shard '.*noise.tar' is damaged or no tar file"),
        ("webdataset:{}/latin.tar", "latin.tar/a.txt' is not UTF-8"),
        ("webdataset:{}/labels.tar", "the stream '.*labels.tar' is empty: its shards hold no text"),
        ("webdataset:{}/{{0..2}}.tar", "cannot read '.*/0.tar': No such file"),
        ("webdataset:{}/{{0..2.tar", "braces are not balanced"),
        ("webdataset:{}/*.zip", "no file there ends in .tar"),
        ("webdataset:pipe:touch x", "only files of this machine are read"),
        ("webdataset:https:/host/a.tar", "only files of this machine are read"),
        ("datasets:{}/broken.jsonl", "shard '.*broken.jsonl' cannot be read: .*JSON"),
        ("datasets:{}/broken.parquet", "shard '.*broken.parquet' cannot be read"),
        ("datasets:{}/two.jsonl", 'has the columns a, b: name one "text"'),
        ("datasets:{}/whole.tar", "its name ends in none of .jsonl"),
        ("lhotse:{}/cut.jsonl.gz", "this corpus reads text"),
    ],
)
def test_what_cannot_be_read_is_one_line_that_names_the_shard(tmp_path, reference, words):
    damaged(tmp_path)
    with pytest.raises(SuperbLiteError, match=words) as caught:
        open_stream(reference.format(tmp_path), "text").first(10)
    assert "\n" not in str(caught.value)


def test_a_damaged_manifest_is_named(tmp_path):
    damaged(tmp_path)
    with pytest.raises(SuperbLiteError, match=r"shard '.*cut\.jsonl\.gz' cannot be read"):
        open_stream(f"lhotse:{tmp_path}/cut.jsonl.gz", "audio").first(10)


def test_a_missing_package_is_one_line(monkeypatch):
    monkeypatch.setattr("superb_lite.pretraining.streams.stream.find_spec", lambda name: None)
    with pytest.raises(MissingPackageError, match=r"pip install 'superb-lite\[stream\]'"):
        open_stream("lhotse:cuts.jsonl.gz", "audio")


def test_what_is_a_stream():
    assert [is_stream(d) for d in ("webdataset:x", "datasets:a/b", "text.txt", "other:x", None)] == [True] * 2 + [
        False
    ] * 3
