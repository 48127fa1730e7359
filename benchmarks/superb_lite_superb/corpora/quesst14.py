"""Query by example on QUESST 2014 (Anguera et al. 2015), its non-native English part, as in SUPERB."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Example, TaskData
from superb_lite_superb.corpora.files import Recording, existing, lines, read_when_used, release

PARTS = {"validation": "dev", "test": "eval"}
LANGUAGE = "nnenglish"
LISTS = tuple(f"scoring/language_key_{name}.lst" for name in ("utterances", *PARTS.values()))
LAYOUT = (
    "Audio/, dev_queries/ and eval_queries/ with wav files, scoring/language_key_*.lst and "
    "scoring/groundtruth_quesst14_*/quesst14_*.rttm"
)


def qbe(root: Path | None = None) -> TaskData:
    """Every query with every utterance. A cluster is a query; those of "dev" choose the layer, and nothing is trained.

    A match is of any of the three types of QUESST, as `score-TWV-Cnxe.sh` counts them without further options.
    """
    truths = tuple(f"scoring/groundtruth_quesst14_{part}/quesst14_{part}.rttm" for part in PARTS.values())
    folder = release("superb/qbe", root, ["quesst14Database"], LAYOUT, [*LISTS, *truths])
    utterances = _recordings(folder, LISTS[0])
    recordings, pairs = dict(utterances), {}
    for (part, split), truth in zip(PARTS.items(), truths, strict=True):
        queries = _recordings(folder, f"scoring/language_key_{split}.lst")
        recordings |= queries
        matches = _matches(folder / truth)
        pairs[part] = tuple(
            Example(f"{query}-{utterance}", (query, utterance), int((query, utterance) in matches), query)
            for query in queries
            for utterance in utterances
        )
        if not any(example.label for example in pairs[part]):
            raise SuperbLiteError(f"'{folder / truth}' has no match of a query and an utterance in {LANGUAGE}")
    return TaskData(items=read_when_used(recordings), train=(), **pairs)


def _recordings(folder: Path, name: str) -> Mapping[str, Recording]:
    """By name, the recordings of a list in the language; its paths begin with the folder of the release."""
    found = {}
    for number, line in enumerate(lines(folder / name), start=1):
        path, _, language = line.strip().rpartition(" ")
        inside = PurePosixPath(path.strip())
        if len(inside.parts) < 2 or ".." in inside.parts or not language:
            raise SuperbLiteError(f"'{folder / name}', line {number}: '{line}' is not 'FOLDER/PATH LANGUAGE'")
        if language == LANGUAGE:
            found[inside.stem] = existing(folder.joinpath(*inside.parts[1:]), folder / name)
    if not found:
        raise SuperbLiteError(f"'{folder / name}' has no recording in {LANGUAGE}")
    return found


def _matches(path: Path) -> set[tuple[str, str]]:
    """(query, utterance) of each line "LEXEME utterance channel start length query ..."."""
    found = set()
    for number, line in enumerate(lines(path), start=1):
        kind, *fields = line.split()
        if kind != "LEXEME":
            continue
        if len(fields) < 5:
            raise SuperbLiteError(f"'{path}', line {number}: '{line}' is not 'LEXEME utterance 1 start length query'")
        found.add((fields[4], fields[0]))
    return found
