"""The objectives of sequence encoders, as they are listed."""

from superb_lite.modality import ObjectiveSpec, lite_recipes

MASKED = ObjectiveSpec(
    name="sequence-masked",
    modality="sequence",
    encoder="sequence-masked",
    objective="superb_lite_sequence.masked_symbols:MaskedSymbols",
    data="superb_lite_sequence.corpus:SequenceCorpus",
    recipes=lite_recipes("superb_lite_sequence", "sequence-masked"),
    summary="masked symbols of DNA, proteins and melodies, one encoder for all (Devlin et al. 2019)",
    links=(("data.alphabet", "model.encoder.alphabet"), ("data.counts", "model.counts")),
)
