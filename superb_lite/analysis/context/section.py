"""The section of `superb-lite analyze context`: what the scores say, in tables, pictures and claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from superb_lite.analysis.claim import Claim
from superb_lite.analysis.context.kinds import kinds_findings
from superb_lite.analysis.context.measure import Measured
from superb_lite.analysis.context.pictures import layers_picture, map_picture
from superb_lite.analysis.context.scores import COMPANY, LAYER, TWIN, PlaceScores, all_scores
from superb_lite.analysis.context.words import Word, for_map
from superb_lite.analysis.estimate import Estimate
from superb_lite.analysis.findings import Section, Table
from superb_lite.tasks.occurrences import Occurrence


def make_section(
    *,
    words: Sequence[Word],
    things: Sequence[Occurrence],
    maps: Sequence[Word],
    encoders: Sequence[str],
    seeds: Sequence[Measured],
    static: Mapping[str, Sequence[Measured]],
    twins: Sequence[Measured] = (),
    own: bool = False,
    command: str,
    modality: str,
    variant: str,
    notes: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
) -> Section:
    """Everything that was found. maps: the words whose cosines are drawn, some of `words`. twins: of the
    random twins of the encoders, in their order. own: whether the sentences are a person's. variant: of the section."""
    scores = all_scores(words, seeds, static, twins)
    last = [each for each in scores if each.place == LAYER.format(seeds[0].depth - 1)]
    tables = [_layers_table(scores), _words_table(last)] if scores else []
    pictures = [layers_picture(scores)] if scores else []
    for number, word in enumerate(maps, start=1):
        table = _map_table(word, seeds, f"map-{number}")
        tables.append(table)
        pictures.append(map_picture(word, seeds, table.name))
    claims = _claims(scores, last)
    if scores and not twins:
        notes = (
            *notes,
            "No random twins: weights of these encoders cannot be drawn anew, and gaps are judged against 0.",
        )
    if things:
        kinds = kinds_findings(things, seeds)
        tables += kinds.tables
        pictures.append(kinds.picture)
        claims.append(kinds.claim)
    return Section(
        analysis="context",
        variant=variant,
        title=_title(modality, maps, own),
        question="Has a word another vector where it means something else, and do words of one kind lie close?",
        answer=" ".join(claim.measured for claim in claims),
        command=command,
        encoders=tuple(encoders),
        seeds=len(seeds),
        settings=settings or {},
        tables=tuple(tables),
        pictures=tuple(pictures),
        claims=tuple(claims),
        notes=tuple(notes),
    )


_NEEDS = "data in which both meanings of a word are frequent, and more pretraining on it"


def _title(modality: str, named: Sequence[Word], own: bool) -> str:
    """With the words that were asked for, so that no two sections have one title."""
    words = ", ".join([f"Meaning in context: {modality}", *(f"'{word.name}'" for word in named)])
    return f"{words} in own sentences" if own else words


def _company(scores: Sequence[PlaceScores], source: str) -> PlaceScores:
    return next(each for each in scores if each.source == source and each.place == COMPANY)


def _beyond(place: PlaceScores, scores: Sequence[PlaceScores]) -> Estimate:
    """How much more often the nearest sense is right at a layer than by the company alone."""
    return place.right_beyond(_company(scores, place.source))


def _layers_table(scores: Sequence[PlaceScores]) -> Table:
    rows = [
        (
            *(each.source, each.place, len(each.words), each.within.value, each.between.value),
            *(*each.gap.cells, *each.right.cells),
            *(_beyond(each, scores).cells if each.place.startswith(LAYER.format("")) else (None, None, None)),
        )
        for each in scores
    ]
    return Table(
        name="layers",
        title="Cosines of occurrences of one word, and how often the nearest sense is the right one",
        columns=(
            *("words", "at", "number", "within", "between", "gap", "gap_low", "gap_high"),
            *("nearest", "nearest_low", "nearest_high"),
            *("beyond_company", "beyond_company_low", "beyond_company_high"),
        ),
        rows=tuple(rows),
        note="within, between: mean cosine of two occurrences of one sense, and of two senses; gap: their difference. "
        "nearest: share of occurrences that lie nearest to the mean of their own sense, the occurrence and those of "
        "its document or frame left out. "
        f"95% intervals over words and pretraining seeds. {COMPANY}: the mean first-layer vector of the whole item; "
        f"{TWIN}: the last layer of the encoders of the same seeds before any training; "
        "beyond company: nearest minus that of the company, word by word and seed by seed.",
    )


