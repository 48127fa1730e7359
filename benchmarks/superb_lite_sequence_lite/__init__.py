"""sequence-lite: tasks on DNA, proteins and music, strings of symbols that installed packages carry."""

from superb_lite.tasks.taskset import TaskSet
from superb_lite_sequence_lite import dna_tasks, music_tasks, protein_tasks

SEQUENCE_LITE = TaskSet(
    name="sequence-lite",
    tasks=(*dna_tasks.TASKS, *protein_tasks.TASKS, *music_tasks.TASKS),
    description="DNA, proteins and music as strings of symbols, from packages that carry real data",
    calibration="superb_lite_sequence_lite:calibration.json",
    # Left out is what a minute does not learn on validation (strand, ars, protein-order, phrase, next), what counts of
    # k-mers tell as well (splice-decoy, composer), and what calibration refused (amp, measures): docs/pretraining.md.
    core=(
        "sequence-lite/frame",
        "sequence-lite/codon",
        "sequence-lite/splice-count",
        "sequence-lite/degree",
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
