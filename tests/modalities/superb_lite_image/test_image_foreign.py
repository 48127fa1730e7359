import numpy as np
import pytest
import timm
import torch
from safetensors.torch import save_file
from torchvision import models

from superb_lite import plugins
from superb_lite.encoders.provenance import in_domain
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite.features.preflight import preflight
from superb_lite_image.foreign import Wanted, parse


@pytest.fixture(scope="module")
def items():
    rng = np.random.default_rng(0)
    return {str(i): rng.integers(0, 256, (3, 40, 30 + i), dtype=np.uint8) for i in range(4)}


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("resnet18", ("resnet18", "", None, None)),
        ("resnet18.a1_in1k", ("resnet18", "a1_in1k", None, None)),
        ("resnet18.a1_in1k,size=64", ("resnet18", "a1_in1k", None, 64)),
        ("resnet18,size=64,weights=a.b/c=d.safetensors", ("resnet18", "", "a.b/c=d.safetensors", 64)),
    ],
)
def test_references_are_taken_apart(argument, expected):
    found = parse(argument)
    assert (found.name, found.tag, str(found.weights) if found.weights else None, found.size) == expected
    assert isinstance(found, Wanted)


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("", "no model is named"),
        ("resnet18,64", "'64' in 'resnet18,64': give NAME"),
        ("resnet18,size=", "'size='"),
        ("resnet18,size=1,size=2", "'size=2'"),
        ("resnet18,size=-3", "size must be a number of pixels up to 2048, not '-3'"),
        ("resnet18,size=0", "size must be a number"),
        ("resnet18,size=9999999999", "size must be a number"),
        ("resnet18,size=²", "size must be a number"),
        ("resnet18.a1_in1k,weights=x.safetensors", "names the weights 'a1_in1k' and a file"),
    ],
)
def test_what_is_no_reference_is_named(argument, words):
    with pytest.raises(SuperbLiteError, match=words):
        parse(argument)


def test_untrained_timm_models_are_the_same_each_time(items):
    first, again = load_encoder("timm:resnet10t,size=48"), load_encoder("timm:resnet10t,size=48")
    assert first.content_hash() == again.content_hash()
    assert first.content_hash() != load_encoder("timm:resnet10t,size=64").content_hash()
    features = first(first.collate(list(items.values())))
    assert [layer.shape[2] for layer in features.layers] == [64, 64, 128, 256, 512]
    preflight(first, items, name="timm")
    norm = next(m for m in first.modules() if isinstance(m, torch.nn.BatchNorm2d))
    assert norm.running_mean.abs().sum() > 0  # of corpus images, not zeros


def test_timm_sizes_are_the_models_own_or_those_asked_for():
    assert load_encoder("timm:convnext_atto").image_size == 224
    transformer = load_encoder("timm:vit_tiny_patch16_224,size=64")
    assert transformer.image_size == 64
    assert transformer.backbone_args == {"img_size": 64}
    assert transformer.mean == (0.5, 0.5, 0.5)


@pytest.mark.parametrize("name", ["resnet10t", "convnext_atto", "vit_tiny_patch16_224"])
def test_timm_weights_from_a_file_are_those_of_the_whole_model(tmp_path, name, items):
    torch.manual_seed(5)
    whole = timm.create_model(name).eval()
    save_file({k: v.contiguous() for k, v in whole.state_dict().items()}, tmp_path / "w.safetensors")
    encoder = load_encoder(f"timm:{name},weights={tmp_path / 'w.safetensors'}")
    batch = encoder.collate([items["0"]])
    found = encoder(batch).layers[-1]
    config = timm.get_pretrained_cfg(name)
    mean, std = (torch.tensor(value)[:, None, None] for value in (config.mean, config.std))
    images = (batch["pixels"].float() / 255 - mean) / std
    expected = whole.forward_intermediates(images, intermediates_only=True, norm=False)[-1]
    torch.testing.assert_close(found, expected.flatten(2).transpose(1, 2), atol=1e-4, rtol=1e-3)
    assert "pretrained" not in encoder.backbone_args


