"""The tasks of sequence-lite on proteins."""

from superb_lite.tasks.task import Task

AMP = Task(
    name="sequence-lite/amp",
    version=1,
    modality="sequence",
    form="classify",
    metrics=("accuracy",),
    labels=("other", "antimicrobial"),
    load="superb_lite_sequence_lite.peptide_function:antimicrobial",
    budget=50,
    description="Whether a peptide of 8 to 50 residues kills bacteria, from 100 labels; families of the test are new, "
    "and a leading M is cut off",
    source="APD3 (Wang, Li and Wang 2016, doi:10.1093/nar/gkv1278) and UniProt in the package modlamp (Mueller et al. "
    "2017, doi:10.1093/bioinformatics/btx285)",
    licence="BSD-3-Clause (modlamp); UniProt: CC BY 4.0; APD3: free to search and download, no licence stated",
    corpus="protein",
)

PROTEIN_ORDER = Task(
    name="sequence-lite/protein-order",
    version=1,
    modality="sequence",
    form="classify",
    metrics=("accuracy",),
    labels=("backwards", "as it is"),
    load="superb_lite_sequence_lite.protein_direction:order",
    budget=250,
    description="Whether 50 residues of a protein are read backwards, from 500 labels; proteins of the test are new",
    source="proteome of a bacterium (taxon 938293 of proGenomes) in the package pyhmmer (Larralde and Zeller 2023, "
    "doi:10.1093/bioinformatics/btad214)",
    licence="MIT (pyhmmer); sequence free to use (INSDC)",
    corpus="protein",
)

TASKS = (AMP, PROTEIN_ORDER)
