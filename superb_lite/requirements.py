"""Whether a package of somebody else was made for the version of ours that is installed."""

from __future__ import annotations

from importlib.metadata import Distribution, PackageNotFoundError, version


def unmet(package: Distribution, other: str) -> str | None:
    """What a package requires of another installed one and does not get, in words; None where all is well.

    pip tells a person of this when it installs the one over the other, and goes on. What stands under extras
    (`Requires-Dist: ...; extra == "test"`) is not asked for.
    """
    texts = [text for text in package.requires or () if other in text.lower().replace("_", "-").replace(".", "-")]
    if not texts:
        return None
    from packaging.requirements import InvalidRequirement, Requirement  # not for packages that require nothing of it
    from packaging.utils import canonicalize_name

    try:
        installed = version(other)
    except PackageNotFoundError:
        return None
    for text in texts:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue  # no installer can have looked at it either
        asked = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        met = requirement.specifier.contains(installed, prereleases=True)
        if asked and not met and canonicalize_name(requirement.name) == other:
            return f"it needs {other}{requirement.specifier}, and this is {installed}"
    return None
