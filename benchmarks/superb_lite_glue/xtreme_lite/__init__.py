"""xtreme-lite: two tasks of XTREME (Hu et al. 2020) in each language of a small world, test words held out.

The n-th example of a task says the same in every language, so that what is learnt in one language can be tested in the
others: question answering, and inference, over `superb_lite_sources.world`.
"""

from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import TaskSet

_SOURCE = "told by superb_lite_sources.world"
_LICENCE = "Apache-2.0"
_CODES = {"en": "en", "fake": "", "own": "", "zh": "zh"}
"""The languages of the world by ISO 639, which has no code for two of them."""
_CALLED = {"en": "English", "fake": "fake English", "own": "a language of our own", "zh": "Chinese"}


def _qa(language: str) -> Task:
    return Task(
        name=f"xtreme-lite/qa-{language}",
        version=2,
        modality="text",
        form="span",
        metrics=("exact_match", "char_f1"),
        labels=("start", "end"),
        load=f"superb_lite_glue.xtreme_lite.qa:{language}",
        protocols=("finetune", "frozen"),
        budget=4000,
        rule="who did something to what, where and when is said in one of the four sentences of the document",
        description=f"which words of a report answer the question? In {_CALLED[language]}; 4,000 labelled questions",
        source=_SOURCE,
        licence=_LICENCE,
        corpus="world",
        language=_CODES[language],
    )


def _nli(language: str) -> Task:
    return Task(
        name=f"xtreme-lite/nli-{language}",
        version=1,
        modality="text",
        form="classify",
        metrics=("accuracy",),
        labels=("entailment", "neutral", "contradiction"),
        load=f"superb_lite_glue.xtreme_lite.nli:{language}",
        protocols=("finetune", "frozen"),
        budget=300,
        rule="a thing is of its category alone, and a quality excludes its opposite; other owners say nothing",
        description=f"entailed, contradicted or neither? In {_CALLED[language]}; 300 labelled pairs a class",
        source=_SOURCE,
        licence=_LICENCE,
        corpus="world",
        language=_CODES[language],
    )


XTREME_LITE = TaskSet(
    name="xtreme-lite",
    languages="superb_lite_glue.world_languages:WORLD",
    description="four languages of one small world, two of them made up; test words are held out",
    label_files=("superb_lite_sources",),
    by_name=True,
    tasks=tuple(make(language) for make in (_qa, _nli) for language in _CODES),
)
