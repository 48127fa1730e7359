"""Two processes (gloo) have the gradients of one process on the joint batch, whatever is trained."""

import importlib
import math

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image
from torch import distributed as dist
from torch import multiprocessing, nn
from torch.nn.parallel import DistributedDataParallel
from torch.nn.utils.rnn import pad_sequence

from superb_lite import plugins
from superb_lite.pretraining.objective import batch_seed
from superb_lite.pretraining.options import build_cli, choose_encoder
from superb_lite.pretraining.quiet import quiet
from superb_lite.pretraining.recipes import Recipe

PROCESSES = 2
TOLERANCE = 2e-5
"""Of a gradient's numbers, relative to the largest of them; in float32."""

TEXT = ["--model.width=8", "--model.heads=2", "--model.hidden=8", "--model.layers=1", "--data.batch_size=3"]
SPEECH = ["--model.width=16", *TEXT[1:4], "--data.batch_size=4", "--data.mels=8"]
HUBERT = [
    "--model.channels=8",
    "--model.kernel=4",
    "--model.groups=2",
    "--model.alpha=0.5",
    "--model.feature_penalty=1",
]
IMAGE = ["--data.batch_size=4", "--data.image_size=16"]
CASES = {
    "text-bert": ("text", TEXT),
    "text-bert with nsp": ("text", [*TEXT, "--data.second_task=nsp"]),
    "text-mbert": ("text", TEXT),
    "text-gpt": ("text", TEXT),
    "text-bart": ("text", TEXT),
    "text-cbow": ("text", ["--model.width=8", "--data.batch_size=3", "--model.negatives=16"]),
    "speech-masked": ("speech", [*SPEECH, "--data.clusters=5"]),
    "speech-hubert": ("speech", [*SPEECH[:5], *HUBERT, "--data.clusters=5"]),
    "speech-reconstruction": ("speech", SPEECH),
    "speech-next-frame": ("speech", ["--model.width=8", "--model.layers=1", *SPEECH[4:]]),
    "image-simclr": ("image", IMAGE),
    "image-byol": ("image", IMAGE),
    "sequence-masked": ("sequence", [*TEXT[:4], "--data.batch_size=3"]),
}

COMPARES = {
    "image-simclr": "superb_lite_image.simclr:nt_xent",
    **dict.fromkeys(
        ("speech-masked", "speech-reconstruction", "speech-next-frame"), "superb_lite_speech.contrast:recording_loss"
    ),
}
"""What compares the rows of all processes with each other."""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A little of each modality; texts and recordings of different lengths, so that batches are, too."""
    folder, rng = tmp_path_factory.mktemp("data"), np.random.default_rng(0)
    for name in ("text", "speech", "image"):
        (folder / name).mkdir()
    signs = [chr(0x4E00 + n) for n in range(30)]
    lines = ["。".join("".join(rng.choice(signs, size)) for size in rng.integers(2, 12, 3)) + "。" for _ in range(40)]
    (folder / "text" / "one.txt").write_text("\n".join(lines), encoding="utf-8")
    for number in range(8):
        noise = rng.normal(0, 0.1, 2000 + 1500 * number).astype(np.float32)
        soundfile.write(folder / "speech" / f"{number}.wav", noise, 16000)
        Image.fromarray(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(folder / "image" / f"{number}.png")
    letters = ["".join(rng.choice(list("ACGT"), size)) for size in rng.integers(20, 90, 30)]
    (folder / "sequence").write_text("".join(f">{n}\n{line}\n" for n, line in enumerate(letters)), encoding="utf-8")
    return folder


def built(case, data):
    """The objective and the batches of the two processes. Batch norm uses kept statistics, since on the processor it
    sees the rows of one process alone."""
    quiet()
    modality, options = CASES[case]
    spec = plugins.objective(case.split()[0])
    encoder, _ = choose_encoder(spec, [])
    defaults = {"accelerator": "cpu", "logger": False, "enable_checkpointing": False, "max_steps": 1}
    cli = build_cli(
        spec, encoder, [f"--data.path={data / modality}", *options], recipe=Recipe("none", "", 1, {}),
        trainer_defaults=defaults,
    )  # fmt: skip
    for part in cli.model.modules():
        if isinstance(part, nn.modules.batchnorm._BatchNorm):
            part.eval()
    return cli.model, [cli.datamodule.batch(number) for number in range(PROCESSES)]


class Step(nn.Module):
    """An objective as DistributedDataParallel takes it."""

    def __init__(self, objective):
        super().__init__()
        self.objective = objective

    def forward(self, batch, rank):
        torch.manual_seed(batch_seed(0, 0, rank))
        return self.objective.training_step(batch, rank)


def one_process(rank, folder, asked):
    """Answers whatever comes through a pipe: an objective, and the batches of all processes."""
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=PROCESSES)
    while True:
        objective, batches = asked.recv()
        step = DistributedDataParallel(Step(objective))
        loss = step(batches[rank], rank)
        loss.backward()
        asked.send((loss.detach(), {n: p.grad for n, p in objective.named_parameters()}))
        del step


@pytest.fixture(scope="module")
def processes(tmp_path_factory):
    """Pipes to processes that are started afresh: where a test has used a device, autograd's threads forbid to fork."""
    context, folder = multiprocessing.get_context("spawn"), tmp_path_factory.mktemp("processes")
    pipes, started = [], []
    for rank in range(PROCESSES):
        ours, theirs = context.Pipe()
        started.append(context.Process(target=one_process, args=(rank, str(folder), theirs), daemon=True))
        started[-1].start()
        theirs.close()
        pipes.append(ours)
    yield pipes
    for process in started:
        process.kill()  # taking the group down races with the other process
        process.join()


