"""Each check of an encoder finds the encoder that was broken for it, and finds nothing else wrong with it."""

import dataclasses

import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite.modality import EncoderSpec
from superb_lite.testing import encoder_case, encoder_checks, findings
from superb_lite.testing.check import Options
from tests.superb_lite.testing.broken.encoders import BROKEN, ITEMS, Sound

OPTIONS = Options(items=ITEMS)


def outcomes(encoder):
    return {found.check: found for found in findings(encoder, OPTIONS)}


def test_every_check_has_a_broken_encoder():
    assert list(BROKEN) == [check.name for check in encoder_checks.CHECKS]


def test_a_sound_encoder_passes():
    found = outcomes(Sound())
    assert {name: one.why for name, one in found.items() if one.outcome == "failed"} == {}
    assert [name for name, one in found.items() if one.outcome != "passed"] == ["pairs-have-segments"]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_encoder_fails_its_check_and_no_other(name):
    found = outcomes(BROKEN[name]())
    assert {check: one.why for check, one in found.items() if one.outcome == "failed"}.keys() == {name}
    assert "To mend: " in found[name].why
    assert len(str(found[name])) <= 300
    assert "\n" not in found[name].why
    assert all(one.why for one in found.values() if one.outcome == "not applicable")


def test_items_that_cannot_be_loaded_are_said_once(monkeypatch):
    def refuse(modality, *, root=None):
        raise SuperbLiteError("task 'toy/one': its data cannot be loaded")

    monkeypatch.setattr(encoder_case, "sample_items", refuse)
    encoder = Sound()
    monkeypatch.setattr(type(encoder), "modality", "text")
    failed = [one for one in findings(encoder, Options()) if one.outcome == "failed"]
    assert [one.check for one in failed] == ["shapes-and-dtypes"]
    assert "its data cannot be loaded" in failed[0].why


class SummaryOverPadding(Sound):
    """Its layers are sound, and what is pooled as a summary is not."""

    def forward(self, batch):
        features = super().forward(batch)
        return dataclasses.replace(features, summary=features.layers[-1].mean(dim=1))


class RowsOfItsOwn(Sound):
    """A long text has two rows, which it says are two items."""

    def collate(self, items):
        return super().collate([part for item in items for part in (item[:100], item[100:]) if part])


@pytest.mark.parametrize(
    ("encoder", "check", "why"),
    [
        (SummaryOverPadding, "padding-changes-nothing", "the summary differs by"),
        (RowsOfItsOwn, "spans-cover-the-input", "item"),
    ],
)
def test_what_is_wrong_beside_the_layers_is_found(encoder, check, why):
    found = {one.check: one for one in findings(encoder(), Options(items=ITEMS))}
    assert found[check].outcome == "failed"
    assert why in found[check].why


def test_a_broken_module_of_another_package_is_no_fault_of_an_encoder(monkeypatch):
    broken = {"broken": EncoderSpec("broken", "text", "no_such_package:Encoder")}
    monkeypatch.setattr(encoder_case.plugins, "architectures", lambda: broken)
    assert encoder_case.EncoderCase(Sound(), Options(items=ITEMS)).spec is None


def test_an_architecture_that_cannot_be_imported_is_refused_in_one_line(tmp_path, monkeypatch):
    (tmp_path / "with_a_typo.py").write_text("def f(:\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    spec = EncoderSpec("typo", "text", "with_a_typo:Encoder")
    with pytest.raises(SuperbLiteError, match="architecture 'typo' cannot be built: SyntaxError"):
        encoder_case.EncoderCase(spec, Options(items=ITEMS))
