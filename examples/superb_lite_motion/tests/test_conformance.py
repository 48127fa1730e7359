"""The conformance suite of superb_lite on all that this package registers."""

from superb_lite_motion import CONTRAST, MODALITY, PATCHES, STATISTICS
from superb_lite_motion.tasks import MOTION_LITE

from superb_lite.testing import parametrize_with_checks


@parametrize_with_checks(
    [MODALITY, PATCHES, STATISTICS, CONTRAST, MOTION_LITE],
    expected_failures={"motion-lite/beat-power": "one patient, 25 beats: it shows the form `tag` and ranks nothing"},
)
def test_conforms(subject, check):
    check(subject)
