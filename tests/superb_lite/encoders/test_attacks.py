"""Files of attackers: each is refused in one line, and nothing in it is run, started, connected to or written.

All of them are tried in one other process, with an audit hook (PEP 578) that counts what must not happen.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from superb_lite.encoders.around import KEY
from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.encoders.weights import sha256
from superb_lite_text.bert import BertEncoder
from superb_lite_text.tokenizer import train_tokenizer


class Payload:
    """Unpickled, it writes the canary."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.canary}",)


class Evaluated(Payload):
    def __reduce__(self) -> tuple[Any, ...]:
        return eval, (f"open({str(self.canary)!r}, 'w').close()",)


class Connected(Payload):
    def __reduce__(self) -> tuple[Any, ...]:
        import socket

        return socket.create_connection, (("127.0.0.1", 9),)


class Scripted(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + 1


def safetensors(header: bytes, data: bytes = b"", length: int | None = None) -> bytes:
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def one_tensor(**changes: Any) -> bytes:
    entry = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4], **changes}
    return safetensors(json.dumps({"x": entry}).encode(), bytes(4))


def pickles(canary: Path) -> dict[str, bytes]:
    """Files that would run something if they were unpickled."""
    found = {f"protocol-{n}": pickle.dumps(Payload(canary), protocol=n) for n in range(6)}
    found["eval"] = pickle.dumps({"a": Evaluated(canary)})
    found["socket"] = pickle.dumps({"a": Connected(canary)})
    for name, modern in (("torch-zip", True), ("torch-legacy", False)):
        stream = io.BytesIO()
        torch.save({"w": torch.ones(2), "x": Payload(canary)}, stream, _use_new_zipfile_serialization=modern)
        found[name] = stream.getvalue()
    found["gzip"] = gzip.compress(found["protocol-4"])
    stream = io.BytesIO()
    np.save(stream, np.array([Payload(canary)], dtype=object), allow_pickle=True)
    found["numpy-objects"] = stream.getvalue()
    stream = io.BytesIO()
    torch.jit.save(torch.jit.trace(Scripted(), torch.ones(2)), stream)
    found["torchscript"] = stream.getvalue()
    return found


def archive(name: str, content: bytes, *, deflated: bool = False) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED) as file:
        file.writestr(name, content)
    return stream.getvalue()


def saved(value: Any) -> bytes:
    stream = io.BytesIO()
    torch.save(value, stream)
    return stream.getvalue()


HEADERS = {
    "huge-length": safetensors(b"{}", length=2**63),
    "longer-than-file": safetensors(b"{}", length=100),
    "empty": b"",
    "negative-shape": one_tensor(shape=[-1]),
    "overflowing-shape": one_tensor(shape=[2**40, 2**40, 2**40]),
    "true-for-shape": one_tensor(shape=[1.0]),
    "many-dimensions": one_tensor(shape=[1] * 99),
    "unknown-dtype": one_tensor(dtype="O"),
    "offsets-outside": one_tensor(data_offsets=[0, 2**40]),
    "offsets-backwards": one_tensor(data_offsets=[4, 0]),
    "no-object": safetensors(b"[1]"),
    "deep": safetensors(b"[" * 100_000),
    "duplicate-keys": safetensors(
        b'{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        bytes(4),
    ),
    "not-utf8": safetensors(b"\xff\xfe"),
}


