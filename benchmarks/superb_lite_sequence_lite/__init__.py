"""sequence-lite: tasks on DNA, proteins and music, strings of symbols that installed packages carry."""

from superb_lite.tasks.taskset import TaskSet
from superb_lite_sequence_lite import dna_tasks, music_tasks, protein_tasks

SEQUENCE_LITE = TaskSet(
    name="sequence-lite",
    tasks=(*dna_tasks.TASKS, *protein_tasks.TASKS, *music_tasks.TASKS),
    description="DNA, proteins and music as strings of symbols, from packages that carry real data",
    core=(
        "sequence-lite/frame",
        "sequence-lite/splice-decoy",
        "sequence-lite/splice-count",
        "sequence-lite/amp",
        "sequence-lite/degree",
        "sequence-lite/measures",
        "sequence-lite/composer",
    ),
    label_files=(
        "superb_lite_sources",
        "logomaker/examples",
        "modlamp/data",
        "music21/corpus",
        "pyhmmer/tests",
        "pyrodigal/tests",
    ),
)
