"""speaker: which of nine men says the vowels a and e."""

from pathlib import Path

from superb_lite import Example, Task, TaskData

TASK = Task(
    name="motion-lite/speaker",
    version=1,
    modality="motion",
    form="classify",
    metrics=("accuracy",),
    labels=tuple("123456789"),
    load="superb_lite_motion.speaker:load",
    budget=2,
    description="which of nine men says /ae/; 7 to 29 frames of twelve coefficients of linear prediction",
    source="JapaneseVowels (Kudo et al. 1999, Pattern Recognition Letters 20, doi:10.1016/S0167-8655(99)00077-X), UCI",
    licence="CC BY 4.0",
    corpus="JapaneseVowels",
)


def load(root: Path | None) -> TaskData:
    """Whole utterances."""
    from superb_lite_motion.sktime_files import labelled

    train, test = (labelled("JapaneseVowels", part, TASK.labels) for part in ("TRAIN", "TEST"))
    examples = [tuple(Example(name, (name,), label) for name, _, label in part) for part in (train, test)]
    return TaskData({name: recording for name, recording, _ in [*train, *test]}, *examples)
