"""sequence: DNA and protein data sets as they were released, from --root DIR; the columns of Kao and Lee (2021).

They ask whether a text encoder helps on such sequences (arXiv:2103.07162). The histone data are those of GUE, whose
splits are published. Its authors score them by Matthews correlation; accuracy is what that paper reports.
"""

from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import TaskSet

LOCATIONS = (
    "Cell membrane",
    "Cytoplasm",
    "Endoplasmic reticulum",
    "Extracellular",
    "Golgi apparatus",
    "Lysosome/Vacuole",
    "Mitochondrion",
    "Nucleus",
    "Peroxisome",
    "Plastid",
)


def _task(
    name: str,
    labels: tuple[str, ...],
    description: str,
    source: str,
    licence: str,
    *,
    form: str = "classify",
    metric: str = "accuracy",
) -> Task:
    return Task(
        name=f"sequence/{name}",
        version=1,
        modality="sequence",
        form=form,
        metrics=(metric,),
        labels=labels,
        load=f"superb_lite_sequence_lite.official_data:{name}",
        protocols=("frozen", "finetune"),
        description=description,
        source=source,
        licence=licence,
        corpus=name,
    )


def _histone(name: str, what: str) -> Task:
    return _task(
        name,
        ("no", "yes"),
        f"{what} at 500 letters of yeast, as GUE splits them",
        "Pokholok et al. 2005, Nguyen et al. 2016; GUE (Zhou et al. 2023, arXiv:2306.15006)",
        "none stated for the data",
    )


SEQUENCE = TaskSet(
    name="sequence",
    official=True,
    tasks=(
        _task(
            "localization",
            LOCATIONS,
            "In which part of the cell a protein is, with DeepLoc's test set; training proteins of two places left out",
            "DeepLoc (Almagro Armenteros et al. 2017, doi:10.1093/bioinformatics/btx431)",
            "UniProt: CC BY 4.0; none stated for the selection",
        ),
        _task(
            "stability",
            ("low", "high"),
            "How stable a small protein is, with TAPE's test set of other parents",
            "TAPE (Rao et al. 2019, arXiv:1906.08230); Rocklin et al. 2017",
            "none stated for the data; both papers have to be cited",
            form="regress",
            metric="spearman",
        ),
        _task(
            "fluorescence",
            ("low", "high"),
            "How brightly a mutant of a fluorescent protein shines, with TAPE's test set of more mutations",
            "TAPE (Rao et al. 2019, arXiv:1906.08230); Sarkisyan et al. 2016",
            "none stated for the data; both papers have to be cited",
            form="regress",
            metric="spearman",
        ),
        _histone("h3", "Whether there is histone H3"),
        _histone("h4", "Whether there is histone H4"),
        _histone("h3k9ac", "Whether there is acetylated histone H3K9"),
        _task(
            "splice",
            ("EI", "IE", "N"),
            "Whether 60 letters have an exon-intron (EI) or intron-exon (IE) border in the middle; split drawn by us",
            "UCI Molecular Biology (Splice-junction Gene Sequences); Towell, Noordewier and Shavlik 1991",
            "CC BY 4.0 (UCI; not verified by us)",
        ),
    ),
    description="DNA and proteins, as released: the columns of arXiv:2103.07162",
)
