"""The task set `motion-lite`."""

from superb_lite import TaskSet
from superb_lite_motion import activity, appliance, beat, direction, speaker

MOTION_LITE = TaskSet(
    name="motion-lite",
    tasks=(direction.TASK, appliance.TASK, activity.TASK, speaker.TASK, beat.TASK),
    description="directions, appliances, activities, speakers and heart beats, by the data that sktime carries",
    calibration="superb_lite_motion:calibration.json",
    core=(direction.TASK.name,),  # what `superb-lite calibrate` admits
    label_files=("sktime/datasets/data",),
)
