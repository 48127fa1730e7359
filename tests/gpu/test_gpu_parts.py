"""What `make gpu` is made of, on the CPU."""

import pytest
import torch

from superb_lite import plugins
from superb_lite.encoders.majority import MajorityEncoder
from tests.gpu import __main__ as gpu
from tests.gpu import agreement, frozen, large, simclr, training
from tests.gpu.stopwatch import Stopwatch
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, toy_task


def test_training_is_measured(tmp_path):
    data = tmp_path / "a.txt"
    data.write_text("The first sentence. The second one.\n" * 40, encoding="utf-8")
    speed = training.measure("text-cbow", tmp_path, accelerator="cpu", data=data, arguments=["--batch_size=4"])
    assert speed.objective == "text-cbow"
    assert speed.items_per_second == pytest.approx(4 * speed.steps_per_second)
    assert speed.steps_per_second > 0
    assert 0 < speed.waited < 1
    assert speed.peak_memory is None
    assert (tmp_path / "text-cbow" / "config.json").exists()
    assert training.row(speed)[0] == "text-cbow"
    assert len(training.row(speed)) == len(training.HEADER)


def test_time_between_steps_is_waiting(tmp_path):
    class Module:
        device = torch.device("cpu")

    class Trainer:
        datamodule = type("Corpus", (), {"batch_size": 8})

    clock = training.Clock(str(tmp_path / "figures.json"))
    clock.on_train_start(Trainer, Module)
    moments = iter([moment for step in range(7) for moment in (10.0 * step + 4, 10.0 * step + 10)])
    clock.watch.now = lambda: next(moments)  # each step: 4 s of waiting, then 6 s of work
    for step in range(7):
        clock.on_train_batch_start(Trainer, Module, None, step)
        clock.on_train_batch_end(Trainer, Module, None, None, step)
    clock.on_train_end(Trainer, Module)
    figures = (tmp_path / "figures.json").read_text(encoding="utf-8")
    assert figures == '{"steps_per_second": 0.1, "items_per_second": 0.8, "peak_memory": null, "waited": 0.4}'


def test_an_encoder_agrees_with_itself():
    found = agreement.compare("toy", ToyEncoder(), toy_task(classify_data()), device="cpu", seeds=3)
    assert found.cpu == found.device
    assert found.holds
    assert agreement.row(found)[-1] == "yes"
    assert len(agreement.row(found)) == len(agreement.HEADER)


def test_scores_that_are_apart_are_said_to_be():
    one = agreement.Agreement("a", "b", 0.5, 0.53, 1.0, 1.0)
    assert not one.holds
    assert agreement.row(one)[-1] == "**no**"


def test_every_encoder_has_a_task_of_its_modality():
    found = agreement.columns()
    assert [name.removeprefix("random:") for name, _ in found] == list(plugins.architectures())
    for name, task in found:
        assert task.modality == plugins.architectures()[name.removeprefix("random:")].modality


@pytest.mark.parametrize(("name", "encoder", "task"), agreement.fine_tuned(), ids=["span", "transcribe", "diarize"])
def test_fine_tuning_on_sequences_learns_its_task(name, encoder, task):
    found = agreement.compare(name, encoder, task, device="cpu", seeds=1, protocol="finetune")
    assert found.task == f"{task.name} finetune"
    assert found.cpu == found.device
    assert found.cpu == (1.0 if task.form == "span" else 0.0)  # of exact matches; of errors


def test_the_cpu_counts_no_memory():
    watch = Stopwatch(MajorityEncoder().device)
    earlier = watch.now()
    watch.start_of_peak()
    assert watch.peak() is None
    assert 0 <= watch.seconds(earlier, watch.now()) < 60


def test_without_a_device_one_line_says_so(monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert gpu.main() == 0
    assert capsys.readouterr().out == "make gpu: no CUDA device was found, so nothing was measured\n"


@pytest.mark.parametrize(("device", "code"), [(0.51, 0), (0.6, 1)])
def test_tables_are_printed_and_the_exit_code_says_whether_scores_agree(monkeypatch, capsys, device, code):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "a device")
    monkeypatch.setattr(
        training, "measure", lambda name, folder, accelerator: training.TrainingSpeed(name, 2.0, 64.0, 2**20, 0.25)
    )
    monkeypatch.setattr(
        agreement,
        "compare",
        lambda name, encoder, task, device, protocol=None: agreement.Agreement(name, task.name, 0.5, scored, 1.0, 1.0),
    )
    speed = training.TrainingSpeed("text-bert", 2.0, 64.0, None, 0.25, flops=10**12)
    monkeypatch.setattr(large, "bert_base", lambda folder, accelerator: {"an optimiser": speed})
    monkeypatch.setattr(simclr, "write_pictures", lambda folder: folder)
    monkeypatch.setattr(simclr, "ours", lambda folder, pictures, accelerator: speed)
    monkeypatch.setattr(simclr, "theirs", lambda pictures, device: 1.6)
    monkeypatch.setattr(frozen, "evaluation", lambda case, device: frozen.EvaluationTime(3.0, 1.0, 0.5, 0.4))
    scored = device
    assert gpu.main() == code
    printed = capsys.readouterr().out
    assert printed.startswith("Measured on a device")
    for name in (*plugins.objectives(), "raw:pixels", "toy span", "toy transcribe", "toy diarize"):
        assert f"| {name} " in printed
    assert "25%" in printed
    assert "| an optimiser " in printed
    assert "| 1.25 " in printed
    assert "| 6.0 " in printed
    assert all(f"| {name} " in printed for name in frozen.CASES)
