"""The task set `motion-lite`."""

from superb_lite import TaskSet
from superb_lite_motion import activity, beat, speaker

MOTION_LITE = TaskSet(
    name="motion-lite",
    tasks=(activity.TASK, speaker.TASK, beat.TASK),
    description="activities, speakers and heart beats, by the data that sktime carries",
    label_files=("sktime/datasets/data",),
)
