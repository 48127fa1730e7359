"""glue-lite: the nine shapes of GLUE (Wang et al. 2019) over the English grammar of `superb_lite_sources.english`."""

from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import TaskSet

_SOURCE = "written by the seeded grammar of superb_lite_sources.english"
_LICENCE = "Apache-2.0"


def _task(
    name: str,
    metrics: tuple[str, ...],
    labels: tuple[str, ...],
    *,
    budget: int,
    rule: str,
    prompt: str = "",
    verbalizers: tuple[str, ...] = (),
    form: str = "classify",
    description: str,
    version: int = 2,
) -> Task:
    return Task(
        name=f"glue-lite/{name}",
        version=version,
        modality="text",
        form=form,
        metrics=metrics,
        labels=labels,
        load=f"superb_lite_glue.glue_lite.{name}:load",
        budget=budget,
        prompt=prompt,
        verbalizers=verbalizers,
        rule=rule,
        description=description,
        source=_SOURCE,
        licence=_LICENCE,
        corpus="english",
        language="en",
    )


GLUE_LITE = TaskSet(
    name="glue-lite",
    description="English, written by a grammar over real words and true relations; test words are held out",
    calibration="superb_lite_glue:calibration_glue_lite.json",
    tasks=(
        _task(
            "acceptability",
            ("mcc",),
            ("unacceptable", "acceptable"),
            version=1,
            budget=300,
            prompt="{first}\nThis sentence is {label}",
            verbalizers=("wrong", "right"),
            rule="agreement in number and gender, and the verb form that an auxiliary takes",
            description="is a sentence grammatical? Words of the test are held out; 300 labelled sentences a class",
        ),
        _task(
            "sentiment",
            ("accuracy",),
            ("negative", "positive"),
            budget=100,
            prompt="{first}\nAll in all it was {label}",
            verbalizers=("bad", "good"),
            rule="words of praise are positive and words of blame negative, unless they are denied",
            description="praise or blame? Opinion words of the test are held out; 100 labelled texts a class",
        ),
        _task(
            "paraphrase",
            ("accuracy",),
            ("different", "paraphrase"),
            budget=200,
            prompt="{first}\n{second}\nDo both say the same? {label}",
            verbalizers=("No", "Yes"),
            rule="a synonym in place of a word, rather than its opposite or another thing",
            description="do two sentences say the same? Words of test pairs are held out; 200 labelled pairs a class",
        ),
        _task(
            "questions",
            ("accuracy",),
            ("different", "duplicate"),
            budget=200,
            prompt="{first}\n{second}\nDo both ask the same? {label}",
            verbalizers=("No", "Yes"),
            rule="a synonym in place of a word, rather than its opposite or another thing",
            description="do two questions ask the same? Words of test pairs are held out; 200 labelled pairs a class",
        ),
        _task(
            "similarity",
            ("pearson", "spearman"),
            ("least", "most"),
            form="regress",
            budget=500,
            rule="5/6 of the points of three pairs of things: 2 in one category, 1 of one kind, else 0",
            description="how alike are two lists of things, 0 to 5? Test categories are held out; 500 labelled pairs",
        ),
        _task(
            "nli",
            ("matched_accuracy", "mismatched_accuracy"),
            ("entailment", "neutral", "contradiction"),
            budget=200,
            prompt="{first}\n{second}\nIs that so? {label}",
            verbalizers=("Yes", "Perhaps", "No"),
            rule="a synonym is entailed, an opposite contradicted, a word of another scale neither",
            description="entailed, contradicted or neither, in two genres; 200 labelled pairs a class",
        ),
        _task(
            "qnli",
            ("accuracy",),
            ("no answer", "answer"),
            budget=200,
            prompt="{first}\n{second}\nIs that an answer? {label}",
            verbalizers=("No", "Yes"),
            rule="a place answers where, a time when, a person with whom and a tool with what",
            description="does the sentence answer the question? Test fillers are held out; 200 labelled pairs a class",
        ),
        _task(
            "rte",
            ("accuracy",),
            ("not entailment", "entailment"),
            budget=200,
            prompt="{first}\n{second}\nIs that so? {label}",
            verbalizers=("No", "Yes"),
            rule="a city lies in its country, a profession works in its place, a thing is of its category",
            description="does the second sentence follow? Words of the test are held out; 200 labelled pairs a class",
        ),
        _task(
            "pronoun",
            ("accuracy",),
            ("not entailment", "entailment"),
            budget=200,
            prompt="{first}\n{second}\nIs that so? {label}",
            verbalizers=("No", "Yes"),
            rule="a pronoun stands for the candidate of its gender or number",
            description="whom does the pronoun stand for? Roles of the test are held out; 200 labelled pairs a class",
        ),
    ),
)
