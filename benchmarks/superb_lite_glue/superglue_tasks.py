"""SuperGLUE (Wang et al. 2019) as values: eight tasks and two diagnostic ones, read by `superb_lite_glue.superglue`."""

from __future__ import annotations

from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import TaskSet

ENTAILMENT = ("entailment", "not_entailment")
CB = ("entailment", "contradiction", "neutral")
TRUTH = ("false", "true")
HUB = "aps/super_glue"


def _task(
    name: str,
    description: str,
    source: str,
    *,
    labels: tuple[str, ...] = TRUTH,
    form: str = "classify",
    metrics: tuple[str, ...] = ("accuracy",),
    protocols: tuple[str, ...] = ("frozen", "finetune"),
    config: str = "",
    prompt: str = "",
) -> Task:
    """config: what the hub calls it, where it has another name there."""
    return Task(
        name=f"superglue/{name}",
        version=1,
        modality="text",
        form=form,
        metrics=metrics,
        labels=labels,
        load=f"superb_lite_glue.superglue:{name.replace('-', '_')}",
        protocols=protocols,
        prompt=prompt,
        description=description,
        source=f"{source}, as released with SuperGLUE",
        licence="see docs/data.md",
        hub=f"{HUB}:{config or name}",
        language="en",
    )


_ALL = (
    _task("boolq", "does a passage of Wikipedia answer a question with yes?", "BoolQ (Clark et al. 2019)"),
    _task(
        "cb",
        "is the writer of a text committed to a clause in it?",
        "CommitmentBank (De Marneffe et al. 2019)",
        labels=CB,
        metrics=("accuracy", "macro_f1"),
    ),
    _task(
        "copa",
        "which of two sentences is the cause or the effect of a premise? For language models",
        "COPA (Roemmele et al. 2011)",
        labels=("choice1", "choice2"),
        form="choose",
        protocols=("incontext",),
        prompt="{first} {label}",
    ),
    _task(
        "multirc",
        "is this an answer to a question on a paragraph? Several may be",
        "MultiRC (Khashabi et al. 2018)",
        metrics=("f1", "question_exact_match"),
    ),
    _task(
        "record",
        "which words of a news article stand in the blank of a sentence?",
        "ReCoRD (Zhang et al. 2018)",
        labels=("start", "end"),
        form="span",
        metrics=("word_f1", "exact_match"),
        protocols=("finetune", "frozen"),
    ),
    _task("rte", "does the first text entail the second?", "RTE1, RTE2, RTE3 and RTE5", labels=ENTAILMENT),
    _task(
        "wic",
        "does a word mean the same in two sentences?",
        "WiC (Pilehvar & Camacho-Collados 2019)",
        form="classify-spans",
    ),
    _task(
        "wsc",
        "does a pronoun stand for a noun of its sentence?",
        "Winograd Schema Challenge (Levesque et al. 2012)",
        form="classify-spans",
        config="wsc.fixed",
    ),
    _task(
        "ax-b",
        "broad-coverage diagnostic: what is learnt on rte, tested on examples made by experts",
        "GLUE's diagnostic set",
        labels=ENTAILMENT,
        metrics=("mcc",),
        config="axb",
    ),
    _task(
        "ax-g",
        "Winogender diagnostic: what is learnt on rte, and whether a pronoun's gender changes it",
        "Winogender (Rudinger et al. 2018; Poliak et al. 2018)",
        labels=ENTAILMENT,
        metrics=("accuracy", "gender_parity"),
        config="axg",
    ),
)

SUPERGLUE = TaskSet(
    name="superglue",
    description="English, as released (Wang et al. 2019): eight tasks and two diagnostic ones",
    official=True,
    # Diagnostic tests are no part of the score of SuperGLUE.
    average=tuple((task.name,) for task in _ALL if "/ax-" not in task.name),
    tasks=_ALL,
)
