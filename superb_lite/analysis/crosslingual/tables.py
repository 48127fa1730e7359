"""The tables of the experiment."""

from __future__ import annotations

from superb_lite.analysis.crosslingual import published
from superb_lite.analysis.crosslingual.alignment import chance
from superb_lite.analysis.crosslingual.experiment import Experiment, Found
from superb_lite.analysis.crosslingual.groups import Group
from superb_lite.analysis.crosslingual.identity import PROBES
from superb_lite.analysis.crosslingual.jump import Jump
from superb_lite.analysis.crosslingual.ranks import ALL, KINDS, answers, depth_of, pairs_of, ranks, share, told_apart
from superb_lite.analysis.crosslingual.shifts import key
from superb_lite.analysis.findings import Cell, Table

OVER = "95% intervals over pretraining seeds and {}; with one seed over {} alone."
EXAMPLES = 3
"""Of each pair of languages."""


def tables_of(experiment: Experiment, found: Found, jump: Jump | None) -> list[Table]:
    """Those of the parts that were measured."""
    made = []
    if found.transfer:
        made.append(transfer_table(found))
    if found.alignment:
        made.append(alignment_table(experiment, found))
        if identity := identity_table(experiment, found):
            made.append(identity)
    if jump is not None:
        made.append(jump_table(jump))
    if found.shifts:
        made += [vector_table(experiment, found), examples_table(experiment, found)]
    return made


def transfer_table(found: Found) -> Table:
    """Scores by pretraining, language that is fine-tuned in and language that is tested in, published ones beside."""
    ours: dict[tuple[Cell, ...], dict[str, tuple[Cell, ...]]] = {}
    for score in found.transfer:
        row = (score.kind, score.group, score.trained, score.tested, score.zero_shot)
        ours.setdefault(row, {})[score.metric] = share(score.sample).scaled(100.0).cells
    metrics = tuple(dict.fromkeys(score.metric for score in found.transfer))
    note = f"Zero shot: no label of the language that is tested. {OVER.format('test examples', 'test examples')}"
    if comparable := set(published.METRICS) <= set(metrics):
        note = f"{note} Published, and not measured here: {published.SOURCE}; {published.HOW}."
    rows: list[tuple[Cell, ...]] = [
        (*row, *(cell for metric in metrics for cell in scores.get(metric, (None, None, None))))
        for row, scores in ours.items()
    ]
    for theirs in published.ROWS if comparable else ():
        told = dict(zip(published.METRICS, (theirs.exact_match, theirs.f1), strict=True))
        known = (f"published, {theirs.model}", theirs.pretrained, theirs.finetuned, published.TESTED, theirs.zero_shot)
        rows.append((*known, *(cell for metric in metrics for cell in (told.get(metric), None, None))))
    return Table(
        name="transfer",
        title="Fine-tuned in one language, tested in all; percent",
        columns=(
            *("task", "pretrained_on", "finetuned_in", "tested_in", "zero_shot"),
            *(f"{metric}{end}" for metric in metrics for end in ("", "_low", "_high")),
        ),
        rows=tuple(rows),
        note=note,
    )


def measured_groups(experiment: Experiment) -> list[Group]:
    """Those whose words were looked at, from the least read to the most."""
    return [*([experiment.none] if experiment.none else []), *experiment.groups.several]


def alignment_table(experiment: Experiment, found: Found) -> Table:
    """Mean reciprocal rank by what was read, pair of languages and layer."""
    rows: list[tuple[Cell, ...]] = []
    for group in measured_groups(experiment):
        for pair in pairs_of(found.alignment):
            words = len(found.alignment[next(iter(group.encoders))]["pairs"][pair]["words"])
            for layer in range(depth_of(found.alignment)):
                for kind in KINDS:
                    estimate = share(ranks(found.alignment, group, pair, kind, layer, ALL))
                    known = (group.name, group.amount, pair, layer, kind == "centred")
                    rows.append((*known, *estimate.cells, chance(words), words))
    columns = ("pretrained_on", "amount", "pair", "layer", "without_means", "rank", "rank_low", "rank_high")
    return Table(
        name="alignment",
        title="Mean reciprocal rank of translations among all words of the other language",
        columns=(*columns, "by_chance", "words"),
        rows=tuple(rows),
        note=f"Amount: {experiment.groups.axis or 'all have read as much'}. {OVER.format('words', 'words')}",
    )


