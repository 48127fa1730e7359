"""HEAR both ways: its modules as encoders, an encoder of ours as its module, and its folders as tasks."""

import json
import sys
import textwrap

import numpy as np
import pytest
import soundfile
import torch

from superb_lite import plugins
from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.features.data_checks import check_data
from superb_lite.features.preflight import preflight
from superb_lite.testing.suite import Options, findings
from superb_lite_speech import hear
from superb_lite_speech.encoder import SpeechTransformerEncoder
from superb_lite_speech.hear_encoder import load_here, nearest_spans, parse

RNG = np.random.default_rng(0)
WAVES = {str(n): RNG.uniform(-0.5, 0.5, n).astype(np.float32) for n in (800, 1600, 4000)}

MODULE = """
    import torch

    class Model(torch.nn.Module):
        sample_rate = 8000
        scene_embedding_size = timestamp_embedding_size = 2

        def __init__(self, scale):
            super().__init__()
            self.scale = torch.nn.Parameter(torch.tensor(scale))

    def load_model(path=""):
        return Model(float(open(path).read()) if path else 1.0)

    def get_timestamp_embeddings(audio, model):
        frames = audio.unfold(1, 200, 200)  # 25 ms
        middles = 12.5 + 25.0 * torch.arange(frames.shape[1]).expand(len(audio), -1)
        return torch.stack([frames.mean(dim=2), frames.std(dim=2)], dim=2) * model.scale, middles

    def get_scene_embeddings(audio, model):
        return get_timestamp_embeddings(audio, model)[0].mean(dim=1)
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    """The name of a module of HEAR in the working directory, and its file."""
    name = f"hear_of_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(textwrap.dedent(MODULE))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield name, tmp_path / f"{name}.py"
    sys.modules.pop(name, None)


def encoded(encoder, items):
    with torch.no_grad():
        return encoder(encoder.collate(list(items)))


def test_embeddings_are_those_of_the_module_at_the_samples_that_are_nearest(module):
    encoder = load_here(module[0]).eval()
    preflight(encoder, WAVES, name="hear")
    features = encoded(encoder, WAVES.values())
    assert [int(n) for n in features.mask.sum(dim=1)] == [2, 4, 10]
    assert features.spans[0][:2].tolist() == [[0, 400], [400, 800]]
    assert features.spans[2][-1].tolist() == [3600, 4000]
    half = torch.from_numpy(WAVES["800"]).view(1, -1)
    import torchaudio

    expected = torchaudio.functional.resample(half, 16_000, 8_000).view(2, 200)
    assert torch.allclose(features.layers[0][0, :2, 0], expected.mean(dim=1), atol=1e-6)
    assert torch.allclose(features.summary[0], features.layers[0][0, :2].mean(dim=0), atol=1e-6)


def test_it_conforms(module):
    found = findings(load_here(module[0]).eval(), Options(items=WAVES))
    assert {one.check for one in found if one.outcome == "failed"} <= {"config-rebuilds"}


def test_positions_share_the_samples_of_a_row():
    assert nearest_spans(torch.tensor([0.0, 50.0, 100.0]), 10, 1600).tolist() == [[10, 410], [410, 1210], [1210, 1610]]
    assert nearest_spans(torch.tensor([0.0, 500.0]), 0, 1600).tolist() == [[0, 1600]]


@pytest.mark.parametrize("times", ["12.5 + 25.0 * steps", "25.0 * (steps // 2)", "25.0 * (steps - 3)"])
def test_positions_that_stand_for_no_sample_are_padding(module, times):
    """A model that pads short sounds to half a second; one whose timestamps repeat or begin before the sound."""
    steps = "torch.arange(frames.shape[1])"
    text = module[1].read_text().replace("audio.unfold(", "pad(audio).unfold(")
    text = text.replace(f"12.5 + 25.0 * {steps}", times.replace("steps", steps))
    text += "\ndef pad(audio):\n    return torch.nn.functional.pad(audio, (0, max(0, 4000 - audio.shape[1])))\n"
    module[1].write_text(text)
    encoder = load_here(module[0]).eval()
    preflight(encoder, WAVES, name="hear")
    features = encoded(encoder, WAVES.values())
    for row, wave in enumerate(WAVES.values()):
        spans = features.spans[row][features.mask[row]]
        assert (int(spans[0, 0]), int(spans[-1, 1])) == (0, len(wave))
        assert torch.equal(spans[1:, 0], spans[:-1, 1])


@pytest.mark.parametrize("arguments", ["*args, **kwargs", "path='', *, device='cpu'"])
def test_a_model_that_needs_no_file_is_loaded_without_one(module, arguments):
    text = module[1].read_text().replace('load_model(path=""):', f"load_model({arguments}):")
    module[1].write_text(text.replace("Model(float(open(path).read()) if path else 1.0)", "Model(1.0)"))
    assert load_here(module[0]).rate == 8000


def test_it_runs_in_a_process_of_its_own_where_it_is_allowed(module):
    (module[1].parent / "w.txt").write_text("3.0")
    reference = f"hear:{module[0]},weights=w.txt"
    with pytest.raises(SuperbLiteError, match=r"would run the code of the module.*allow it with --trust-code"):
        load_encoder(reference)
    encoder = load_encoder(reference, trust_code=True)
    assert encoder.modality == "speech"
    assert module[0] not in sys.modules
    assert (encoder.name, encoder.config()["name"]) == (reference, reference)
    there, here = (
        encoded(encoder, WAVES.values()),
        encoded(load_here(f"{module[0]},weights=w.txt").eval(), WAVES.values()),
    )
    assert torch.equal(there.layers[0], here.layers[0])
    assert torch.equal(there.spans, here.spans)


def test_code_and_weights_decide_the_hash(module):
    weights = module[1].parent / "w.txt"
    weights.write_text("3.0")
    first = load_here(f"{module[0]},weights={weights}").content_hash()
    weights.write_text("3.00")
    second = load_here(f"{module[0]},weights={weights}").content_hash()
    module[1].write_text(module[1].read_text() + "# edited\n")
    assert len({first, second, load_here(f"{module[0]},weights={weights}").content_hash()}) == 3


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("def get_scene_embeddings", "def get_scenes", "has no function 'get_scene_embeddings'"),
        ("sample_rate = 8000", "sample_rate = '8 kHz'", "must have a sample_rate in Hz"),
        ('path=""', "path", "load_model of .* asks for a file"),
        ("return Model(", "raise OSError('no') or (", "load_model of .* failed: OSError: no"),
        (", middles\n", ", middles[:, 1:]\n", "returned shapes .* they must be"),
        (", middles\n", ", -middles\n", "timestamps that do not ascend"),
        ("frames.mean(dim=2)", "frames.nothing", "AttributeError"),
    ],
)
def test_what_is_no_module_of_hear_is_one_line(module, old, new, words):
    assert old in module[1].read_text()
    module[1].write_text(module[1].read_text().replace(old, new))
    with pytest.raises(SuperbLiteError, match=words) as caught:
        encoded(load_here(module[0]), WAVES.values())
    assert len(str(caught.value)) <= 300


@pytest.mark.parametrize("argument", ["", "a b", "a,weights=", "a,size=3", "a-b"])
def test_references_that_are_none_say_how_one_is_written(argument):
    with pytest.raises(SuperbLiteError, match=r"write hear:MODULE\[,weights=FILE\]"):
        load_encoder(f"hear:{argument}", trust_code=True)


def test_a_file_of_weights_has_to_be_there():
    with pytest.raises(SuperbLiteError, match="there is no file 'nowhere'"):
        parse("a.b,weights=nowhere")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("speech") / "ckpt"
    save_checkpoint(SpeechTransformerEncoder(width=16, layers=1, heads=2), folder, name="speech-masked", pretraining={})
    return folder


def test_an_encoder_of_ours_has_the_interface_of_hear(checkpoint):
    model = hear.load_model(str(checkpoint))
    assert model.sample_rate == 16_000
    audio = torch.rand(3, 8_000) * 2 - 1
    embeddings, timestamps = hear.get_timestamp_embeddings(audio, model)
    scenes = hear.get_scene_embeddings(audio, model)
    assert embeddings.shape == (3, timestamps.shape[1], model.timestamp_embedding_size)
    assert scenes.shape == (3, model.scene_embedding_size)
    assert embeddings.dtype == scenes.dtype == timestamps.dtype == torch.float32
    assert bool((timestamps.diff(dim=1) > 0).all())
    assert 0 <= timestamps.min() < timestamps.max() <= 500
    encoder = load_encoder(checkpoint)
    features = encoded(encoder, [audio[1].numpy()])
    assert torch.allclose(embeddings[1], torch.cat(features.layers, dim=2)[0], atol=1e-5)
    assert torch.allclose(scenes, embeddings.mean(dim=1))


def test_there_and_back(checkpoint):
    encoder = load_here(f"superb_lite_speech.hear,weights={checkpoint}").eval()
    found, ours = encoded(encoder, WAVES.values()), encoded(load_encoder(checkpoint), WAVES.values())
    assert torch.equal(found.mask, ours.mask)
    assert torch.allclose(found.layers[0][found.mask], torch.cat(ours.layers, dim=2)[ours.mask], atol=1e-4)
    assert (found.spans - ours.spans)[found.mask].abs().max() <= 80  # half of a hop: ours overlap


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c: hear.load_model("raw:pixels"), "takes items of modality 'image'"),
        (lambda c: hear.get_scene_embeddings(torch.zeros(800), hear.load_model(str(c))), "audio has the shape"),
        (lambda c: hear.get_scene_embeddings(torch.zeros(1, 8), hear.load_model(str(c))), "audio has the shape"),
    ],
)
def test_bad_input_of_hear_is_one_line(checkpoint, call, words):
    with pytest.raises(SuperbLiteError, match=words):
        call(checkpoint)


SCENE = {"embedding_type": "scene", "prediction_type": "multiclass", "task_name": "tones"}


def task_folder(folder, splits, *, rate=16_000, said=SCENE):
    """A preprocessed task: tones of two pitches."""
    number = 0
    for split in splits:
        labels = {}
        for label, pitch in (("low", 200), ("high", 2000)):
            for n in range(3):
                number += 1
                wave = 0.3 * np.sin(2 * np.pi * (pitch + number) * np.arange(rate // 5) / rate)
                (folder / str(rate) / split).mkdir(parents=True, exist_ok=True)
                soundfile.write(folder / str(rate) / split / f"{label}{n}.wav", wave, rate)
                labels[f"{label}{n}.wav"] = [label]
        (folder / f"{split}.json").write_text(json.dumps(labels))
    (folder / "task_metadata.json").write_text(json.dumps(said))
    return folder


def test_a_folder_of_hear_is_a_task(tmp_path):
    folder = task_folder(tmp_path, ("train", "valid", "test"), rate=48_000)
    (task,) = plugins.tasks(f"hear:{folder}")
    data = task.data()
    check_data(task, data)
    assert task.labels == ("high", "low")
    assert [len(part) for part in (data.train, data.validation, data.test)] == [6, 6, 6]
    assert len(data.items["test/low0.wav"]) == 3_200  # resampled
    assert [task.labels[e.label] for e in data.test] == [e.id.removeprefix("test/")[:-5] for e in data.test]
    (result,) = evaluate("raw:log-mel", f"hear:{folder}", seeds=1)
    assert result.score == 1.0


def test_of_folds_one_is_tested_and_the_next_validates(tmp_path):
    folder = task_folder(tmp_path, [f"fold{n:02d}" for n in range(4)])
    with pytest.raises(SuperbLiteError, match=r"is in 4 folds: name the one to test, hear:.*/fold00\.json"):
        plugins.tasks(f"hear:{folder}")
    (task,) = plugins.tasks(f"hear:{folder}/fold03.json")
    data = task.data()
    parts = [{e.id.partition("/")[0] for e in part} for part in (data.train, data.validation, data.test)]
    assert parts == [{"fold01", "fold02"}, {"fold00"}, {"fold03"}]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: (f / "task_metadata.json").unlink(), r"cannot read '.*task_metadata\.json'"),
        (lambda f: (f / "task_metadata.json").write_text("{"), "is not JSON"),
        (lambda f: (f / "train.json").write_text("[]"), "is not a JSON object"),
        (lambda f: (f / "valid.json").unlink(), r"needs train\.json, valid\.json, test\.json, or foldNN\.json"),
        (lambda f: (f / "16000").rename(f / "audio"), "has no folder of audio"),
        (lambda f: (f / "16000/test/low1.wav").unlink(), r"cannot read '.*low1\.wav'"),
        (lambda f: (f / "test.json").write_text('{"a.wav": ["x", "y"]}'), "'a.wav' has not one label"),
        (lambda f: (f / "test.json").write_text('{"../a.wav": ["x"]}'), "is no name of a file"),
        (lambda f: said(f, embedding_type="event"), "asks for events in time, several at once: no form fits"),
        (lambda f: said(f, prediction_type="multilabel"), r"of another kind \(scene, multilabel\)"),
    ],
)
def test_folders_that_cannot_be_read_are_one_line(tmp_path, change, words):
    folder = task_folder(tmp_path, ("train", "valid", "test"))
    change(folder)
    with pytest.raises(SuperbLiteError, match=words) as caught:
        plugins.tasks(f"hear:{folder}")
    assert len(str(caught.value)) <= 300


def said(folder, **changes):
    (folder / "task_metadata.json").write_text(json.dumps({**SCENE, **changes}))
