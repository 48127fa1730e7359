"""Entry: what was submitted under one name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from superb_lite.results.result import Result


@dataclass(frozen=True)
class Entry:
    """One name on a board, with what was measured of its encoders."""

    name: str
    submitted: str
    """ISO 8601, UTC."""
    results: tuple[Result, ...]
    """Without their predictions, which stay in the result files."""

    @property
    def encoders(self) -> Mapping[str, str]:
        """The encoder's reference for each modality of the entry; where there are several, all of them."""
        found: dict[str, dict[str, None]] = {}
        for result in self.results:
            found.setdefault(result.modality, {})[result.encoder] = None
        return {modality: ", ".join(references) for modality, references in found.items()}
