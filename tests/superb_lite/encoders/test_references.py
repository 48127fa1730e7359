import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from superb_lite import plugins
from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.encoders.majority import MajorityEncoder
from superb_lite.encoders.references import Reference, decide, load_encoder, modality_of
from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite_text.bert import BertEncoder
from superb_lite_text.tokenizer import train_tokenizer


@pytest.fixture
def checkpoint(tmp_path, monkeypatch):
    """A checkpoint outside of the working directory, which is empty."""
    encoder = BertEncoder(train_tokenizer(["天地玄黄"]), layers=1, width=8, heads=2, hidden=8)
    save_checkpoint(encoder, tmp_path / "saved", name="text-bert", pretraining={"steps": 7})
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.delenv("SUPERB_LITE_OUT", raising=False)
    return tmp_path / "saved"


def test_random_is_the_same_draw_every_time_and_disturbs_no_other():
    state = torch.get_rng_state()
    first = load_encoder("random:text-bert").content_hash()
    torch.manual_seed(99)
    assert load_encoder("random:text-bert").content_hash() == first
    assert load_encoder("random:text-bert:0").content_hash() == first
    assert load_encoder("random:text-bert:1").content_hash() != first
    torch.set_rng_state(state)
    load_encoder("random:text-bert:5")
    assert torch.equal(torch.get_rng_state(), state)


def test_every_listed_reference_of_the_package_loads():
    factories = set(plugins.encoder_factories())  # these need to be told what to load
    for reference, modality in plugins.references().items():
        if reference in factories:
            continue
        encoder = load_encoder(reference)
        assert encoder.modality == modality
        assert not encoder.training


def test_majority():
    assert isinstance(load_encoder("majority"), MajorityEncoder)


@pytest.mark.parametrize(
    ("reference", "kind"),
    [
        ("majority", Reference("majority")),
        ("raw:pixels", Reference("raw", "raw:pixels")),
        ("random:image-simclr", Reference("untrained", "image-simclr")),
        ("random:image-simclr:3", Reference("untrained", "image-simclr", seed=3)),
        ("timm:resnet10t", Reference("plugin", "timm", "resnet10t")),
        ("hf:models/tiny", Reference("plugin", "hf", "models/tiny")),
        ("hf", Reference("plugin", "hf")),
        ("py:module:make", Reference("code", argument="module:make")),
    ],
)
def test_a_directory_is_never_taken_for_a_scheme_or_a_name(checkpoint, reference, kind):
    shutil.copytree(checkpoint, reference)
    assert decide(reference) == kind
    for path in (f"./{reference}", os.path.abspath(reference)):
        assert decide(path).kind == "checkpoint"
        assert decide(f"random:{path}").kind == "twin"
    assert decide(Path(reference)) == Reference("checkpoint", argument=reference)


def test_a_directory_is_never_scored_under_the_name_of_a_baseline(checkpoint):
    shutil.copytree(checkpoint, "majority")
    assert isinstance(load_encoder("majority"), MajorityEncoder)
    assert isinstance(load_encoder("./majority"), BertEncoder)


def test_a_bare_name_that_nothing_else_has_is_a_directory(checkpoint):
    shutil.copytree(checkpoint, "mine")
    shutil.copytree(checkpoint, "run:2")
    assert decide("mine") == Reference("checkpoint", argument="mine")
    assert decide("run:2") == Reference("checkpoint", argument="run:2")
    assert decide("random:mine") == Reference("twin", argument="mine")


