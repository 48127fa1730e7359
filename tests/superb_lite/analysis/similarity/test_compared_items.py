"""What encoders are compared on."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from superb_lite.analysis.similarity.items import first_items, items_of_task, layer_vectors
from superb_lite.errors import SuperbLiteError
from tests.superb_lite.analysis.tiny_texts import strings_task, tiny_bert

TASK = dataclasses.replace(strings_task(letters="AB"), modality="text")


def test_items_of_a_task_are_different_ones_of_its_test_and_always_the_same():
    (items,) = items_of_task(TASK, 12).values()
    data = TASK.data(None)
    tested = {data.items[key] for example in data.test for key in example.items}
    assert len(items) == len(set(items)) == 12
    assert set(items) <= tested
    assert items_of_task(TASK, 12) == {"text": items}
    assert len(items_of_task(TASK, 1000)["text"]) == len(tested)


def test_too_few_items_are_refused():
    assert first_items({"a": [1, 2, 3], "b": [4, 5]}, 2, 2) == {"a": [1, 2], "b": [4, 5]}
    with pytest.raises(SuperbLiteError, match="only 2 items to compare on: at least 8"):
        first_items({"a": [1, 2, 3], "b": [4, 5]}, 10, 8)


def test_the_vectors_of_a_layer_are_means_over_positions():
    encoder, items = tiny_bert(), ["the fox", "a tale of hens", "12 times"]
    with torch.no_grad():
        features = encoder(encoder.collate(items))
    found = layer_vectors(encoder, items, name="tiny")
    assert len(found) == len(features.layers)
    for layer, vectors in enumerate(found):
        for row in range(len(items)):
            mean = features.layers[layer][row][features.mask[row]].mean(dim=0)
            assert np.allclose(vectors[row], mean.numpy(), atol=1e-5)
