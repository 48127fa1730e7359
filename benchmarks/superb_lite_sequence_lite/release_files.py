"""The file formats of official releases of DNA and proteins. What is wrong is named by file, record and column."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from superb_lite.errors import SuperbLiteError, counted, note
from superb_lite.paths import read_utf8

LARGEST = 2**30
"""The largest file in bytes."""

DNA = "ACGTDNRS"
"""D, N, R and S stand for several nucleotides (IUPAC); UCI's file has some."""

PROTEIN = "ABCDEFGHIKLMNOPQRSTUVWXYZ"
"""The twenty amino acids, selenocysteine U and pyrrolysine O, and B, X and Z for several of them (IUPAC)."""


class Record(NamedTuple):
    """A labelled sequence of a release."""

    id: str
    """Its number in the file, from 1."""

    sequence: str

    label: int | float

    cluster: str
    """What it shares with others; empty: its sequence."""


def splice(path: Path) -> list[Record]:
    """UCI's `splice.data`: class, name and 60 letters between commas, with blanks anywhere, and no header.

    Raises `SuperbLiteError` for anything else, and so do all functions here.
    """
    classes = ("EI", "IE", "N")
    records = []
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        where = f"'{path}', line {number}"
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) != 3:
            raise SuperbLiteError(f"{where}: {counted(len(cells), 'column')} instead of class, name and sequence")
        if cells[0] not in classes:
            raise SuperbLiteError(f"{where}, column 1: '{cells[0]:.40}' is none of the classes {', '.join(classes)}")
        sequence = _sequence(cells[2], DNA, f"{where}, column 3")
        if len(sequence) != 60:
            raise SuperbLiteError(f"{where}, column 3: {len(sequence)} letters instead of 60")
        records.append(Record(str(number), sequence, classes.index(cells[0]), ""))
    return records


def tape(path: Path, column: str) -> list[Record]:
    """A JSON file of TAPE: a list of objects with `primary` and a number under `column`, or a list of one number.

    Records of one `parent`, where there is one, are a cluster.
    """
    try:
        rows = json.loads(_text(path))
    except (json.JSONDecodeError, RecursionError) as error:
        raise SuperbLiteError(f"'{path}' is no JSON: {error}") from None
    if not isinstance(rows, list):
        raise SuperbLiteError(f"'{path}': a JSON {type(rows).__name__} instead of a list of objects")
    records = []
    for number, row in enumerate(rows, start=1):
        where = f"'{path}', record {number}"
        if not isinstance(row, dict):
            raise SuperbLiteError(f"{where}: a JSON {type(row).__name__} instead of an object")
        for key in ("primary", column):
            if key not in row:
                raise SuperbLiteError(f"{where}: the field '{key}' is missing; the fields are {', '.join(row)}")
        if not isinstance(row["primary"], str):
            raise SuperbLiteError(f"{where}, field 'primary': {type(row['primary']).__name__} instead of text")
        sequence = _sequence(row["primary"], PROTEIN, f"{where}, field 'primary'")
        value = _number(row[column], f"{where}, field '{column}'")
        records.append(Record(str(number), sequence, value, str(row.get("parent", ""))))
    return records


def gue(path: Path) -> list[Record]:
    """A CSV file of GUE: a header with `sequence` and `label`, and a class, 0 or 1."""
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    records = []
    try:
        header = [name.strip() for name in next(reader, [])]
        for name in ("sequence", "label"):
            if header.count(name) != 1:
                many = "is missing" if name not in header else "occurs twice"
                raise SuperbLiteError(f"'{path}', line 1: the column '{name}' {many}: the header is 'sequence,label'")
        for cells in reader:
            if not cells:
                continue
            where = f"'{path}', line {reader.line_num}"
            if len(cells) != len(header):
                raise SuperbLiteError(f"{where}: {counted(len(cells), 'column')} instead of {len(header)}")
            row = dict(zip(header, cells, strict=True))
            if row["label"].strip() not in ("0", "1"):
                raise SuperbLiteError(f"{where}, column 'label': '{row['label']:.40}' is neither 0 nor 1")
            sequence = _sequence(row["sequence"], DNA, f"{where}, column 'sequence'")
            records.append(Record(str(reader.line_num), sequence, int(row["label"]), ""))
    except csv.Error as error:
        raise SuperbLiteError(f"'{path}', line {reader.line_num}: no CSV: {error}") from None
    return records


