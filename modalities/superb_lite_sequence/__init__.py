"""The sequence modality: strings over a small alphabet, such as DNA, proteins and melodies."""

from superb_lite.modality import Modality

MODALITY = Modality(
    name="sequence",
    item="str of symbols without white space, or (str, str)",
    objective="sequence-masked",
    baselines=("raw:symbols", "raw:k-mers"),
    check="superb_lite_sequence.items:check_item",
    own_tasks={"fasta": "superb_lite_sequence.own_tasks:fasta_task", "csv": "superb_lite_sequence.own_tasks:csv_task"},
    own_items="superb_lite_sequence.own_items:read_sequences",
)
