"""direction: whether a recording is played forwards or backwards."""

from pathlib import Path

from superb_lite import Example, Task, TaskData

TASK = Task(
    name="motion-lite/direction",
    version=1,
    modality="motion",
    form="classify",
    metrics=("accuracy",),
    labels=("forwards", "backwards"),
    load="superb_lite_motion.direction:load",
    budget=100,
    description="two seconds of a watch, a vowel or a current: forwards or backwards (the arrow of time)",
    source="BasicMotions, JapaneseVowels and PLAID; the question is that of Wei et al. 2018, CVPR, of films",
    licence="as the three sources: CC BY 4.0 for vowels, none is stated for the others",
    corpus="BasicMotions",
)


def load(root: Path | None) -> TaskData:
    """Each recording both ways, which are one cluster with all that is cut from one recording."""
    from superb_lite_motion.sktime_files import stretches

    items, parts = {}, {"TRAIN": list[Example](), "TEST": list[Example]()}
    for part, examples in parts.items():
        for cluster, name, recording in stretches(part):
            for label, way in enumerate(TASK.labels):
                items[f"{name}-{way}"] = recording if label == 0 else recording[::-1].copy()
                examples.append(Example(f"{name}-{way}", (f"{name}-{way}",), label, cluster=cluster))
    return TaskData(items, tuple(parts["TRAIN"]), tuple(parts["TEST"]))