def attacks(folder: Path, canary: Path) -> list[list[str]]:
    """The arguments of `superb-lite` for each attack; the files are written."""
    found: list[list[str]] = []

    def new(name: str, content: bytes) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def convert(path: Path) -> None:
        found.append(["convert", str(path), "--to", "safetensors", "--out", str(folder / f"{len(found)}.safetensors")])

    def checkpoint(name: str) -> Path:
        path = folder / name
        tokenizer = train_tokenizer(["天地玄黄宇宙洪荒"])
        encoder = BertEncoder(tokenizer, layers=1, width=8, heads=2, hidden=8)
        save_checkpoint(encoder, path, name="text-bert", pretraining={})
        return path

    def evaluate(reference: object) -> None:
        found.append(["evaluate", str(reference), "--tasks", "glue-lite/rte"])

    for name, content in pickles(canary).items():
        convert(new(f"convert/{name}.pt", content))  # 13
        as_weights = checkpoint(f"renamed-{name}")
        new(f"renamed-{name}/model.safetensors", content)
        evaluate(as_weights)  # 13
    for end in (".pt", ".pth", ".ckpt", ".bin"):
        evaluate(new(f"weights{end}", pickles(canary)["protocol-2"]))
    evaluate(f"timm:resnet18,weights={new('x.pth', pickles(canary)['torch-zip'])}")
    evaluate(f"timm:resnet18,weights={new('x.npy', pickles(canary)['numpy-objects'])}")
    for name in ("duplicate-keys", "huge-length", "overflowing-shape"):
        evaluate(f"timm:resnet18,weights={new(f'timm-{name}.safetensors', HEADERS[name])}")
    for name, content in HEADERS.items():
        broken = checkpoint(f"header-{name}")
        new(f"header-{name}/model.safetensors", content)
        evaluate(broken)
    # Archives that are bombs, or lead elsewhere.
    convert(new("bomb.pt", archive("archive/data.pkl", bytes(10**8), deflated=True)))
    convert(new("traversal.pt", archive(f"../../{canary.name}", b"x")))
    convert(new("expanded.pt", saved({"x": torch.zeros(1).expand(2**40)})))
    convert(new("nan.pt", saved({"x": torch.tensor([float("nan")])})))
    convert(new("no-weights.pt", saved([1, 2])))
    convert(new("other-name.exe", saved({"x": torch.ones(1)})))
    # Checkpoints with weights that are none, and links.
    for name, number in (("nan", float("nan")), ("inf", float("inf"))):
        broken = checkpoint(name)
        tensors = load_file(broken / "model.safetensors")
        first = next(iter(tensors))
        tensors[first].view(-1)[0] = number
        save_file(tensors, broken / "model.safetensors")
        config = json.loads((broken / "config.json").read_text(encoding="utf-8"))
        config["weights_sha256"] = sha256(broken / "model.safetensors")
        (broken / "config.json").write_text(json.dumps(config), encoding="utf-8")
        evaluate(broken)
    linked, elsewhere = checkpoint("linked"), checkpoint("elsewhere")
    (linked / "model.safetensors").unlink()
    (linked / "model.safetensors").symlink_to(elsewhere / "model.safetensors")
    evaluate(linked)
    for name, changes in {
        "target": {"config": {"_target_": "os.system", "_args_": ["touch"]}},
        "layers": {"config": {"layers": 10**9}},
        "encoder": {"encoder": "os:system"},
        "deep": {"pretraining": json.loads("[" * 400 + "]" * 400)},
    }.items():
        broken = checkpoint(f"config-{name}")
        config = json.loads((broken / "config.json").read_text(encoding="utf-8"))
        (broken / "config.json").write_text(json.dumps({**config, **changes}), encoding="utf-8")
        evaluate(broken)
    # Folders of transformers.
    for name, config in {
        "auto-map": {"model_type": "x", "auto_map": {"AutoConfig": "code.C", "AutoModel": "code.M"}},
        "pickle": {"model_type": "bert"},
        "path": {"model_type": "bert", "transformers_weights": "../x.bin"},
        "attention": {"model_type": "bert", "attn_implementation": "evil/kernel"},
    }.items():
        new(f"hf-{name}/config.json", json.dumps(config).encode())
        new(f"hf-{name}/code.py", f"open({str(canary)!r}, 'w')\nclass C: pass\nclass M: pass\n".encode())
        if name == "pickle":
            new(f"hf-{name}/pytorch_model.bin", pickles(canary)["protocol-2"])
        else:
            new(f"hf-{name}/model.safetensors", one_tensor())
        evaluate(f"hf:{folder / f'hf-{name}'}")
    # Checkpoints for s3prl, which would evaluate texts of a configuration; and pickles that are published.
    rest = {"task_cfg": {}, "model_cfg": {"conv_feature_layers": f"__import__('os').system('touch {canary}')"}}
    metadata = {KEY: json.dumps({"where": ["model_weight"], "rest": {**rest, "dictionaries_symbols": [["a"]]}})}
    save_file({"x": torch.ones(1)}, folder / "s3prl.safetensors", metadata=metadata)
    for upstream in ("hubert_local", "wav2vec2_local", "data2vec_custom"):
        evaluate(f"s3prl:{upstream}:{folder / 's3prl.safetensors'}")
    for name in ("torch-zip", "protocol-2", "torchscript"):
        evaluate(f"s3prl:wavlm_local:{new(f's3prl-{name}.pt', pickles(canary)[name])}")
        evaluate(f"s3prl:apc_local:{new(f's3prl-{name}.safetensors', pickles(canary)[name])}")
    for published in ("s3prl:hubert", "s3prl:tera", "torchvision:resnet18.IMAGENET1K_V1", "timm:legacy_senet154.in1k"):
        evaluate(published)
    # Result files.
    for name, content in {
        "pickle": pickles(canary)["protocol-0"],
        "deep": b"[" * 10**6,
        "wrong": b'{"format": 1e999}',
        "list": b"[]",
        "constructor": b'{"format": 2, "results": [{"__reduce__": ["os.system", "x"]}]}',
    }.items():
        found.append(["table", str(new(f"results-{name}.json", content))])
    return found


