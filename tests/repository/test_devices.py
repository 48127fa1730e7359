"""Training steps, encoders and heads are right on any device; checked without one (`superb_lite.testing.devices`)."""

import dataclasses
import inspect
from types import SimpleNamespace

import lightning
import numpy as np
import pytest
import torch
from PIL import Image
from scipy.io import wavfile
from torch import nn
from torch.nn import functional

from superb_lite import plugins
from superb_lite.encoders.majority import MajorityEncoder
from superb_lite.evaluation.problems import make_problem
from superb_lite.features.pooling import pool_item_units, pool_items, pool_summary
from superb_lite.features.sequences import pad_positions
from superb_lite.forms import diarize, span, transcribe
from superb_lite.forms.classify import Classify
from superb_lite.forms.classify_spans import ClassifySpans
from superb_lite.forms.regress import Regress
from superb_lite.forms.tag import Tag
from superb_lite.heads.joint_models import RowModel, SequenceModel
from superb_lite.heads.linear import train_heads
from superb_lite.heads.sequence_heads import SequenceHead
from superb_lite.heads.xvector import XVector, additive_margin_loss
from superb_lite.imports import resolve
from superb_lite.pretraining.run import pretrain
from superb_lite.protocols.lora import Lora
from superb_lite.tasks.labels import Answer, Diarization, Example, Turn, Unit
from superb_lite.testing.devices import devices, fake_cuda, like
from superb_lite_text.bert import BertEncoder
from superb_lite_text.tokenizer import train_tokenizer
from tests.superb_lite.toy_sequences import PairEncoder, sequence_task
from tests.superb_lite.toy_tasks import ToyEncoder

pytestmark = [
    pytest.mark.filterwarnings("ignore:LightningCLI's args parameter is intended"),
    pytest.mark.filterwarnings("ignore:You are trying to `self.log"),
]

OPTIONS = {
    "text-bert": [
        (),
        ("--second_task", "sop", "--whole_words", "true", "--position", "absolute"),
        ("--stream", "true"),
    ],
    "text-gpt": [(), ("--position", "absolute"), ("--stream", "true", "--position", "absolute")],
    "text-bart": [(), ("--position", "absolute", "--checkpointing", "true")],
    "speech-reconstruction": [(), ("--front_end", "mfcc"), ("--position", "sinusoid")],
    "speech-next-frame": [(), ("--network", "transformer")],
    "speech-hubert": [(), ("--alpha", "0.5", "--feature_gradient", "0.1", "--checkpointing", "true")],
    "image-byol": [
        (),
        ("--pictures", "true", "--blur", "0.5", "--second_solarise", "0.5", "--model.optimizer", "lars"),
    ],
}
"""Options under which an objective makes other tensors; objectives that are not named are tried with none."""

NOISE = np.random.default_rng(0)

ITEMS = {
    "text": ["今天天气很好。", "One text. And so on.", ("A question?", "A longer text, with a comma.")],
    "speech": [NOISE.uniform(-0.5, 0.5, size=n).astype(np.float32) for n in (3200, 5000)],
    "image": [NOISE.integers(0, 256, size=shape, dtype=np.uint8) for shape in ((3, 32, 32), (1, 20, 40))],
    "sequence": ["ACGTTGCA", "MKVLAAGIVG", ("P4Q5R6", "S8")],
}
"""Raw items of each modality."""


def a_text(folder):
    (folder / "a.txt").write_text(
        "The first sentence. The second one.\n今天天气很好。我们去公园。\n" * 20, encoding="utf-8"
    )


def a_recording(folder):
    for number in range(4):
        wave = (NOISE.uniform(-0.5, 0.5, size=20_000) * 32767).astype(np.int16)
        wavfile.write(folder / f"{number}.wav", 16_000, wave)


def an_image(folder):
    for number in range(4):
        Image.fromarray(NOISE.integers(0, 256, size=(32, 32, 3), dtype=np.uint8)).save(folder / f"{number}.png")


def a_sequence(folder):
    (folder / "a.fasta").write_text("".join(f">{n}\n{'ACGTTGCATC' * n}\n" for n in range(1, 9)))


CORPORA = {"text": a_text, "speech": a_recording, "image": an_image, "sequence": a_sequence}
"""What writes a small corpus of each modality into a folder."""


def test_two_devices_in_one_operation_are_found():
    with fake_cuda(), pytest.raises(RuntimeError, match="two devices"):
        torch.rand(3) + torch.rand(3, device="cuda")


def test_float64_on_the_device_is_found():
    with fake_cuda(), pytest.raises(TypeError, match="float64"):
        torch.rand(3, device="cuda").double()


@pytest.mark.parametrize("kind", [nn.GRU, nn.LSTM])
def test_a_recurrent_layer_on_another_device_is_found(kind):
    with fake_cuda(), pytest.raises(RuntimeError, match="two devices"):
        kind(3, 4)(torch.rand(2, 5, 3, device="cuda"))


def test_an_attribute_that_does_not_move_is_found():
    class Forgetful(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(3))
            self.shift = torch.ones(3)

        def forward(self):
            return self.weight + self.shift

    module = Forgetful()
    with fake_cuda():
        like(module, "cuda")
        with pytest.raises(AssertionError, match="convert all Tensors"):
            module()


