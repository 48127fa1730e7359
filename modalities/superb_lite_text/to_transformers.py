"""Our BERT and GPT as checkpoints of the library transformers, with equal hidden states."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from tokenizers import Tokenizer, processors
from torch import Tensor, nn

from superb_lite.errors import MissingPackageError, SuperbLiteError
from superb_lite_text.tokenizer import CLS, MASK, PAD, SEP, SPECIAL, UNK, TextTokenizer

if TYPE_CHECKING:
    from superb_lite_text.bert import BertEncoder
    from superb_lite_text.gpt import GptEncoder

SAMPLE = ("天地玄黄，宇宙洪荒。", "The farmer feeds the dogs.")
TOLERANCE = 1e-4


def save_bert(encoder: BertEncoder, directory: Path) -> str:
    """Write a `BertForMaskedLM`, or a `BertModel` where there is no head, and its tokeniser; returns what to know.

    Raises `SuperbLiteError` for relative positions, which BERT has not.
    """
    library = _transformers()
    _refuse_relative(encoder.position, "BertModel")
    shape = encoder.transformer.config
    config = library.BertConfig(
        vocab_size=len(encoder.tokenizer),
        hidden_size=shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.hidden,
        hidden_act="gelu",
        max_position_embeddings=encoder.max_length,
        type_vocab_size=2,
        layer_norm_eps=1e-5,
        pad_token_id=PAD,
    )
    head = encoder.head is not None
    model = (
        library.BertForMaskedLM(config).eval() if head else library.BertModel(config, add_pooling_layer=False).eval()
    )
    ours = encoder.state_dict()
    theirs = {
        "embeddings.word_embeddings.weight": ours["embedding.weight"],
        "embeddings.position_embeddings.weight": ours["place.embedding.weight"],
        "embeddings.token_type_embeddings.weight": ours["segment.weight"],
        "embeddings.LayerNorm.weight": ours["norm.weight"],
        "embeddings.LayerNorm.bias": ours["norm.bias"],
    }
    for n in range(shape.layers):
        to, source = f"encoder.layer.{n}", f"transformer.blocks.{n}"
        for kind in ("weight", "bias"):
            for name, part in zip(
                ("query", "key", "value"), ours[f"{source}.attention.qkv.{kind}"].chunk(3), strict=True
            ):
                theirs[f"{to}.attention.self.{name}.{kind}"] = part
            theirs[f"{to}.attention.output.dense.{kind}"] = ours[f"{source}.attention.out.{kind}"]
            theirs[f"{to}.attention.output.LayerNorm.{kind}"] = ours[f"{source}.norm1.{kind}"]
            theirs[f"{to}.intermediate.dense.{kind}"] = ours[f"{source}.mlp.0.{kind}"]
            theirs[f"{to}.output.dense.{kind}"] = ours[f"{source}.mlp.2.{kind}"]
            theirs[f"{to}.output.LayerNorm.{kind}"] = ours[f"{source}.norm2.{kind}"]
    if head:
        theirs = {f"bert.{name}": tensor for name, tensor in theirs.items()}
        theirs["cls.predictions.bias"] = theirs["cls.predictions.decoder.bias"] = ours["head.output_bias"]
        theirs["cls.predictions.decoder.weight"] = ours["embedding.weight"]
        for kind in ("weight", "bias"):
            theirs[f"cls.predictions.transform.dense.{kind}"] = ours[f"head.transform.0.{kind}"]
            theirs[f"cls.predictions.transform.LayerNorm.{kind}"] = ours[f"head.transform.2.{kind}"]
    _load(model, theirs)
    tokenizer = fast_tokenizer(encoder.tokenizer, encoder.max_length)
    given = tokenizer(*SAMPLE, return_tensors="pt")
    batch = encoder.collate([SAMPLE])
    _compare(model, given, encoder.encode(batch["token"], batch["segment"]))
    model.save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    loads = "AutoModel and AutoModelForMaskedLM load" if head else "AutoModel loads"
    return f"{directory}: transformers.{loads} it; all hidden states are equal"


def save_gpt(encoder: GptEncoder, directory: Path) -> str:
    """Write a `GPT2LMHeadModel` and its tokeniser; returns what to know about them.

    Raises `SuperbLiteError` for relative positions, which GPT-2 has not.
    """
    library = _transformers()
    _refuse_relative(encoder.position, "GPT2Model")
    shape = encoder.transformer.config
    config = library.GPT2Config(
        vocab_size=len(encoder.tokenizer),
        n_embd=shape.width,
        n_layer=shape.layers,
        n_head=shape.heads,
        n_inner=shape.hidden,
        n_positions=encoder.max_length,
        activation_function="gelu",
        layer_norm_epsilon=1e-5,
        bos_token_id=CLS,
        eos_token_id=SEP,
        pad_token_id=PAD,
    )
    model = library.GPT2LMHeadModel(config).eval()
    ours = encoder.state_dict()
    theirs = {
        "wte.weight": ours["embedding.weight"],
        "wpe.weight": ours["place.embedding.weight"],
        "ln_f.weight": ours["transformer.norm.weight"],
        "ln_f.bias": ours["transformer.norm.bias"],
    }
    names = {
        "ln_1": "norm1",
        "attn.c_attn": "attention.qkv",
        "attn.c_proj": "attention.out",
        "ln_2": "norm2",
        "mlp.c_fc": "mlp.0",
        "mlp.c_proj": "mlp.2",
    }
    for n in range(shape.layers):
        for to, source in names.items():
            weight = ours[f"transformer.blocks.{n}.{source}.weight"]
            # GPT-2 keeps the weights of its linear maps transposed.
            theirs[f"h.{n}.{to}.weight"] = weight.T if weight.ndim == 2 else weight
            theirs[f"h.{n}.{to}.bias"] = ours[f"transformer.blocks.{n}.{source}.bias"]
    _load(model.transformer, theirs)
    tokenizer = fast_tokenizer(encoder.tokenizer, encoder.max_length, segments=False)
    given = tokenizer(*SAMPLE, return_tensors="pt")
    _compare(model, given, encoder.encode(encoder.collate([SAMPLE])["token"]))
    model.save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    return (
        f"{directory}: transformers.AutoModel and AutoModelForCausalLM load it; all hidden states are equal, but GPT-2 "
        "has no output bias, so the probabilities of tokens differ"
    )


def _transformers() -> Any:
    try:
        import transformers
    except ImportError:
        raise MissingPackageError("transformers", "hf", "conversion to transformers") from None
    return transformers


def _refuse_relative(position: str, model: str) -> None:
    if position == "relative":
        raise SuperbLiteError(
            f"this checkpoint has a relative-position bias, which transformers' {model} has not, so that hidden states "
            "would differ: pretrain with --position absolute to convert it"
        )


def _load(model: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Fill every parameter of a model."""
    missing, unexpected = model.load_state_dict({k: v.contiguous() for k, v in tensors.items()}, strict=False)
    left = [name for name in missing if name in dict(model.named_parameters())]
    if left or unexpected:
        raise SuperbLiteError(
            f"this version of transformers has other weights than we know: {[*left, *unexpected][:3]}"
        )


