"""Tiny models of the library `transformers` with random weights, and tokenisers trained on a few sentences."""

from __future__ import annotations

import os

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

# Training on five sentences gains nothing from threads, which wait for each other on a busy machine.
os.environ["TOKENIZERS_PARALLELISM"] = "false"

SENTENCES = (
    "the cat sat on the mat and looked at the bird",
    "a small dog reads a good book in the library",
    "我们星期一在北京看书，天气很好。",
    "他在学校吃饭，然后去医院。",
    "good yes bad no 好 坏 N/A",
)

POSITIONS = 24
"""How many positions the models have, so that short texts need windows."""

SHAPE = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}


# The trainers of `tokenizers` leave ties to chance, and a test that a random piece decides is a coin: the pieces below
# are spelt out from the sentences instead.


def written_words(pre_tokenizer: pre_tokenizers.PreTokenizer) -> list[str]:
    """Every distinct word as the pre-tokeniser spells it; a Chinese sentence has no spaces and is one word."""
    return list(dict.fromkeys(word for text in SENTENCES for word, _ in pre_tokenizer.pre_tokenize_str(text)))


def word_piece() -> Tokenizer:
    """BERT's: lower case, Chinese characters apart, [CLS] a [SEP] b [SEP]."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    normalizer, pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    words = [w for text in SENTENCES for w, _ in pre_tokenizer.pre_tokenize_str(normalizer.normalize_str(text))]
    letters = sorted({letter for word in words for letter in word})
    pieces = dict.fromkeys([*special, *letters, *(f"##{letter}" for letter in letters), *words])
    tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.add_special_tokens(special)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", special.index("[CLS]")), ("[SEP]", special.index("[SEP]"))],
    )
    return tokenizer


def byte_level() -> Tokenizer:
    """GPT-2's: pairs of bytes merged, no special tokens around a text."""
    pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    merges = dict.fromkeys((w[:end], w[end]) for w in written_words(pre_tokenizer) for end in range(1, len(w)))
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    pieces = dict.fromkeys(["<|endoftext|>", *alphabet, *(left + right for left, right in merges)])
    tokenizer = Tokenizer(models.BPE({piece: i for i, piece in enumerate(pieces)}, list(merges)))
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=True)
    tokenizer.add_special_tokens(["<|endoftext|>"])
    return tokenizer


def unigram() -> Tokenizer:
    """T5's: a mark before every word, the first one too, and </s> after a text."""
    pre_tokenizer = pre_tokenizers.Metaspace()
    words = [word for word in written_words(pre_tokenizer) if word.strip("▁").isascii()]
    letters = sorted({*"▁", *"".join(SENTENCES)} - {" "})
    pieces = dict.fromkeys(["<pad>", "</s>", "<unk>", *letters, *words])
    scored = [(piece, 0.0 if piece[0] == "<" else -4.0 if piece in words else -6.0) for piece in pieces]
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=2))
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens(["<pad>", "</s>", "<unk>"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]
    )
    return tokenizer


def fast(tokenizer: Tokenizer, **special: str) -> transformers.PreTrainedTokenizerFast:
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special)


BERT_TOKENS = {
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}


def save(kind: str, folder, seed: int = 0) -> None:
    """Write a model and its tokeniser as `transformers` does.

    kind: "bert" (as a masked language model, so without a pooler), "gpt2", "t5" or "bart".
    """
    torch.manual_seed(seed)
    if kind == "bert":
        tokenizer = fast(word_piece(), **BERT_TOKENS)
        config = transformers.BertConfig(vocab_size=len(tokenizer), max_position_embeddings=POSITIONS, **SHAPE)
        model = transformers.BertForMaskedLM(config)
    elif kind == "gpt2":
        tokenizer = fast(byte_level(), bos_token="<|endoftext|>", eos_token="<|endoftext|>")
        config = transformers.GPT2Config(
            vocab_size=len(tokenizer), n_positions=POSITIONS, n_embd=16, n_layer=2, n_head=2,
            bos_token_id=0, eos_token_id=0,
        )  # fmt: skip
        model = transformers.GPT2LMHeadModel(config)
    elif kind == "t5":
        tokenizer = fast(unigram(), pad_token="<pad>", eos_token="</s>", unk_token="<unk>")
        config = transformers.T5Config(
            vocab_size=len(tokenizer), d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2,
            decoder_start_token_id=0, pad_token_id=0, eos_token_id=1,
        )  # fmt: skip
        model = transformers.T5ForConditionalGeneration(config)
    else:
        plain = byte_level()
        plain.add_special_tokens(["<s>", "</s>", "<pad>"])
        ids = {token: plain.token_to_id(token) for token in ("<s>", "</s>", "<pad>")}
        plain.post_processor = processors.RobertaProcessing(
            ("</s>", ids["</s>"]), ("<s>", ids["<s>"]), add_prefix_space=False
        )
        tokenizer = fast(plain, bos_token="<s>", cls_token="<s>", eos_token="</s>", pad_token="<pad>")
        config = transformers.BartConfig(
            vocab_size=len(tokenizer), d_model=16, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2,
            decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32, max_position_embeddings=POSITIONS,
            bos_token_id=ids["<s>"], eos_token_id=ids["</s>"], pad_token_id=ids["<pad>"],
            decoder_start_token_id=ids["</s>"],
        )  # fmt: skip
        model = transformers.BartForConditionalGeneration(config)
    with torch.no_grad():  # larger than they are drawn, so that a wrong token or position is far outside any tolerance
        for name, parameter in model.named_parameters():
            if parameter.ndim > 1:
                parameter.mul_(1.0 if kind == "t5" and "shared" in name else 5.0)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
