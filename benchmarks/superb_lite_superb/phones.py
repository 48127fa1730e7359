"""eSpeak NG's American English phonemes, collapsed to 40 phones in ARPAbet and silence."""

from __future__ import annotations

from superb_lite.errors import SuperbLiteError
from superb_lite_superb import PHONES

# Kirshenbaum-like mnemonics of eSpeak NG's en-us voice -> ARPAbet. Rhotic vowels fold into their nucleus, flaps into T.
_ARPABET: dict[str, str] = {
    phoneme: phone
    for phone, phonemes in {
        "SIL": [""],
        "P": ["p"], "B": ["b"], "T": ["t", "t2", "t#", "*"], "D": ["d"], "K": ["k"], "G": ["g"],
        "CH": ["tS"], "JH": ["dZ"],
        "F": ["f"], "V": ["v"], "TH": ["T"], "DH": ["D"], "S": ["s"], "Z": ["z", "z/2"], "SH": ["S"], "ZH": ["Z"],
        "HH": ["h"],
        "M": ["m"], "N": ["n"], "NG": ["N"],
        "L": ["l", "@L", "L", "l#"], "R": ["r", "r-", "r/"], "W": ["w", "w#"], "Y": ["j", ";"],
        "IH": ["I", "I#", "I2", "i@3", "i@"], "IY": ["i", "i:"], "EH": ["E", "e@", "E#", "E2"],
        "AE": ["a", "aa", "&"], "AA": ["A:", "0", "A@", "A", "0#"], "AO": ["O:", "O2", "O@", "o@", "O"],
        "AH": ["V"], "AX": ["@", "@2", "@-", "a#", "@#", "@5"], "UH": ["U", "U@"], "UW": ["u:", "u"],
        "ER": ["3", "3:"],
        "EY": ["eI", "e"], "AY": ["aI", "aI@", "aI3"], "AW": ["aU", "aU@"], "OW": ["oU", "oU#", "o"], "OY": ["OI"],
    }.items()
    for phoneme in phonemes
}  # fmt: skip

_INDEX = {phone: index for index, phone in enumerate(PHONES)}


def phone_label(phoneme: str) -> int:
    """The index in `PHONES` of an eSpeak NG phoneme without stress marks; "" is silence."""
    try:
        return _INDEX[_ARPABET[phoneme]]
    except KeyError:
        raise SuperbLiteError(f"eSpeak NG's phoneme '{phoneme}' has no phone: add it to phones.py") from None