def fast_tokenizer(tokenizer: TextTokenizer, length: int, *, segments: bool = True) -> Any:
    """The tokeniser as a fast one of transformers, with [CLS] and [SEP] as we set them.

    length: tokens in a row, at most. segments: it also says which text of a pair a token belongs to.
    """
    inner = Tokenizer.from_str(tokenizer.to_json())
    cls, sep = ((SPECIAL[i], i) for i in (CLS, SEP))
    inner.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[cls, sep]
    )
    return _transformers().PreTrainedTokenizerFast(
        tokenizer_object=inner,
        model_input_names=["input_ids", *(["token_type_ids"] if segments else []), "attention_mask"],
        model_max_length=length,
        pad_token=SPECIAL[PAD],
        unk_token=SPECIAL[UNK],
        cls_token=SPECIAL[CLS],
        sep_token=SPECIAL[SEP],
        mask_token=SPECIAL[MASK],
        bos_token=SPECIAL[CLS],
        eos_token=SPECIAL[SEP],
    )


@torch.no_grad()
def _compare(model: Any, given: Mapping[str, Tensor], ours: tuple[Tensor, ...]) -> None:
    """Raises `SuperbLiteError` unless a converted model says the same about a sample as ours."""
    theirs = model(**given, output_hidden_states=True).hidden_states
    for number, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        if a.shape != b.shape or not torch.allclose(a, b, atol=TOLERANCE):
            raise SuperbLiteError(f"this version of transformers computes something else: layer {number} differs")
