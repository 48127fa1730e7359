"""The tasks of the official sets as values."""

from superb_lite_glue import clue, glue
from superb_lite_glue.official import CLUE, DRCD, GLUE, SQUAD


def test_the_data_set_on_the_hub_is_the_one_that_is_downloaded() -> None:
    downloaded = {d.task: f"{d.hub.repository}:{d.hub.config}" for d in (*glue._ALL, *clue._ALL)}
    # The hub has a name for each of the two tests of MNLI; their splits are read out of one data set.
    downloaded |= {"glue/mnli": "nyu-mll/glue:mnli_matched", "glue/mnli-mm": "nyu-mll/glue:mnli_mismatched"}
    assert {task.name: task.hub for task in (*GLUE.tasks, *CLUE.tasks)} == downloaded
    assert [task.hub for task in (*SQUAD.tasks, *DRCD.tasks)] == ["rajpurkar/squad", "clue/clue:drcd"]
