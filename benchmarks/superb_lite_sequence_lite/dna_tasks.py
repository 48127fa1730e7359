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

CODON = Task(
    name="sequence-lite/codon",
    version=1,
    modality="sequence",
    form="tag",
    metrics=("unit_accuracy",),
    labels=("first", "second", "third"),
    load="superb_lite_sequence_lite.codons:codon",
    budget=60,
    description="Which letter of its codon each letter is, 33 in the middle of 99 of a gene, from 60 windows; genes "
    "of the test are new",
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

_SITES = (
    "human 5' splice sites of hg38 by GENCODE (Frankish et al. 2019, doi:10.1093/nar/gky955) in the package logomaker "
    "(Tareen and Kinney 2020, doi:10.1093/bioinformatics/btz921)"
)

SPLICE_DECOY = Task(
    name="sequence-lite/splice-decoy",
    version=1,
    modality="sequence",
    form="classify",
    metrics=("accuracy",),
    labels=("decoy", "site"),
    load="superb_lite_sequence_lite.splicing:decoy",
    budget=60,
    description="Whether nine letters are a splice site, from 120 labels; decoys are no site at all, but have each "
    "letter as often at each place",
    source=_SITES,
    licence="MIT (logomaker); GENCODE: open access",
    corpus="dna",
)

SPLICE_COUNT = Task(
    name="sequence-lite/splice-count",
    version=1,
    modality="sequence",
    form="regress",
    metrics=("r2",),
    labels=("rare", "frequent"),  # the ends of the scale
    load="superb_lite_sequence_lite.splicing:count",
    budget=200,
    description="How many splice sites of the human genome have these nine letters (log2), from 200 labels",
    source=_SITES,
    licence="MIT (logomaker); GENCODE: open access",
    corpus="dna",
)

ARS = Task(
    name="sequence-lite/ars",
    version=1,
    modality="sequence",
    form="classify",
    metrics=("accuracy",),
    labels=("broken", "works"),
    load="superb_lite_sequence_lite.origins:works",
    budget=150,
    description="Whether a mutant of the yeast origin ARS1 (150 letters) still works, from 300 labels; any two mutants "
    "differ in four letters or more",
    source="selection of mutants, unpublished data of J. B. Kinney, analogous to Liachko et al. (2013, "
    "doi:10.1101/gr.144659.112), in the package logomaker (Tareen and Kinney 2020, doi:10.1093/bioinformatics/btz921)",
    licence="MIT (logomaker)",
    corpus="dna",
)

TASKS = (FRAME, CODON, STRAND, SPLICE_DECOY, SPLICE_COUNT, ARS)
