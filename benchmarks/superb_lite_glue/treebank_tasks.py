"""Universal Dependencies (Nivre et al. 2020) as values: parts of speech in the treebanks of 25 languages."""

from __future__ import annotations

from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import TaskSet
from superb_lite_sources.treebanks import UPOS

TREEBANKS = {
    "ar_padt": "Arabic-PADT",
    "bg_btb": "Bulgarian-BTB",
    "cs_pdt": "Czech-PDT",
    "de_gsd": "German-GSD",
    "el_gdt": "Greek-GDT",
    "en_ewt": "English-EWT",
    "es_gsd": "Spanish-GSD",
    "et_edt": "Estonian-EDT",
    "eu_bdt": "Basque-BDT",
    "fa_seraji": "Persian-Seraji",
    "fi_tdt": "Finnish-TDT",
    "fr_gsd": "French-GSD",
    "he_htb": "Hebrew-HTB",
    "hi_hdtb": "Hindi-HDTB",
    "hu_szeged": "Hungarian-Szeged",
    "id_gsd": "Indonesian-GSD",
    "it_isdt": "Italian-ISDT",
    "ja_gsd": "Japanese-GSD",
    "ko_gsd": "Korean-GSD",
    "nl_alpino": "Dutch-Alpino",
    "pt_bosque": "Portuguese-Bosque",
    "ru_syntagrus": "Russian-SynTagRus",
    "tr_imst": "Turkish-IMST",
    "vi_vtb": "Vietnamese-VTB",
    "zh_gsdsimp": "Chinese-GSDSimp",
}
"""By the code that files begin with. All have a training, a development and a test part."""


def _task(code: str, treebank: str) -> Task:
    return Task(
        name=f"ud/{code}",
        version=1,
        modality="text",
        form="tag",
        metrics=("unit_accuracy",),
        labels=UPOS,
        load=f"superb_lite_glue.treebank_data:{code}",
        protocols=("frozen", "finetune"),
        description=f"universal part of speech of each word, {treebank.replace('-', ' ')}",
        source=f"Universal Dependencies, UD_{treebank}",
        licence="see the treebank's LICENSE.txt",
        hub=f"universal-dependencies/universal_dependencies:{code}",
        language=code.partition("_")[0],
    )


UD = TaskSet(
    name="ud",
    description="parts of speech in 25 languages, treebanks as released (Nivre et al. 2020)",
    official=True,
    tasks=tuple(_task(code, treebank) for code, treebank in TREEBANKS.items()),
)
