"""What is built in passes what is asked of everybody.

Two checks of tasks read all data several times and train heads; they are marked `conformance`, which `make conformance`
and `make test-all` run, and continuous integration leaves out.
"""

import pytest

from superb_lite import plugins
from superb_lite.modality import EncoderSpec
from superb_lite.testing import parametrize_with_checks

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:::lightning")]


def own(group: str, values: dict) -> list:
    """Those of a group that are built in."""
    return [value for name, value in values.items() if plugins._package(plugins.points(group)[name]) == plugins.OWN]


REFUSED = (
    "superb-lite/pr",
    "superb-lite/asr",
    "superb-lite/qbe",
    "superb-lite/sd",
    "superb-lite/er",
    "vision-lite/mnist-5",
    "vision-lite/mnist-50",
    "vision-lite/digits-5",
    "vision-lite/colour",
    "vision-lite/orientation",
    "vision-lite/location",
    "sequence-lite/amp",
    "sequence-lite/measures",
    "sequence-lite/strand",
    "sequence-lite/next",
    "sequence-lite/composer",
)
"""Tasks that were calibrated and refused; they keep their sheets and scores, so that everybody sees why."""

UNMEASURED = ("superb-lite/sf", "clue-lite/sentiment")
"""Tasks that no board ranks by and whose scales are older than the rule of admission. To measure it takes ten untrained
encoders, the sequence heads of five seeds each for the one task and fine-tuning them for the other."""

WITHOUT_SCALE = (
    "clue-lite/order",
    "sequence-lite/ars",
    "sequence-lite/protein-order",
    "sequence-lite/phrase",
    *(f"xtreme-lite/{kind}-{language}" for kind in ("qa", "nli") for language in ("en", "fake", "own", "zh")),
)
"""Tasks that are not calibrated: they have raw scores, and no board ranks by them."""

EXPECTED = {
    **dict.fromkeys(
        (f"{name}-calibrated-and-admitted" for name in REFUSED),
        "refused by its calibration file, and kept with its sheet, so that everybody sees why (docs/tasks.md)",
    ),
    **dict.fromkeys(
        (f"{name}-calibrated-and-admitted" for name in UNMEASURED),
        "its scale is older than the rule of admission, and no board ranks by it",
    ),
    **dict.fromkeys(
        (f"{name}-calibrated-and-admitted" for name in WITHOUT_SCALE),
        "not calibrated, and no board ranks by it (docs/tasks.md)",
    ),
}


@parametrize_with_checks(own(plugins.ARCHITECTURES, plugins.architectures()))
def test_architectures(subject: EncoderSpec, check):
    check(subject)


@parametrize_with_checks(own(plugins.MODALITIES, plugins.modalities()))
def test_modalities(subject, check):
    check(subject)


@parametrize_with_checks(own(plugins.OBJECTIVES, plugins.objectives()))
def test_objectives(subject, check):
    check(subject)


LONG = ("loading-is-deterministic", "shuffled-labels-teach-nothing")
"""Checks that take more than half of the time of all of them."""

TASKS = parametrize_with_checks(
    [s for s in own(plugins.TASKSETS, plugins.tasksets()) if not s.official], expected_failures=EXPECTED
).mark


@pytest.mark.parametrize(
    TASKS.args[0],
    [p._replace(marks=[*p.marks, pytest.mark.conformance]) if p.id.endswith(LONG) else p for p in TASKS.args[1]],
)
def test_tasks(subject, check):
    check(subject)
