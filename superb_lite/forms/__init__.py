"""Forms: how features become predictions. One file each."""

from __future__ import annotations

from superb_lite.errors import UnknownNameError
from superb_lite.forms.base import Form, MatchForm, Positions, RowForm, SequenceForm, View
from superb_lite.forms.choose import Choose
from superb_lite.forms.classify import Classify
from superb_lite.forms.diarize import Diarize
from superb_lite.forms.regress import Regress
from superb_lite.forms.search import Search
from superb_lite.forms.span import Span
from superb_lite.forms.tag import Tag
from superb_lite.forms.transcribe import Transcribe
from superb_lite.forms.verify import Verify
from superb_lite.tasks.task import Task

__all__ = ["FORMS", "Form", "MatchForm", "Positions", "RowForm", "SequenceForm", "View", "form", "form_of"]

FORMS: dict[str, Form] = {
    f.name: f
    for f in (
        Classify(),
        Regress(),
        Tag(),
        Span(),
        Transcribe(),
        Diarize(),
        Verify(),
        Search(),
        Choose(),
    )
}


def form(name: str) -> Form:
    """One form by name."""
    if name not in FORMS:
        raise UnknownNameError("form", name, FORMS)
    return FORMS[name]


def form_of(task: Task) -> Form:
    """The form of a task, as its head needs it."""
    return form(task.form).with_head(task.head)
