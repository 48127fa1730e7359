"""A section as an analysis hands it over, for tests."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from superb_lite.analysis.claim import Claim
from superb_lite.analysis.findings import Picture, Section, Table


def draw() -> Figure:
    figure = Figure(figsize=(2, 1))
    axes = figure.add_subplot()
    axes.plot([0, 1], [0.5, 0.75])
    axes.set_xlabel("layer")
    return figure


def a_section(**changes: Any) -> Section:
    table = Table(
        name="scores",
        title="Scores by layer",
        columns=("layer", "score", "score_low", "score_high"),
        rows=((0, 0.5, 0.25, None), (1, 0.75, 0.7, 0.8)),
        note="share of right answers",
    )
    claim = Claim(
        claim="Deeper is better",
        source="lecture",
        measured="+0.25 from layer 0 to 1",
        value=0.25,
        low=-0.1,
        high=0.6,
        needs="more seeds",
    )
    values: dict[str, Any] = {
        "analysis": "layers",
        "title": "What each layer knows",
        "question": "Which layer answers what?",
        "answer": "Layer 1 has 75%.",
        "command": "superb-lite analyze layers a b c --tasks x",
        "encoders": ("a", "b", "c"),
        "seeds": 3,
        "settings": {"tasks": ["x"]},
        "tables": (table,),
        "pictures": (Picture(name="curve", title="Scores", caption="It rises.", table="scores", draw=draw),),
        "claims": (claim,),
        "notes": ("Tiny encoders.",),
    }
    return Section(**{**values, **changes})
