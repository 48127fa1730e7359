"""Late imports by name, so that listing things never imports torch."""

from __future__ import annotations

import importlib
from typing import Any

from superb_lite.errors import MissingPackageError, SuperbLiteError


def resolve(target: str) -> Any:
    """The object that "package.module:attribute" names.

    Raises `SuperbLiteError` when the module or the attribute is not there.
    """
    module_name, _, attribute = target.partition(":")
    try:
        return getattr(importlib.import_module(module_name), attribute)
    except (ImportError, AttributeError) as error:
        raise SuperbLiteError(f"cannot load '{target}': {error}") from error


def optional(module: str, *, package: str, extra: str, purpose: str) -> Any:
    """Import a module of an optional package, or say in one line how to install it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingPackageError(package, extra, purpose) from error
