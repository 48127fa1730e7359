"""The checksums that rows of results had in schema version 4."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from superb_lite.surrogates import hashed_bytes

CHECKED = (
    *("task", "protocol", "tier", "own_code", "result_sha256"),
    *("clusters", "clusters_sha256", "n_clusters", "pseudo_values_sha256"),
)


def checksum_4(row: Mapping[str, Any]) -> str:
    """SHA-256 of the columns `CHECKED` and of "measured"."""
    fields = [row[name] for name in CHECKED]
    return hashlib.sha256(hashed_bytes(f"{json.dumps(fields)}\n{row['measured']}")).hexdigest()
