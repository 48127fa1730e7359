"""Models in the format ONNX as encoders of texts, waveforms and images, against numpy and torch."""

import json
import os

import numpy as np
import onnx
import pytest
import torch
import transformers

from superb_lite.encoders.onnx_reference import parse
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.features.pooling import pool_grid, pool_item_units
from superb_lite.features.preflight import preflight
from superb_lite.protocols.finetune import trainable
from superb_lite.testing import check_encoder
from tests.modalities.superb_lite_text.tiny_models import save, word_piece
from tests.superb_lite.encoders import onnx_models as models

TEXTS = {"short": "the cat", "long": "a small dog reads a good book in the library " * 3, "zh": "我们在北京看书。"}
RNG = np.random.default_rng(1)
WAVES = {str(n): RNG.uniform(-0.5, 0.5, n).astype(np.float32) for n in (400, 1000, 1001, 4000)}
IMAGES = {str(n): RNG.integers(0, 256, (3, 40, 30 + n), dtype=np.uint8) for n in range(3)}


def text_folder(folder, **options):
    models.text_model(folder / "model.onnx", **options)
    word_piece().save(str(folder / "tokenizer.json"))
    return f"onnx:{folder}"


def encoded(encoder, items):
    return encoder(encoder.collate(list(items)))


@pytest.mark.parametrize("mask", [True, False])
def test_layers_of_a_text_are_those_of_its_tokens(tmp_path, mask):
    encoder = load_encoder(text_folder(tmp_path, mask=mask))
    preflight(encoder, TEXTS, name="onnx")
    features = encoded(encoder, TEXTS.values())
    assert len(features.layers) == 1 + mask
    ids = word_piece().encode("the cat").ids
    assert torch.allclose(features.layers[0][0, : len(ids)], torch.from_numpy(models.TABLE[ids]))
    assert features.spans[0][features.mask[0]].tolist() == [[0, 3], [4, 7]]
    if not mask:  # rows of one length at a time
        assert torch.allclose(features.summary[0], torch.from_numpy(models.TABLE[ids].mean(axis=0)), atol=1e-6)
    else:
        assert encoder.outputs.layers == ("hidden_states.0", "last_hidden_state")


def test_a_text_model_without_vectors_is_summed_up_at_cls(tmp_path):
    reference = text_folder(tmp_path, outputs=("last_hidden_state",))
    said = {"tokenizer_class": "PreTrainedTokenizerFast", "cls_token": "[CLS]"}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(said))
    encoder = load_encoder(reference)
    assert torch.allclose(encoded(encoder, ["a cat"]).summary[0], torch.from_numpy(models.TABLE[2]))


def test_a_text_model_of_vectors_alone_has_one_position_that_covers_the_row(tmp_path):
    encoder = load_encoder(text_folder(tmp_path, mask=False) + ",outputs=pooled")
    features = encoded(encoder, ["the cat sat"])
    assert features.layers[0].shape == (1, 1, 6)
    assert features.spans.tolist() == [[[0, 11]]]
    assert torch.equal(features.layers[0][:, 0], features.summary)


def test_scores_of_tokens_are_no_features_unless_they_are_asked_for(tmp_path):
    reference = text_folder(tmp_path, mask=False, outputs=("logits", "last_hidden_state"))
    assert load_encoder(reference).outputs.layers == ("last_hidden_state",)
    assert encoded(load_encoder(f"{reference},outputs=logits"), ["cat"]).layers[0].shape[-1] == 9


def test_fixed_rows_and_lengths_are_filled_up(tmp_path):
    open_, fixed = tmp_path / "open", tmp_path / "fixed"
    open_.mkdir()
    fixed.mkdir()
    one, other = (load_encoder(text_folder(f, **o)) for f, o in ((open_, {}), (fixed, {"batch": 2, "length": 16})))
    assert (other.graph.batch, other.windows.size) == (2, 16)
    preflight(other, TEXTS, name="onnx")
    for text in TEXTS.values():
        units = torch.tensor([[0, 3], [3, 7]])
        (a,), (b,) = ([pool_item_units(encoded(e, [text]), 0, units)[-1]] for e in (one, other))
        if text != TEXTS["long"]:
            assert torch.allclose(a, b, atol=1e-6)
    assert len(encoded(other, [TEXTS["long"]]).item) > 1  # nothing is cut off


