"""qa: which words of a report answer the question?

A report has four sentences: two people each do two deeds, the same two. So neither the person nor the deed alone says
which sentence answers, and all four have an answer of the kind that is asked for. No sentence of it, and no question,
is in a corpus.
"""

from __future__ import annotations

import functools
import random
from pathlib import Path

from superb_lite.tasks.labels import Answer, Example, TaskData
from superb_lite_glue.xtreme_lite import held_out
from superb_lite_glue.xtreme_lite.held_out import Split
from superb_lite_sources import world
from superb_lite_sources.world import things
from superb_lite_sources.world.propositions import Act, Ask, part_of
from superb_lite_sources.world.stories import ASKED, SPOTS, TIMES, drawn

SIZES: dict[Split, int] = {"train": 5000, "test": 800}


def en(root: Path | None) -> TaskData:
    return _data("en")


def fake(root: Path | None) -> TaskData:
    return _data("fake")


def own(root: Path | None) -> TaskData:
    return _data("own")


def zh(root: Path | None) -> TaskData:
    return _data("zh")


def _data(language: str) -> TaskData:
    items: dict[str, tuple[str, str]] = {}
    parts: dict[Split, tuple[Example, ...]] = {}
    for split in SIZES:
        examples = []
        for number, (acts, ask) in enumerate(_asked(split)):
            key = f"{split}-{number}"
            document, answer = written(language, acts, ask)
            items[key] = (world.write(language, ask).text, document)
            examples.append(Example(key, (key,), (answer,)))
        parts[split] = tuple(examples)
    return TaskData(items, parts["train"], parts["test"])


def written(language: str, acts: list[Act], ask: Ask) -> tuple[str, Answer]:
    """The document, and where the answer stands in it: the word alone, without article or preposition."""
    space, document, found = "" if language == "zh" else " ", "", Answer(0, 0, "")
    wanted = getattr(ask.act, ask.asked)
    for act in acts:
        sentence = world.write(language, act)
        document += space if document else ""
        if act == ask.act:
            start, end = next((o.start, o.end) for o in sentence.occurrences if o.concept == wanted)
            found = Answer(len(document) + start, len(document) + end, sentence.text[start:end])
        document += sentence.text
    return document, found


@functools.cache
def _asked(split: Split) -> list[tuple[list[Act], Ask]]:
    """The acts of each report, and what is asked about one of them."""
    rng = random.Random(f"xtreme-lite/qa/{split}")
    return [_report(rng, split) for _ in range(SIZES[split])]


def _report(rng: random.Random, split: Split) -> tuple[list[Act], Ask]:
    while True:
        who, verbs = rng.sample(held_out.names(split), 2), rng.sample(tuple(things.ACTS), 2)
        acts = [_act(rng, split, one, verb) for verb in verbs for one in who]
        rng.shuffle(acts)
        asking = [Ask(act, asked) for act in acts for asked in ASKED]
        asking = [ask for ask in asking if part_of(ask) == "task"]
        apart = all(len({getattr(act, name) for act in acts}) == 4 for name in ("what", "where", "when"))
        if apart and asking:
            return acts, rng.choice(asking)


def _act(rng: random.Random, split: Split, who: str, verb: str) -> Act:
    things_of = held_out.members(split)

    def make(r: random.Random) -> Act:
        return Act(who, verb, r.choice(things_of[r.choice(things.ACTS[verb])]), "", r.choice(SPOTS), r.choice(TIMES))

    return drawn(rng, "task", make)
