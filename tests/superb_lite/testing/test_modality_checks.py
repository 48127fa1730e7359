"""Each check of a modality finds the modality that was broken for it, and finds nothing else wrong with it."""

import pytest

from superb_lite.testing import check_modality, findings, modality_checks
from superb_lite.testing.check import Options
from superb_lite.testing.modality_case import ModalityCase
from tests.superb_lite.testing.broken.encoders import ITEMS
from tests.superb_lite.testing.broken.modalities import BROKEN, modality


def failed(subject):
    return {found.check: found for found in findings(subject, Options(items=ITEMS)) if found.outcome == "failed"}


def test_every_check_has_a_broken_modality():
    assert list(BROKEN) == [check.name for check in modality_checks.CHECKS]


def test_a_sound_modality_passes():
    assert {name: one.why for name, one in failed(modality()).items()} == {}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_modality_fails_its_check_and_no_other(name):
    found = failed(BROKEN[name])
    assert found.keys() == {name}, list(map(str, found.values()))
    assert "To mend: " in found[name].why
    assert len(str(found[name])) <= 300


def test_items_of_the_tasks_are_taken_where_none_are_given():
    items = ModalityCase(modality(name="bits"), Options())
    with pytest.raises(Exception, match="no task whose data is at hand"):
        items.items  # noqa: B018


def test_a_path_that_does_not_exist_is_refused_by_the_function_of_own_tasks():
    found = failed(BROKEN["own-data-is-read"])
    assert "raises OSError: there is no such file, not SuperbLiteError" in found["own-data-is-read"].why


def test_check_modality_raises_the_first_fault(monkeypatch):
    monkeypatch.setattr(modality_checks, "CHECKS", modality_checks.CHECKS[1:2])
    with pytest.raises(Exception, match="modality 'text' fails nonsense-is-refused: None as an item raises TypeError"):
        check_modality(BROKEN["nonsense-is-refused"])
