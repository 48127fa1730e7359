"""What `superb-lite features` does."""

from __future__ import annotations

from pathlib import Path

from superb_lite.cli.progress import counter, stderr
from superb_lite.encoders.references import load_encoder
from superb_lite.evaluation.run import device_named
from superb_lite.features.export import export_features, read_items
from superb_lite.paths import feature_dir


def run_features(encoder: str, *, items: str, out: Path, positions: bool, device: str, trust_code: bool) -> None:
    """Write the features of items as arrays."""
    model = load_encoder(encoder, trust_code=trust_code).to(device_named(device))
    found = read_items(items, model.modality)
    bars, progress = counter(f"{encoder}: {len(found)} items")
    with bars:
        index = export_features(
            model,
            found,
            out,
            reference=encoder,
            view="positions" if positions else "mean",
            feature_dir=feature_dir(),
            progress=progress,
        )
    stderr.print(f"features of {len(found)} items")
    print(index)
