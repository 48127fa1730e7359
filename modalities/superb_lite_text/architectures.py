"""The architectures of text encoders, as they are listed."""

from superb_lite.modality import EncoderSpec

BERT = EncoderSpec("text-bert", "text", "superb_lite_text.bert:BertEncoder")
GPT = EncoderSpec("text-gpt", "text", "superb_lite_text.gpt:GptEncoder")
BART = EncoderSpec("text-bart", "text", "superb_lite_text.bart:BartEncoder")
CBOW = EncoderSpec("text-cbow", "text", "superb_lite_text.cbow:CbowEncoder")
BAG_OF_WORDS = EncoderSpec("raw:bag-of-words", "text", "superb_lite_text.bag_of_words:BagOfWordsEncoder")
CHARACTERS = EncoderSpec("raw:characters", "text", "superb_lite_text.characters:CharactersEncoder")
BIGRAMS = EncoderSpec("raw:bigrams", "text", "superb_lite_text.bigrams:BigramsEncoder")
