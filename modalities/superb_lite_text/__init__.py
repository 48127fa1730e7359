"""The text modality: BERT, GPT, BART, CBOW, and the baselines of characters and words."""

from superb_lite.modality import Modality, OwnCells

MODALITY = Modality(
    name="text",
    item="str, or (str, str)",
    objective="text-bert",
    baselines=("raw:bag-of-words", "raw:bigrams"),
    probes=(
        "clue-lite/seg",
        "clue-lite/pos",
        "clue-lite/ner",
        "clue-lite/order",
        "clue-lite/sentiment",
        "glue-lite/rte",
    ),
    check="superb_lite_text.items:check_item",
    onnx="superb_lite_text.onnx:OnnxTextEncoder",
    own_tasks={"tsv": "superb_lite_text.table:table_task", "conllu": "superb_lite_text.treebank:treebank_task"},
    own_cells=OwnCells(
        column="text",
        noun="text",
        read="superb_lite_text.table:read_bytes",
        suffixes=("txt",),
        feature="Value",
        as_text=True,
    ),
    own_items="superb_lite_text.corpus:read_lines",
)
