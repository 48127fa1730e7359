"""The text modality: BERT, GPT, BART, CBOW, and the baselines of characters and words."""

from superb_lite.modality import Modality, ObjectiveSpec

_VOCABULARY = (("data.tokenizer", "model.tokenizer"), ("data.counts", "model.counts"))

MODALITY = Modality(
    name="text",
    item="str, or (str, str)",
    encoders={
        "text-bert": "superb_lite_text.bert:BertEncoder",
        "text-gpt": "superb_lite_text.gpt:GptEncoder",
        "text-bart": "superb_lite_text.bart:BartEncoder",
        "text-cbow": "superb_lite_text.cbow:CbowEncoder",
        "raw:bag-of-words": "superb_lite_text.bag_of_words:BagOfWordsEncoder",
        "raw:characters": "superb_lite_text.characters:CharactersEncoder",
    },
    objectives=(
        ObjectiveSpec(
            name="text-bert",
            objective="superb_lite_text.masked_lm:MaskedLM",
            data="superb_lite_text.pair_corpus:PairCorpus",
            steps=550,
            quick_steps=55,
            seconds=50.0,
            summary="masked language model, and a choice of second task (Devlin et al. 2019)",
            links=(*_VOCABULARY, ("data.second_task", "model.second_task")),
        ),
        ObjectiveSpec(
            name="text-gpt",
            objective="superb_lite_text.next_token:NextToken",
            data="superb_lite_text.corpus:TextCorpus",
            steps=280,
            quick_steps=28,
            seconds=42.0,
            summary="next-token prediction (Radford et al. 2018)",
            links=_VOCABULARY,
        ),
        ObjectiveSpec(
            name="text-bart",
            objective="superb_lite_text.denoising:DenoisingLM",
            data="superb_lite_text.denoising:DenoisingCorpus",
            steps=190,
            quick_steps=19,
            seconds=40.0,
            summary="denoising encoder-decoder, with a choice of corruptions (Lewis et al. 2020)",
            links=_VOCABULARY,
        ),
        ObjectiveSpec(
            name="text-cbow",
            objective="superb_lite_text.cbow:Cbow",
            data="superb_lite_text.corpus:TextCorpus",
            steps=500,
            quick_steps=50,
            seconds=14.0,
            summary="continuous bag of words, one embedding a token (Mikolov et al. 2013)",
            links=_VOCABULARY,
        ),
    ),
    baseline="raw:bag-of-words",
    check="superb_lite_text.items:check_item",
    own_tasks={"tsv": "superb_lite_text.table:table_task"},
    own_items="superb_lite_text.corpus:read_lines",
)