def _words_table(last: Sequence[PlaceScores]) -> Table:
    rows = []
    for place in last:
        for each in place.words:
            senses = tuple(dict.fromkeys(each.word.senses))
            head = (place.source, each.word.name, " / ".join(senses), len(each.word.occurrences))
            rows.append((*head, each.within.value, each.between.value, *each.gap.cells, each.p, *each.right.cells))
    return Table(
        name="words",
        title="Word by word, at the last layer",
        columns=(
            *("words", "word", "senses", "occurrences", "within", "between", "gap", "gap_low", "gap_high", "p"),
            *("nearest", "nearest_low", "nearest_high"),
        ),
        rows=tuple(rows),
        note="Intervals over pretraining seeds. p: permutation test of the gap, 999 permutations, not corrected for "
        "the number of words: one in twenty is below 0.05 by chance.",
    )


def _map_table(word: Word, seeds: Sequence[Measured], name: str) -> Table:
    chosen = for_map(word)
    rows = []
    for layer in range(seeds[0].depth):
        matrix = np.mean([measured.cosines[word.key][layer] for measured in seeds], axis=0)
        for a in chosen:
            for b in chosen:
                one, two = word.occurrences[a], word.occurrences[b]
                rows.append((layer, one.sense, one.label, two.sense, two.label, float(matrix[a, b])))
    return Table(
        name=name,
        title=f"Cosines of '{word.name}' in pairs of items",
        columns=("layer", "sense", "item", "sense_too", "item_too", "cosine"),
        rows=tuple(rows),
        note="Mean over pretraining seeds.",
    )


def _claims(scores: Sequence[PlaceScores], last: Sequence[PlaceScores]) -> list[Claim]:
    found = []
    for each in last:
        static = next(s for s in scores if s.source == each.source)
        company = _company(scores, each.source)
        first = next(s for s in scores if s.source == each.source and s.place == LAYER.format(0))
        tested = f"{each.significant} of {len(each.words)} below p = 0.05"
        twin = next((s for s in scores if s.source == each.source and s.place == TWIN), None)
        gap = each.gap if twin is None else each.gap_beyond(twin)
        beside = (
            "" if twin is None else f", in random twins {twin.gap.shown(digits=4)} higher, {gap.shown(digits=4)} apart"
        )
        measured = (
            f"{each.source}: at the last layer the cosine of two occurrences of one sense is "
            f"{each.gap.shown(digits=4)} higher than of two senses ({tested}){beside}; the nearest sense is right in "
            f"{each.right.shown(100, 0)}%, at layer 0 in {first.right.value:.0%}, by the company alone in "
            f"{company.right.value:.0%}"
        )
        if static.place not in (COMPANY, first.place):
            measured += f", by {static.place} in {static.right.value:.0%}"
        judged = Claim.judged(
            claim=f"A word has another vector where it means something else ({each.source})",
            source="lecture; Ethayarajh 2019 (arXiv 1909.00512)",
            measured=f"{measured}.",
            estimate=gap,
            needs="" if gap.verdict() == "holds" else _NEEDS,
        )
        beyond = _beyond(each, scores)
        more = Claim.judged(
            claim=f"The vector of a word tells its meanings apart better than its company alone ({each.source})",
            source="control of the claim above",
            measured=f"{each.source}: the nearest sense is right {beyond.shown(100, 1)} points more often at the last "
            "layer than by the company alone.",
            estimate=beyond,
            needs="" if beyond.verdict() == "holds" else _NEEDS,
        )
        found += [judged, more]
    return found