RUN = """
import json, sys
import torch, timm, transformers, pyarrow.parquet, sklearn.datasets  # what these do at import is theirs
import superb_lite.encoders.checkpoint, superb_lite_image.foreign, superb_lite_text.hugging_face, superb_lite_text.bert
import superb_lite.evaluation.run, superb_lite.encoders.pickled, superb_lite_speech.s3prl_reference
superb_lite_speech.s3prl_reference._upstreams()
import contextlib, io
from superb_lite.cli import main
seen = []
NAMES = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "socket.connect", "pickle.find_class")
def hook(event, arguments):
    if event in NAMES:
        seen.append(f"{event} {arguments}")
sys.addaudithook(hook)
answers = []
for arguments in json.load(open(sys.argv[1])):
    seen.clear()
    out, err = io.StringIO(), io.StringIO()
    sys.argv = ["superb-lite", *arguments]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
        code = 0
    except SystemExit as end:
        code = end.code
    said = {"out": out.getvalue(), "err": err.getvalue(), "seen": list(seen)}
    answers.append({"arguments": arguments, "code": code, **said})
json.dump(answers, sys.stdout)
"""


@pytest.mark.slow
def test_no_file_of_an_attacker_is_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    canary = tmp_path / "canary"
    tried = attacks(tmp_path / "files", canary)
    assert len(tried) >= 60
    (tmp_path / "attacks.json").write_text(json.dumps(tried), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path / "attacks.json")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SUPERB_LITE_CACHE": str(tmp_path / "cache"), "COLUMNS": "2000"},
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert len(answers) == len(tried)
    wrong = [
        (answer["arguments"][1], answer["code"], answer["err"], answer["seen"])
        for answer in answers
        if answer["code"] != 2 or answer["err"].count("\n") != 1 or len(answer["err"]) > 315 or answer["seen"]
    ]
    assert not wrong, "\n".join(map(str, wrong))
    assert not canary.exists()
    assert not [path for path in tmp_path.rglob("*") if path.name == "canary"]
    with capsys.disabled():
        print(f"\nattack files: {len(answers) - len(wrong)} of {len(answers)} refused")


def test_the_attacks_are_attacks(tmp_path: Path) -> None:
    """Unpickled, they do what they are for; otherwise the test above could not fail."""
    canary = tmp_path / "canary"
    for name in ("protocol-0", "protocol-5", "eval"):
        pickle.loads(pickles(canary)[name])
        assert canary.exists(), name
        canary.unlink()