def test_frames_of_a_waveform_are_those_of_its_convolution(tmp_path):
    models.speech_model(tmp_path / "m.onnx")
    encoder = load_encoder(f"onnx:{tmp_path / 'm.onnx'}")
    preflight(encoder, WAVES, name="onnx")
    features = encoded(encoder, WAVES.values())
    for row, wave in enumerate(WAVES.values()):
        frames = models.frames_of(wave)
        assert int(features.mask[row].sum()) == len(frames)
        assert np.allclose(features.layers[0][row, : len(frames)], frames, atol=1e-4)
        assert np.allclose(features.summary[row], frames.mean(axis=0), atol=1e-4)
        spans = features.spans[row][features.mask[row]]
        assert spans[0, 0] == 0
        assert spans[-1, 1] == len(wave)
        assert torch.equal(spans[1:, 0], spans[:-1, 1])


def test_waveforms_are_normalised_where_it_is_asked_for(tmp_path):
    models.speech_model(tmp_path / "m.onnx", channel=True)
    encoder = load_encoder(f"onnx:{tmp_path / 'm.onnx'},normalise=yes")
    wave = WAVES["1000"]
    found = encoded(encoder, [wave]).layers[0][0]
    assert np.allclose(found, models.frames_of((wave - wave.mean()) / wave.std()), atol=1e-3)


def test_a_model_of_so_many_samples_reads_a_waveform_piece_by_piece(tmp_path):
    models.speech_model(tmp_path / "m.onnx", samples=1000, batch=1)
    encoder = load_encoder(f"onnx:{tmp_path / 'm.onnx'}")
    features = encoded(encoder, [WAVES["1001"], WAVES["400"]])
    assert features.item.tolist() == [0, 0, 1]
    assert features.spans[0][features.mask[0]].tolist() == [[0, 250], [250, 500], [500, 750], [750, 1000]]
    assert features.spans[1][features.mask[1]].tolist() == [[1000, 1001]]
    assert features.spans[2][features.mask[2]].tolist() == [[0, 250], [250, 400]]
    for window, words in (("3", "reads 1000 samples at a time: leave window=3 out"), ("x", "must be a whole number")):
        with pytest.raises(SuperbLiteError, match=words):
            load_encoder(f"onnx:{tmp_path / 'm.onnx'},window={window}")


@pytest.mark.parametrize("channels_last", [False, True])
def test_maps_of_an_image_are_those_of_its_convolution(tmp_path, channels_last):
    models.image_model(tmp_path / "m.onnx", channels_last=channels_last)
    encoder = load_encoder(f"onnx:{tmp_path / 'm.onnx'},size=32,mean=0.5,std=0.1:0.2:0.3")
    preflight(encoder, IMAGES, name="onnx")
    batch = encoder.collate(list(IMAGES.values()))
    features = encoder(batch)
    pixels = (batch["pixels"] / 255 - 0.5) / torch.tensor([0.1, 0.2, 0.3])[:, None, None]
    expected = torch.nn.functional.conv2d(pixels, torch.from_numpy(models.PATCH), stride=8)
    assert torch.allclose(features.layers[0], expected.flatten(2).mT, atol=1e-3)
    assert torch.allclose(features.summary, expected.mean(dim=(2, 3)), atol=1e-3)
    assert pool_grid(features, 3)[0].shape == (3, 16)


def test_a_token_in_front_of_patches_is_the_summary_and_no_place(tmp_path):
    models.token_image_model(tmp_path / "m.onnx")
    features = encoded(load_encoder(f"onnx:{tmp_path / 'm.onnx'}"), IMAGES.values())
    assert features.layers[0].shape == (3, 16, 4)
    assert torch.allclose(features.summary, features.layers[0].sum(dim=1), atol=1e-4)


