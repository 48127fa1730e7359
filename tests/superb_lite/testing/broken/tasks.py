"""A sound task on texts, and one for each check that fails this check only."""

from __future__ import annotations

import dataclasses

from superb_lite.forms.classify import Classify
from superb_lite.metrics import METRICS
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.task import Task

ANIMALS = ("cat", "dog", "cow", "hen", "fox", "owl", "bee", "ant")
PLACES = ("barn", "field", "wood", "yard", "house", "pond", "hill", "road", "shed", "cave", "nest", "lane")


def data(labels: int = 2, test_examples: int = 64) -> TaskData:
    """Sentences of an animal and a place; the label follows from the animal. No place is in two parts."""
    items, parts = {}, {"train": [], "test": []}
    for i, animal in enumerate(ANIMALS):
        for j, place in enumerate(PLACES):
            key = f"{animal}-{place}"
            items[key] = f"the {animal} is in the {place}"
            # A third class, where it is wanted, is one in eight.
            label = 2 if labels == 3 and i == 0 else i % 2
            parts["test" if j >= 4 else "train"].append(Example(key, (key,), label, cluster=place))
    return TaskData(items, tuple(parts["train"]), tuple(parts["test"][:test_examples]))


def task(found: TaskData | None = None, **changes) -> Task:
    content = data() if found is None else found
    values = {
        "name": "broken/task",
        "version": 1,
        "modality": "text",
        "form": "classify",
        "metrics": ("accuracy",),
        "labels": ("a", "b"),
        "load": lambda root: content,
        "budget": 12,
        "description": "which kind of animal",
        "source": "made up",
        "licence": "CC0",
    }
    return Task(**{**values, **changes})


def changed(part: str, number: int, **changes) -> TaskData:
    """The data with another example in one place."""
    sound = data()
    examples = list(getattr(sound, part))
    examples[number] = dataclasses.replace(examples[number], **changes)
    return dataclasses.replace(sound, **{part: tuple(examples)})


def unordered(root) -> TaskData:
    """Its examples are in the order of a set of strings, which differs between processes."""
    sound = data()
    return dataclasses.replace(sound, train=tuple({example.id: example for example in set(sound.train)}.values()))


HALF = dataclasses.replace(METRICS["accuracy"], name="half", value=lambda counts: 0.5 * counts[..., 0] / counts[..., 1])
"""A metric that nobody gets the best value of."""


class Lopsided(Classify):
    """A form that forgets the constant answers that score well."""

    name = "lopsided"

    def constants(self, task, data):
        return super().constants(task, data)[-1:]


def few() -> TaskData:
    """Eight test examples, all of their own."""
    sound = data()
    alone = [dataclasses.replace(e, cluster="") for e in (*sound.test[:4], *sound.test[8:12])]
    return dataclasses.replace(sound, test=tuple(alone))


SHEETS = {
    "broken/floor": {"floor": {"accuracy": 0.2}, "ceiling": {"accuracy": 0.9}},
    "refused/task": {
        "floor": {"accuracy": 0.5},
        "ceiling": {"accuracy": 1.0},
        "admission": {"verdict": "refused: raw:characters is 70% of the way", "smallest_difference": 5.0},
    },
}
"""What calibration files say of tasks."""


def unloadable(root) -> TaskData:
    raise ValueError("no such column")


BROKEN = {
    "data-is-loaded": lambda: task(load=unloadable),
    "ids-are-unique": lambda: task(changed("train", 3, id=data().train[5].id)),
    "items-exist": lambda: task(_lost()),
    "labels-fit-the-form": lambda: task(changed("test", 3, label=2)),
    "loading-is-deterministic": lambda: task(load="tests.superb_lite.testing.broken.tasks:unordered"),
    "test-is-apart": lambda: task(_again()),
    "clusters-are-apart": lambda: task(changed("test", 3, cluster=data().train[0].cluster)),
    "labels-can-be-drawn": lambda: task(budget=1000),
    "form-and-metrics-fit": lambda: task(metrics=("pearson",)),
    "labels-are-balanced": lambda: task(labels=("a", "b", "c")),
    "labels-get-the-best-score": lambda: task(metrics=("half",)),
    "shuffled-labels-teach-nothing": lambda: task(data(labels=3), form="lopsided", labels=("a", "b", "c"), budget=None),
    "floor-and-ceiling": lambda: task(name="broken/floor"),
    "power": lambda: task(few()),
    "calibrated-and-admitted": lambda: task(name="refused/task"),
    "card-is-complete": lambda: task(licence=" "),
    "prompt-shows-the-items": lambda: task(prompt="{first} {second} {label}"),
}
"""By the check that fails, what makes a task that fails it."""


def _lost() -> TaskData:
    sound = data()
    lost = Example("lost", ("nowhere",), 0)
    return dataclasses.replace(sound, train=(*sound.train, lost))


def _again() -> TaskData:
    """A test item that is a training item in other letters and spaces."""
    sound = data()
    text = f"  {sound.items[sound.train[0].id].upper().replace(' ', '   ')}"
    return dataclasses.replace(sound, items={**sound.items, sound.test[0].id: text})
