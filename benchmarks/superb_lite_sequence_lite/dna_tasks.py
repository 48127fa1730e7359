"""The tasks of sequence-lite on DNA."""

from superb_lite.tasks.task import Task

_GENOME = (
    "Corynebacterium diphtheriae NCTC 11397 (RefSeq NZ_LN831026.1) in the package pyrodigal (Larralde 2022, "
    "doi:10.21105/joss.04296); genes found by Prodigal (Hyatt et al. 2010, doi:10.1186/1471-2105-11-119)"
)

FRAME = Task(
    name="sequence-lite/frame",
    version=1,
    modality="sequence",
    form="classify",
    metrics=("accuracy",),
    labels=("0", "1", "2"),
    load="superb_lite_sequence_lite.coding:frame",
    budget=100,
    description="At which letter of 99 out of a gene the first whole codon begins, from 300 labels; genes of the test "
    "are new",
    source=_GENOME,
    licence="sequence free to use (INSDC)",
    corpus="dna",
)

STRAND = Task(
    name="sequence-lite/strand",
    version=1,
    modality="sequence",
    form="classify",
    metrics=("accuracy",),
    labels=("the other strand", "as it is read"),
    load="superb_lite_sequence_lite.coding:strand",
    budget=150,
    description="Whether 99 letters out of a gene are given as they are read or on the other strand, from 300 labels; "
    "genes of the test are new",
    source=_GENOME,
    licence="sequence free to use (INSDC)",
    corpus="dna",
)

TASKS = (FRAME, STRAND)
