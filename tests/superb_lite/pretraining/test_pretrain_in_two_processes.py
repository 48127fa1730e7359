"""`superb-lite pretrain` in two processes, as Lightning starts them from the command line."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from safetensors.torch import load_file

from superb_lite.encoders.checkpoint_config import CONFIG, WEIGHTS
from superb_lite.encoders.references import load_encoder
from superb_lite.encoders.trajectory import STEPS
from superb_lite.pretraining.metrics_file import METRICS, read_rows
from superb_lite.pretraining.run import pretrain

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-m", "superb_lite", "pretrain"]
TWO = ["--trainer.accelerator=cpu", "--trainer.devices=2", "--trainer.strategy=ddp"]
TOLERANCE = 1e-4
"""Of a weight after the steps below."""


def in_two_processes(name, out, *options):
    done = subprocess.run(
        [*COMMAND, name, "--out", str(out), *TWO, *options], capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [str(out)]
    return done


def furthest(one, other):
    one, other = (load_file(path / WEIGHTS) for path in (one, other))
    return max(float((one[name].float() - other[name].float()).abs().max()) for name in one)


def test_text_ends_as_one_process_with_accumulated_gradients(tmp_path):
    signs = [chr(0x4E00 + n) for n in range(30)]
    rng = np.random.default_rng(0)
    data = tmp_path / "text.txt"
    data.write_text("\n".join("".join(rng.choice(signs, size)) + "。" for size in rng.integers(3, 40, 60)), "utf-8")
    options = ["--model.width=8", "--model.heads=2", "--model.hidden=8", "--model.layers=1", "--data.batch_size=3"]
    options += ["--model.muon_rate=null", "--model.learning_rate=1e-3"]  # Muon rounds to bfloat16 on its way
    options += ["--trainer.max_steps=6", "--trainer.log_every_n_steps=2", "--data.workers=1"]
    two = tmp_path / "two"
    in_two_processes("text-bert", two, "--data", str(data), "--checkpoints=3", "--every=3", *options)
    one = pretrain(
        "text-bert",
        tmp_path / "one",
        data=data,
        arguments=[*options, "--trainer.accelerator=cpu", "--trainer.accumulate_grad_batches=2"],
    )
    apart = furthest(one, two)
    print(f"text-bert: after 6 steps weights of two processes are at most {apart:.1e} from those of one")
    assert apart < TOLERANCE
    assert {path.name for path in two.iterdir()} == {CONFIG, WEIGHTS, METRICS, STEPS}
    assert sorted(path.name for path in (two / STEPS).iterdir()) == ["0", "3", "6"]
    rows = read_rows(two / METRICS)
    assert [row["step"] for row in rows if row["loss"]] == ["1", "3", "5"]
    assert [row["step"] for row in rows if row["label-free/rankme"]] == ["0", "3", "6"]
    assert load_encoder(two).pretraining["items"] == 2 * 3 * 6 == load_encoder(one).pretraining["items"]


def test_images(tmp_path):
    """Batch norm sees each process alone, which is said; so the weights are not those of one process."""
    folder, rng = tmp_path / "images", np.random.default_rng(0)
    folder.mkdir()
    for number in range(16):
        Image.fromarray(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(folder / f"{number}.png")
    options = ["--data.batch_size=4", "--data.image_size=16", "--trainer.max_steps=4", "--trainer.log_every_n_steps=2"]
    out = tmp_path / "out"
    done = in_two_processes("image-simclr", out, "--data", str(folder), *options)
    assert done.stderr.count("batch norm sees the examples of each process alone") == 1
    assert {path.name for path in out.iterdir()} == {CONFIG, WEIGHTS, METRICS}
    assert [row["step"] for row in read_rows(out / METRICS)] == ["1", "3"]
    assert load_encoder(out).pretraining["items"] == 2 * 4 * 4
