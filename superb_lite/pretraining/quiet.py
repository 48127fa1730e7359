"""Lightning's advice about hardware and loaders says nothing about runs of a minute that are fed from memory."""

from __future__ import annotations

import logging
import warnings


def quiet() -> None:
    """Switch it off."""
    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)
    logging.getLogger("lightning.fabric").setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", module="lightning.*")
