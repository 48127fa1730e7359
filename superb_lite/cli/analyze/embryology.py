"""`superb-lite analyze embryology`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from superb_lite.cli.analyze._output import Formats, Out, Output
from superb_lite.cli.analyze._shared import check_encoders, command_line
from superb_lite.cli.options import BatchSize, Device, ExecutorName, Json, Root
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.executors.named import check_executor

if TYPE_CHECKING:
    from superb_lite.tasks.tagged_words import WordSource


def embryology(
    context: typer.Context,
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN...", help="Runs with --checkpoints log that differ in their pretraining seed; three or more."
        ),
    ],
    tasks: Annotated[
        list[str] | None,
        typer.Option(
            "--tasks", metavar="TASK|SET|GLOB", help="Also several times; default: a few quick ones of the modality."
        ),
    ] = None,
    words: Annotated[int, typer.Option(help="Masked words of every part of speech; 0: none.")] = 100,
    before: Annotated[
        list[str] | None,
        typer.Option(metavar="A,B", help="Test whether A is learnt before B, by their names in the table; repeatable."),
    ] = None,
    seeds: Annotated[int, typer.Option(help="Evaluation seeds of every task at every step.")] = 1,
    limit: Annotated[int, typer.Option(help="Test examples of every task; 0: all.")] = 300,
    device: Device = "auto",
    batch_size: BatchSize = 32,
    root: Root = None,
    executor: ExecutorName = "local",
    out: Out = None,
    formats: Formats = "svg",
    as_json: Json = False,
) -> None:
    """When is what learnt while an encoder is pretrained?

    Scores of tasks, and of masked words by part of speech, at every step that was kept: the steps at which half and
    nine tenths of each final gain are there, and which comes first.

    Example: superb-lite analyze embryology bert-0 bert-1 bert-2 --before clue-lite/pos,glue-lite/rte
    """
    from superb_lite.encoders.trajectory import Trajectory, run_directory

    check_executor(executor)
    output = Output.of("embryology", out, formats)
    pairs = tuple(map(_pair, before or []))
    if words < 0 or limit < 0:
        raise SuperbLiteError("--words and --limit are 0 or more")
    check_encoders(
        [], tasks=tasks or [], device=device, root=root, seeds=seeds, limit=limit or None, batch_size=batch_size
    )
    for name in runs:
        if runs.count(name) > 1:
            raise SuperbLiteError(f"'{one_line(name)}' is given twice: give runs that differ in their pretraining seed")
    trajectories = {name: Trajectory(run_directory(name)) for name in runs}

    from superb_lite import plugins
    from superb_lite.analysis.embryology.measure import Watch, default_tasks, grown, task_curves, word_curves
    from superb_lite.analysis.embryology.report import Asked, make_section
    from superb_lite.analysis.pretraining_seeds import check_seeds
    from superb_lite.analysis.trajectories import common_steps
    from superb_lite.cli.analyze._spread import silent, spread
    from superb_lite.cli.evaluation import chosen_columns, open_store
    from superb_lite.cli.progress import EvaluationProgress, counter, say
    from superb_lite.evaluation.columns import check_column
    from superb_lite.protocols.frozen import Frozen

    check_seeds({name: each.load(each.steps[-1]) for name, each in trajectories.items()})
    first = next(iter(trajectories.values()))
    steps = common_steps(trajectories)
    if len(steps) < 3:
        raise SuperbLiteError(f"'{runs[0]}' has {len(steps)} steps: curves need more, pretrain with --checkpoints log")
    modality = first.load(steps[0]).modality or "any"
    patterns = list(tasks or default_tasks(modality))
    columns = chosen_columns(patterns, modality, runs[0], Frozen.name) if patterns else []
    for column in columns:
        check_column(*column)
    chosen = {task.name: task for task, _ in columns}
    sources = list(plugins.word_sources(modality).values()) if words else []
    _check_pairs(pairs, {*chosen, *(name for source in sources for name in source.questions)})
    of_words: dict[str, Any] = {
        "sources": sources,
        "each": words,
        "directory": output.directory / "kept",
        "device": device,
        "batch_size": batch_size,
    }
    of_tasks: dict[str, Any] = {
        "tasks": list(chosen.values()),
        "seeds": seeds,
        "limit": limit or None,
        "directory": output.directory / "kept",
        "device": device,
        "batch_size": batch_size,
        "root": root,
        "results": open_store(output.directory),
    }
    calls = {}
    for name, run in trajectories.items():
        for step in steps:
            one = {"trajectories": {name: run}, "steps": [step]}
            if sources:
                calls[f"{name}@{step}: words"] = (silent(word_curves), {**of_words, **one})
            calls[f"{name}@{step}: scores"] = (silent(task_curves), {**of_tasks, **one})
    spread(executor, calls, output.directory, device=device)
    bar, report = counter("masked words: checkpoints")
    done = 0

    def begin(step: str, source: WordSource) -> None:
        nonlocal done
        done += 1
        report(done, len(trajectories) * len(steps) * len(sources))

    with bar:
        curves = word_curves(trajectories, watch=Watch(words=begin), **of_words)
    origins = {name: next(s.name for s in sources if name.startswith(f"{s.name}:")) for name in curves}
    if curves:
        say(f"  masked words: {len(curves)} questions")
    with EvaluationProgress("scores", len(chosen) * len(steps) * len(runs)) as progress:
        watch = Watch(task=progress.start, result=lambda run, step, r: progress.finished(r, name=f"{run}@{step}"))
        curves |= task_curves(trajectories, watch=watch, **of_tasks)
    origins = {name: origins.get(name, "") for name in curves}
    if not curves:
        raise SuperbLiteError("nothing was asked: name --tasks that go with these encoders")
    asked = Asked(
        runs=tuple(runs),
        steps=steps,
        modality=modality,
        sources=origins,
        before=pairs,
        command=command_line(context),
        settings={"steps": list(steps), "words": words, "seeds": seeds, "limit": limit, "tasks": list(chosen)},
    )
    output.finish(make_section(asked, curves, grown(steps, curves)), as_json=as_json)


def _check_pairs(pairs: tuple[tuple[str, str], ...], known: set[str]) -> None:
    from superb_lite.errors import near_names

    for name in (name for pair in pairs for name in pair if name not in known):
        near = near_names(name, known) or sorted(known)[:3]
        raise SuperbLiteError(f"--before '{one_line(name)}': that is not asked; there is {', '.join(near)}")


def _pair(text: str) -> tuple[str, str]:
    first, comma, second = text.partition(",")
    if not comma or not first.strip() or not second.strip() or "," in second:
        raise SuperbLiteError(f"--before '{one_line(text)}': give two questions with a comma between them")
    return first.strip(), second.strip()
