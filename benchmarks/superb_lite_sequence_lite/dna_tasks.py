"""The tasks of sequence-lite on DNA."""

from superb_lite.tasks.task import Task

TASKS: tuple[Task, ...] = ()
