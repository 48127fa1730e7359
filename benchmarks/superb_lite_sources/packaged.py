"""Files that installed packages carry, found without importing the package and compared with their SHA-256.

Importing a package to read a text file in it would load its libraries, or run code that nobody needs. Another version
of a package may carry other data under the same name, which would change scores without a word: each file is therefore
pinned to its content.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from superb_lite.errors import MissingPackageError, SuperbLiteError


@dataclass(frozen=True)
class Package:
    """An installed package that data is read from."""

    name: str
    """What is imported, and installed."""

    version: str
    """The version whose files are meant; another one does as long as they are the same."""

    purpose: str
    """What the files are, for messages ("the splice sites")."""

    extra: str = "sequence"
    """The extra of superb-lite that installs it."""

    def folder(self) -> Path:
        """Where the package lies. Raises `MissingPackageError` where it is not installed."""
        # find_spec executes nothing of a top-level package.
        spec = importlib.util.find_spec(self.name)
        if spec is None or not spec.submodule_search_locations:
            raise MissingPackageError(self.name, self.extra, self.purpose)
        return Path(spec.submodule_search_locations[0])

    def file(self, name: str, sha256: str) -> Path:
        """A file by its path within the package.

        Raises `MissingPackageError`, or `SuperbLiteError` where the file is missing or another one.
        """
        path = self.folder() / name
        try:
            found = _digest(path, path.stat().st_mtime_ns)
        except OSError as error:
            raise self._wrong(name, error.strerror or "cannot be read") from None
        if found != sha256:
            raise self._wrong(name, "another content")
        return path

    def files(self, pattern: str, sha256: str) -> tuple[Path, ...]:
        """All files that match a pattern of `Path.glob` within the package, in the order of their names.

        sha256: of the lines "NAME SHA-256\\n" of these files, NAME being the path within the package with slashes.
        Raises `MissingPackageError`, or `SuperbLiteError` where files are missing, additional or other ones.
        """
        folder = self.folder()
        names = sorted(path.relative_to(folder).as_posix() for path in folder.glob(pattern) if path.is_file())
        lines = (f"{name} {hashlib.sha256((folder / name).read_bytes()).hexdigest()}\n" for name in names)
        if hashlib.sha256("".join(lines).encode()).hexdigest() != sha256:
            raise self._wrong(pattern, f"{len(names)} files, and not those that are meant")
        return tuple(folder / name for name in names)

    def _wrong(self, name: str, what: str) -> SuperbLiteError:
        try:
            installed = f"{self.name} {version(self.name)}"
        except PackageNotFoundError:
            installed = f"the installed {self.name}"
        return SuperbLiteError(
            f"{self.purpose}: '{name}' in {installed}: {what}: pip install --force-reinstall --no-deps "
            f"'{self.name}=={self.version}'"
        )


@functools.cache
def _digest(path: Path, changed: int) -> str:
    """SHA-256 of a file; `changed` is when it was last written, in nanoseconds."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
