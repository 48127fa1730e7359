"""Checks that authors of tasks run in their own tests."""

from superb_lite.testing.tasks import check_task, task_faults

__all__ = ["check_task", "task_faults"]
