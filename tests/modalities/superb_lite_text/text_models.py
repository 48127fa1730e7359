"""A tiny corpus and tokeniser that the tests of text models share."""

from superb_lite_text.tokenizer import TextTokenizer, train_tokenizer

DOCUMENTS = (
    "天地玄黄。宇宙洪荒。日月盈昃。",
    "The farmer feeds the dogs. The dogs sleep. A dog wakes!",
    "寒来暑往。秋收冬藏。",
    "A queen rules the land. The king sleeps.",
) * 6

SPECIFICATION = train_tokenizer(DOCUMENTS)
TOKENIZER = TextTokenizer(SPECIFICATION)
SHAPE = {"layers": 2, "width": 16, "heads": 4, "hidden": 32}


def ids(text):
    return TOKENIZER.encode([text])[0].ids
