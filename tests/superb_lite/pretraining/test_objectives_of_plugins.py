"""Objectives of other packages that do not work: one line names them."""

import dataclasses

import pytest

from superb_lite import plugins
from superb_lite.cli import main
from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining import run as run_module
from superb_lite_text.masked_lm import MaskedLM

TINY = [
    "--model.width=8",
    "--model.heads=2",
    "--model.hidden=8",
    "--model.layers=1",
    "--data.batch_size=2",
    "--trainer.accelerator=cpu",
    "--trainer.max_steps=2",
]


class BadConstructor(MaskedLM):
    def __init__(self, **options):
        super().__init__(**options)
        self.nothing_of_this_name.more()


class BadStep(MaskedLM):
    def training_step(self, batch, batch_idx):
        return batch["no such key"]


@pytest.fixture
def pretrain(monkeypatch, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("天地玄黄，宇宙洪荒。\n寒来暑往，秋收冬藏。\n" * 6, encoding="utf-8")

    def run(**changes):
        spec = dataclasses.replace(plugins.objective("text-bert"), name="mine", **changes)
        monkeypatch.setattr(run_module.plugins, "objective", lambda name: spec)
        return run_module.pretrain("mine", tmp_path / "out", data=text, arguments=TINY)

    return run


LINKS = (("data.tokenizer", "model.encoder.tokenizer"), ("data.countz", "model.counts"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"links": LINKS}, r"objective 'mine' cannot be built: .*countz.*SUPERB_LITE_DEBUG=1"),
        ({"objective": f"{__name__}:BadConstructor"}, "cannot be built: AttributeError: .*nothing_of_this_name"),
        ({"objective": f"{__name__}:BadStep"}, "objective 'mine' cannot be trained: KeyError: 'no such key'"),
        ({"objective": f"{__name__}:NoSuchClass"}, "NoSuchClass"),
        ({"data": "no_such_package:Corpus"}, "no_such_package"),
    ],
)
def test_an_error_in_an_objective_is_one_line_that_names_it(pretrain, changes, words):
    with pytest.raises(SuperbLiteError, match=words) as error:
        pretrain(**changes)
    assert "\n" not in str(error.value)


def test_the_traceback_is_shown_on_request(pretrain, monkeypatch):
    monkeypatch.setenv("SUPERB_LITE_DEBUG", "1")
    with pytest.raises(KeyError, match="no such key"):
        pretrain(objective=f"{__name__}:BadStep")


def test_print_config_ends_without_an_error(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("sys.argv", ["superb-lite", "pretrain", "text-bert", "--out", str(tmp_path), "--print_config"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    assert "mask_rate:" in capsys.readouterr().out
