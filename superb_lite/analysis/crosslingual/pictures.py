"""The pictures of the experiment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from superb_lite.analysis.crosslingual.experiment import Experiment, Found
from superb_lite.analysis.crosslingual.groups import NONE, Group
from superb_lite.analysis.crosslingual.ranks import (
    answers,
    best_layer,
    by_chance,
    depth_of,
    mean_ranks,
    pairs_of,
    ranks,
    share,
    told_apart,
)
from superb_lite.analysis.crosslingual.shifts import key
from superb_lite.analysis.findings import Picture
from superb_lite.analysis.transfer.samples import mean_over_tasks
from superb_lite.charts.bands import BandLine, BandPanel, BandPoint, band_chart
from superb_lite.metrics.statistics import Sample

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def pictures_of(experiment: Experiment, found: Found) -> list[Picture]:
    """Those of the parts that were measured."""
    made = []
    if found.transfer:
        made.append(
            Picture(
                name="transfer",
                title="Fine-tuned in one language, tested in all",
                caption="A panel for each task and language of fine-tuning, a line for each pretraining; the first "
                "language of a panel is the one that labels were seen in. Percent, mean of the task's metrics.",
                table="transfer",
                draw=lambda: _transfer(experiment, found),
            )
        )
    if found.alignment:
        made.append(
            Picture(
                name="layers",
                title="How high translations rank, layer by layer",
                caption="Mean reciprocal rank of the translation among all words of the other language: of vectors as "
                "they are, and without the mean of their language. Dotted: by chance.",
                table="alignment",
                draw=lambda: _layers(experiment, found),
            )
        )
        if len(experiment.groups.several) > 1:
            made.append(
                Picture(
                    name="amounts",
                    title=f"Alignment against the {experiment.groups.axis}",
                    caption="Mean reciprocal rank without means: of all layers over all pairs of languages, and of "
                    "each pair at the layer that ranks highest on other words. Dotted: by chance.",
                    table="alignment",
                    draw=lambda: _amounts(experiment, found),
                )
            )
        if told_apart(found.alignment, experiment.groups.full, "linear", "before", 0) is not None:
            made.append(
                Picture(
                    name="identity",
                    title="Is the language of a word told by its vector?",
                    caption="Share of words whose language a probe tells, before and after the mean of each language "
                    "is taken away. Dotted: by chance.",
                    table="identity",
                    draw=lambda: _identity(experiment, found),
                )
            )
    if found.shifts:
        made.append(
            Picture(
                name="vector",
                title="What the language vector does to masked predictions",
                caption="Shares of masked words that are predicted in the other language, and translated, against the "
                "factor that the vector is added with; a line for each layer.",
                table="vector",
                draw=lambda: _vector(experiment, found),
            )
        )
    return made


def _point(x: float, sample: Sample, scale: float = 1.0) -> BandPoint:
    estimate = share(sample)
    low, high = (None if end is None else scale * end for end in (estimate.low, estimate.high))
    return BandPoint(x, scale * estimate.value, low, high)


def _transfer(experiment: Experiment, found: Found) -> Figure:
    from superb_lite.charts.language_bars import Bar, BarPanel, language_bars

    panels = []
    for kind in experiment.kinds:
        for trained in experiment.trained:
            if trained not in kind.tasks:
                continue
            bars = []
            order = [trained, *(name for name in kind.tasks if name != trained)]
            for tested in order:
                for group in experiment.scored:
                    own = [
                        score.sample
                        for score in found.transfer
                        if (score.kind, score.trained, score.tested, score.group)
                        == (kind.name, trained, tested, group.name)
                    ]
                    bars.append(Bar(tested, group.name, *share(mean_over_tasks(own)).scaled(100.0).cells))
            panels.append(BarPanel(f"{kind.name}, labels in {trained}", tuple(bars)))
    return language_bars(panels)


def _layers(experiment: Experiment, found: Found) -> Figure:
    shown: list[Group] = [*([experiment.none] if experiment.none else []), experiment.groups.full]
    chance = by_chance(found.alignment)
    panels = []
    for kind, title in (("raw", "as they are"), ("centred", "without means")):
        lines = tuple(
            BandLine(
                "untrained" if group.name == NONE else group.name,
                tuple(
                    _point(layer, mean_ranks(found.alignment, group, kind, layer))
                    for layer in range(depth_of(found.alignment))
                ),
                number,
            )
            for number, group in enumerate(shown)
        )
        panels.append(BandPanel(title, lines, chance))
    return band_chart("Mean over pairs of languages", panels, x="layer", y="mean reciprocal rank", scale="even")


def _amounts(experiment: Experiment, found: Found) -> Figure:
    groups: Sequence[Group] = experiment.groups.several
    layer = best_layer(found.alignment, experiment.groups.full)
    chance = by_chance(found.alignment)
    depth, pairs = depth_of(found.alignment), pairs_of(found.alignment)
    layers = tuple(
        BandLine(
            f"layer {each}",
            tuple(_point(g.amount or 0, mean_ranks(found.alignment, g, "centred", each)) for g in groups),
            each,
        )
        for each in range(depth)
    )
    of_pairs = tuple(
        BandLine(
            pair.replace(" ", "-"),
            tuple(_point(g.amount or 0, ranks(found.alignment, g, pair, "centred", layer)) for g in groups),
            depth + number,
        )
        for number, pair in enumerate(pairs)
    )
    panels = [BandPanel("all pairs", layers, chance), BandPanel(f"layer {layer}", of_pairs, chance)]
    return band_chart("", panels, x=experiment.groups.axis, y="mean reciprocal rank", scale="even")


def _identity(experiment: Experiment, found: Found) -> Figure:
    panels = []
    for probe, title in (("linear", "linear probe"), ("neighbours", "nearest neighbours")):
        lines = []
        for number, when in enumerate(("before", "after")):
            points = []
            for layer in range(depth_of(found.alignment)):
                sample = told_apart(found.alignment, experiment.groups.full, probe, when, layer)
                if sample is not None:
                    points.append(_point(layer, sample, 100.0))
            lines.append(BandLine(f"{when} the mean is taken away", tuple(points), number))
        panels.append(BandPanel(title, tuple(lines), 100.0 / len(experiment.material.names)))
    return band_chart("", panels, x="layer", y="words told, %", scale="even")


def _vector(experiment: Experiment, found: Found) -> Figure:
    assert experiment.shifts is not None
    panels = []
    for what in ("converted", "translated"):
        for (a, b), measured in found.shifts.items():
            depth = min(each["depth"] for each in measured.values())
            lines = tuple(
                BandLine(
                    f"layer {layer}",
                    (
                        _point(0.0, answers(measured, "0", what), 100.0),
                        *(
                            _point(alpha, answers(measured, key(layer, alpha), what), 100.0)
                            for alpha in experiment.shifts.alphas
                        ),
                    ),
                    layer,
                )
                for layer in experiment.shifts.chosen_layers(depth)
            )
            panels.append(BandPanel(f"{a} to {b}: {what}", lines))
    return band_chart("", panels, x="factor", y="masked words, %")
