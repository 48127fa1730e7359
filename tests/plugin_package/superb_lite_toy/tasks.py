"""Strings of 7 to 15 bits."""

import random

from superb_lite.tasks.labels import Example, TaskData


def most(root):
    draw = random.Random(0)
    items, parts = {}, {"train": [], "test": []}
    for number in range(140):
        text = "".join(draw.choice("01") for _ in range(draw.choice([7, 9, 15])))
        items[f"b{number}"] = text
        label = int(text.count("1") * 2 > len(text))
        parts["test" if number >= 60 else "train"].append(Example(f"b{number}", (f"b{number}",), label))
    return TaskData(items, tuple(parts["train"]), tuple(parts["test"]))


def balance(root):
    """The same strings, labelled with how many more ones than zeros there are."""
    data = most(root)

    def labelled(examples):
        counts = [
            (example, 2 * data.items[example.id].count("1") - len(data.items[example.id])) for example in examples
        ]
        return tuple(Example(example.id, example.items, count) for example, count in counts)

    return TaskData(data.items, labelled(data.train), labelled(data.test))