class Fitted(BaseException):
    """The arguments of `Trainer.fit`."""


def about_to_be_trained(monkeypatch, name, out, data, options):
    """The objective and the corpus of `superb-lite pretrain NAME OPTIONS`, as they are when training begins."""

    def fit(trainer, model, *, datamodule, **_):
        raise Fitted(model, datamodule)

    monkeypatch.setattr(lightning.Trainer, "fit", fit)
    with pytest.raises(Fitted) as caught:
        pretrain(name, out, data=data, arguments=["--batch_size", "2", *options])
    return caught.value.args


def objectives():
    return [
        pytest.param(name, options, id=" ".join((name, *options)))
        for name in plugins.objectives()
        for options in OPTIONS.get(name, [()])
    ]


@pytest.mark.parametrize(("name", "options"), objectives())
def test_a_training_step_stays_on_its_device(name, options, tmp_path, monkeypatch):
    modality = plugins.objective(name).modality
    assert modality in CORPORA, f"write a small corpus for the modality '{modality}' here"
    data = tmp_path / "data"
    data.mkdir()
    CORPORA[modality](data)
    objective, corpus = about_to_be_trained(monkeypatch, name, tmp_path / "out", data, options)
    batch = corpus.batch(0)
    with fake_cuda():
        # Not step 0, at which a step may look at its numbers.
        loss = like(objective, "cuda").training_step(like(batch, "cuda"), 1)
        assert loss.device.type == "cuda"
        assert loss.shape == ()


def small(encoder_class):
    """An encoder with the vocabulary of a few words, where it has one."""
    given = {"tokenizer": train_tokenizer(["One text. And so on."] * 20), "kept": [30, 31], "vocabulary": "abc"}
    taken = inspect.signature(encoder_class).parameters.keys() & given.keys()
    return encoder_class(**{name: given[name] for name in taken})


def architectures():
    """Every architecture and baseline by its name; several names may share a class."""
    return {name: spec.encoder for name, spec in plugins.architectures().items()} | {
        "majority": "superb_lite.encoders.majority:MajorityEncoder"
    }


LENGTHS = {"speech-hubert"}
"""Encoders that ask for the lengths of rows, which fakes do not have; their networks are tried by training steps."""


@pytest.mark.parametrize("name", sorted(architectures().keys() - LENGTHS))
def test_the_features_of_an_encoder_are_on_its_device(name):
    encoder = small(resolve(architectures()[name])).eval()
    modality = encoder.modality or "text"
    assert modality in ITEMS, f"give raw items of the modality '{modality}' here"
    items = [item for item in ITEMS[modality] if encoder.pairs or not isinstance(item, tuple)]
    batch = encoder.collate(items)
    with fake_cuda():
        features = like(encoder, "cuda")(like(batch, "cuda"))
        assert devices(features) == {"cuda"}
        assert {layer.device.type for layer in pool_items(features, len(items))} == {"cuda"}
        assert pool_summary(features, len(items)).device.type == "cuda"
        if modality != "image":
            assert pool_item_units(features, 0, torch.tensor([[0, 1], [1, 3]]))[0].device.type == "cuda"


def test_majority_covers_every_item_on_any_device():
    batch = {"item": torch.arange(3)}
    features = MajorityEncoder()(batch)
    assert features.mask.all()
    assert features.spans.tolist() == [[[0, 2**40]]] * 3


@pytest.mark.parametrize("kind", ["linear", "bilstm", "lstm"])
def test_sequence_heads_stay_on_their_device(kind):
    head = SequenceHead(kind, layers=3, width=8, hidden=4, outputs=5)
    with fake_cuda():
        mask = torch.ones(2, 7, dtype=torch.bool, device="cuda")
        assert like(head, "cuda")(torch.rand(2, 7, 3, 8, device="cuda"), mask).device.type == "cuda"


def test_xvectors_stay_on_their_device():
    network = XVector(layers=3, width=8, hidden=4)
    with fake_cuda():
        mask = torch.ones(2, 7, dtype=torch.bool, device="cuda")
        embeddings = like(network, "cuda")(torch.rand(2, 7, 3, 8, device="cuda"), mask)
        label = torch.tensor([0, 2], device="cuda")
        assert additive_margin_loss(embeddings, torch.rand(3, 4, device="cuda"), label).device.type == "cuda"


@pytest.mark.parametrize("link", ["softmax", "identity"])
def test_linear_heads_are_trained_where_their_features_are(link):
    with fake_cuda(double=True):  # their means and deviations are summed in float64
        features = torch.rand(20, 3, 8, device="cuda")  # (R, L, D)
        heads = train_heads(
            lambda rows: features[rows],
            torch.zeros(2, 20, dtype=torch.long if link == "softmax" else torch.float32, device="cuda"),
            [torch.arange(10, device="cuda"), torch.arange(10, 20, device="cuda")],
            classes=4 if link == "softmax" else 1,
            learning_rate=1e-2,
            weight_decay=torch.full((2, 5), 1e-3, device="cuda"),
            steps=2,
            batch_size=4,
            seeds=[0, 1],
            link=link,
        )
        assert heads.weight.device.type == "cuda"


