"""From probes of several pretraining seeds, and of their random twins, to what the report shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from superb_lite.analysis.findings import Picture, Section
from superb_lite.analysis.layers.claims import best_minus_last, claims_of
from superb_lite.analysis.layers.on_task import OnTask, short
from superb_lite.analysis.layers.pictures import draw_scores, draw_weights
from superb_lite.analysis.layers.tables import scores_table, summary_table, weights_table
from superb_lite.analysis.plain import safe_name


def make_section(
    found: Sequence[OnTask],
    *,
    command: str,
    encoders: Sequence[str],
    settings: Mapping[str, Any],
    order: Sequence[str] = (),
    modality: str = "",
) -> Section:
    """The section. order: tasks that are said to be found in ever higher layers. modality: "" where it is any."""
    scores, summary = scores_table(found), summary_table(found)
    tables = [summary, scores]
    pictures = [
        Picture(
            name="scores",
            title="The score of each layer",
            caption="Solid: pretrained; dashed: the random twins of the same encoders. Bands are 95% intervals over "
            "pretraining seeds and test examples.",
            table="scores",
            draw=lambda: draw_scores(found),
        )
    ]
    if any(each.trained[0].weights for each in found):
        tables.append(weights_table(found))
        pictures.append(
            Picture(
                name="weights",
                title="Where learned weights look",
                caption="The share that a head gives each layer when it may weigh them, by task; means over seeds.",
                table="weights",
                draw=lambda: draw_weights(found),
            )
        )
    last = best_minus_last(found)
    return Section(
        analysis="layers",
        variant=safe_name(modality) if modality else "",
        title="What each layer knows" + (f": {modality}" if modality else ""),
        question="Which layer of an encoder answers which task, and is that what pretraining put there?",
        answer=f"The best layer is better than the last one by {last.shown()} points in the mean over "
        f"{len(found)} tasks; best layers: "
        + ", ".join(f"{short(record['task'])} {record['best_layer']}" for record in summary.records())
        + ".",
        command=command,
        encoders=tuple(encoders),
        seeds=len(encoders),
        settings=settings,
        tables=tuple(tables),
        pictures=tuple(pictures),
        claims=claims_of(found, order),
        notes=(
            "The best layer is chosen on one half of the test examples and measured on the other, both ways.",
            *(() if all(each.twins for each in found) else ("These encoders have no random twin to compare with.",)),
        ),
    )
