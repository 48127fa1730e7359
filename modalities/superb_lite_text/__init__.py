"""The text modality: BERT, and the baselines of characters."""

from superb_lite.modality import Modality, ObjectiveSpec

MODALITY = Modality(
    name="text",
    item="str",
    encoders={
        "text-bert": "superb_lite_text.bert:BertEncoder",
        "raw:characters": "superb_lite_text.characters:CharactersEncoder",
    },
    objectives=(
        ObjectiveSpec(
            name="text-bert",
            objective="superb_lite_text.masked_lm:MaskedLM",
            data="superb_lite_text.corpus:TextCorpus",
            steps=600,
            quick_steps=60,
            seconds=45.0,
            summary="masked language model on characters (Devlin et al. 2019)",
            links=(("data.vocabulary", "model.vocabulary"), ("data.counts", "model.counts")),
        ),
    ),
    baseline="raw:characters",
    check="superb_lite_text.items:check_item",
    own_tasks={"tsv": "superb_lite_text.table:table_task"},
    own_items="superb_lite_text.corpus:read_lines",
)
