"""`pretrain --compile`: the networks of an encoder through torch.compile."""

import json

import pytest
import torch
from safetensors.torch import load_file

from superb_lite.encoders.checkpoint import WEIGHTS
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.paths import CONFIG
from superb_lite.pretraining.run import pretrain

SMALL = ["--model.width=8", "--model.heads=2", "--model.hidden=8", "--model.layers=1", "--data.batch_size=3"]


@pytest.fixture
def trained(tmp_path):
    """The weights after two steps, with a backend and without."""
    (tmp_path / "text.txt").write_text("我们吃了苹果。他们去北京。\n" * 20, encoding="utf-8")

    def run(name, backend):
        arguments = [*SMALL, "--trainer.max_steps=2", "--trainer.accelerator=cpu"]
        return pretrain("text-bert", tmp_path / name, data=tmp_path / "text.txt", arguments=arguments, backend=backend)

    return run


def test_compiled_networks_compute_the_same(trained, monkeypatch):
    compiled = []
    compile_ = torch.nn.Module.compile
    monkeypatch.setattr(
        torch.nn.Module, "compile", lambda module, **options: (compiled.append(options), compile_(module, **options))
    )

    plain, eager = trained("plain", None), trained("eager", "aot_eager")

    assert compiled
    assert all(options == {"backend": "aot_eager"} for options in compiled)
    one, other = (load_file(out / WEIGHTS) for out in (plain, eager))
    assert one.keys() == other.keys()
    for name, weight in one.items():
        torch.testing.assert_close(other[name], weight, rtol=0, atol=1e-5)
    said = [json.loads((out / CONFIG).read_text())["pretraining"].get("compile") for out in (plain, eager)]
    assert said == [None, "aot_eager"]
    assert load_encoder(eager).modality == "text"


def test_an_unknown_backend_is_one_line(trained, tmp_path):
    with pytest.raises(
        SuperbLiteError, match=r"unknown backend of torch.compile 'inducter': did you mean 'inductor'\?"
    ):
        trained("out", "inducter")

    assert not (tmp_path / "out").exists()
