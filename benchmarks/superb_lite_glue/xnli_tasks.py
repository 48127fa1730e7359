"""XNLI (Conneau et al. 2018) as values: inference in 15 languages, learnt in English or on translations."""

from __future__ import annotations

from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import TaskSet
from superb_lite_glue.official import NLI

LANGUAGES = {
    "en": "English",
    "ar": "Arabic",
    "bg": "Bulgarian",
    "de": "German",
    "el": "Greek",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "ru": "Russian",
    "sw": "Swahili",
    "th": "Thai",
    "tr": "Turkish",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
TRANSLATED = "-translate-train"
"""What the names of tasks end in whose training set is a translation of MultiNLI into their language."""


def _task(name: str) -> Task:
    language = LANGUAGES[code := name.removesuffix(TRANSLATED)]
    learnt = f"machine translations into {language}" if name.endswith(TRANSLATED) else "English"
    return Task(
        name=f"xnli/{name}",
        version=1,
        modality="text",
        form="classify",
        metrics=("accuracy",),
        labels=NLI,
        load=f"superb_lite_glue.xnli:{name.replace('-', '_')}",
        protocols=("finetune", "frozen"),
        description=f"does the first sentence entail the second? Learnt in {learnt}, tested in {language}",
        source="MultiNLI; tests by professional translators, as released with XNLI",
        licence="see docs/data.md",
        hub=f"facebook/xnli:{code}",
        language=code,
    )


XNLI = TaskSet(
    name="xnli",
    description="inference in 15 languages, as released (Conneau et al. 2018): zero-shot, and on translations",
    official=True,
    average=tuple((f"xnli/{code}",) for code in LANGUAGES),
    tasks=tuple(map(_task, (*LANGUAGES, *(f"{code}{TRANSLATED}" for code in LANGUAGES if code != "en")))),
)