def in_two_processes(objective, batches, processes):
    """The mean loss and the gradients."""
    for pipe in processes:
        pipe.send((objective, batches))
    found = [pipe.recv() for pipe in processes]
    for name, gradient in found[0][1].items():
        torch.testing.assert_close(gradient, found[1][1][name], rtol=0, atol=0)
    return sum(loss for loss, _ in found) / PROCESSES, found[0][1]


def joint_loss(case, objective, batches, monkeypatch):
    """Each term is the sum over all numbers by their count; what compares rows gets those of both batches."""
    counts, compared = [], []

    def run(mean_over):
        monkeypatch.setattr(objective, "mean_over", mean_over, raising=False)
        return [Step(objective)(batch, rank) for rank, batch in enumerate(batches)]

    def count_only(count, mean):
        counts[-1].append(float(count))
        return mean

    for rank, batch in enumerate(batches):
        counts.append([])
        monkeypatch.setattr(objective, "mean_over", count_only, raising=False)
        Step(objective)(batch, rank)
    totals = [sum(term) for term in zip(*counts, strict=True)]
    if case in COMPARES:
        module, _, name = COMPARES[case].partition(":")
        compare = getattr(importlib.import_module(module), name)

        def kept(*arguments, temperature):
            compared.append((arguments, temperature))
            return torch.zeros(())

        monkeypatch.setattr(f"{module}.{name}", kept)
    turn = iter([*range(len(totals))] * PROCESSES)
    losses = run(lambda count, mean: mean * count / totals[next(turn)])
    loss = sum(losses) / (1 if totals else PROCESSES)
    if compared:
        arguments = [torch.cat(parts) for parts in zip(*(found for found, _ in compared), strict=True)]
        loss = loss + compare(*arguments, temperature=compared[0][1])
    return loss, counts


@pytest.mark.parametrize("case", CASES)
def test_two_processes_have_the_gradients_of_one_on_the_joint_batch(case, data, processes, monkeypatch):
    monkeypatch.setattr("superb_lite_sequence.corpus.KINDS", ())  # whose sequences need not be looked for
    objective, batches = built(case, data)
    found, gradients = in_two_processes(objective, batches, processes)
    loss, counts = joint_loss(case, objective, batches, monkeypatch)
    loss.backward()
    assert "simclr" in case or "byol" in case or counts[0] != counts[1], "the means are of equally many numbers"
    torch.testing.assert_close(found, loss.detach(), rtol=1e-5, atol=0)
    trained = {name: p.grad for name, p in objective.named_parameters() if p.grad is not None}
    apart = max(float((gradients[name] - gradient).abs().max()) for name, gradient in trained.items())
    largest = max(float(gradient.abs().max()) for gradient in trained.values())
    print(f"{case}: gradients of two processes and of one are at most {apart:.1e} apart; the largest is {largest:.1e}")
    assert 0 < largest < math.inf
    assert apart < TOLERANCE * largest


@pytest.mark.parametrize("case", ["text-gpt", "speech-next-frame"])
def test_the_joint_batch_is_one_batch(case, data, processes):
    """What draws nothing can be trained on the rows of both batches in one tensor."""
    objective, batches = built(case, data)
    objective.encoder.voice = objective.compare = None  # crops of one recording are compared above
    found, gradients = in_two_processes(objective, batches, processes)
    rows = {key: [row for batch in batches for row in batch[key]] for key in batches[0]}
    joint = {key: pad_sequence(row, batch_first=True) if row[0].ndim else torch.stack(row) for key, row in rows.items()}
    loss = objective.training_step(joint, 0)
    loss.backward()
    torch.testing.assert_close(found, loss.detach(), rtol=1e-5, atol=0)
    for name, parameter in objective.named_parameters():
        if parameter.grad is not None:
            torch.testing.assert_close(gradients[name], parameter.grad, rtol=0, atol=1e-5)