@pytest.mark.parametrize(
    ("form", "label"),
    [(Classify(), 1), (ClassifySpans(), 1), (Regress(), 0.5), (Tag(), (Unit(0, 2, 1), Unit(2, 5, 0)))],
)
def test_fine_tuning_stays_on_the_device_of_the_encoder(form, label):
    task = SimpleNamespace(name="toy/toy", labels=("a", "b"))
    examples = [Example(f"{n}", ("text",), label, places=((4, 8),)) for n in range(3)]
    data = SimpleNamespace(items={"text": "One text. And so on."})
    problem = SimpleNamespace(task=task, data=data, train=[examples], form=form)
    model = RowModel(small(BertEncoder), problem, form, 0)
    with fake_cuda():
        assert like(model, "cuda").loss(examples).device.type == "cuda"


def test_adapters_are_trained_on_the_device_of_the_encoder():
    task = SimpleNamespace(name="toy/toy", labels=("a", "b"))
    examples = [Example(f"{n}", ("text",), n % 2) for n in range(3)]
    data = SimpleNamespace(items={"text": "One text. And so on."})
    problem = SimpleNamespace(task=task, data=data, train=[examples], form=Classify())
    adapted = Lora().prepared(small(BertEncoder), problem, 0)
    model = RowModel(adapted, problem, problem.form, 0)
    with fake_cuda():
        assert like(model, "cuda").loss(examples).device.type == "cuda"


# The losses and the decoding of sequence forms depend on the numbers of their masks, and wait for the device. What they
# are made of is tried here (`span._right` asks for one number as well); `make gpu` runs them as a whole.


def sequence_model(kind):
    """The model of a sequence form on "cpu", its examples, and an item of each of several lengths."""
    task = sequence_task(kind)
    problem = make_problem(task, seeds=[0], limit=None, root=None)
    encoder = PairEncoder() if kind == "span" else ToyEncoder(3 * 8)
    return SequenceModel(encoder, problem, problem.form, 0), problem.train[0][:4]


@pytest.mark.parametrize("kind", ["span", "transcribe", "diarize"])
def test_the_outputs_of_sequence_models_and_their_places_are_on_the_device_of_the_encoder(kind):
    model, examples = sequence_model(kind)
    with fake_cuda():
        outputs, positions = like(model, "cuda")._outputs(examples)
        places = (positions.mask, positions.spans, positions.segment, positions.window)
        assert {tensor.device.type for tensor in (outputs, *places)} == {"cuda"}
        assert outputs.shape[2] == model.form.outputs(model.problem.task)


def cuda_positions(*lengths):
    where = [torch.zeros(length, 2, dtype=torch.long, device="cuda") for length in lengths]
    return pad_positions(where, [spans[:, 0] for spans in where], [spans[:, 1] for spans in where])


def test_padded_positions_are_where_their_parts_are():
    with fake_cuda():
        positions = cuda_positions(3, 5)
        assert {getattr(positions, field.name).device.type for field in dataclasses.fields(positions)} == {"cuda"}
        assert positions.spans.shape == (2, 5, 2)


def test_the_loss_of_spans_stays_on_its_device():
    examples = [Example(name, (name,), (Answer(1, 3, "ab"), Answer(4, 5, "c"))) for name in "ab"]
    with fake_cuda():
        positions = cuda_positions(3, 5)
        assert span._nearest(torch.zeros(2, dtype=torch.long, device="cuda"), positions.spans, positions.mask).is_cuda
        right = span._right(positions, positions.mask, examples)
        assert right.is_cuda
        assert right.shape == (2, 5, 2)
        assert span._loss(torch.rand(2, 5, 2, device="cuda"), positions.mask, right).is_cuda


def test_the_loss_of_transcripts_is_asked_for_on_its_device(monkeypatch):
    # The kernel itself asks for a driver.
    given = []
    monkeypatch.setattr(functional, "ctc_loss", lambda *arguments, blank: given.extend(arguments))
    with fake_cuda():
        rows = [torch.rand(length, 5, device="cuda").log_softmax(dim=-1) for length in (4, 6)]
        transcribe._loss(rows, [(0, 1), (1, 2, 3)], blank=4)
        scores, targets, lengths, symbols = given
        assert (scores.shape, targets.shape) == ((6, 2, 5), (2, 3))
        assert scores.is_cuda
        assert targets.is_cuda
        assert not lengths.is_cuda  # a kernel that gets them from the device makes the host wait
        assert not symbols.is_cuda


def test_the_costs_of_orders_of_speakers_stay_on_their_device():
    example = Example("a", ("a",), Diarization(2, 10, (Turn(0, 4, 0), Turn(2, 10, 1))))
    with fake_cuda():
        row = torch.rand(5, 2, device="cuda")
        target = diarize._target(example, SimpleNamespace(labels=("a", "b"))).to(row)
        cost = diarize._cost(row, target)
        assert cost.is_cuda
        assert cost.shape == (2, 2)
