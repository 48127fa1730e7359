import types

import pytest

from superb_lite.requirements import unmet


def package(*requires):
    return types.SimpleNamespace(requires=list(requires) or None)


@pytest.mark.parametrize(
    "requires",
    [
        (),
        ("numpy>=99",),
        ("superb-lite",),
        ("superb-lite>=0.0.1",),
        ("superb-lite-toy>=99",),
        ('superb-lite>=99; extra == "test"',),
        ('superb-lite>=99; python_version < "3"',),
        ("superb-lite is what it needs",),
    ],
)
def test_what_is_met_or_was_never_asked_for_is_no_fault(requires):
    assert unmet(package(*requires), "superb-lite") is None


@pytest.mark.parametrize("name", ["superb-lite", "Superb_Lite", "superb.lite[hf]"])
def test_another_version_is_named_with_the_installed_one(name, monkeypatch):
    monkeypatch.setattr("superb_lite.requirements.version", lambda name: "0.3.dev1")
    assert unmet(package("numpy", f"{name}>=0.2"), "superb-lite") is None  # a pre-release counts
    assert unmet(package("numpy", f"{name}>=0.4,<1"), "superb-lite") == (
        "it needs superb-lite<1,>=0.4, and this is 0.3.dev1"
    )


def test_a_package_that_is_not_installed_has_no_wrong_version():
    assert unmet(package("no-such-package>=1"), "no-such-package") is None
