"""The tasks of sequence-lite on music."""

from superb_lite.tasks.task import Task

TASKS: tuple[Task, ...] = ()
