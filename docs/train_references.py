"""`make references`: train encoders of known worth, by all labels, for `superb-lite calibrate --reference`.

A fresh encoder of a modality's lite architecture learns the embedded tasks of one row for each example or unit
(`RowForm`) at once: one linear head for each task on the shared encoder, each batch of one task, drawn by the number of
its examples (Caruana 1997, Multitask Learning). All labels of the training pools are used, but for a fifth of the
clusters, which is the same for all tasks and is scored at the end; test examples are left alone. A checkpoint says what
it learnt from, so that a board marks its results on these sources as in-domain.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from superb_lite import plugins
from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.encoders.encoder import Encoder, Features
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.problems import make_problem
from superb_lite.features.sequences import endless_batches
from superb_lite.forms import RowForm, form_of
from superb_lite.heads.joint_models import joint_model
from superb_lite.heads.problem import Problem
from superb_lite.machine import versions
from superb_lite.pretraining.objective import warmup_cosine
from superb_lite.protocols.finetune_settings import FinetuneSettings
from superb_lite.seeds import step_seed
from superb_lite.tasks.labels import Example
from superb_lite.tasks.task import FOLDS, Task, fold_numbers

STEPS = {"image": 9000, "text": 2500, "speech": 1000}
"""By modality, batches in all: at most six minutes on one core."""

ONLY = {"text": ("clue-lite/pos", "clue-lite/ner", "clue-lite/seg")}
"""By modality what is learnt, where not all is: the English tasks hold out their words, so labels teach nothing."""

TRAINING = FinetuneSettings(learning_rates=(3e-3,), batch_size=32)
"""The rest is as `finetune` has it."""


def main() -> None:
    """Train the reference of each modality that is named, and print its scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modalities", nargs="*", default=list(STEPS), help=f"default: {' '.join(STEPS)}")
    parser.add_argument("--out", type=Path, default=Path("superb-lite-out/references"))
    parser.add_argument("--steps", type=int, help="default: " + ", ".join(f"{n} ({m})" for m, n in STEPS.items()))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for modality in options.modalities:
        steps = options.steps or STEPS.get(modality, max(STEPS.values()))
        architecture = plugins.objective(plugins.modality(modality).objective or "").encoder
        encoder = load_encoder(f"random:{architecture}:{options.seed}")
        started = time.process_time()
        scores = train(encoder, learnt_tasks(modality), steps=steps, seed=options.seed)
        seconds = time.process_time() - started
        pretraining = provenance(learnt_tasks(modality), steps=steps, seed=options.seed, seconds=seconds)
        save_checkpoint(encoder, options.out / modality, name=architecture, pretraining=pretraining)
        print(f"{options.out / modality}: {steps} steps in {seconds:.0f} seconds of CPU time", flush=True)
        print("\n".join(f"  {name:28}{100 * score:6.1f}" for name, score in scores.items()), flush=True)


def learnt_tasks(modality: str) -> list[Task]:
    """The tasks of a modality that its reference learns."""
    tasks = [task for task in plugins.embedded_tasks(modality) if isinstance(form_of(task), RowForm)]
    return [task for task in tasks if task.name in ONLY.get(modality, (task.name,))]


def problems_of(tasks: Sequence[Task], seed: int) -> list[Problem]:
    """The tasks with all labels of their pools and no test examples.

    Sentences, voices and photographs serve several tasks: a cluster is held out of all of them or of none.
    """
    whole = [make_problem(dataclasses.replace(t, budget=None), seeds=(seed,), limit=0, root=None) for t in tasks]
    pools = [problem.labels_of(0) for problem in whole]
    folds = iter(fold_numbers([example for pool in pools for example in pool], FOLDS))
    problems = []
    for problem, pool in zip(whole, pools, strict=True):
        parts: dict[bool, list[Example]] = {False: [], True: []}
        for example in pool:
            parts[next(folds) == 0].append(example)
        problems.append(dataclasses.replace(problem, train=[tuple(parts[False])], validation=[tuple(parts[True])]))
    return problems


def train(
    encoder: Encoder, tasks: Sequence[Task], *, steps: int, seed: int, settings: FinetuneSettings = TRAINING
) -> dict[str, float]:
    """Train an encoder in place; returns each task's score on what was held out. Refuses a loss that is not finite."""
    with torch.random.fork_rng(devices=[]), encoder.register_forward_hook(joined):
        torch.manual_seed(step_seed(seed, 0))
        encoder.requires_grad_(True)
        encoder.untrained = False
        models = [joint_model(encoder, problem, 0) for problem in problems_of(tasks, seed)]
        parameters = list(nn.ModuleList(models).parameters())  # those of the shared encoder once
        (rate,) = settings.learning_rates
        optimizer = torch.optim.AdamW(parameters, lr=rate, weight_decay=settings.weight_decay, fused=True)
        warmup = max(1, round(settings.warmup_share * steps))
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: warmup_cosine(n, steps=steps, warmup=warmup))
        batches = [endless_batches([m.length(e) for e in m.problem.train[0]], settings.batch_size) for m in models]
        sizes = torch.tensor([len(model.problem.train[0]) for model in models]).float()
        for step, turn in enumerate(torch.multinomial(sizes, steps, replacement=True).tolist()):
            model = models[turn]
            # A batch is of one task, an evaluation of another: in the end BatchNorm's statistics stand still.
            model.train(step < steps // 2)
            loss = model.loss([model.problem.train[0][i] for i in next(batches[turn])])
            if not math.isfinite(loss.item()):
                raise SuperbLiteError(f"the loss of '{tasks[turn].name}' is {loss.item()} at step {step}")
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, settings.clip)
            optimizer.step()
            schedule.step()
        encoder.requires_grad_(False)
        held_out = [(model, model.problem.validation[0]) for model in models]
        return {m.problem.task.name: m.problem.score(m.predict(examples), examples) for m, examples in held_out}


def joined(encoder: nn.Module, inputs: object, features: Features) -> Features:
    """Layers of one length as one: a layer beside the others, such as that of the voice, learns only if it is read."""
    if isinstance(features.mask, tuple) or isinstance(features.spans, tuple):
        return features
    return dataclasses.replace(features, layers=(torch.cat(features.layers, dim=-1),), summary=None)


def provenance(tasks: Sequence[Task], *, steps: int, seed: int, seconds: float) -> dict[str, object]:
    """What a checkpoint says of its training."""
    corpora = sorted({task.corpus for task in tasks})
    return {
        "objective": "supervised",
        "tasks": [task.name for task in tasks],
        # Where a task does not say what its source is, nobody can say that another task is of none of the sources.
        **({"corpora": corpora} if all(corpora) else {}),
        "seed": seed,
        "steps": steps,
        "seconds": round(seconds, 1),
        "versions": versions(),
    }


if __name__ == "__main__":
    main()
