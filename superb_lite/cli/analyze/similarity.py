"""`superb-lite analyze similarity`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superb_lite.cli.analyze._output import Formats, Out, Output
from superb_lite.cli.analyze._shared import check_encoders, command_line
from superb_lite.cli.options import BatchSize, Device, Json, Root, TrustCode
from superb_lite.errors import SuperbLiteError, UnknownNameError, one_line

if TYPE_CHECKING:
    from superb_lite.analysis.similarity.items import Paired


def similarity(
    context: typer.Context,
    encoders: Annotated[
        list[str],
        typer.Argument(metavar="CKPT...", help="Two or more; those of one objective count as its pretraining seeds."),
    ],
    items: Annotated[
        str | None,
        typer.Option(metavar="TASK", help="On the test items of this task; default: the first of the modality."),
    ] = None,
    pairs: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Compare on items of several modalities that belong together: captions, spoken-sentences.",
        ),
    ] = None,
    number: Annotated[int, typer.Option(help="So many items at most.")] = 400,
    permutations: Annotated[int, typer.Option(help="Of the items, for p-values.")] = 199,
    device: Device = "auto",
    batch_size: BatchSize = 32,
    root: Root = None,
    trust_code: TrustCode = False,
    out: Out = None,
    formats: Formats = "svg",
    as_json: Json = False,
) -> None:
    """How alike are encoders? CKA and shared nearest neighbours, layer by layer, beside their random twins.

    Between the pretraining seeds of an objective, between objectives, and on items that belong together between
    modalities. For several layers of one encoder look at the map of its seeds.

    Example: superb-lite analyze similarity bert-0 bert-1 bert-2 gpt-0 gpt-1 gpt-2
    """
    check_encoders(
        encoders,
        tasks=[items] if items and not pairs else [],
        device=device,
        trust_code=trust_code,
        root=root,
        batch_size=batch_size,
    )
    if len(encoders) < 2:
        raise SuperbLiteError("one encoder is like itself: give two or more")
    if items and pairs:
        raise SuperbLiteError("--items and --pairs exclude each other: give one")
    if permutations < 1:
        raise SuperbLiteError(f"--permutations {permutations}: at least 1 is needed")
    if number < 1:
        raise SuperbLiteError(f"--number {number}: at least 1 item is needed")
    output = Output.of("similarity", out, formats)
    _check_pairs(pairs)

    from superb_lite.analysis.similarity.compare import Seen, compare, groups_of
    from superb_lite.analysis.similarity.items import first_items, layer_vectors
    from superb_lite.analysis.similarity.measures import FEWEST, MEASURES
    from superb_lite.analysis.similarity.section import make_section
    from superb_lite.analysis.twins import random_twin
    from superb_lite.cli.progress import counter, say
    from superb_lite.encoders.references import load_encoder
    from superb_lite.evaluation.devices import device_named
    from superb_lite.paths import feature_dir

    models = {name: load_encoder(name, trust_code=trust_code) for name in encoders}
    modalities = {name: model.modality for name, model in models.items() if model.modality is not None}
    named, paired = _items(set(modalities.values()), items, pairs, number, root)
    paired = first_items(paired, number, FEWEST)
    for name, modality in modalities.items():
        if modality not in paired:
            raise SuperbLiteError(f"'{one_line(name)}' takes {modality}, but {named} has no such items")
    of = {name: modalities.get(name) or next(iter(paired)) for name in models}
    where = device_named(device)
    groups = groups_of(models)
    known = {(model.pretraining or {}).get("seed") for model in models.values()}
    if len(known) == 1 and None not in known:
        raise SuperbLiteError(
            f"all of these were pretrained from seed {known.pop()}, and begin alike: give encoders of different seeds"
        )
    seen = {}
    bars, moved = counter("encoders")
    with bars:
        for place, (name, model) in enumerate(models.items()):
            moved(place, len(models))
            both = [
                None
                if one is None
                else layer_vectors(
                    one.to(where), paired[of[name]], name=name, batch_size=batch_size, feature_dir=feature_dir()
                )
                for one in (model, random_twin(name, model, place))
            ]
            seed = (model.pretraining or {}).get("seed")
            seen[name] = Seen(name, seed if isinstance(seed, int) else None, both[0] or [], both[1])
            say(f"  {name}")
    found = [
        each
        for measure in MEASURES
        for each in compare(
            {label: [seen[name] for name in names] for label, names in groups.items()},
            measure,
            permutations=permutations,
        )
    ]
    section = make_section(
        found,
        modality_of={label: of[names[0]] for label, names in groups.items()},
        command=command_line(context),
        encoders=encoders,
        seeds=min(map(len, groups.values())),
        settings={"items": named, "number": min(map(len, paired.values())), "permutations": permutations},
    )
    output.finish(section, as_json=as_json)


def _check_pairs(name: str | None) -> None:
    from superb_lite import plugins

    if name is not None and name not in (known := plugins.points(plugins.PAIRED)):
        raise UnknownNameError("source of pairs", name, known)


def _items(
    modalities: set[str], task: str | None, pairs: str | None, number: int, root: Path | None
) -> tuple[str, Paired]:
    """What is compared on: its name, and items by modality."""
    from superb_lite import plugins
    from superb_lite.analysis.similarity.items import items_of_task

    if pairs is None and task is None and len(modalities) > 1:
        both = " and ".join(sorted(modalities))
        raise SuperbLiteError(
            f"{both} have no items in common: name what belongs together with --pairs "
            f"({', '.join(plugins.points(plugins.PAIRED))})"
        )
    if pairs is not None:
        made: Paired = plugins.load(plugins.PAIRED, pairs, kind="source of pairs")()
        return pairs, made
    if task is None and not modalities:
        raise SuperbLiteError("these encoders take items of any modality: say which with --items")
    (found, *_) = plugins.tasks(task) if task else plugins.embedded_tasks(next(iter(modalities)))
    return found.name, items_of_task(found, number, root)
