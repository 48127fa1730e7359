"""What an encoder is, told from outside."""

import copy
import sys
import types

import pytest
import torch
from torch import nn

from superb_lite.encoders.content_hash import PROCESS, content_hash, packages_of, weights_sha256
from superb_lite.encoders.references import load_encoder
from tests.superb_lite.toy_tasks import ToyEncoder

VICTIM = ToyEncoder().content_hash()


class Liar(ToyEncoder):
    """Says that it is the toy encoder by every method that it can."""

    def content_hash(self):  # type: ignore[misc]
        return VICTIM

    def state_dict(self, *arguments, **options):
        return {}

    def named_parameters(self, *arguments, **options):
        return iter(())

    def named_buffers(self, *arguments, **options):
        return iter(())


def test_what_an_encoder_says_of_its_hash_does_not_count():
    assert ToyEncoder().content_hash() == content_hash(ToyEncoder()) == VICTIM
    assert content_hash(Liar()) != VICTIM
    changed = Liar()
    with torch.no_grad():
        changed.map.bias += 1
    assert content_hash(changed) != content_hash(Liar())


@pytest.mark.parametrize("name", ["ToyEncoder", "NoSuchClass", "ToyEncoder.forward"])
def test_a_class_under_the_name_of_another_one_is_kept_nowhere(name):
    class Forged(ToyEncoder):
        def forward(self, batch):
            raise NotImplementedError

    Forged.__module__, Forged.__qualname__ = ToyEncoder.__module__, name
    assert content_hash(Forged()).startswith(PROCESS)


def test_what_cannot_be_told_from_outside_holds_for_one_object(monkeypatch):
    class Local(ToyEncoder):
        pass

    patched = ToyEncoder()
    patched.forward = lambda batch: None
    session = types.ModuleType("__main__")
    session.Typed = type("Typed", (ToyEncoder,), {"__module__": "__main__"})
    monkeypatch.setitem(sys.modules, "__main__", session)
    without_code = ToyEncoder()
    without_code.code = None
    for encoder in (Local(), patched, session.Typed(), without_code):
        found = content_hash(encoder)
        assert found.startswith(PROCESS)
        assert content_hash(encoder) == found
        assert content_hash(copy.deepcopy(encoder)) != found


def test_weights_buffers_and_settings_count():
    hashes = [VICTIM, content_hash(ToyEncoder().double()), content_hash(ToyEncoder(width=4))]
    for name, value in (("scale", 2), ("scale", 2.5), ("pooling", "max"), ("layers", (1, 2)), ("fast", True)):
        encoder = ToyEncoder()
        setattr(encoder, name, value)
        hashes.append(content_hash(encoder))
    for persistent in (True, False):
        encoder = ToyEncoder()
        encoder.register_buffer("table", torch.ones(2), persistent=persistent)
        hashes.append(content_hash(encoder))
        encoder.table += 1
        hashes.append(content_hash(encoder))
    assert len(set(hashes)) == len(hashes) - 2  # whether a buffer is saved decides no feature


def test_what_describes_an_encoder_does_not_count():
    encoder = ToyEncoder()
    encoder.pretraining = {"source": "elsewhere"}
    encoder.untrained = True
    assert content_hash(encoder.train()) == VICTIM
    assert content_hash(copy.deepcopy(encoder)) == VICTIM


@pytest.mark.parametrize("reference", ["raw:log-mel", "raw:pixels", "random:speech-reconstruction", "majority"])
def test_the_same_reference_has_the_same_hash(reference):
    assert content_hash(load_encoder(reference)) == content_hash(load_encoder(reference))


def test_weights_of_other_types_and_empty_ones():
    half = nn.Linear(3, 2).to(torch.bfloat16)
    before = weights_sha256(half)
    with torch.no_grad():
        half.weight[0, 0] += 1
    assert weights_sha256(half) != before
    holder = nn.Module()
    holder.register_parameter("empty", nn.Parameter(torch.zeros(0, 3)))
    holder.register_parameter("none", None)
    assert weights_sha256(holder) != weights_sha256(nn.Module())


def test_packages_are_those_of_all_parts_and_their_base_classes():
    encoder = ToyEncoder()
    assert packages_of(encoder) == {"tests", "superb_lite", "torch"}
    part = type("Part", (nn.Linear,), {"__module__": "somewhere.deep"})(2, 2)
    encoder.more = nn.Sequential(part)
    assert packages_of(encoder) == {"tests", "superb_lite", "torch", "somewhere"}