def test_the_name_of_an_objective_is_its_checkpoint_in_the_workspace(checkpoint, monkeypatch):
    shutil.copytree(checkpoint, "text-bert")
    with pytest.raises(SuperbLiteError, match=r"has no weights yet.*the directory of that name is '\./text-bert'"):
        decide("text-bert")
    kept = Path("superb-lite-out/checkpoints/text-bert")
    shutil.copytree(checkpoint, kept)
    assert decide("text-bert") == Reference("checkpoint", argument=str(kept))
    assert load_encoder("text-bert").pretraining == {"steps": 7}
    assert decide("random:text-bert") == Reference("untrained", "text-bert")
    monkeypatch.setenv("SUPERB_LITE_OUT", "elsewhere")
    with pytest.raises(SuperbLiteError, match="has no weights yet"):
        decide("text-bert")


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("text-bert", "has no weights yet: pretrain it, or use 'random:text-bert'"),
        ("random:text-bert:one", "must be a whole number"),
        ("random:text-bert:²", "must be a whole number"),
        ("random:raw:characters", "unknown encoder 'random:raw'"),
        ("random:text-bertt", "did you mean 'random:text-bert'"),
        ("raw:pixel", "did you mean 'raw:pixels'"),
        ("majorty", "did you mean 'majority'"),
        ("./nowhere/at/all", "no such directory: './nowhere/at/all'"),
        (
            "models/tiny-bert",
            "no such directory: 'models/tiny-bert'; a model of the Hugging Face hub is hf:models/tiny",
        ),
        ("other.safetensors", r"as in timm:NAME,weights=other\.safetensors"),
        ("in/other.safetensors", r"as in timm:NAME,weights=in/other\.safetensors"),
        ("weights.safetensors", r"is a file of weights.*as in timm:NAME,weights=weights\.safetensors"),
        ("notes.txt", "is not a checkpoint, which is a directory with a config.json"),
        ("./savd", r"did you mean '\.\./saved'|did you mean 'saved"),
        ("./empty", "'./empty' is not a checkpoint: it has no config.json"),
        ("./own", "has no config.json; if it is your package, install it first"),
        ("./transformers", "a model of transformers is hf:transformers"),
        ("", "is not an encoder reference"),
        ("a\0b", r"'a\\x00b' is not a name that can be kept"),
        ("./a\nb", r"no such directory: '\./a\\nb'"),
        ("caf\udce9/x", r"'caf\\udce9/x' is not a name that can be kept in results"),
        ("/" + "x" * 5000, "no such directory"),
    ],
)
def test_what_is_no_reference(checkpoint, reference, words):
    for name in ("weights.safetensors", "notes.txt"):
        Path(name).write_bytes(b"")
    for name in ("empty", "transformers", "saved", "own"):
        Path(name).mkdir()
    Path("own/pyproject.toml").touch()
    Path("transformers/config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(SuperbLiteError, match=words) as caught:
        load_encoder(reference)
    assert len(str(caught.value)) <= 300
    assert str(caught.value).isprintable()


def test_unknown_names_are_their_own_kind_of_error():
    with pytest.raises(UnknownNameError):
        load_encoder("nothing-like-it")


WITHOUT_TORCH = """
import sys
from superb_lite.encoders.references import decide
from superb_lite.errors import SuperbLiteError
for wrong in ("raw:charcters", "./nowhere", "text-brt", "random:x"):
    try:
        decide(wrong)
        raise AssertionError(wrong)
    except SuperbLiteError as error:
        print(error)
assert not {"torch", "numpy", "transformers"} & set(sys.modules)
"""


def test_a_wrong_name_is_told_without_torch():
    done = subprocess.run([sys.executable, "-c", WITHOUT_TORCH], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "did you mean 'raw:characters'" in done.stdout


def test_a_modality_that_registers_a_taken_scheme_does_not_get_it(monkeypatch, capsys):
    from superb_lite.modality import Modality

    thief = Modality(
        name="thief",
        item="x",
        baselines=("raw:thief",),
        check="thief:check",
        own_tasks={"tsv": "thief:task"},
    )
    honest = plugins.modalities()
    for order in ({"thief": thief, **honest}, {**honest, "thief": thief}):
        plugins._note.cache_clear()
        monkeypatch.setattr(plugins, "modalities", lambda order=order: order)
        assert plugins.own_task_schemes()["tsv"] == "superb_lite_text.table:table_task"
        told = capsys.readouterr().err
        assert "skipped plugin tsv (own tasks) of ?: the name is taken twice" in told


def test_the_modality_is_known_before_anything_is_loaded(checkpoint):
    for name, modality in (("raw:pixels", "image"), ("random:text-bert:3", "text"), ("majority", None)):
        assert modality_of(decide(name)) == modality
    assert modality_of(decide(checkpoint)) == modality_of(decide(f"random:{checkpoint}")) == "text"
    assert modality_of(decide("hf:name")) is modality_of(decide("py:my_module:make")) is None


def test_a_directory_that_is_no_checkpoint_is_named_as_it_was_given(checkpoint):
    Path("majority").mkdir()
    with pytest.raises(SuperbLiteError) as refused:
        decide("./majority")
    assert str(refused.value) == "'./majority' is not a checkpoint: it has no config.json"
