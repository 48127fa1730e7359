"""The official text sets as values: GLUE, CLUE, SQuAD 1.1 and DRCD. Their data is read from the releases."""

from __future__ import annotations

from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import TaskSet

NLI = ("entailment", "neutral", "contradiction")
_ENTAILMENT = ("entailment", "not_entailment")

GLUE_LABELS = {
    "cola": ("unacceptable", "acceptable"),
    "sst-2": ("negative", "positive"),
    "mrpc": ("not_equivalent", "equivalent"),
    "sts-b": ("unrelated", "equivalent"),  # the ends of the scale
    "qqp": ("not_duplicate", "duplicate"),
    "mnli": NLI,
    "mnli-mm": NLI,
    "qnli": _ENTAILMENT,
    "rte": _ENTAILMENT,
    "wnli": _ENTAILMENT[::-1],
}
"""The names of the classes, as the hub has them."""

_GLUE_TASKS = {
    "cola": (("mcc",), "is a sentence acceptable?", "published linguistics (Warstadt et al. 2019)"),
    "sst-2": (("accuracy",), "polarity of a film review's sentence", "Stanford Sentiment Treebank"),
    "mrpc": (("accuracy", "f1"), "do two news sentences mean the same?", "Microsoft Research Paraphrase Corpus"),
    "sts-b": (("pearson", "spearman"), "how alike two sentences are, 0 to 5", "STS Benchmark (Cer et al. 2017)"),
    "qqp": (("accuracy", "f1"), "do two questions ask the same?", "Quora Question Pairs"),
    "mnli": (("accuracy",), "does the first sentence entail the second? genres of the training set", "MultiNLI"),
    "mnli-mm": (("accuracy",), "the same, in genres that the training set does not hold", "MultiNLI"),
    "qnli": (("accuracy",), "does a sentence hold the answer to a question?", "SQuAD 1.1"),
    "rte": (("accuracy",), "does the first text entail the second?", "RTE1, RTE2, RTE3 and RTE5"),
    "wnli": (("accuracy",), "does a sentence entail itself with its pronoun replaced?", "Winograd Schema Challenge"),
}

_TNEWS = ("100", "101", "102", "103", "104", "106", "107", "108", "109", "110", "112", "113", "114", "115", "116")
_CLUE_NLI = ("neutral", "entailment", "contradiction")

CLUE_LABELS = {
    "tnews": _TNEWS,
    "iflytek": tuple(map(str, range(119))),
    "afqmc": ("0", "1"),
    "cmnli": _CLUE_NLI,
    "ocnli": _CLUE_NLI,
    "csl": ("0", "1"),
    "wsc": ("false", "true"),
}
"""The labels as the files have them."""

_CLUE_TASKS = {
    "tnews": ("the section of a news headline, 15 classes", "Toutiao"),
    "iflytek": ("what an app is for, by its description, 119 classes", "iFLYTEK"),
    "afqmc": ("do two customers' questions ask the same?", "Ant Financial Question Matching Corpus"),
    "cmnli": ("does the first sentence entail the second? translated", "XNLI and MultiNLI"),
    "ocnli": ("does the first sentence entail the second? written in Chinese", "OCNLI (Hu et al. 2020)"),
    "csl": ("are all of these the keywords of an abstract?", "Chinese Scientific Literature"),
    "wsc": ("does the marked pronoun mean the marked noun?", "CLUEWSC2020"),
}


_HUB_NAMES = {
    "sst-2": "sst2",
    "sts-b": "stsb",
    "mnli": "mnli_matched",
    "mnli-mm": "mnli_mismatched",
    "wsc": "cluewsc2020",
}
"""What the data sets nyu-mll/glue and clue/clue call tasks that have another name there."""


def _version(name: str) -> int:
    """Of MRPC, STS-B, QQP and AFQMC pairs that share a text are on one side; then the features of all pairs changed."""
    single = ("cola", "sst-2", "tnews", "iflytek", "wsc")
    return 1 if name in single else 3 if name == "qqp" else 2


GLUE = TaskSet(
    name="glue",
    description="English, as released (Wang et al. 2019): nine tasks",
    official=True,
    published="superb_lite_glue.published:PUBLISHED",
    # The two tests of MNLI are one task in the score of GLUE.
    average=tuple(
        ("glue/mnli", "glue/mnli-mm") if name == "mnli" else (f"glue/{name}",)
        for name in _GLUE_TASKS
        if name != "mnli-mm"
    ),
    tasks=tuple(
        Task(
            name=f"glue/{name}",
            version=_version(name),
            modality="text",
            form="regress" if name == "sts-b" else "classify",
            metrics=metrics,
            labels=GLUE_LABELS[name],
            load=f"superb_lite_glue.glue:{name.replace('-', '_')}",
            protocols=("frozen", "finetune"),
            description=description,
            source=f"{source}, as released with GLUE",
            licence="see docs/data.md",
            hub=f"nyu-mll/glue:{_HUB_NAMES.get(name, name)}",
            language="en",
        )
        for name, (metrics, description, source) in _GLUE_TASKS.items()
    ),
)

CLUE = TaskSet(
    name="clue",
    description="Chinese, as released (Xu et al. 2020): seven classification tasks",
    official=True,
    average=tuple((f"clue/{name}",) for name in _CLUE_TASKS),
    tasks=tuple(
        Task(
            name=f"clue/{name}",
            version=_version(name),
            modality="text",
            form="classify",
            metrics=("accuracy",),
            labels=CLUE_LABELS[name],
            load=f"superb_lite_glue.clue:{name}",
            protocols=("frozen", "finetune"),
            description=description,
            source=f"{source}, as released with CLUE",
            licence="see docs/data.md",
            hub=f"clue/clue:{_HUB_NAMES.get(name, name)}",
            language="zh",
        )
        for name, (description, source) in _CLUE_TASKS.items()
    ),
)


def _span(name: str, f1: str, language: str, description: str, source: str, licence: str, hub: str) -> TaskSet:
    """A set of one task that finds answers. The frozen protocol would keep every position of 100,000 documents, so it
    is not the default here."""
    return TaskSet(
        name=name.split("/")[0],
        description=f"{description}, as released",
        official=True,
        tasks=(
            Task(
                name=name,
                version=1,
                modality="text",
                form="span",
                metrics=("exact_match", f1),
                labels=("start", "end"),
                load=f"superb_lite_glue.squad:{name.split('/')[0]}",
                protocols=("finetune", "frozen"),
                description=description,
                source=source,
                licence=licence,
                hub=hub,
                language=language,
            ),
        ),
    )


SQUAD = _span(
    "squad/qa",
    "word_f1",
    "en",
    "the answer to an English question, found in a paragraph of Wikipedia",
    "SQuAD 1.1 (Rajpurkar et al. 2016)",
    "CC BY-SA 4.0",
    hub="rajpurkar/squad",
)
DRCD = _span(
    "drcd/qa",
    "char_f1",
    "zh",
    "the answer to a question in traditional Chinese, found in a paragraph of Wikipedia",
    "DRCD (Shao et al. 2018)",
    "CC BY-SA 3.0",
    hub="clue/clue:drcd",
)
