"""appliance: what is switched on, by the shape of its current."""

from pathlib import Path

from superb_lite import Example, Task, TaskData

TASK = Task(
    name="motion-lite/appliance",
    version=1,
    modality="motion",
    form="classify",
    metrics=("accuracy",),
    labels=("cooler", "lamp", "fan", "fridge", "dryer", "heater", "bulb", "laptop", "microwave", "vacuum", "washer"),
    load="superb_lite_motion.appliance:load",
    budget=10,
    description="which of eleven appliances is switched on, by its current, whose strength is taken away",
    source="PLAID (Gao et al. 2014, BuildSys, doi:10.1145/2674061.2675032), UCR archive (arXiv:1810.07758)",
    licence="none is stated with the archive's files: for research; read from the installed package sktime",
    corpus="PLAID",
)


def load(root: Path | None) -> TaskData:
    """Whole recordings."""
    from superb_lite_motion.sktime_files import currents

    train, test = currents("TRAIN"), currents("TEST")
    examples = [tuple(Example(name, (name,), label) for name, _, label in part) for part in (train, test)]
    return TaskData({name: recording for name, recording, _ in [*train, *test]}, *examples)
