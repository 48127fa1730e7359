"""The objectives of text encoders, as they are listed."""

from superb_lite.modality import ObjectiveSpec

_VOCABULARY = (("data.tokenizer", "model.encoder.tokenizer"), ("data.counts", "model.counts"))

BERT = ObjectiveSpec(
    name="text-bert",
    modality="text",
    encoder="text-bert",
    objective="superb_lite_text.masked_lm:MaskedLM",
    data="superb_lite_text.pair_corpus:PairCorpus",
    steps=550,
    quick_steps=55,
    seconds=50.0,
    summary="masked language model, and a choice of second task (Devlin et al. 2019)",
    links=(*_VOCABULARY, ("data.judged", "model.encoder.summary")),
)

GPT = ObjectiveSpec(
    name="text-gpt",
    modality="text",
    encoder="text-gpt",
    objective="superb_lite_text.next_token:NextToken",
    data="superb_lite_text.corpus:TextCorpus",
    steps=280,
    quick_steps=28,
    seconds=42.0,
    summary="next-token prediction (Radford et al. 2018)",
    links=_VOCABULARY,
)

BART = ObjectiveSpec(
    name="text-bart",
    modality="text",
    encoder="text-bart",
    objective="superb_lite_text.denoising:DenoisingLM",
    data="superb_lite_text.denoising:DenoisingCorpus",
    steps=190,
    quick_steps=19,
    seconds=40.0,
    summary="denoising encoder-decoder, with a choice of corruptions (Lewis et al. 2020)",
    links=_VOCABULARY,
)

CBOW = ObjectiveSpec(
    name="text-cbow",
    modality="text",
    encoder="text-cbow",
    objective="superb_lite_text.cbow:Cbow",
    data="superb_lite_text.corpus:TextCorpus",
    steps=500,
    quick_steps=50,
    seconds=14.0,
    summary="continuous bag of words, one embedding a token (Mikolov et al. 2013)",
    links=_VOCABULARY,
)
