"""What is asked of a modality: which items it takes, how they are shown, and that what it names is there."""

from __future__ import annotations

import typing
from pathlib import Path

from superb_lite import plugins
from superb_lite.encoders.references import decide, load_encoder
from superb_lite.errors import BadItemError, SuperbLiteError, reason
from superb_lite.imports import resolve
from superb_lite.media import Media
from superb_lite.testing.check import Check, Skipped
from superb_lite.testing.modality_case import ModalityCase

NONSENSE = (None, 3.5, object(), {"a": 1}, b"", ())
"""What no modality takes."""


def _accepted(case: ModalityCase) -> str | None:
    for key, item in case.items.items():
        try:
            case.modality.check_item(key, item)
        except BadItemError as error:
            return f"it refuses an item of a task: {error}"
    return None


def _refused(case: ModalityCase) -> str | None:
    for item in NONSENSE:
        try:
            case.modality.check_item("made up", item)
        except BadItemError as error:
            if "made up" not in str(error):
                return f"the refusal of {item!r:.20} does not name the item: {error}"
        except Exception as error:
            return f"{item!r:.20} as an item raises {reason(error, 60)}, not BadItemError"
        else:
            return f"it takes {item!r:.20} for an item"
    return None


def _baselines(case: ModalityCase) -> str | None:
    if not case.modality.baselines:
        return "it names no simple baselines"
    for reference in case.modality.baselines:
        encoder = load_encoder(reference)
        if encoder.modality not in (None, case.modality.name):
            return f"its baseline '{reference}' encodes {encoder.modality}"
    return None


def _references(case: ModalityCase) -> str | None:
    if not case.modality.extra_references:
        raise Skipped("it names no further encoders")
    for reference in case.modality.extra_references:
        decide(reference)
    return None


def _shown(case: ModalityCase) -> str | None:
    for key, item in case.items.items():
        found = case.modality.media(item)
        if not found or not all(isinstance(part, typing.get_args(Media)) for part in found):
            return f"item '{key}' is shown as {found!r:.60}, not as values of superb_lite.media"
    return None


def _objective(case: ModalityCase) -> str | None:
    name = case.modality.objective
    if name is None:
        raise Skipped("it names no objective, so that `superb-lite run` pretrains nothing of it")
    if name not in plugins.objectives():
        return f"no objective '{name}' is registered"
    found = plugins.objective(name).modality
    return None if found == case.modality.name else f"its objective '{name}' is of the modality '{found}'"


def _own_data(case: ModalityCase) -> str | None:
    modality = case.modality
    if not modality.own_tasks and modality.own_items is None:
        raise Skipped("it reads no files of a person's own")
    nowhere = Path("/nowhere/at all")
    for scheme, target in modality.own_tasks.items():
        function = resolve(target)
        try:
            function(f"{scheme}:{nowhere}", nowhere)
        except SuperbLiteError:
            continue
        except Exception as error:
            return f"'{scheme}:PATH' of a path that does not exist raises {reason(error, 60)}, not SuperbLiteError"
        return f"'{scheme}:PATH' takes a path that does not exist"
    if modality.own_items is not None:
        try:
            resolve(modality.own_items)(nowhere)
        except SuperbLiteError:
            return None
        except Exception as error:
            return f"own_items of a path that does not exist raises {reason(error, 60)}, not SuperbLiteError"
        return "own_items takes a path that does not exist"
    return None


def _prepared(case: ModalityCase) -> str | None:
    if case.modality.prepare is None:
        raise Skipped("it prepares nothing")
    return None if callable(resolve(case.modality.prepare)) else f"'{case.modality.prepare}' is no function"


CHECKS: tuple[Check, ...] = (
    Check(
        "items-are-accepted",
        "check_item accepts the items of its tasks",
        "check what an encoder needs of an item, and no more",
        _accepted,
        ModalityCase,
    ),
    Check(
        "nonsense-is-refused",
        "check_item refuses what is no item with BadItemError, in a line that names it",
        "ask for the type first: if not isinstance(item, ...): raise BadItemError(...)",
        _refused,
        ModalityCase,
    ),
    Check(
        "baselines-load",
        "there are simple baselines, which load and are of this modality",
        "register an EncoderSpec 'raw:NAME' and name it in Modality.baselines",
        _baselines,
        ModalityCase,
    ),
    Check(
        "references-are-known",
        "the further encoders that `run --modality` evaluates are known",
        "superb-lite list encoders shows what there is",
        _references,
        ModalityCase,
    ),
    Check(
        "items-are-shown",
        "show gives values of superb_lite.media",
        "return a tuple of Text, Sound and Picture",
        _shown,
        ModalityCase,
    ),
    Check(
        "objective-is-registered",
        "its objective is registered and of this modality",
        "register the ObjectiveSpec under the group superb_lite.objectives",
        _objective,
        ModalityCase,
    ),
    Check(
        "own-data-is-read",
        "the functions of own_tasks and own_items are there, and refuse a missing path in one line",
        "write 'module:function', and raise SuperbLiteError for what cannot be read",
        _own_data,
        ModalityCase,
    ),
    Check(
        "preparation-is-there",
        "the function that prepares cached data is there",
        "write 'module:function', or None",
        _prepared,
        ModalityCase,
    ),
)
"""The checks of a modality."""
