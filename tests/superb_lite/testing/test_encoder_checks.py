"""Each check of an encoder finds the encoder that was broken for it, and finds nothing else wrong with it."""

import pytest

from superb_lite.errors import SuperbLiteError
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
