"""Features on disk: damaged parts, full disks, and what processes that died leave."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch

from superb_lite.errors import SuperbLiteError
from superb_lite.features import parts
from superb_lite.features.budget import VARIABLE
from superb_lite.features.parts import INDEX, PartWriter, open_part
from superb_lite.features.store import FeatureStore, ItemView
from superb_lite.forms import View
from tests.superb_lite.toy_tasks import ToyEncoder


@pytest.fixture
def items():
    rng = np.random.default_rng(0)
    return {f"i{n}": rng.standard_normal((1 + n % 5, 3)).astype(np.float32) for n in range(11)}


def wanted(items, view=View("mean")):  # noqa: B008
    return {key: ItemView(items, key, view) for key in items}


@pytest.mark.parametrize("dtype", ["<f4", "<f2"])
def test_what_is_written_is_read(tmp_path, dtype):
    writer = PartWriter(tmp_path, dtype)
    rng = np.random.default_rng(0)
    layers = {
        e: [torch.from_numpy(rng.standard_normal((n, d))).float() for d in (3, 2)]
        for e, n in (("a", 4), ("b", 0), ("c", 1))
    }
    for entry, of_entry in layers.items():
        spans = np.arange(2 * len(of_entry[0])).reshape(-1, 2)
        writer.add(entry, of_entry, [{"spans": spans}] * 2)
    assert not list(tmp_path.glob("part-*"))
    writer.finish()
    (folder,) = tmp_path.iterdir()
    part, entries = open_part(folder)
    assert part.widths == (3, 2)
    assert entries == list(layers)
    for place, of_entry in enumerate(layers.values()):
        for number, layer in enumerate(of_entry):
            first, stop = part.ranges[place, number]
            assert part.layer(number)[first:stop] == pytest.approx(layer.numpy(), abs=0 if dtype == "<f4" else 2e-3)
            assert (
                part.positions("spans", number)[first:stop].tolist()
                == np.arange(2 * len(layer)).reshape(-1, 2).tolist()
            )
            assert not part.positions("segment", number).any()


def test_layers_keep_their_widths(tmp_path):
    writer = PartWriter(tmp_path, "<f4")
    writer.add("a", [torch.zeros(1, 3)], None)
    with pytest.raises(SuperbLiteError, match="change their number or width"):
        writer.add("b", [torch.zeros(1, 2)], None)
    writer.discard()
    assert not list(tmp_path.iterdir())


def damage_bytes(part):
    file = part / "layer1.bin"
    content = bytearray(file.read_bytes())
    content[5] ^= 1
    file.write_bytes(content)


def cut_file(part):
    (part / "layer0.bin").write_bytes((part / "layer0.bin").read_bytes()[:-4])


def empty_file(part):
    (part / "layer0.bin").write_bytes(b"")


def delete_file(part):
    (part / "layer1.bin").unlink()


def cut_index(part):
    (part / INDEX).write_text('{"widths": [3', encoding="utf-8")


def rewrite(**changes):
    def damage(part):
        index = json.loads((part / INDEX).read_text(encoding="utf-8"))
        (part / INDEX).write_text(json.dumps({**index, **changes}), encoding="utf-8")

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        damage_bytes,
        cut_file,
        empty_file,
        delete_file,
        cut_index,
        lambda part: (part / INDEX).unlink(),
        rewrite(rows=[12, 11]),
        rewrite(rows=[11]),
        rewrite(widths=[3, 4]),
        rewrite(dtype="<f2"),
        rewrite(dtype="no type"),
        rewrite(more=1),
    ],
)
def test_damaged_parts_are_deleted_and_made_again(damage, items, tmp_path):
    expected = FeatureStore(ToyEncoder(), tmp_path).table(wanted(items)).stack(list(items), 1)
    (part,) = tmp_path.glob("*/part-*")
    damage(part)
    store = FeatureStore(ToyEncoder(), tmp_path)
    assert torch.equal(store.table(wanted(items)).stack(list(items), 1), expected)
    assert store.forward_items == 11
    assert part not in list(tmp_path.glob("*/part-*"))


def test_a_part_that_is_deleted_while_it_is_in_use_stays_readable(items, tmp_path):
    table = FeatureStore(ToyEncoder(), tmp_path).table(wanted(items))
    shutil.rmtree(next(tmp_path.glob("*/part-*")))
    assert torch.equal(
        table.stack(list(items), 1), FeatureStore(ToyEncoder(), None).table(wanted(items)).stack(list(items), 1)
    )


def full(*arguments, **options):
    raise OSError(errno.ENOSPC, "No space left on device")


class FullDisk:
    """A file that takes some bytes and then no more, not even on closing, as with bytes that were buffered."""

    def __init__(self, file, room):
        self.file, self.room = file, room

    def write(self, content):
        self.room -= len(content)
        if self.room < 0:
            full()
        return self.file.write(content)

    def close(self):
        self.file.close()
        full()


@pytest.mark.parametrize("room", [0, 100])
def test_a_full_disk_is_one_line(items, tmp_path, monkeypatch, room):
    monkeypatch.setattr(parts, "open", lambda *a, **k: FullDisk(open(*a, **k), room), raising=False)  # noqa: SIM115
    monkeypatch.setattr(parts, "HAS_LOCKS", False)
    with pytest.raises(SuperbLiteError, match=r"cannot write features to .*No space left"):
        FeatureStore(ToyEncoder(), tmp_path).fetch(wanted(items).values())
    assert not list(tmp_path.glob("*/*"))


def test_a_disk_that_is_full_at_the_end_is_one_line(items, tmp_path, monkeypatch):
    monkeypatch.setattr(parts.os, "replace", full)
    with pytest.raises(SuperbLiteError, match=r"cannot write features to .*No space left"):
        FeatureStore(ToyEncoder(), tmp_path).fetch(wanted(items).values())
    assert not list(tmp_path.glob("*/*"))


FILL = """
import sys
import numpy as np
from pathlib import Path
from superb_lite.features.export import export_features
from superb_lite.features.store import FeatureStore, ItemView
from superb_lite.forms import View
from tests.superb_lite.toy_tasks import ToyEncoder

