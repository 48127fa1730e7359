"""Manifests: a `submission.yaml` that says what an entry is, beside the files that it names.

A manifest is a stranger's file. It is composed, never constructed, so that a tag makes no object; aliases and anchors,
by which a short text becomes a long value, are refused; and its paths stay in its folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, ValidationError

from superb_lite.errors import NAME_LIMIT, SuperbLiteError, one_line
from superb_lite.results.fields import ShortName
from superb_lite.results.result import FrozenModel, refusal
from superb_lite_leaderboard.checks import check_name
from superb_lite_leaderboard.entry import Line, Tag
from superb_lite_leaderboard.submission.inside import encoder_inside, result_inside

LARGEST = 64 * 1024
"""Bytes."""

DEEPEST = 4
"""Levels of nesting that are read; a manifest has three."""

Word = Annotated[str, Field(min_length=1, max_length=1000)]


class Manifest(FrozenModel):
    """What a submission is. All of it is text of a stranger."""

    name: str = ""
    """Of the entry; empty: the command names it."""
    description: Annotated[str, Field(max_length=2000)] = ""
    url: Line = ""
    licence: Line = ""
    tags: Annotated[tuple[Tag, ...], Field(max_length=20)] = ()
    encoders: Annotated[tuple[Word, ...], Field(max_length=100)] = ()
    """References, or paths in the manifest's folder."""
    results: Annotated[tuple[Word, ...], Field(max_length=1000)] = ()
    """Result files, paths in the manifest's folder."""
    languages: Annotated[tuple[Tag, ...], Field(max_length=20)] = ()
    pretrained_on: Annotated[tuple[ShortName, ...], Field(max_length=100)] = ()
    """All data that encoders were pretrained on which do not say it themselves."""


def read_manifest(path: Path) -> Manifest:
    """The manifest in a file; its paths are given as they are from here, not from its folder.

    Raises `SuperbLiteError`, in one line that names the field or the line of the file: no YAML, aliases or anchors, a
    key that is unknown or stands twice, a value that is not text or too long, a path out of the folder or to nothing,
    and a manifest without encoders and results.
    """
    shown = one_line(path, NAME_LIMIT)
    try:
        manifest = Manifest.model_validate(_document(path))
        if manifest.name:
            _check_name(manifest.name)
        if not (manifest.encoders or manifest.results):
            raise SuperbLiteError("fields 'encoders' and 'results' are empty: name what is submitted")
        return manifest.model_copy(
            update={
                "encoders": tuple(
                    encoder_inside(path.parent, each, f"encoders.{i}") for i, each in enumerate(manifest.encoders)
                ),
                "results": tuple(
                    result_inside(path.parent, each, f"results.{i}") for i, each in enumerate(manifest.results)
                ),
            }
        )
    except ValidationError as error:
        raise SuperbLiteError(f"'{shown}': {refusal(error)}") from None
    except SuperbLiteError as error:
        raise SuperbLiteError(f"'{shown}': {error}") from None


def _check_name(name: str) -> None:
    try:
        check_name(name)
    except SuperbLiteError as error:
        raise SuperbLiteError(f"field 'name': {error}") from None


def _document(path: Path) -> object:
    """What a file says: texts, tuples and dictionaries; what is left empty is left out."""
    try:
        if path.exists() and not path.is_file():
            raise SuperbLiteError("a manifest is a file")
        with path.open("rb") as source:
            content = source.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise SuperbLiteError(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > LARGEST:
        raise SuperbLiteError(f"a manifest has at most {LARGEST // 1024} kB")
    try:
        loader = _Loader(content.decode("utf-8-sig"))
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except UnicodeDecodeError:
        raise SuperbLiteError("a manifest is UTF-8 text") from None
    except yaml.MarkedYAMLError as error:
        line = "" if error.problem_mark is None else f"line {error.problem_mark.line + 1}: "
        raise SuperbLiteError(f"{line}not YAML: {error.problem or error.context}") from None
    # Characters that YAML does not allow, and escapes of characters that do not exist.
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise SuperbLiteError(f"not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(node, yaml.MappingNode):
        raise SuperbLiteError("a manifest has lines of the kind 'name: my BERT'")
    return _plain(node, "")


class _Loader(yaml.SafeLoader):
    """Composes nodes without aliases and anchors, a few levels deep."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.fields: list[str] = []

    def compose_node(self, parent: yaml.Node | None, index: object) -> yaml.Node:
        """The next node. parent, index: where it stands; a key has no index. Raises `SuperbLiteError`."""
        event = self.peek_event()
        label = index.value if isinstance(index, yaml.ScalarNode) else "" if index is None else str(index)
        self.fields.append(one_line(label, NAME_LIMIT) if isinstance(label, str) else "")
        where = f"field '{field}': " if (field := ".".join(filter(None, self.fields))) else ""
        where = f"{where}line {event.start_mark.line + 1}: "
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise SuperbLiteError(f"{where}aliases and anchors (* and &) are not read: write the value out")
        if len(self.fields) > DEEPEST:
            raise SuperbLiteError(f"{where}nested too deep")
        node: yaml.Node = super().compose_node(parent, index)
        self.fields.pop()
        return node


_TAG = "tag:yaml.org,2002:"


def _plain(node: yaml.Node, field: str) -> object:
    """Text of scalars, tuples of sequences, dictionaries of mappings; None for what is left empty."""
    where = f"field '{field}': " if field else ""
    if isinstance(node, yaml.ScalarNode) and node.tag == f"{_TAG}null" and not node.value:
        return None
    if isinstance(node, yaml.ScalarNode) and node.tag == f"{_TAG}str":
        return node.value
    if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
        return tuple(_plain(each, f"{field}.{i}") for i, each in enumerate(node.value))
    if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
        found: dict[str, object] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag != f"{_TAG}str":
                name = key.value if isinstance(key, yaml.ScalarNode) else "a list"
                raise SuperbLiteError(f"{where}line {key.start_mark.line + 1}: '{_short(name)}' is no field")
            inner = f"{field}.{_short(key.value)}" if field else _short(key.value)
            if key.value in found:
                raise SuperbLiteError(f"field '{inner}': line {key.start_mark.line + 1}: it stands twice")
            found[key.value] = _plain(value, inner)
        return {key: value for key, value in found.items() if value is not None}
    kind = _short(node.tag.removeprefix(_TAG))
    if isinstance(node, yaml.ScalarNode):
        raise SuperbLiteError(f"{where}{_short(node.value)} is read as {kind}, not as text: put it in quotes")
    raise SuperbLiteError(f"{where}line {node.start_mark.line + 1}: the tag '{kind}' is not read")


def _short(text: str) -> str:
    return one_line(text, NAME_LIMIT)
