"""Blocks are found by trying, and what is added between them is what the next one reads."""

import pytest
import torch
from torch import nn

from superb_lite.encoders.layer_stack import LayerStack
from superb_lite.errors import SuperbLiteError
from superb_lite_text.bert import BertEncoder
from tests.superb_lite.analysis.tiny_texts import SPECIFICATION, tiny_bert
from tests.superb_lite.toy_tasks import ToyEncoder

TEXT = "the quick brown fox"


def deep_bert():
    torch.manual_seed(0)
    return BertEncoder(SPECIFICATION, layers=3, width=16, heads=2, hidden=16, max_length=24).eval()


@torch.no_grad()
def test_layers_are_recorded_before_the_norm_that_follows():
    encoder = deep_bert()
    stack = LayerStack(encoder, TEXT, name="bert")
    batch = encoder.collate([TEXT, "dog"])
    with stack.recording() as seen:
        layers = encoder(batch).layers
    assert stack.depth == len(layers) == len(seen) == 4
    for mine, theirs in zip(seen[:-1], layers[:-1], strict=True):
        assert torch.equal(mine, theirs)
    assert torch.equal(encoder.transformer.norm(seen[-1]), layers[-1])


@torch.no_grad()
@pytest.mark.parametrize("layer", [0, 1, 3])
def test_what_is_added_is_read_by_the_blocks_after_it(layer):
    encoder = deep_bert()
    stack = LayerStack(encoder, TEXT, name="bert")
    batch, vector = encoder.collate([TEXT]), torch.randn(16)
    with stack.recording() as plain:
        before = encoder(batch).layers
    with stack.adding(layer, vector):
        after = encoder(batch).layers
    x, seen = plain[layer] + vector, batch["token"] != 0
    length = x.shape[1]
    bias = encoder.transformer._bias(length, length, x).masked_fill(~seen[:, None, None], float("-inf"))
    for block in encoder.transformer.blocks[layer:]:
        x = block(x, bias)
    assert torch.allclose(after[-1], encoder.transformer.norm(x), atol=1e-5)
    assert not torch.allclose(before[-1], after[-1], atol=1e-2)
    assert torch.equal(encoder(batch).layers[-1], before[-1])  # nothing stays


def test_a_layer_that_is_not_there_is_named():
    stack = LayerStack(tiny_bert(), TEXT, name="bert")
    for layer in (-1, 2):
        refusal = pytest.raises(SuperbLiteError, match=f"there is no layer {layer}: they go from 0 to 1")
        with refusal, stack.adding(layer, torch.zeros(16)):
            pass


def test_an_encoder_without_blocks_is_refused():
    import numpy as np

    with pytest.raises(SuperbLiteError, match="'toy': no blocks were found that read its 1 layers one after the other"):
        LayerStack(ToyEncoder(), np.ones((2, 3), dtype=np.float32), name="toy")


class Decoy(BertEncoder):
    """Another list of as many modules, which are not called."""

    def __init__(self, **options):
        super().__init__(**options)
        self.spare = nn.ModuleList(nn.Linear(16, 16) for _ in self.transformer.blocks)


def test_a_list_of_other_modules_is_not_taken_for_the_blocks():
    encoder = Decoy(tokenizer=SPECIFICATION, layers=2, width=16, heads=2, hidden=16, max_length=24)
    assert LayerStack(encoder, TEXT, name="decoy").blocks == list(encoder.transformer.blocks)


def test_blocks_of_transformers_are_found(tmp_path):
    transformers = pytest.importorskip("transformers")
    from tokenizers import Tokenizer, models, pre_tokenizers

    from superb_lite_text.hugging_face_encoder import HuggingFaceEncoder

    words = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "fox": 5}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]"
    )
    shape = {"hidden_size": 8, "num_attention_heads": 2, "intermediate_size": 8, "vocab_size": 6}
    for config in (
        transformers.BertConfig(num_hidden_layers=2, **shape),
        transformers.DistilBertConfig(n_layers=2, dim=8, n_heads=2, hidden_dim=8, vocab_size=6),
    ):
        model = transformers.AutoModel.from_config(config).eval()
        encoder = HuggingFaceEncoder(model, fast)
        stack = LayerStack(encoder, "fox fox", name="hf")
        batch = encoder.collate(["fox"])
        with torch.no_grad():
            before = encoder(batch).layers[-1]
            with stack.adding(2, torch.ones(8)):
                after = encoder(batch).layers[-1]
        assert torch.allclose(after, before + 1, atol=1e-5)
