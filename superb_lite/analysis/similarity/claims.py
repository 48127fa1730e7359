"""What is claimed about how alike encoders are, and what the comparisons say to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from superb_lite.analysis.claim import Claim, Verdict
from superb_lite.analysis.similarity.compare import Compared
from superb_lite.metrics.statistics import SIGNIFICANCE

KORNBLITH = "Kornblith et al. 2019, arXiv 1905.00414"
HUH = "Huh et al. 2024, arXiv 2405.07987"


def claims_of(found: Sequence[Compared], modality_of: Mapping[str, str]) -> tuple[Claim, ...]:
    """A claim for each comparison: of seeds and objectives by CKA, or of modalities by nearest neighbours where there
    are several."""
    claims = []
    several = len(set(modality_of.values())) > 1
    for each in found:
        same = modality_of[each.a] == modality_of[each.b]
        if several and same:
            continue
        if each.measure == "CKA" and each.a == each.b:
            claims.append(_claim(each, f"Two pretraining runs of {each.a} end up alike", KORNBLITH))
        elif each.measure == "CKA" and same:
            claims.append(_claim(each, f"{each.a} and {each.b} see items alike, whatever their objective", KORNBLITH))
        elif each.measure == "neighbours" and not same:
            names = f"{each.a} ({modality_of[each.a]}) and {each.b} ({modality_of[each.b]})"
            claims.append(_claim(each, f"{names} come to see the same things alike", HUH))
    return tuple(claims)


def _claim(each: Compared, claim: str, source: str) -> Claim:
    """That pretraining made two groups more alike than their twins are, and items belong together."""
    gain, twins = each.gain(), each.twins_at(each.last)
    similarity = each.at(each.last)
    measured = f"{each.measure} {similarity.shown(digits=3)} at the last layers, {each.last[0]} and {each.last[1]}"
    if gain is None or twins is None:
        return Claim(
            claim=claim,
            source=source,
            measured=f"{measured}, p = {each.p_value:.3f}; no random twins to compare with",
            value=similarity.value,
            low=similarity.low,
            high=similarity.high,
            needs="encoders whose random twin can be drawn",
        )
    verdict: Verdict = gain.verdict()
    if verdict == "holds" and each.p_value >= SIGNIFICANCE:
        verdict = "not decided"
    return Claim(
        claim=claim,
        source=source,
        measured=f"{measured}, random twins {twins.shown(digits=3)}; gain {gain.shown(digits=3)}, "
        f"p = {each.p_value:.3f}",
        value=gain.value,
        low=gain.low,
        high=gain.high,
        verdict=verdict,
        needs="" if verdict == "holds" else "three seeds of each, and longer pretraining",
    )