def test_an_image_model_of_vectors_alone_has_one_position(tmp_path):
    models.image_model(tmp_path / "m.onnx", vectors_only=True, size=16, dtype=onnx.TensorProto.UINT8)
    features = encoded(load_encoder(f"onnx:{tmp_path / 'm.onnx'}"), IMAGES.values())
    assert features.layers[0].shape == (3, 1, 4)


def test_what_lies_beside_a_model_says_how_images_are_prepared(tmp_path):
    models.image_model(tmp_path / "model.onnx")
    said = {"size": {"height": 48, "width": 48}, "image_mean": [0.1, 0.2, 0.3], "image_std": 0.5}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(said))
    encoder = load_encoder(f"onnx:{tmp_path}")
    assert (encoder.image_size, encoder.mean, encoder.std) == (48, (0.1, 0.2, 0.3), (0.5,))
    assert load_encoder(f"onnx:{tmp_path},size=24").image_size == 24
    (tmp_path / "preprocessor_config.json").write_text("[")
    with pytest.raises(SuperbLiteError, match=r"preprocessor_config\.json' is not JSON"):
        load_encoder(f"onnx:{tmp_path}")


@pytest.mark.parametrize(
    "said",
    [
        {"do_rescale": False, "image_mean": [100, 110, 120], "image_std": 50},
        {"rescale_factor": 1 / 127.5, "image_mean": [1, 1.1, 1.2], "image_std": [0.5, 0.6, 0.7]},
        {"do_normalize": False, "do_flip_channel_order": True},
        {"do_normalize": False, "do_rescale": False},
    ],
)
def test_pixels_are_rescaled_and_flipped_as_it_is_said(tmp_path, said):
    models.image_model(tmp_path / "model.onnx")
    (tmp_path / "preprocessor_config.json").write_text(json.dumps({"size": 32, **said}))
    encoder = load_encoder(f"onnx:{tmp_path}")
    batch = encoder.collate(list(IMAGES.values()))
    found = encoder(batch).layers[0]
    reference = transformers.ViTImageProcessor(do_resize=False, **said) if "image_mean" in said else None
    if reference is not None:
        pixels = reference(list(batch["pixels"]), return_tensors="pt").pixel_values
    else:
        pixels = batch["pixels"] / (1 if "do_rescale" in said else 255)
        pixels = pixels[:, [2, 1, 0]] if "do_flip_channel_order" in said else pixels
    expected = torch.nn.functional.conv2d(pixels, torch.from_numpy(models.PATCH), stride=8).flatten(2).mT
    assert torch.allclose(found, expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    ("said", "options", "words"),
    [
        ({}, "", r"has no image_mean: say mean="),
        ({"image_mean": 0.5}, "", r"has no image_std: say std="),
        ({}, ",mean=0.5", r"has no image_std: say std="),
        ({"image_mean": 0.5, "image_std": 0.5, "rescale_factor": 0}, "", "rescale_factor must be a number above 0"),
        ({"image_mean": 0.5, "image_std": 0.5, "rescale_factor": "x"}, "", "rescale_factor must be a number above 0"),
    ],
)
def test_what_is_said_by_halves_is_one_line(tmp_path, said, options, words):
    models.image_model(tmp_path / "model.onnx")
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(said))
    with pytest.raises(SuperbLiteError, match=words):
        load_encoder(f"onnx:{tmp_path}{options}")
    good = {**said, "rescale_factor": 1 / 255}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(good))
    assert load_encoder(f"onnx:{tmp_path},mean=0.5,std=0.1").std == (0.1,)


def test_files_and_options_decide_the_hash(tmp_path):
    reference = text_folder(tmp_path)
    first = load_encoder(reference).content_hash()
    assert load_encoder(reference).content_hash() == first
    assert load_encoder(f"{reference},window=8").content_hash() != first
    models.TABLE[0, 0] += 1
    try:
        text_folder(tmp_path)
    finally:
        models.TABLE[0, 0] -= 1
    assert load_encoder(reference).content_hash() != first


