"""What a process apart costs a person's own code (`py:module:factory`)."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.foreign import load_foreign
from superb_lite.encoders.isolated import load_isolated
from superb_lite.features.store import FeatureStore, ItemView
from superb_lite.forms.base import View
from tests.perf.timing import Promise, alternate

CODE = """
import torch
from superb_lite_text.bert import BertEncoder
from superb_lite_text.tokenizer import train_tokenizer

def make():
    torch.manual_seed(0)
    text = [chr(0x4E00 + i) for i in range(500)]
    return BertEncoder(train_tokenizer(["".join(text)]), layers=3, width=128, heads=4, hidden=512)
"""
ITEMS, LENGTH = 320, 60


def promises() -> Iterator[Promise]:
    """See the name."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "perf_own_code.py").write_text(CODE, encoding="utf-8")
        sys.path.insert(0, folder)
        here, there = load_foreign("perf_own_code:make").eval(), load_isolated("perf_own_code:make")
        here.requires_grad_(False)
        for encoder in (here, there):
            _encode(encoder)
        ratio = alternate(partial(_encode, there), partial(_encode, here), rounds=8)
    yield Promise("own code in a process apart / in this one (BERT of 3 layers, width 128)", ratio, 1.3, "lower")


def _encode(encoder: Encoder) -> float:
    """Seconds for the features of all items, lengths and checks included."""
    items = {str(n): "".join(chr(0x4E00 + (7 * n + i) % 500) for i in range(LENGTH - n % 20)) for n in range(ITEMS)}
    store = FeatureStore(encoder, None, name="perf")
    started = time.perf_counter()
    store.fetch(ItemView(items, key, View("mean")) for key in items)
    return time.perf_counter() - started