def jump_table(jump: Jump) -> Table:
    """The steps from one amount to the next."""
    return Table(
        name="jump",
        title="What each step of the amount of data gains in mean reciprocal rank",
        columns=(
            *("from_amount", "to_amount", "gain", "gain_low", "gain_high", "share_of_gain", "share_of_axis"),
            *("beyond", "beyond_low", "beyond_high", "p_value"),
        ),
        rows=tuple(
            (
                *(s.start, s.end, s.gain.estimate, s.gain.lo, s.gain.hi, s.share, s.width),
                *(s.beyond.estimate, s.beyond.lo, s.beyond.hi, s.p_value),
            )
            for s in jump.steps
        ),
        note="Beyond: the gain minus what a jump gains at least, (1 + share of the axis) / 2 of the whole gain; above "
        "zero for a jump. p: of that, adjusted by Holm for all steps.",
    )


def identity_table(experiment: Experiment, found: Found) -> Table | None:
    """The share of words whose language is told; None where too few words are known in all languages."""
    rows: list[tuple[Cell, ...]] = []
    for group in measured_groups(experiment):
        for probe in PROBES:
            for layer in range(depth_of(found.alignment)):
                both = [told_apart(found.alignment, group, probe, when, layer) for when in ("before", "after")]
                cells = [share(each).cells for each in both if each is not None]
                if len(cells) == 2:
                    rows.append((group.name, group.amount, probe, layer, *cells[0], *cells[1]))
    columns = ("pretrained_on", "amount", "probe", "layer", "before", "before_low", "before_high")
    names = experiment.material.names
    return (
        Table(
            name="identity",
            title=f"Share of words whose language is told, by chance {1 / len(names):.2f}",
            columns=(*columns, "after", "after_low", "after_high"),
            rows=tuple(rows),
            note="Before and after the mean of each language, found on other sentences, is taken away. The probes "
            "learn from other words. A linear one sees little once means are equal; neighbours see what else differs.",
        )
        if rows
        else None
    )


def vector_table(experiment: Experiment, found: Found) -> Table:
    """What became of masked words, by pair, layer and factor, on the questions that chose nothing."""
    assert experiment.shifts is not None
    rows: list[tuple[Cell, ...]] = []
    for pair, measured in found.shifts.items():
        depth = min(each["depth"] for each in measured.values())
        plain = [share(answers(measured, "0", what)) for what in ("converted", "translated", "chance")]
        rows.append((*pair, None, 0.0, *plain[0].cells, *plain[1].cells, plain[2].value, False))
        for layer in experiment.shifts.chosen_layers(depth):
            for alpha in experiment.shifts.alphas:
                turned, right, guessed = (
                    share(answers(measured, key(layer, alpha), what)) for what in ("converted", "translated", "chance")
                )
                chosen = found.settings[pair] == (layer, alpha)
                rows.append((*pair, layer, alpha, *turned.cells, *right.cells, guessed.value, chosen))
        control = share(answers(found.controls[pair], "", "converted"))
        right = share(answers(found.controls[pair], "", "translated"))
        rows.append((*pair, found.settings[pair][0], None, *control.cells, *right.cells, None, False))
    columns = ("from", "to", "layer", "alpha", "converted", "converted_low", "converted_high", "translated")
    return Table(
        name="vector",
        title="Masked words after the vector was added: shares predicted in the other language, and translated",
        columns=(*columns, "translated_low", "translated_high", "by_chance", "chosen"),
        rows=tuple(rows),
        note="Without alpha: a vector of the same length in a random direction, at the layer and factor that were "
        f"chosen on the other half of the questions. {OVER.format('sentences', 'sentences')}",
    )


def examples_table(experiment: Experiment, found: Found) -> Table:
    """The first reported questions of each pair, with what the first encoder says."""
    assert experiment.shifts is not None
    rows: list[tuple[Cell, ...]] = []
    for (a, b), measured in found.shifts.items():
        name, said = next(iter(measured.items()))
        translations = dict(experiment.material.pairs[a, b])
        layer, alpha = found.settings[a, b]
        for number, asked in list(enumerate(experiment.shifts.asked(a, b)))[1 : 2 * EXAMPLES : 2]:
            text, place = asked.text, asked.place
            shown = f"{text[: place.start]}[{text[place.start : place.end]}]{text[place.end :]}"
            plain, shifted = (said[which]["predicted"][number] for which in ("0", key(layer, alpha)))
            rows.append((a, b, shown, translations[place.word], plain, shifted, layer, alpha, name))
    return Table(
        name="examples",
        title="What is predicted for a masked word, without the vector and with it",
        columns=("from", "to", "sentence", "translation", "without", "with", "layer", "alpha", "encoder"),
        rows=tuple(rows),
        note="The masked word stands in brackets; its first token is predicted. Not chosen: the first questions.",
    )
