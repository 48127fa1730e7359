"""Sequences as people write them into files: lower case, stop codons, RNA letters, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from superb_lite.errors import SuperbLiteError, counted, note
from superb_lite_sequence.items import first_no_symbol

GAPS = "-."
"""What alignments put where a sequence has nothing."""

STOP = "*"

_RNA = frozenset("ACGUN")


def check_symbols(sequence: str, where: str, column: int = 1) -> None:
    """Refuse what is no sequence, naming the column in which it stands.

    Gaps are refused among letters only, as in `AC--GT`; in another alphabet, as in `((..))`, they are symbols.

    Args:
        where: file and record, which the message begins with.
        column: of the first symbol.
    Raises:
        SuperbLiteError: a blank, a control character or a gap.
    """
    place = first_no_symbol(sequence)
    if place is not None:
        kind = "a blank" if sequence[place].isspace() else "a control character"
        raise SuperbLiteError(f"{where}, column {column + place}: {kind} ({sequence[place]!a}) inside a sequence")
    place = next((n for n, symbol in enumerate(sequence) if symbol in GAPS), None)
    if place is not None and _is_letters(sequence.translate(_NO_GAPS)):
        raise SuperbLiteError(
            f"{where}, column {column + place}: a gap ('{sequence[place]}'), as in an alignment: remove the gaps"
        )


_NO_GAPS = str.maketrans("", "", GAPS)


def _is_letters(sequence: str) -> bool:
    """Whether the symbols are letters, with stop codons among them."""
    return sequence.isascii() and sequence.replace(STOP, "").isalpha()


def normalised(path: Path, sequences: Mapping[str, str]) -> dict[str, str]:
    """The sequences of a file in the letters that encoders know, and a note of what was changed.

    A `*` at the end, a stop codon, is cut off. Where a file holds letters alone, they are nucleotides or residues:
    lower case marks repeats or doubts (soft masking) and is read as upper case. Where the letters are those of RNA, U
    is read as T.

    Raises `SuperbLiteError` for a sequence of which nothing is left, naming its key.
    """
    found = {name: sequence.removesuffix(STOP) for name, sequence in sequences.items()}
    if empty := next((name for name, sequence in found.items() if not sequence), None):
        raise SuperbLiteError(f"'{path}', {empty}: the sequence is empty")
    if all(_is_letters(sequence) for sequence in found.values()):
        if lower := sum(sequence != sequence.upper() for sequence in found.values()):
            note(f"'{path}': lower case in {counted(lower, 'sequence')} is read as upper case (soft masking)")
            found = {name: sequence.upper() for name, sequence in found.items()}
        symbols = frozenset[str]().union(*found.values())
        if "U" in symbols and symbols <= _RNA:
            note(f"'{path}': RNA is read as DNA, U as T")
            found = {name: sequence.replace("U", "T") for name, sequence in found.items()}
    return found
