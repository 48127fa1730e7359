"""Strings of bits: a modality of a third party."""

from superb_lite.modality import EncoderSpec, Modality, ObjectiveSpec
from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import TaskSet

MODALITY = Modality(
    name="bits",
    item="str of 0 and 1",
    baselines=("raw:bits",),
    check="superb_lite_toy.items:check_item",
)

SCALED = EncoderSpec("text-scaled", "text", "superb_lite_toy.copying:ScaledEncoder")

COPYING = ObjectiveSpec(
    name="text-copying",
    modality="text",
    encoder="text-cbow",
    objective="superb_lite_toy.copying:Copying",
    data="superb_lite_text.corpus:TextCorpus",
    recipes={"minute": "superb_lite_toy:copying.yaml"},
    links=(("data.tokenizer", "model.encoder.tokenizer"),),
)

BITS = EncoderSpec("raw:bits", "bits", "superb_lite_toy.encoder:BitEncoder")

BITS_LITE = TaskSet(
    name="bits-lite",
    description="strings of bits",
    tasks=(
        Task(
            name="bits-lite/most",
            version=1,
            modality="bits",
            form="classify",
            metrics=("accuracy",),
            labels=("zeros", "ones"),
            load="superb_lite_toy.tasks:most",
            budget=20,
            description="which bit is the more frequent one",
            source="drawn from a seed",
            licence="CC0",
        ),
        Task(
            name="bits-lite/balance",
            version=1,
            modality="bits",
            form="balance",
            metrics=("sign_accuracy",),
            labels=("zeros", "ones"),
            load="superb_lite_toy.tasks:balance",
            protocols=("frozen", "centroid"),
            description="by how much one bit is the more frequent one",
            source="drawn from a seed",
            licence="CC0",
        ),
    ),
)
