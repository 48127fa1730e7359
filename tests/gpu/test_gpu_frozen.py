"""What `make gpu` measures of frozen evaluation, on the CPU and small."""

import pytest
import torch
from torch import nn
from torch._subclasses import FakeTensorMode

from superb_lite_speech.hubert_encoder import HubertEncoder
from tests.gpu import frozen

SMALL = {
    "image": frozen.Case("image", lambda: frozen.torchvision_encoder("resnet18,size=32"), frozen.images),
    "speech": frozen.Case("speech", HubertEncoder.lite, frozen.waveforms),
}


@pytest.mark.parametrize("name", SMALL)
def test_evaluation_is_compared_with_bare_passes(name, monkeypatch):
    monkeypatch.setattr(frozen, "SECONDS", 0.1)
    found = frozen.evaluation(SMALL[name], device="cpu", labelled=25, tested=10, rounds=1)

    assert found.evaluation > found.encoder > 0
    assert min(found.bare, found.staged) > 0
    row = frozen.row(name, found)
    assert row[-2:] == [f"{found.evaluation / found.bare:.1f}", f"{found.encoder / found.bare:.1f}"]
    assert len(row) == len(frozen.HEADER)


def test_a_bare_pass_gives_a_row_for_each_item():
    encoder = frozen.torchvision_encoder("resnet18,size=32").eval()
    data = frozen.images(3)
    made = frozen.one_pass(encoder, frozen.batches(encoder, data))
    assert made.shape[0] == 3
    with torch.no_grad():
        alone = encoder(encoder.collate([data.items["2"]])).layers[-1].mean(dim=1)
    assert nn.functional.cosine_similarity(made[2:], alone).item() == pytest.approx(1.0, abs=1e-4)


def test_the_network_of_wav2vec_has_its_size():
    with FakeTensorMode():
        encoder = frozen.wav2vec2_base()
    assert sum(p.numel() for p in encoder.parameters()) == pytest.approx(95e6, rel=0.01)
