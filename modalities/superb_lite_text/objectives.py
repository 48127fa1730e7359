"""The objectives of text encoders, as they are listed."""

from superb_lite.modality import ObjectiveSpec, lite_recipes

_VOCABULARY = (("data.tokenizer", "model.encoder.tokenizer"), ("data.counts", "model.counts"))

BERT = ObjectiveSpec(
    name="text-bert",
    modality="text",
    encoder="text-bert",
    objective="superb_lite_text.masked_lm:MaskedLM",
    data="superb_lite_text.pair_corpus:PairCorpus",
    recipes=lite_recipes("superb_lite_text", "text-bert", "paper"),
    summary="masked language model, and a choice of second task (Devlin et al. 2019)",
    links=(*_VOCABULARY, ("data.judged", "model.encoder.summary"), ("data.masked", "model.encoder.head")),
)

MBERT = ObjectiveSpec(
    name="text-mbert",
    modality="text",
    encoder="text-bert",
    objective="superb_lite_text.masked_lm:MaskedLM",
    data="superb_lite_text.world_corpus:WorldCorpus",
    recipes=lite_recipes("superb_lite_text", "text-mbert"),
    summary="masked language model of several languages without alignment (Devlin et al. 2018, multilingual BERT)",
    links=(*_VOCABULARY, ("data.judged", "model.encoder.summary"), ("data.masked", "model.encoder.head")),
)

GPT = ObjectiveSpec(
    name="text-gpt",
    modality="text",
    encoder="text-gpt",
    objective="superb_lite_text.next_token:NextToken",
    data="superb_lite_text.corpus:TextCorpus",
    recipes=lite_recipes("superb_lite_text", "text-gpt", "paper"),
    summary="next-token prediction (Radford et al. 2018)",
    links=_VOCABULARY,
)

BART = ObjectiveSpec(
    name="text-bart",
    modality="text",
    encoder="text-bart",
    objective="superb_lite_text.denoising:DenoisingLM",
    data="superb_lite_text.denoising:DenoisingCorpus",
    recipes=lite_recipes("superb_lite_text", "text-bart", "paper"),
    summary="denoising encoder-decoder, with a choice of corruptions (Lewis et al. 2020)",
    links=_VOCABULARY,
)

CBOW = ObjectiveSpec(
    name="text-cbow",
    modality="text",
    encoder="text-cbow",
    objective="superb_lite_text.cbow:Cbow",
    data="superb_lite_text.corpus:TextCorpus",
    recipes=lite_recipes("superb_lite_text", "text-cbow"),
    summary="continuous bag of words, one embedding a token (Mikolov et al. 2013)",
    links=_VOCABULARY,
)
