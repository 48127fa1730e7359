"""checks_of, parametrize_with_checks, and lines that people read."""

import os
from pathlib import Path

import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.modality import ObjectiveSpec
from superb_lite.tasks.taskset import TaskSet
from superb_lite.testing import check_encoder, checks_of, parametrize_with_checks
from superb_lite.testing.check import Check, CheckFailed, Finding, Options, Skipped, finding
from tests.forked_python import forked_python
from tests.superb_lite.testing.broken.encoders import ITEMS, SeesRow, Sound
from tests.superb_lite.testing.broken.modalities import modality
from tests.superb_lite.testing.broken.objectives import spec
from tests.superb_lite.testing.broken.tasks import task

ROOT = Path(__file__).parents[3]

SUBJECTS = [Sound(), "raw:characters", plugins.architectures()["raw:pixels"], task(), spec(), modality()]


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: type(subject).__name__)
def test_checks_have_names_that_ids_are_made_of_and_short_words(subject):
    checks = checks_of(subject)
    assert len(checks) >= 8
    assert len({check.name for check in checks}) == len(checks)
    for check in checks:
        assert set(check.name) <= set("abcdefghijklmnopqrstuvwxyz-")
        assert len(check.mend) <= 110
        assert "\n" not in check.about + check.mend


def test_what_has_no_checks_is_named():
    with pytest.raises(SuperbLiteError, match="nothing is checked of 3: give an encoder"):
        checks_of(3)


def parameters(mark):
    return {parameter.id: parameter for parameter in mark.args[1]}


def test_ids_name_subject_and_check_and_a_set_stands_for_its_tasks():
    found = parameters(
        parametrize_with_checks(["raw:characters", TaskSet("broken", (task(),)), spec(), modality()]).mark
    )
    assert {"raw:characters-padding-changes-nothing", "broken/task-power", "broken-loss-is-finite"} <= found.keys()
    assert "text-items-are-shown" in found
    assert not any(parameter.marks for parameter in found.values())


@pytest.mark.parametrize("key", ["order-changes-nothing", "Sound-order-changes-nothing"])
def test_an_expected_failure_is_strict_and_says_why(key):
    found = parameters(parametrize_with_checks([Sound(), "raw:characters"], expected_failures={key: "it is slow"}).mark)
    (mark,) = found["Sound-order-changes-nothing"].marks
    assert mark.kwargs == {"reason": "it is slow", "raises": CheckFailed, "strict": True}
    assert bool(found["raw:characters-order-changes-nothing"].marks) == (key == "order-changes-nothing")


def test_an_expected_failure_of_no_check_is_refused():
    with pytest.raises(SuperbLiteError, match="unknown check that may fail 'ordr-changes-nothing': did you mean"):
        parametrize_with_checks([Sound()], expected_failures={"ordr-changes-nothing": "x"})


TESTS = """
from superb_lite.testing import parametrize_with_checks
from tests.superb_lite.testing.broken.encoders import ITEMS, SeesRow, Sound

@parametrize_with_checks(
    [Sound(), SeesRow()], items=ITEMS, expected_failures={"SeesRow-order-changes-nothing": "rows are counted"}
)
def test_conforms(subject, check):
    check(subject)

@parametrize_with_checks([Sound()], items=ITEMS, expected_failures={"lengths-are-numbers": "it was mended"})
def test_mended(subject, check):
    check(subject)
"""


def test_as_tests_of_pytest(tmp_path):
    (tmp_path / "test_it.py").write_text(TESTS, encoding="utf-8")
    options = ["-q", "-rA", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), f"--override-ini=pythonpath={ROOT}"]
    done = forked_python().run("-m", "pytest", *options, str(tmp_path), cwd=ROOT, environment=os.environ)
    last = done.stdout.splitlines()[-1]
    assert "1 failed" in last, done.stdout
    assert "1 xfailed" in last
    assert "3 skipped" in last
    assert "it takes no pairs" in done.stdout
    assert "[XPASS(strict)] it was mended" in done.stdout


def test_the_first_fault_is_raised_and_what_passed_is_returned():
    with pytest.raises(CheckFailed, match="encoder 'SeesRow' fails order-changes-nothing: item 'short' is another"):
        check_encoder(SeesRow(), ITEMS)
    found = check_encoder(Sound(), ITEMS)
    assert str(found[0]) == "encoder 'Sound' passes shapes-and-dtypes"


class Named:
    name = "thing 'x'"

    def __init__(self, subject, options):
        self.subject = subject


@pytest.mark.parametrize(
    ("raised", "outcome", "why"),
    [
        (ValueError("two\nlines"), "failed", "it raises: ValueError: two lines (SUPERB_LITE_DEBUG=1 shows where). "),
        (SuperbLiteError("its own words."), "failed", "its own words. To mend: do it"),
        (Skipped("no reason"), "not applicable", "no reason"),
    ],
)
def test_whatever_a_subject_raises_is_a_line(raised, outcome, why):
    def run(case):
        raise raised

    found = finding(Check("asked", "about", "do it", run, Named), object())
    assert (found.subject, found.check, found.outcome) == ("thing 'x'", "asked", outcome)
    assert found.why.startswith(why)


def test_a_long_fault_leaves_room_for_how_to_mend_it():
    error = CheckFailed("thing 'x' fails asked", "word " * 200, "do it at once")
    assert len(str(error)) <= 300
    assert str(error).endswith(". To mend: do it at once")
    assert str(Finding("thing 'x'", "asked", "", "failed", error.why)) == str(error)


def test_an_objective_spec_is_no_encoder():
    assert isinstance(spec(), ObjectiveSpec)
    assert checks_of(spec(), Options())[0].name == "it-is-built"