def deeploc(path: Path, locations: Sequence[str]) -> tuple[list[Record], list[Record]]:
    """DeepLoc's FASTA file: (training, test) records.

    A header is `>ID LOCATION-KIND`, and ends in `test` for the test set; the kind (M, S, U) says whether the protein is
    in a membrane. Locations may be written with dots or blanks. Proteins of several places ("Cytoplasm-Nucleus") belong
    to no class: they are left out and counted.
    """
    index = {_letters(location): number for number, location in enumerate(locations)}
    parts: dict[bool, list[Record]] = {False: [], True: []}
    left_out: Counter[str] = Counter()
    for number, (line, header, lines) in enumerate(_fasta(path), start=1):
        where = f"'{path}', line {line}"
        words = header.split()
        tested = len(words) > 2 and words[-1].lower() == "test"
        place, _, kind = " ".join(words[1 : -1 if tested else None]).rpartition("-")
        if kind not in ("M", "S", "U"):
            raise SuperbLiteError(
                f"{where}: '>{header:.60}' is no header such as '>ID Nucleus-U' or '>ID Nucleus-U test'"
            )
        sequence = _sequence("".join(lines), PROTEIN, f"{where}, record '{words[0]:.40}'")
        if all(_letters(one) in index for one in place.split("-")) and "-" in place:
            left_out[place] += 1
        elif _letters(place) not in index:
            raise SuperbLiteError(f"{where}: '{place:.40}' is none of the locations {', '.join(locations)}")
        else:
            parts[tested].append(Record(str(number), sequence, index[_letters(place)], ""))
    if left_out:
        note(f"'{path}': {counted(left_out.total(), 'protein')} of several locations left out")
    return parts[False], parts[True]


def _fasta(path: Path) -> list[tuple[int, str, list[str]]]:
    """(line of the header, header without ">", lines of the sequence) of each record."""
    found: list[tuple[int, str, list[str]]] = []
    for number, line in enumerate(_lines(path), start=1):
        if line.startswith(">"):
            found.append((number, line[1:].strip(), []))
        elif line.strip():
            if not found:
                raise SuperbLiteError(
                    f"'{path}', line {number}: no FASTA file: it must begin with a header, as in '>ID'"
                )
            found[-1][2].append(line.strip())
    return found


def _letters(location: str) -> str:
    return re.sub("[^a-z]", "", location.lower())


def _sequence(text: str, alphabet: str, where: str) -> str:
    """A sequence in upper case, without a `*` at its end."""
    sequence = text.strip().upper().removesuffix("*")
    if not sequence:
        raise SuperbLiteError(f"{where}: the sequence is empty")
    wrong = next((place for place, letter in enumerate(sequence) if letter not in alphabet), None)
    if wrong is not None:
        raise SuperbLiteError(f"{where}: {sequence[wrong]!a} at position {wrong + 1} is none of the letters {alphabet}")
    return sequence


def _number(value: Any, where: str) -> float:
    """A finite number, or the only one in a list."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    try:
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    except OverflowError:  # an integer of hundreds of digits
        raise SuperbLiteError(f"{where}: it is too large a number") from None
    raise SuperbLiteError(f"{where}: '{value!s:.40}' is not a number")


def _text(path: Path) -> str:
    return read_utf8(path, limit=LARGEST)


def _lines(path: Path) -> list[str]:
    return _text(path).replace("\r\n", "\n").replace("\r", "\n").split("\n")
