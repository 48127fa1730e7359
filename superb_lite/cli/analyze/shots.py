"""`superb-lite analyze shots`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from superb_lite.cli.analyze._output import Formats, Out, Output
from superb_lite.cli.analyze._shared import check_encoders, command_line
from superb_lite.cli.options import BatchSize, Device, ExecutorName, Json, Root, TrustCode
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.executors.named import check_executor

MOST_SHOTS = 1000


def shots(
    context: typer.Context,
    encoders: Annotated[
        list[str],
        typer.Argument(
            metavar="CKPT...",
            help="Language models of several sizes, pretraining seeds and steps (RUN@STEP, RUN@all).",
        ),
    ],
    tasks: Annotated[
        list[str] | None,
        typer.Option(
            "--tasks",
            metavar="TASK|SET|GLOB",
            help="Tasks that ask for a class or a choice; default: those that are made for it.",
        ),
    ] = None,
    numbers: Annotated[
        str, typer.Option("--shots", metavar="K,K,...", help="The numbers of solved examples.")
    ] = "0,1,2,4,8,16",
    draws: Annotated[int, typer.Option(help="Of solved examples, for each number of them.")] = 3,
    limit: Annotated[
        str, typer.Option(metavar="N|all", help="Test examples of each task, always the same ones.")
    ] = "200",
    finetune: Annotated[
        bool, typer.Option("--finetune/--no-finetune", help="Also fine-tune on as many examples.")
    ] = True,
    device: Device = "auto",
    batch_size: BatchSize = 32,
    root: Root = None,
    trust_code: TrustCode = False,
    executor: ExecutorName = "local",
    out: Out = None,
    formats: Formats = "svg",
    as_json: Json = False,
) -> None:
    """Does a language model answer better after a few solved examples? Against size and steps of pretraining.

    Encoders that differ in their pretraining seed alone are one line. Answers are chosen by likelihood, with and
    without calibration by content-free inputs, and beside them stands fine-tuning on the same examples.

    Example: superb-lite analyze shots gpt-small-0 gpt-small-1 gpt-small-2 gpt-large-0 gpt-large-1 gpt-large-2
    """
    from superb_lite.encoders.trajectory import expanded

    names = expanded(encoders)
    check_encoders(names, tasks=tasks or [], device=device, trust_code=trust_code, root=root, batch_size=batch_size)
    asked, most = _shots(numbers), _limit(limit)
    if not 1 <= draws <= 100:
        raise SuperbLiteError(f"--draws {draws}: a number from 1 to 100")
    check_executor(executor)
    output = Output.of("shots", out, formats)

    from superb_lite import plugins
    from superb_lite.analysis.kept import Kept
    from superb_lite.analysis.shots.groups import grouped, last_steps
    from superb_lite.analysis.shots.run import check_encoder, measure
    from superb_lite.analysis.shots.section import section_of
    from superb_lite.cli.analyze._spread import silent, spread
    from superb_lite.cli.evaluation import chosen_columns
    from superb_lite.cli.progress import counter
    from superb_lite.encoders.references import load_encoder
    from superb_lite.protocols.incontext import InContext, InContextSettings

    models = {}
    for name in names:
        models[name] = load_encoder(name, trust_code=trust_code)
        check_encoder(models[name], name)
    if tasks:
        modality = next(iter(models.values())).modality
        chosen = {task.name: task for task, _ in chosen_columns(tasks, modality, names[0], InContext.name)}
    else:
        modality = next(model.modality for model in models.values()) or ""
        chosen = {t.name: t for t in plugins.embedded_tasks(modality) if t.protocols[0] == InContext.name}
        if not chosen:
            raise SuperbLiteError("no task is made for solved examples: name some with --tasks")
    packages = tuple(
        sorted({str(task.load).partition(".")[0] for task in chosen.values() if isinstance(task.load, str)})
    )
    settings = InContextSettings(batch_size=batch_size)
    bars, report = counter("models, tasks and numbers of examples")
    common: dict[str, Any] = {
        "tasks": list(chosen.values()),
        "shots": asked,
        "draws": draws,
        "limit": most,
        "kept": Kept(output.directory / "kept", packages),
        "settings": settings,
        "device": device,
        "root": root,
    }
    last = {name for group in last_steps(grouped(models)) for name in group.members} if finetune else set()
    calls = {
        name: (silent(measure), {**common, "encoders": {name: model}, "finetune": name in last})
        for name, model in models.items()
    }
    spread(executor, calls, output.directory, device=device)
    with bars:
        measured = measure(models, finetune=finetune, progress=report, **common)
    section = section_of(
        measured,
        command=command_line(context),
        settings={
            "tasks": list(chosen),
            "shots": list(measured.shots),
            "draws": draws,
            "limit": most,
            "content_free": list(settings.content_free),
            "separator": settings.separator,
        },
    )
    output.finish(section, as_json=as_json)


def _shots(text: str) -> list[int]:
    found = []
    for part in text.split(","):
        part = part.strip()
        if not (part.isascii() and part.isdigit() and len(part) < 6 and int(part) <= MOST_SHOTS):
            raise SuperbLiteError(f"--shots {one_line(text, 50)}: whole numbers from 0 to {MOST_SHOTS}, with commas")
        found.append(int(part))
    return sorted(set(found))


def _limit(text: str) -> int | None:
    if text == "all":
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 1):
        raise SuperbLiteError(f"--limit {one_line(text, 50)}: a whole number from 2 on, or all")
    return int(text)
