"""Phones in context: the same phone before a vowel and before a consonant, and phones by how they are made."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator

from superb_lite.tasks.occurrences import ContextSource, Occurrence
from superb_lite_sources.utterance import Segment
from superb_lite_superb import PHONES
from superb_lite_superb.phones import phone_label
from superb_lite_superb.spoken import PARTS, synthesised
from superb_lite_superb.superb_lite import phone_recipe

EACH = 10
"""Occurrences of a phone in each of its contexts."""

_KINDS = {
    "vowel": "IH IY EH AE AA AO AH AX UH UW ER",
    "diphthong": "EY AY AW OW OY",
    "stop": "P B T D K G",
    "affricate": "CH JH",
    "fricative": "F V TH DH S Z SH ZH HH",
    "nasal": "M N NG",
    "approximant": "L R W Y",
}
KIND = {phone: kind for kind, phones in _KINDS.items() for phone in phones.split()}
"""By phone how it is made (Ladefoged & Johnson 2011, chapters 1 and 2)."""

PHONES_IN_CONTEXT = ContextSource(
    name="phones-in-context",
    modality="speech",
    kind="senses",
    title="phones in context",
    load="superb_lite_superb.contexts:phones_in_context",
    whole=False,
    note="Phones in context: before a vowel or before a consonant, in the utterances of superb-lite/phone, each "
    "occurrence from another utterance; the vector is the mean over the phone.",
)
PHONE_KINDS = ContextSource(
    name="phone-kinds",
    modality="speech",
    kind="categories",
    title="phones",
    load="superb_lite_superb.contexts:phone_kinds",
    whole=False,
    note="Phones: ten utterances of each, and whether the nearest neighbour is made alike (stop, nasal, ...).",
)


def phones_in_context() -> Iterator[Occurrence]:
    """Ten of each phone in each context, of the phones that have so many."""
    found: dict[tuple[str, str], list[Occurrence]] = {}
    for key, waveform, name, sense, segment in _segments():
        these = found.setdefault((name, sense), [])
        where, shown = (segment.start, segment.end), f"{name} {sense}, {key}"
        these.append(Occurrence(f"{name} {sense} {len(these)}", waveform, where, name, sense, key, shown))
    for phone in PHONES[1:]:
        both = [found.get((phone, sense), [])[:EACH] for sense in ("before a vowel", "before a consonant")]
        if min(map(len, both)) == EACH:
            yield from itertools.chain(*both)


def phone_kinds() -> Iterator[Occurrence]:
    """Ten of each phone, wherever it stands."""
    seen: Counter[str] = Counter()
    for key, waveform, name, _, segment in _segments():
        seen[name] += 1
        if seen[name] <= EACH:
            where = (segment.start, segment.end)
            yield Occurrence(f"{name}-{seen[name]}", waveform, where, name, KIND[name], group=key)


_Found = tuple[str, object, str, str, Segment]
"""Utterance, waveform, phone, context, and where it is."""


def _segments() -> Iterator[_Found]:
    """The first of each phone and context in every utterance."""
    spoken = [item for part in PARTS[::-1] for item in synthesised("phone", phone_recipe, part).items()]
    for key, speech in spoken:
        seen = set()
        waveform = speech.waveform
        for segment, following in itertools.pairwise(speech.phones):
            name, after = PHONES[phone_label(segment.name)], PHONES[phone_label(following.name)]
            if name == "SIL" or after == "SIL":
                continue
            sense = "before a vowel" if KIND[after] in ("vowel", "diphthong") else "before a consonant"
            if (name, sense) not in seen:
                seen.add((name, sense))
                yield key, waveform, name, sense, segment