items = {str(n): np.full((1000, 3), n, np.float32) for n in range(1000)}
if sys.argv[1] == "store":
    FeatureStore(ToyEncoder(), Path(sys.argv[2])).fetch(ItemView(items, k, View("positions")) for k in items)
else:
    export_features(ToyEncoder(), items, Path(sys.argv[2]), reference="toy", view="positions")
"""


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root can mount a small file system")
@pytest.mark.parametrize("what", ["store", "export"])
def test_a_file_system_that_is_full_is_one_line_and_no_signal(what):
    folder = Path(tempfile.mkdtemp())
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", folder], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        folder.rmdir()
        pytest.skip("mounting is not allowed here")
    try:
        done = subprocess.run(
            [sys.executable, "-c", FILL, what, folder],
            env={**os.environ, VARIABLE: "1TB"},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("superb_lite.errors.SuperbLiteError: cannot write")
    assert "No space left" in done.stderr.splitlines()[-1]


WRITE = """
import sys, time
from pathlib import Path
import torch
from superb_lite.features.parts import PartWriter, writing

folder = Path(sys.argv[1]) / "encoder"
folder.mkdir(exist_ok=True)
with writing(folder.parent):
    writer = PartWriter(folder, "<f4")
    writer.add("a", [torch.zeros(1, 3)], None)
    print("writing", flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(not parts.HAS_LOCKS, reason="a system without shared locks")
def test_what_a_killed_process_left_is_deleted_but_never_what_a_live_one_writes(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", WRITE, tmp_path], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "writing\n"
    FeatureStore(ToyEncoder(), tmp_path)
    assert len(list(tmp_path.glob("encoder/.writing-*"))) == 1
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert len(list(tmp_path.glob("encoder/.writing-*"))) == 1
    FeatureStore(ToyEncoder(), tmp_path)
    assert not list(tmp_path.glob("encoder/.writing-*"))


@pytest.mark.skipif(not parts.HAS_LOCKS, reason="a system without shared locks")
def test_a_store_deletes_nothing_of_another_one_that_is_writing(items, tmp_path):
    during = []

    def start_another(done, total):
        FeatureStore(ToyEncoder(), tmp_path)
        during.append(len(list(tmp_path.glob("*/.writing-*"))))

    store = FeatureStore(ToyEncoder(), tmp_path, batch_size=4)
    assert len(store.table(wanted(items), start_another).stack(list(items), 0)) == 11
    assert during == [1, 1, 0]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files where Linux lists them")
def test_parts_that_are_read_keep_no_file_open(items, tmp_path, monkeypatch):
    monkeypatch.setattr("superb_lite.features.store.PART_ITEMS", 2)
    store = FeatureStore(ToyEncoder(), tmp_path, batch_size=2)
    before = len(os.listdir("/proc/self/fd"))
    store.fetch(wanted(items).values())
    assert len(list(tmp_path.glob("*/part-*"))) == 6
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_part_that_the_system_refuses_to_open_is_not_deleted(items, tmp_path, monkeypatch):
    FeatureStore(ToyEncoder(), tmp_path).fetch(wanted(items).values())

    def refused(*arguments):
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(parts, "_mapped", refused)
    with pytest.raises(SuperbLiteError, match=r"cannot read the features in '.*': Too many open files"):
        FeatureStore(ToyEncoder(), tmp_path).fetch(wanted(items).values())
    assert list(tmp_path.glob("*/part-*"))
