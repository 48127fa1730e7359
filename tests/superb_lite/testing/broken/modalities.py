"""A sound modality of texts, and one for each check that fails this check only."""

from __future__ import annotations

from superb_lite.errors import BadItemError
from superb_lite.media import Text
from superb_lite.modality import Modality

HERE = "tests.superb_lite.testing.broken.modalities"


def check_item(name, item):
    if not isinstance(item, str) or not item:
        raise BadItemError(f"item '{name}' is no text")


def check_length(name, item):
    check_item(name, item)
    if len(item) > 10:
        raise BadItemError(f"item '{name}' is long")


def check_by_length(name, item):
    if len(item) == 0 or not isinstance(item, str):
        raise BadItemError(f"item '{name}' is no text")


def show(item):
    return (Text(item),)


def show_as_str(item):
    return (item,)


def read_task(name, path):
    raise OSError("there is no such file")


def modality(**changes) -> Modality:
    values = {
        "name": "text",
        "item": "str",
        "baselines": ("majority",),
        "check": f"{HERE}:check_item",
        "show": f"{HERE}:show",
    }
    return Modality(**{**values, **changes})


BROKEN = {
    "items-are-accepted": modality(check=f"{HERE}:check_length"),
    "nonsense-is-refused": modality(check=f"{HERE}:check_by_length"),
    "baselines-load": modality(baselines=("majority", "raw:pixels")),
    "references-are-known": modality(extra_references=("raw:nothing",)),
    "items-are-shown": modality(show=f"{HERE}:show_as_str"),
    "objective-is-registered": modality(objective="image-simclr"),
    "own-data-is-read": modality(own_tasks={"table": f"{HERE}:read_task"}),
    "preparation-is-there": modality(prepare=f"{HERE}:nothing"),
}
"""By the check that fails, a modality that fails it."""
