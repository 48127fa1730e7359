"""Tiny models in the format ONNX, written node by node, and what they compute, in numpy."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

RNG = np.random.default_rng(0)
TABLE = RNG.standard_normal((200, 6)).astype(np.float32)
"""Of token embeddings."""
KERNEL = RNG.standard_normal((5, 1, 400)).astype(np.float32)
"""Of a convolution over samples with a hop of 160."""
PATCH = RNG.standard_normal((4, 3, 8, 8)).astype(np.float32)
"""Of a convolution over images with a stride of 8."""


def save(path, nodes, inputs, outputs, weights, **options):
    """Write a model. inputs, outputs: name -> (type, shape); weights: name -> array."""
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, *what) for name, what in inputs.items()],
        [helper.make_tensor_value_info(name, *what) for name, what in outputs.items()],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(path), **options)


def text_model(path, *, batch="b", length="t", mask=True, outputs=("last_hidden_state", "pooled"), **options):
    """Embeddings of tokens; `pooled` is the mean over all of them, padding too, so that a mask has no part in it."""
    ids = (TensorProto.INT64, [batch, length])
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"], axis=0)]
    if "pooled" in outputs:
        nodes.append(helper.make_node("ReduceMean", ["last_hidden_state"], ["pooled"], axes=[1], keepdims=0))
    if "logits" in outputs:
        nodes.append(helper.make_node("MatMul", ["last_hidden_state", "head"], ["logits"]))
    shapes = {"last_hidden_state": [batch, length, 6], "pooled": [batch, 6], "logits": [batch, length, 9]}
    if mask:  # an input that is not used would be dropped by nobody, but one that is used is a better example
        nodes += [
            helper.make_node("Cast", ["attention_mask"], ["real"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["real", "last"], ["column"]),
            helper.make_node("Mul", ["last_hidden_state", "column"], ["hidden_states.0"]),
        ]
        shapes["hidden_states.0"] = [batch, length, 6]
        outputs = (*outputs, "hidden_states.0")
    save(
        path,
        nodes,
        {"input_ids": ids, **({"attention_mask": ids} if mask else {})},
        {name: (TensorProto.FLOAT, shapes[name]) for name in outputs},
        {"table": TABLE, "head": TABLE[:6, :1].repeat(9, 1), "last": np.array([-1])},
        **options,
    )


def speech_model(path, *, batch="b", samples="s", channel=False, **options):
    """A convolution over samples, its frames last, and their mean."""
    nodes = [] if channel else [helper.make_node("Unsqueeze", ["input_values", "one"], ["wave"])]
    nodes += [
        helper.make_node("Conv", ["input_values" if channel else "wave", "kernel"], ["maps"], strides=[160]),
        helper.make_node("Transpose", ["maps"], ["frames"], perm=[0, 2, 1]),
        helper.make_node("ReduceMean", ["frames"], ["mean"], axes=[1], keepdims=0),
    ]
    save(
        path,
        nodes,
        {"input_values": (TensorProto.FLOAT, [batch, 1, samples] if channel else [batch, samples])},
        {"frames": (TensorProto.FLOAT, [batch, None, 5]), "mean": (TensorProto.FLOAT, [batch, 5])},
        {"kernel": KERNEL, "one": np.array([1])},
        **options,
    )


def frames_of(wave):
    """(T, 5) what `speech_model` makes of (samples,)."""
    starts = range(0, len(wave) - 399, 160)
    return np.stack([KERNEL[:, 0] @ wave[start : start + 400] for start in starts])


def image_model(path, *, batch="b", size="s", channels_last=False, vectors_only=False, dtype=TensorProto.FLOAT):
    """A convolution with a stride of 8, and the mean of its map."""
    shape = [batch, size, size, 3] if channels_last else [batch, 3, size, size]
    nodes = [helper.make_node("Cast", ["pixel_values"], ["floats"], to=TensorProto.FLOAT)]
    if channels_last:
        nodes.append(helper.make_node("Transpose", ["floats"], ["first"], perm=[0, 3, 1, 2]))
    nodes.append(helper.make_node("Conv", ["first" if channels_last else "floats", "patch"], ["maps"], strides=[8, 8]))
    if channels_last:
        nodes.append(helper.make_node("Transpose", ["maps"], ["out"], perm=[0, 2, 3, 1]))
    nodes.append(helper.make_node("ReduceMean", ["maps"], ["mean"], axes=[2, 3], keepdims=0))
    maps = {"out" if channels_last else "maps": (TensorProto.FLOAT, [batch, None, None, None])}
    save(
        path,
        nodes,
        {"pixel_values": (dtype, shape)},
        {**({} if vectors_only else maps), "mean": (TensorProto.FLOAT, [batch, 4])},
        {"patch": PATCH},
    )


def token_image_model(path):
    """Patches with a token in front that is their sum."""
    nodes = [
        helper.make_node("Conv", ["pixel_values", "patch"], ["maps"], strides=[8, 8]),
        helper.make_node("Reshape", ["maps", "flat"], ["columns"]),
        helper.make_node("Transpose", ["columns"], ["patches"], perm=[0, 2, 1]),
        helper.make_node("ReduceSum", ["patches", "one"], ["token"], keepdims=1),
        helper.make_node("Concat", ["token", "patches"], ["last_hidden_state"], axis=1),
    ]
    save(
        path,
        nodes,
        {"pixel_values": (TensorProto.FLOAT, ["b", 3, 32, 32])},
        {"last_hidden_state": (TensorProto.FLOAT, ["b", 17, 4])},
        {"patch": PATCH, "flat": np.array([0, 4, -1]), "one": np.array([1])},
    )
