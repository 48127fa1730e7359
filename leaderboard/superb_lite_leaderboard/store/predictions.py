"""Predictions of stored results: Parquet files beside the database, each named by the hash of what it holds."""

from __future__ import annotations

from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite.metrics import Prediction
from superb_lite.results.files import Predicted, read_predictions, write_predictions
from superb_lite.results.result import Result, predictions_hash


class PredictionFiles:
    """A folder of predictions; nothing in it is ever overwritten or deleted."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def put(self, result: Result) -> bool:
        """Keep the predictions of a result; False where it has none."""
        if not result.predictions:
            return False
        path = self.path(result.predictions_sha256)
        if not path.exists():
            write_predictions([result], path)
        return True

    def get(self, predictions_sha256: str) -> Predicted | None:
        """The predictions of a hash; None where they are not kept.

        Raises `SuperbLiteError` where the file is not the one that was written.
        """
        path = self.path(predictions_sha256)
        if not path.exists():
            return None
        tables = list(read_predictions(path.with_suffix(".json")).values())
        if len(tables) != 1 or predictions_hash(_by_example(tables[0])) != predictions_sha256:
            raise SuperbLiteError(f"'{path}' was edited or damaged after it was written")
        return tables[0]

    def path(self, predictions_sha256: str) -> Path:
        """Where predictions of a hash are kept."""
        return self.directory / f"{predictions_sha256}.parquet"


def _by_example(found: Predicted) -> dict[str, list[Prediction | None]]:
    """What each seed predicted for an example, as it is hashed; None where a damaged file says nothing."""
    seeds = [found.of_seeds[seed] for seed in sorted(found.of_seeds)]
    return {example: [of_seed.get(example) for of_seed in seeds] for example in seeds[0]}
