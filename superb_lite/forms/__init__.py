"""Forms: how features become predictions. One file each, imported when it is asked for."""

from __future__ import annotations

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.forms.base import Form, MatchForm, Positions, RowForm, SequenceForm, View
from superb_lite.tasks.task import Task

__all__ = ["FORMS", "Form", "MatchForm", "Positions", "RowForm", "SequenceForm", "View", "form", "form_of"]

FORMS: plugins.Registry[Form] = plugins.Registry(plugins.FORMS, kind="form", base="superb_lite.forms.base:Form")


def form(name: str) -> Form:
    """One form by name. Raises `UnknownNameError` for a name that nobody has."""
    return FORMS[name]


def form_of(task: Task) -> Form:
    """The form of a task, as its head needs it. Raises `SuperbLiteError`, naming the task, for an unknown form."""
    try:
        return form(task.form).with_head(task.head)
    except SuperbLiteError as error:
        raise SuperbLiteError(f"task '{task.name}': {error}") from None