def test_weights_in_other_files_are_hashed_and_stay_in_the_folder(tmp_path):
    outside = {"save_as_external_data": True, "location": "weights.bin", "size_threshold": 100}
    path, data = tmp_path / "m.onnx", tmp_path / "weights.bin"
    models.speech_model(path, **outside)
    first = load_encoder(f"onnx:{path}").content_hash()
    content = bytearray(data.read_bytes())
    content[3] ^= 1
    data.write_bytes(content)
    assert load_encoder(f"onnx:{path}").content_hash() != first
    (tmp_path / "in").mkdir()
    os.rename(path, tmp_path / "in" / "m.onnx")
    (tmp_path / "in" / "weights.bin").symlink_to(data)
    with pytest.raises(SuperbLiteError, match=r"tensors lie in 'weights\.bin', outside of its folder"):
        load_encoder(f"onnx:{tmp_path / 'in' / 'm.onnx'}")
    (tmp_path / "in" / "weights.bin").unlink()
    with pytest.raises(SuperbLiteError, match=r"cannot read .*weights\.bin"):
        load_encoder(f"onnx:{tmp_path / 'in' / 'm.onnx'}")


@pytest.mark.parametrize("sparse", [False, True])
def test_tensors_of_inner_graphs_are_found_too(tmp_path, sparse):
    tensor = _outside("../../etc/passwd")
    value = {"sparse_value": onnx.SparseTensorProto(values=tensor, dims=[1])} if sparse else {"value": tensor}
    inner = onnx.helper.make_graph(
        [onnx.helper.make_node("Constant", [], ["y"], **value)],
        "inner",
        [],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1])],
    )
    node = onnx.helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner)
    outer = onnx.helper.make_graph(
        [node],
        "outer",
        [onnx.helper.make_tensor_value_info("c", onnx.TensorProto.BOOL, [1])],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1])],
    )
    (tmp_path / "m.onnx").write_bytes(onnx.helper.make_model(outer).SerializeToString())
    with pytest.raises(SuperbLiteError, match="outside of its folder"):
        load_encoder(f"onnx:{tmp_path / 'm.onnx'}")


def _outside(location):
    tensor = onnx.TensorProto(data_type=onnx.TensorProto.FLOAT, dims=[1], name="t")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return tensor


@pytest.mark.parametrize("content", [b"", b"nothing", b"\x08\x09" * 50, bytes(range(256)) * 4])
def test_what_is_no_model_is_one_line(tmp_path, content):
    (tmp_path / "m.onnx").write_bytes(content)
    with pytest.raises(SuperbLiteError, match="is no model") as caught:
        load_encoder(f"onnx:{tmp_path / 'm.onnx'}")
    assert len(str(caught.value)) <= 300


def test_a_damaged_model_is_one_line(tmp_path):
    models.speech_model(tmp_path / "m.onnx")
    content = (tmp_path / "m.onnx").read_bytes()
    for end in range(0, len(content), len(content) // 7):
        (tmp_path / "m.onnx").write_bytes(content[:end])
        with pytest.raises(SuperbLiteError, match="is no model"):
            load_encoder(f"onnx:{tmp_path / 'm.onnx'}")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (",modality=smell", "unknown modality of a model of ONNX 'smell'"),
        (",modality=image", "must be one of images"),
        (",modality=speech", "one must be a waveform"),
        (",window=x", "window must be a whole number"),
        (",window=3,window=4", "'window=4' in"),
        (",size=3", "unknown option of a model of text items 'size'"),
        (",outputs=none", "unknown output of 'model.onnx' 'none'"),
        (",summary=last_hidden_state", "must be an output of rank 2"),
        (",outputs=", "'outputs=' in"),
    ],
)
def test_options_that_do_not_go_are_named(tmp_path, options, words):
    with pytest.raises(SuperbLiteError, match=words):
        load_encoder(text_folder(tmp_path) + options)


