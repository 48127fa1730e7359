"""The 12,947 tunes in ABC that music21's corpus carries, and who may see which.

Folk songs of the Essen collection (H. Schaffrath; in ABC by S. Shlien), whose lines are phrases, and instrumental tunes
of O'Neill (1903), Aird (1778-1801), Ryan (1883) and a few more. They are partitioned by clusters of variants: what is
pretrained on, what tasks are trained on, what they are developed on, what is tested.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from typing import Literal

from superb_lite_sources.music.abc import read_tunes
from superb_lite_sources.music.kept import Row, kept
from superb_lite_sources.music.notes import Voice
from superb_lite_sources.music.related import groups
from superb_lite_sources.packaged import Package
from superb_lite_sources.shares import rank

Part = Literal["pretrain", "train", "validation", "test"]

MUSIC21 = Package("music21", "10.5.1", "the embedded music")

COLLECTIONS = {  # folder of music21's corpus: SHA-256 of its files
    "essenFolksong": "9d15d131c1a453d20093125afa930eee6022681a8b975053be92c1541319bd72",
    "oneills1850": "3f431856753fe6993c1e0ed37ac8bc5d97a94f3b9c3f20d41d02cae1f8e7431c",
    "airdsAirs": "55ca65b2324766df705ea9415e774f04bac89642849617d96fde316b41a8a129",
    "ryansMammoth": "8c175b06705b7b7a2ad4df3a2e16927541544adad7e18c73259496226ea63255",
    "miscFolk": "8fe630b41bd9ec14c41ea17eeb4734b0a76f73e5fcfa7885d0a7ad394b5d1821",
}

CONTENT = hashlib.sha256("".join(COLLECTIONS.values()).encode()).hexdigest()
"""Of all files."""

SHORTEST = 16
"""Sounding notes; shorter tunes are left out."""

CHAIN = 100
"""Tunes; a larger cluster is a chain of variants of variants, which nothing is tested on."""

_SHARES: dict[Part, tuple[float, float]] = {
    "test": (0.0, 0.25),
    "train": (0.25, 0.35),
    "validation": (0.35, 0.45),
    "pretrain": (0.45, 1.0),
}


@dataclass(frozen=True, eq=False)
class Tune:
    """A tune of one voice."""

    id: str
    """"collection/file/number", the number counting the tunes of a file from 1."""

    metre: str
    """As it is written ("3/4"); empty or "none" where there is none."""

    tonic: int | None
    """Semitones of the key's tonic above C; None where no key is given."""

    voice: Voice
    """With its rests."""

    cluster: str = ""
    """The id of the first of the tunes that it is a variant of, or its own."""

    @property
    def collection(self) -> str:
        return self.id.partition("/")[0]


@functools.cache
def tunes_of(part: Part) -> tuple[Tune, ...]:
    """The tunes of one part, in the order of their files."""
    return tuple(tune for tune in _all() if _part(tune.cluster) == part)


def _part(cluster: str) -> Part:
    if len(_members()[cluster]) > CHAIN:
        return "pretrain"
    place = int(rank(cluster, "tunes")[:13], 16) / 16**13
    return next(part for part, (low, high) in _SHARES.items() if low <= place < high)


@functools.cache
def _members() -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for tune in _all():
        members.setdefault(tune.cluster, []).append(tune.id)
    return members


@functools.cache
def _all() -> tuple[Tune, ...]:
    return tuple(Tune(voice=parts[0], **said) for said, parts in kept("tunes", CONTENT, _read))


def _read() -> list[Row]:
    found = []
    for collection, sha256 in COLLECTIONS.items():
        for path in MUSIC21.files(f"corpus/{collection}/*.abc", sha256):
            for number, tune in enumerate(read_tunes(path.read_text(encoding="utf-8", errors="replace")), start=1):
                voice = Voice.of(tune.notes())
                if len(voice.sounding) >= SHORTEST:
                    name = f"{collection}/{path.stem}/{number}"
                    found.append(Tune(name, tune.fields.get("M", ""), tune.tonic, voice))
    clusters = groups([tune.voice for tune in found])
    return [
        ({"id": t.id, "metre": t.metre, "tonic": t.tonic, "cluster": found[first].id}, (t.voice,))
        for t, first in zip(found, clusters, strict=True)
    ]
