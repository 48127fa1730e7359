"""The newspaper of `superb_lite_sources.chinese` as paragraphs."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from superb_lite_sources import chinese
from superb_lite_sources.chinese import Part, TaggedSentence

Paragraph = Mapping[int, TaggedSentence]
"""The sentences of a newspaper line by their positions. One that stands elsewhere as well may be missing."""


@functools.cache
def paragraphs(part: Part) -> Mapping[int, Paragraph]:
    """The paragraphs of one part by the numbers of their lines, in order."""
    found: dict[int, dict[int, TaggedSentence]] = {}
    for sentence in chinese.news(part):
        _, line, position = sentence.id.split("-")
        found.setdefault(int(line), {})[int(position)] = sentence
    return found
