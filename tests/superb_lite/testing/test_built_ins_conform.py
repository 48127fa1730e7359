"""What is built in passes what is asked of everybody."""

import pytest

from superb_lite import plugins
from superb_lite.modality import EncoderSpec
from superb_lite.testing import parametrize_with_checks

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:LightningCLI's args parameter is intended"),
    pytest.mark.filterwarnings("ignore:You are trying to `self.log"),
]


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
    "vision-lite/orientation",
    "vision-lite/location",
)
"""Tasks that were calibrated and refused; they keep their sheets and scores, so that everybody sees why."""

OLDER = ("superb-lite/sf", "clue-lite/sentiment")
"""Tasks whose scales are older than the measurement of admission; no board that ranks has them."""

EXPECTED = {
    **{f"{name}-calibrated-and-admitted": "refused, and kept (docs/evaluation.md)" for name in REFUSED},
    "superb-lite/asv-clusters-are-apart": "blocks of both parts are numbered from 0; no voice is in both",
    **{f"{name}-calibrated-and-admitted": "its admission was not measured" for name in OLDER},
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


@parametrize_with_checks(
    [s for s in own(plugins.TASKSETS, plugins.tasksets()) if not s.official], expected_failures=EXPECTED
)
def test_tasks(subject, check):
    check(subject)
