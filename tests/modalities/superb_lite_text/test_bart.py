import pytest
import torch
import transformers

from superb_lite_text.bart import BartEncoder
from superb_lite_text.tokenizer import CLS, PAD, SEP
from tests.modalities.superb_lite_text.text_models import SHAPE, SPECIFICATION, ids

TEXTS = ["天地玄黄", "荒", "宇宙洪荒天地玄黄宇宙洪荒", "The dogs sleep.", ("天地", "The dogs")]


@pytest.fixture
def model():
    torch.manual_seed(0)
    return BartEncoder(SPECIFICATION, **SHAPE, max_length=9).eval().requires_grad_(False)


def test_layers_are_those_of_the_encoder_and_the_decoder(model):
    batch = model.collate(TEXTS)
    features = model(batch)
    encoded, decoded = model.encode(batch["token"], batch["token"])
    assert len(features.layers) == 1 + 2 + 2
    assert all(torch.equal(a, b) for a, b in zip(features.layers, (*encoded, *decoded[1:]), strict=True))
    for row, token in enumerate(batch["token"].tolist()):
        last = len([t for t in token if t != PAD]) - 1
        assert torch.equal(features.summary[row], decoded[-1][row, last])


def test_the_decoder_sees_no_later_token_but_the_whole_source(model):
    source = torch.tensor([[CLS, *ids("天地玄黄"), SEP]])
    given = torch.tensor([[CLS, *ids("日月盈昃")]])
    later, other = given.clone(), source.clone()
    later[0, 3:] = given[0, 1]
    other[0, 4] = given[0, 1]
    base = model.encode(source, given)[1][-1]
    assert torch.allclose(base[:, :3], model.encode(source, later)[1][-1][:, :3], atol=1e-6)
    assert not torch.allclose(base[:, 0], model.encode(other, given)[1][-1][:, 0], atol=1e-4)


def test_padding_of_the_source_is_not_read(model):
    source = torch.tensor([[CLS, *ids("天地"), SEP]])
    padded = torch.tensor([[CLS, *ids("天地"), SEP, PAD, PAD]])
    given = torch.tensor([[CLS, *ids("日月")]])
    assert torch.allclose(model.encode(source, given)[1][-1], model.encode(padded, given)[1][-1], atol=1e-6)


def test_a_text_is_encoded_the_same_in_any_company(model):
    together = model(model.collate(TEXTS))
    for number, text in enumerate(TEXTS):
        alone = model(model.collate([text]))
        rows = together.item == number
        for a, b in zip(alone.layers, together.layers, strict=True):
            assert torch.allclose(a[alone.mask], b[rows][together.mask[rows]], atol=1e-5)


def test_the_configuration_builds_the_same_encoder(model):
    twin = BartEncoder(**model.config())
    twin.load_state_dict(model.state_dict())
    assert twin.content_hash() == model.content_hash()


def test_with_absolute_positions_it_is_the_bart_of_transformers():
    torch.manual_seed(0)
    ours = BartEncoder(SPECIFICATION, **SHAPE, position="absolute", max_length=9, init_std=0.3).eval()
    for parameter in ours.parameters():  # biases and norms too, so that none is forgotten
        torch.nn.init.normal_(parameter, std=0.3)
    sizes = {
        f"{part}_{size}": SHAPE[name]
        for part in ("encoder", "decoder")
        for size, name in (("layers", "layers"), ("attention_heads", "heads"), ("ffn_dim", "hidden"))
    }
    config = transformers.BartConfig(
        vocab_size=len(ours.tokenizer), d_model=SHAPE["width"], max_position_embeddings=9, pad_token_id=PAD, **sizes
    )
    theirs = transformers.BartModel(config).eval()
    state = theirs.state_dict()
    with torch.no_grad():
        for name in ("shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight"):
            if name in state:
                state[name].copy_(ours.embedding.weight)
        for part, place, norm, stack in (
            ("encoder", ours.read_place, ours.read_norm, ours.encoder),
            ("decoder", ours.said_place, ours.said_norm, ours.decoder),
        ):
            theirs_part = getattr(theirs, part)
            theirs_part.embed_positions.weight[2:].copy_(place.embedding.weight)  # two are not used
            theirs_part.layernorm_embedding.load_state_dict(norm.state_dict())
            for layer, block in zip(theirs_part.layers, stack.blocks, strict=True):
                for name, source in zip("qkv", block.attention.qkv.weight.chunk(3), strict=True):
                    getattr(layer.self_attn, f"{name}_proj").weight.copy_(source)
                for name, source in zip("qkv", block.attention.qkv.bias.chunk(3), strict=True):
                    getattr(layer.self_attn, f"{name}_proj").bias.copy_(source)
                layer.self_attn.out_proj.load_state_dict(block.attention.out.state_dict())
                layer.self_attn_layer_norm.load_state_dict(block.norm1.state_dict())
                layer.fc1.load_state_dict(block.mlp[0].state_dict())
                layer.fc2.load_state_dict(block.mlp[2].state_dict())
                layer.final_layer_norm.load_state_dict(block.norm2.state_dict())
                if part == "decoder":
                    cross = block.cross_attention
                    layer.encoder_attn.q_proj.load_state_dict(cross.q.state_dict())
                    for kind in ("weight", "bias"):
                        k, v = getattr(cross.kv, kind).chunk(2)
                        getattr(layer.encoder_attn.k_proj, kind).copy_(k)
                        getattr(layer.encoder_attn.v_proj, kind).copy_(v)
                    layer.encoder_attn.out_proj.load_state_dict(cross.out.state_dict())
                    layer.encoder_attn_layer_norm.load_state_dict(block.cross_norm.state_dict())
        source = torch.tensor([[CLS, *ids("天地玄黄"), SEP], [CLS, *ids("天地"), SEP, PAD, PAD]])
        given = torch.tensor([[CLS, *ids("天地玄")], [CLS, *ids("天地荒")]])
        encoded, decoded = ours.encode(source, given)
        found = theirs(
            input_ids=source,
            attention_mask=(source != PAD).long(),
            decoder_input_ids=given,
            output_hidden_states=True,
        )
    real = source != PAD
    for a, b in zip(encoded, found.encoder_hidden_states, strict=True):
        assert torch.allclose(a[real], b[real], atol=1e-4)
    for a, b in zip(decoded, found.decoder_hidden_states, strict=True):
        assert torch.allclose(a, b, atol=1e-4)


def test_the_configuration_of_the_lite_encoder_is_what_it_was(model):
    assert set(model.config()) == {"tokenizer", *SHAPE, "max_length"}
