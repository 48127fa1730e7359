"""An encoder whose scores would mean nothing is found on two tiny batches, by name."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from superb_lite.encoders.majority import MajorityEncoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.features.preflight import preflight
from superb_lite.tasks.labels import TaskData
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, table_of, tag_data, toy_task

ITEMS = dict(classify_data(train=7, test=3).items)


class Changed(ToyEncoder):
    """A toy encoder whose features go through `change` first."""

    def change(self, features):
        return features

    def forward(self, batch):
        return self.change(super().forward(batch))


class NotFinite(Changed):
    def change(self, features):
        features.layers[1][0, 0, 0] = torch.nan
        return features


class WrongShape(Changed):
    def change(self, features):
        return dataclasses.replace(features, layers=(features.layers[0][:, :, 0],))


class OtherLength(Changed):
    calls = 0

    def change(self, features):
        self.calls += 1
        pad = (0, 0, 0, self.calls)
        return dataclasses.replace(
            features,
            layers=tuple(torch.nn.functional.pad(x, pad) for x in features.layers),
            mask=torch.nn.functional.pad(features.mask, (0, self.calls)),
            spans=None,
        )


class OtherWidth(Changed):
    def change(self, features):
        width = 3 if len(features.item) > 1 and features.mask.shape[1] % 2 else 2
        return dataclasses.replace(features, layers=tuple(x[..., :width] for x in features.layers))


class Dropout(Changed):
    def change(self, features):
        return dataclasses.replace(features, layers=tuple(torch.nn.functional.dropout(x) for x in features.layers))


class KeepsGradients(ToyEncoder):
    def forward(self, batch):
        with torch.enable_grad():
            return super().forward(batch)


class Counts(Changed):
    def __init__(self):
        super().__init__()
        self.register_buffer("batches_seen", torch.zeros(()))

    def change(self, features):
        self.batches_seen += 1
        return features


class RaisesForward(Changed):
    def change(self, features):
        raise IndexError("index 512 is out of range\nin self")


class RaisesCollate(ToyEncoder):
    def collate(self, items):
        raise KeyError("<unk>")


class NoSpans(Changed):
    def change(self, features):
        return dataclasses.replace(features, spans=None)


@pytest.mark.parametrize("encoder", [ToyEncoder(), MajorityEncoder()])
def test_a_sound_encoder_passes(encoder) -> None:
    preflight(encoder, ITEMS, name="e", units=True)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (NotFinite, "features that are not finite for item 'train-0'"),
        (WrongShape, r"layer 0 has shape \(3, 3\): it must be \(B, T, D\)"),
        (OtherLength, r"two calls with the same items give shapes \(3, 4, 3\) and \(3, 5, 3\) in layer 0"),
        (Dropout, "two calls with the same items give different features in layer 0: is dropout"),
        (KeepsGradients, "layer 1 requires gradients although they are switched off"),
        (Counts, r"changes its weights or buffers \('batches_seen'\)"),
        (RaisesForward, "forward failed: IndexError: index 512 is out of range in self"),
        (RaisesCollate, "collate failed: KeyError: '<unk>'"),
    ],
)
def test_what_is_wrong_is_found_before_the_first_task(kind, words: str) -> None:
    with pytest.raises(SuperbLiteError, match=words) as caught:
        evaluate(kind(), toy_task(classify_data(train=12, test=9)), seeds=1)
    assert str(caught.value).startswith(f"encoder {kind.__name__}: ")
    assert "\n" not in str(caught.value)


def test_layers_keep_their_width() -> None:
    items = {str(i): np.zeros((length, 3), np.float32) for i, length in enumerate((3, 3, 3, 2, 2, 2))}
    with pytest.raises(SuperbLiteError, match=r"other widths for other items: \[3, 3\] and \[2, 2\]"):
        preflight(OtherWidth(), items, name="e")


def test_tasks_with_units_need_spans() -> None:
    preflight(NoSpans(), ITEMS, name="e")
    with pytest.raises(SuperbLiteError, match="no spans"):
        evaluate(NoSpans(), toy_task(tag_data(train=12, test=9), form="tag"), seeds=1)


class LateRaise(ToyEncoder):
    def collate(self, items):
        if any(len(item) == 40 for item in items):
            raise RuntimeError("too long")
        return super().collate(items)


def test_what_fails_on_a_later_item_is_one_line_too() -> None:
    items = {str(i): np.zeros((40 if i == 50 else 3, 3), np.float32) for i in range(100)}
    preflight(LateRaise(), items, name="e")
    with pytest.raises(SuperbLiteError, match="LateRaise: collate failed for item '50': RuntimeError: too long"):
        table_of(LateRaise(), items)


class LateChange(Changed):
    def change(self, features):
        if len(features.item) > 3:
            self.map.bias += 1
        return features


def test_weights_that_change_after_the_preflight_are_found() -> None:
    with pytest.raises(SuperbLiteError, match="LateChange: its weights or buffers changed"):
        evaluate(LateChange(), toy_task(classify_data(train=12, test=9)), seeds=1)


def test_a_few_items_are_enough() -> None:
    preflight(ToyEncoder(), dict(list(ITEMS.items())[:1]), name="e")


@pytest.mark.parametrize("form", ["classify", "tag"])
def test_fewer_labels_than_the_budget(form: str) -> None:
    data = classify_data(train=30, test=9) if form == "classify" else tag_data(train=30, test=9)
    whose = {"classify": "class 'a' has 10", "tag": "the training part has 30"}[form]
    with pytest.raises(SuperbLiteError, match=f"'toy/{form}': {whose} labelled examples, but the budget is 40"):
        toy_task(data, form=form, budget=40).train(0)


def test_what_a_task_raises_while_it_loads_is_one_line() -> None:
    def load(root) -> TaskData:
        raise KeyError("sentence1")

    task = toy_task(classify_data(train=3, test=3), load=load)
    with pytest.raises(SuperbLiteError, match="task 'toy/classify': its data cannot be loaded: KeyError: 'sentence1'"):
        evaluate(ToyEncoder(), task, seeds=1)