def test_torchvision_models_give_what_their_head_reads(tmp_path, items):
    torch.manual_seed(6)
    whole = models.resnet18(weights=None).eval()
    save_file(whole.state_dict(), tmp_path / "w.safetensors")
    encoder = load_encoder(f"torchvision:resnet18,size=64,weights={tmp_path / 'w.safetensors'}")
    preflight(encoder, items, name="torchvision")
    batch = encoder.collate(list(items.values()))
    features = encoder(batch)
    assert features.layers[0].shape == (4, 1, 512)
    images = batch["pixels"].float() / 255
    for channel, (mean, std) in enumerate(((0.485, 0.229), (0.456, 0.224), (0.406, 0.225))):
        images[:, channel] = (images[:, channel] - mean) / std
    torch.testing.assert_close(whole.fc(features.summary), whole(images), atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("name", ["convnext_tiny", "vit_b_32", "mobilenet_v3_small"])
def test_other_torchvision_models(name, items):
    encoder = load_encoder(f"torchvision:{name},size=64")
    features = encoder(encoder.collate([items["0"]]))
    assert features.layers[0].shape[:2] == (1, 1)
    assert torch.isfinite(features.layers[0]).all()


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("timm:resnet18x", "unknown timm backbone 'resnet18x': did you mean"),
        ("timm:resnet18.a1", "unknown weights of a timm backbone 'resnet18.a1'"),
        ("timm:resnet18,weights=w.pth", "'w.pth' may be a pickle, which is never loaded: convert"),
        ("timm:resnet18,weights=/no/w.safetensors", "cannot read '/no/w.safetensors'"),
        ("torchvision:resnet81", "unknown torchvision model 'resnet81': did you mean"),
        ("torchvision:resnet18.IMAGENET1K", "unknown weights 'resnet18.IMAGENET1K': did you mean"),
        ("torchvision:squeezenet1_0", "no single linear head"),
        ("torchvision:resnet18,weights=/no/w.safetensors", "cannot read '/no/w.safetensors'"),
    ],
)
def test_wrong_references_are_one_line(reference, words):
    with pytest.raises(SuperbLiteError, match=words) as caught:
        load_encoder(reference)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["timm", "torchvision"])
def test_weights_of_another_model_are_refused(tmp_path, scheme):
    save_file({"conv1.weight": torch.zeros(2, 3)}, tmp_path / "w.safetensors")
    with pytest.raises(SuperbLiteError, match="resnet18") as caught:
        load_encoder(f"{scheme}:resnet18,weights={tmp_path / 'w.safetensors'}")
    assert "\n" not in str(caught.value)


def test_without_a_network_the_file_is_asked_for(monkeypatch):
    def offline(*arguments, **options):
        raise OSError("no route to host")

    monkeypatch.setattr("huggingface_hub.snapshot_download", offline)
    with pytest.raises(SuperbLiteError, match=r"cannot be downloaded.*timm:resnet18,weights=FILE"):
        load_encoder("timm:resnet18.a1_in1k")


@pytest.mark.parametrize(
    "tag", [f"{n}.{w.name}" for n in ("resnet18", "vit_h_14") for w in models.get_model_weights(n)]
)
def test_published_pickles_are_refused_with_the_command_that_converts_them(tag):
    with pytest.raises(SuperbLiteError, match=f"convert torchvision:{tag} --to safetensors") as caught:
        load_encoder(f"torchvision:{tag}")
    assert len(str(caught.value)) <= 300


def test_a_tag_is_the_safetensors_file_of_its_repository(tmp_path, monkeypatch):
    asked = []

    def snapshot(name, **options):
        asked.append((name, options["allow_patterns"]))
        return str(tmp_path)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    with pytest.raises(SuperbLiteError, match=r"'timm/resnet18.a1_in1k' on the hub has no model.safetensors: give a"):
        load_encoder("timm:resnet18.a1_in1k,size=32")
    torch.manual_seed(5)
    model = timm.create_model("resnet18")
    save_file(model.state_dict(), tmp_path / "model.safetensors")
    encoder = load_encoder("timm:resnet18.a1_in1k,size=32")
    assert asked[0][0] == "timm/resnet18.a1_in1k"
    assert not any(pattern.endswith((".bin", "*")) for pattern in asked[0][1])
    assert torch.equal(encoder.backbone.conv1.weight, model.conv1.weight)
    with pytest.raises(SuperbLiteError, match=r"'legacy_senet154.in1k' are published as a pickle only.*weights=FILE"):
        load_encoder("timm:legacy_senet154.in1k")


def test_unknown_names_are_of_their_own_kind():
    with pytest.raises(UnknownNameError):
        load_encoder("timm:nothing_like_it")


def test_the_card_beside_the_weights_says_what_they_were_trained_on(tmp_path):
    save_file(timm.create_model("resnet10t").state_dict(), tmp_path / "w.safetensors")
    reference = f"timm:resnet10t,weights={tmp_path / 'w.safetensors'}"
    (task,) = plugins.tasks("vtab/cifar10")
    assert in_domain(load_encoder(reference), task) is None
    (tmp_path / "README.md").write_text("---\ndatasets:\n- cifar10\n---\n", encoding="utf-8")
    encoder = load_encoder(reference)
    assert in_domain(encoder, task) is True
    assert in_domain(encoder, plugins.tasks("vtab/dtd")[0]) is None
    assert in_domain(load_encoder("timm:resnet10t"), task) is False  # untrained
    assert encoder.content_hash() == load_encoder(reference).content_hash()