def test_references_are_taken_apart(tmp_path):
    path, options = parse("a/b.onnx,modality=image,mean=0.1:0.2:0.3")
    assert (str(path), options) == ("a/b.onnx", {"modality": "image", "mean": "0.1:0.2:0.3"})
    for argument, words in (("", "needs a model"), ("/no/m.onnx", "cannot read"), (str(tmp_path), "has no model.onnx")):
        with pytest.raises(SuperbLiteError, match=words):
            load_encoder(f"onnx:{argument}")


def test_a_text_model_needs_its_tokeniser(tmp_path):
    models.text_model(tmp_path / "model.onnx")
    with pytest.raises(SuperbLiteError) as caught:
        load_encoder(f"onnx:{tmp_path}")
    assert len(str(caught.value)) <= 300


def test_inputs_that_nobody_knows_ask_for_the_modality(tmp_path):
    models.save(
        tmp_path / "m.onnx",
        [onnx.helper.make_node("Identity", ["x"], ["y"])],
        {"x": (onnx.TensorProto.FLOAT, ["b", 2, 3, 4, 5])},
        {"y": (onnx.TensorProto.FLOAT, ["b", 2, 3, 4, 5])},
        {},
    )
    with pytest.raises(SuperbLiteError, match=r"its inputs \(x .* do not tell what it reads: add ,modality=image or"):
        load_encoder(f"onnx:{tmp_path / 'm.onnx'}")


def test_an_onnx_encoder_is_not_fine_tuned(tmp_path):
    models.speech_model(tmp_path / "m.onnx")
    with pytest.raises(SuperbLiteError, match="without gradients"):
        trainable(load_encoder(f"onnx:{tmp_path / 'm.onnx'}"))


def test_without_the_runtime_the_extra_is_named(tmp_path, monkeypatch):
    models.speech_model(tmp_path / "m.onnx")
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    with pytest.raises(SuperbLiteError, match=r"pip install 'superb-lite\[onnx\]'"):
        load_encoder(f"onnx:{tmp_path / 'm.onnx'}")


@pytest.mark.parametrize("kind", ["text", "speech", "image"])
def test_conforms(tmp_path, kind):
    items = {"text": TEXTS, "speech": WAVES, "image": IMAGES}[kind]
    if kind == "text":
        reference = text_folder(tmp_path, outputs=("last_hidden_state",))
    else:
        getattr(models, f"{kind}_model")(tmp_path / "m.onnx")
        reference = f"onnx:{tmp_path / 'm.onnx'}" + (",size=32" if kind == "image" else "")
    check_encoder(reference, items=items)


class Hidden(torch.nn.Module):
    """A model of transformers as `optimum` exports it: all of its hidden states."""

    def __init__(self, folder):
        super().__init__()
        self.model = transformers.AutoModel.from_pretrained(
            folder, attn_implementation="eager", add_pooling_layer=False, output_hidden_states=True
        )

    def forward(self, input_ids, attention_mask, token_type_ids):
        said = self.model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        return said.last_hidden_state, *said.hidden_states[:-1]


@pytest.mark.filterwarnings("ignore")
def test_an_exported_model_gives_the_features_of_the_model_itself(tmp_path):
    save("bert", tmp_path)
    inputs, token = ["input_ids", "attention_mask", "token_type_ids"], torch.ones(2, 7, dtype=torch.long)
    names = ["last_hidden_state", "hidden_states.0", "hidden_states.1"]
    torch.onnx.export(
        Hidden(tmp_path).eval(),
        (token, token, token * 0),
        str(tmp_path / "model.onnx"),
        input_names=inputs,
        output_names=names,
        dynamic_axes={name: {0: "batch", 1: "tokens"} for name in inputs},
        dynamo=False,
    )
    found, expected = (encoded(load_encoder(f"{scheme}:{tmp_path}"), TEXTS.values()) for scheme in ("onnx", "hf"))
    assert len(found.layers) == len(expected.layers) == 3
    assert torch.equal(found.spans, expected.spans)
    for one, other in zip((*found.layers, found.summary), (*expected.layers, expected.summary), strict=True):
        assert torch.allclose(one, other, atol=1e-5) or torch.allclose(one[found.mask], other[found.mask], atol=1e-5)
