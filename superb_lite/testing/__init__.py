"""Checks that authors of encoders, tasks, objectives and modalities run in their own tests."""

from superb_lite.testing.check import Check, CheckFailed, Finding, Options, Skipped
from superb_lite.testing.suite import (
    check_encoder,
    check_modality,
    check_objective,
    check_task,
    checks_of,
    findings,
    parametrize_with_checks,
)

__all__ = [
    "Check",
    "CheckFailed",
    "Finding",
    "Options",
    "Skipped",
    "check_encoder",
    "check_modality",
    "check_objective",
    "check_task",
    "checks_of",
    "findings",
    "parametrize_with_checks",
]
