"""The conformance suite of superb_lite on all that this package registers."""

from superb_lite_motion import MASKED, MODALITY, PATCHES, STATISTICS
from superb_lite_motion.tasks import MOTION_LITE

from superb_lite.testing import parametrize_with_checks

REFUSED = "calibration.json refuses it: the board does not rank by it"


@parametrize_with_checks(
    [MODALITY, PATCHES, STATISTICS, MASKED, MOTION_LITE],
    expected_failures={
        "motion-lite/beat-power": "one patient, 25 beats: it shows the form `tag` and ranks nothing",
        **{
            f"{task.name}-calibrated-and-admitted": REFUSED for task in MOTION_LITE if task.name not in MOTION_LITE.core
        },
    },
)
def test_conforms(subject, check):
    check(subject)
