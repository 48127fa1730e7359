"""shots-lite: tasks that a small language model may do after a few solved examples (Brown et al. 2020)."""

from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import TaskSet
from superb_lite_sources import arithmetic

SHOTS_LITE = TaskSet(
    name="shots-lite",
    description="English, for language models: what is answered after a few solved examples",
    label_files=("superb_lite_sources",),
    tasks=(
        Task(
            name="shots-lite/arithmetic",
            version=1,
            modality="text",
            form="choose",
            metrics=("accuracy",),
            labels=("first", "second", "third", "fourth"),
            load="superb_lite_glue.shots_lite.arithmetic:load",
            protocols=("incontext",),
            prompt="{first} {label}",
            rule="addition",
            description="two-digit sums: which of four results that differ in their units, their tens or both?",
            source="all sums of two-digit numbers, one in five tested; pretrain with --data.sums to show the others",
            licence="Apache-2.0",
            corpus=arithmetic.SOURCE,
        ),
        Task(
            name="shots-lite/kinds",
            version=1,
            modality="text",
            form="classify",
            metrics=("accuracy",),
            labels=("animal", "food", "plant", "object"),
            load="superb_lite_glue.shots_lite.kinds:load",
            protocols=("incontext", "finetune"),
            budget=100,
            prompt="{first} are {label}",
            verbalizers=("animals", "food", "plants", "objects"),
            rule="the kind of the category that the three things belong to",
            description="animals, food, plants or objects? Categories of the test are held out; 100 labelled texts a "
            "class",
            source="written by the seeded grammar of superb_lite_sources.english",
            licence="Apache-2.0",
            corpus="english",
            language="en",
        ),
    ),
)
