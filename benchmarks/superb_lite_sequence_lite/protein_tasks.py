"""The tasks of sequence-lite on proteins."""

from superb_lite.tasks.task import Task

TASKS: tuple[Task, ...] = ()
