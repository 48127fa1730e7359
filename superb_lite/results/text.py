"""Numbers as people read them: one decimal, a true minus sign, ranks as "1" or "1–2"."""

from __future__ import annotations


def number(value: float) -> str:
    """A percentage with one decimal."""
    text = f"{value:.1f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def percent(fraction: float) -> str:
    """A fraction as a percentage with one decimal."""
    return number(100 * fraction)


def language_name(code: str) -> str:
    """The name of a language, or its code where none is known."""
    return {"en": "English", "zh": "Chinese"}.get(code, code)


def rank_text(rank: tuple[int, int]) -> str:
    """A rank interval."""
    return str(rank[0]) if rank[0] == rank[1] else f"{rank[0]}–{rank[1]}"


def with_margin(score: float, ci: tuple[float, float]) -> str:
    """ "71.2 ± 1.3" on the scale of the arguments."""
    return f"{number(score)} ± {number((ci[1] - ci[0]) / 2)}"


def signed(value: float) -> str:
    """A difference with its sign and one decimal: "+3.1", "−0.4", "0.0"."""
    text = number(value)
    return text if text.startswith("−") or text == "0.0" else f"+{text}"
