"""`superb-lite analyze crosslingual`."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import Annotated

import typer

from superb_lite.cli.analyze._crosslingual_options import (
    PARTS,
    languages_of_options,
    listed,
    number_of,
    sides,
    tasks_of_options,
)
from superb_lite.cli.analyze._output import Formats, Out, Output
from superb_lite.cli.analyze._shared import check_encoders, command_line
from superb_lite.cli.names import check_one_modality
from superb_lite.cli.options import BatchSize, Device, ExecutorName, Json, Limit, Root, TrustCode
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.executors.named import check_executor


def crosslingual(
    context: typer.Context,
    encoders: Annotated[
        list[str],
        typer.Argument(
            metavar="CKPT...",
            help="Encoders of several languages: all pretraining seeds and amounts of data, in any order; and those "
            "of one language, which their checkpoints say.",
        ),
    ],
    parts: Annotated[
        str, typer.Option(metavar="PART,...", help="transfer, alignment and vector, or some of them.")
    ] = ",".join(PARTS),
    languages: Annotated[
        str | None, typer.Option(metavar="LANG,...", help="Those that are compared, the first with all others.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(metavar="SET", help="The task set whose languages these are; default: the only one.")
    ] = None,
    words: Annotated[
        Path | None,
        typer.Option(metavar="FILE.tsv", help="A word list of your own: a column for each language, named in row 1."),
    ] = None,
    sentences: Annotated[
        list[str] | None,
        typer.Option(metavar="LANG=FILE", help="With --words: sentences, one a line; once for each language."),
    ] = None,
    task: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND:LANG=TASK", help="qa:en=squad/qa, say, with qa:zh=drcd/qa; several times."),
    ] = None,
    monolingual: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LANG=CKPT", help="An encoder of one language whose checkpoint does not say so; several times."
        ),
    ] = None,
    amount: Annotated[
        list[str] | None,
        typer.Option(
            metavar="X=CKPT", help="How much one of CKPT... has read, on any scale, where checkpoints do not say so."
        ),
    ] = None,
    finetune: Annotated[
        str | None,
        typer.Option(
            metavar="LANG,...", help="The languages that are fine-tuned in; default: the first that has tasks."
        ),
    ] = None,
    protocol: Annotated[str, typer.Option(help="finetune or frozen.")] = "finetune",
    limit: Limit = None,
    most: Annotated[
        int, typer.Option("--most", help="Sentences of each language that words are looked for in.")
    ] = 2000,
    layers: Annotated[
        str | None, typer.Option(metavar="N,...", help="Where the vector is added; default: at every layer.")
    ] = None,
    alpha: Annotated[str, typer.Option(metavar="X,...", help="Factors of the vector.")] = "0.5,1,1.5,2,3",
    questions: Annotated[int, typer.Option(help="Masked words of each pair of languages, for the vector.")] = 100,
    device: Device = "auto",
    batch_size: BatchSize = 32,
    root: Root = None,
    trust_code: TrustCode = False,
    executor: ExecutorName = "local",
    out: Out = None,
    formats: Formats = "svg",
    as_json: Json = False,
) -> None:
    """What does an encoder know of how the languages that it has read belong together?

    Transfer: fine-tuned in one language, tested in all, beside untrained twins and encoders of one language. Alignment:
    how high words rank their translations, by layer and by how much was read. Vector: the difference of two languages'
    means, added inside, and what masked words turn into.

    Example: superb-lite analyze crosslingual mbert-0 mbert-1 mbert-2 --finetune en
    """
    alone = {name: language for language, name in sides("--monolingual", monolingual, "LANG=CKPT")}
    references = [*encoders, *alone]
    amounts = {name: number_of("--amount", each) for each, name in sides("--amount", amount, "X=CKPT")}
    for name in amounts:
        if name not in encoders:
            raise SuperbLiteError(f"--amount X={one_line(name, 80)}: it is none of the encoders that are given")
    check_encoders(references, device=device, trust_code=trust_code, root=root, limit=limit, batch_size=batch_size)
    check_one_modality(references)
    wanted = listed("--parts", parts, PARTS)
    if most < 2:
        raise SuperbLiteError(f"--most {most}: at least 2 sentences of each language")
    check_executor(executor)
    output = Output.of("crosslingual", out, formats)

    from superb_lite.analysis.crosslingual.experiment import Experiment
    from superb_lite.analysis.crosslingual.groups import grouped, untrained
    from superb_lite.analysis.crosslingual.measure import Material
    from superb_lite.analysis.crosslingual.section import section_of
    from superb_lite.analysis.crosslingual.shifts import Shifts
    from superb_lite.analysis.crosslingual.sources import chosen, kinds_of
    from superb_lite.analysis.kept import Kept
    from superb_lite.cli.analyze._spread import silent, spread
    from superb_lite.cli.evaluation import open_store
    from superb_lite.cli.progress import EvaluationProgress, counter, say
    from superb_lite.encoders.masked import masked_language_model
    from superb_lite.encoders.references import load_encoder
    from superb_lite.evaluation.columns import check_column, load_data

    known = languages_of_options(source, words, sentences)
    for language in alone.values():
        listed("--monolingual", language, known.names)
    names = chosen(known, None if languages is None else listed("--languages", languages, known.names))
    tasks = tasks_of_options(task, known)
    kinds = kinds_of(tasks, names) if "transfer" in wanted else []
    if "transfer" in wanted and not kinds:
        say("no transfer: there are no tasks; give some with --task KIND:LANG=TASK")
    first = tuple(name for name in names if any(name in kind.tasks for kind in kinds))[:1]
    trained = listed("--finetune", finetune, names) if finetune else first
    for language in trained if finetune else ():
        if kinds and not any(language in kind.tasks for kind in kinds):
            raise SuperbLiteError(f"--finetune {language}: no task is in this language: --task KIND:{language}=TASK")
    for each in (each for kind in kinds for each in kind.tasks.values()):
        check_column(each, protocol)
    load_data([each for kind in kinds for each in kind.tasks.values()], root)
    shifts = Shifts(
        Material(known, names, most),
        alphas=tuple(number_of("--alpha", each) for each in alpha.split(",")),
        questions=questions,
        layers=None if layers is None else tuple(int(number_of("--layers", each)) for each in layers.split(",")),
    )
    models = {name: load_encoder(name, trust_code=trust_code) for name in references}
    groups = grouped(models, names, alone, amounts)
    if not groups.several:
        raise SuperbLiteError("all of these encoders have read one language alone: give one that has read several")
    for name, model in groups.full.encoders.items() if "vector" in wanted else ():
        masked_language_model(model, name)
    experiment = Experiment(
        groups=groups,
        none=untrained(groups.full),
        material=shifts.material,
        kinds=kinds,
        trained=trained,
        shifts=shifts,
        transfer={"protocol": protocol, "limit": limit, "root": root},
    )
    kept, results = Kept(output.directory / "kept", known.packages), open_store(output.directory / "results")
    run = functools.partial(experiment.run, kept, results, device=device, batch_size=batch_size)
    if "transfer" in wanted and kinds:
        cells = experiment.transfer_cells()
        how = {"results": results, "device": device, "batch_size": batch_size}
        calls = {
            f"{group.name} {name} {kind.name} {language}": (silent(cells.run), {**how, "only": [number]})
            for number, (group, name, kind, language) in enumerate(cells.cells())
        }
        spread(executor, calls, output.directory, device=device)
    bars, advance = counter("words and vectors")
    with bars:
        found = run(parts=[part for part in wanted if part != "transfer"], begins=lambda what: advance)
    if "transfer" in wanted and kinds:
        with EvaluationProgress("fine-tuned encoders", experiment.cells()) as progress:
            scores = run(
                parts=["transfer"],
                progress=progress.start,
                finished=lambda result: progress.finished(result, name=result.encoder),
            )
        found = dataclasses.replace(found, transfer=scores.transfer)
    section = section_of(
        experiment,
        found,
        command=command_line(context),
        settings={"protocol": protocol, "limit": limit, "questions": questions, "parts": list(wanted)},
    )
    output.finish(section, as_json=as_json)
