"""Each check of an objective finds the objective that was broken for it, and finds nothing else wrong with it."""

import pytest
import torch

from superb_lite import plugins
from superb_lite.testing import check_objective, findings, objective_checks
from superb_lite.testing.check import Options
from superb_lite.testing.objective_case import equal, rows
from tests.superb_lite.testing.broken.encoders import ITEMS
from tests.superb_lite.testing.broken.objectives import ARCHITECTURES, BROKEN, spec, words

pytestmark = [pytest.mark.filterwarnings("ignore:LightningCLI's args parameter is intended")]


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    known = plugins.architectures()
    monkeypatch.setattr(plugins, "architectures", lambda: {**known, **ARCHITECTURES})


@pytest.fixture(scope="module")
def options(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "lines.txt"
    path.write_text("\n".join(words(5)), encoding="utf-8")
    return Options(items=ITEMS, data=path)


def failed(subject, options):
    return {found.check: found for found in findings(subject, options) if found.outcome == "failed"}


def test_every_check_has_a_broken_objective():
    assert list(BROKEN) == [check.name for check in objective_checks.CHECKS]


def test_a_sound_objective_passes(options):
    found = list(findings(spec(), options))
    assert [str(one) for one in found if one.outcome != "passed"] == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_objective_fails_its_check_and_no_other(name, options):
    found = failed(BROKEN[name], options)
    assert found.keys() == {name}, list(map(str, found.values()))
    assert "To mend: " in found[name].why
    assert len(str(found[name])) <= 300


def test_without_other_data_the_hash_is_not_asked_to_tell_it_apart(monkeypatch):
    kept = [check for check in objective_checks.CHECKS if check.name == "content-hash-tells-data-apart"]
    monkeypatch.setattr(objective_checks, "CHECKS", tuple(kept))
    (found,) = check_objective(spec())
    assert found.outcome == "not applicable"
    assert "--data PATH" in found.why


def test_batches_are_compared_however_they_are_nested():
    one = {"a": torch.ones(2, 3), "b": (torch.arange(2), [torch.zeros(2)])}
    assert equal(one, {"b": (torch.arange(2), [torch.zeros(2)]), "a": torch.ones(2, 3)})
    assert not equal(one, {**one, "a": torch.zeros(2, 3)})
    assert not equal(one, {"a": torch.ones(2, 3)})
    assert len(rows(one)) == 2
    assert rows({"a": torch.ones(2, 3)}) != rows({"a": torch.zeros(2, 3)})
