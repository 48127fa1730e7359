"""Phone and speech recognition on LibriSpeech (Panayotov et al. 2015): train-clean-100, dev-clean, test-clean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.labels import Example, TaskData
from superb_lite_superb.corpora.files import Recording, existing, lines, read_when_used, release
from superb_lite_superb.superb import CHARACTERS, STRESSED_PHONES

SPLITS = {"train": "train-clean-100", "validation": "dev-clean", "test": "test-clean"}
LEXICON = "librispeech-lexicon*.txt"
LAYOUT = (
    "train-clean-100/, dev-clean/ and test-clean/, in them SPEAKER/CHAPTER/SPEAKER-CHAPTER.trans.txt and flac files"
)

Transcribe = Callable[[str, str], tuple[int, ...]]
"""The words of a transcript, and where it stands, -> symbols."""


def asr(root: Path | None = None) -> TaskData:
    """Speech recognition by characters. A cluster is a speaker."""
    folder = release("superb/asr", root, ["LibriSpeech"], LAYOUT, list(SPLITS.values()))
    return _data(folder, spelt)


def pr(root: Path | None = None) -> TaskData:
    """Phone recognition: each word has the first pronunciation that the lexicon gives it. A cluster is a speaker."""
    folder = release("superb/pr", root, ["LibriSpeech"], f"{LAYOUT}, and {LEXICON}", list(SPLITS.values()))
    lexicon = read_lexicon(folder)

    def pronounced(text: str, where: str) -> tuple[int, ...]:
        for word in text.split():
            if word not in lexicon:
                raise SuperbLiteError(f"{where}: '{word}' is in no {LEXICON} of '{folder}'")
        return tuple(phone for word in text.split() for phone in lexicon[word])

    return _data(folder, pronounced)


def read_lexicon(folder: Path) -> dict[str, tuple[int, ...]]:
    """Words and the indices of their phones, from lines such as "HELLO  HH AH0 L OW1", in all lexicon files by name."""
    files = sorted(folder.glob(LEXICON))
    if not files:
        raise SuperbLiteError(
            f"superb/pr: no {LEXICON} in '{folder}': put the lexicon of openslr.org/11 there, and for words that it "
            "lacks the g2p lexicons of s3prl"
        )
    index = {phone: number for number, phone in enumerate(STRESSED_PHONES)}
    found: dict[str, tuple[int, ...]] = {}
    for file in files:
        for number, line in enumerate(lines(file), start=1):
            word, *phones = line.split()
            if not phones or not all(phone in index for phone in phones):
                raise SuperbLiteError(f"'{file}', line {number}: '{line}' is not a word with its ARPAbet phones")
            found.setdefault(word, tuple(index[phone] for phone in phones))
    return found


def spelt(text: str, where: str) -> tuple[int, ...]:
    """The characters of a transcript."""
    for character in text:
        if character not in CHARACTERS:
            raise SuperbLiteError(f"{where}: '{character}' is not a letter, an apostrophe or a space")
    return tuple(CHARACTERS.index(character) for character in text)


def _data(folder: Path, transcribe: Transcribe) -> TaskData:
    recordings: dict[str, Recording] = {}
    parts: dict[str, tuple[Example, ...]] = {}
    for part, split in SPLITS.items():
        transcripts = sorted((folder / split).glob("*/*/*.trans.txt"))
        if not transcripts:
            raise SuperbLiteError(f"'{folder / split}' holds no SPEAKER/CHAPTER/SPEAKER-CHAPTER.trans.txt")
        examples = []
        for transcript in transcripts:
            for number, line in enumerate(lines(transcript), start=1):
                key, _, text = line.partition(" ")
                symbols = transcribe(text.strip(), f"'{transcript}', line {number}")
                if not symbols:
                    raise SuperbLiteError(f"'{transcript}', line {number}: '{key}' has no words")
                recordings[key] = existing(transcript.parent / f"{key}.flac", transcript)
                examples.append(Example(key, (key,), symbols, key.partition("-")[0]))
        parts[part] = tuple(examples)
    return TaskData(items=read_when_used(recordings), **parts)
