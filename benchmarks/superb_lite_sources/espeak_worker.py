"""The child process that owns eSpeak NG: utterances as JSON lines in, waveforms and phones out.

The library keeps its state in global variables and can crash on a bad voice, so it never runs in the process that
calls it. What it says even depends on what it said before (flutter and noise go on where they stopped), so the library
is unloaded and loaded again for every utterance, which takes a millisecond: a waveform then depends on its utterance
alone, not on its neighbours or the number of workers.

`python -m superb_lite_sources.espeak_worker` reads all of standard input first and then writes, for each utterance, one
JSON line (`samples`, `phones`, `words`) and the waveform as little-endian int16.
"""

from __future__ import annotations

import _ctypes
import ctypes
import functools
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from superb_lite.imports import optional
from superb_lite_sources import acoustics, voices
from superb_lite_sources.utterance import Utterance

# Values of espeak-ng/speak_lib.h.
_SYNCHRONOUS, _PHONEME_EVENTS, _UTF8, _END_PAUSE = 2, 0x0001, 1, 0x1000
_RATE, _PITCH, _PITCH_RANGE = 1, 3, 4
_EVENT_END, _EVENT_PHONEME = 0, 7
_ESPEAK_RATE = 22_050


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


_DRAWN = "drawn"
"""The file of the drawn voice that speaks."""

_ENGLISH = ("en_dict", "intonations", "phondata", "phonindex", "phontab", "lang/gmw/en-US", "voices/!v")
"""What eSpeak NG reads to speak American English."""


@functools.cache
def _data(installed: Path) -> Path:
    """A copy of the data, so that voices can be added; it goes with the process."""
    scratch = tempfile.TemporaryDirectory(prefix="superb-lite-voices-")
    _SCRATCH.append(scratch)
    for name in _ENGLISH:
        target = Path(scratch.name) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (installed / name).is_dir():
            shutil.copytree(installed / name, target)
        else:
            shutil.copyfile(installed / name, target)
    return Path(scratch.name)


_SCRATCH: list[tempfile.TemporaryDirectory[str]] = []
"""Removed when the process ends."""

_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Synthesiser:
    """eSpeak NG through ctypes, fresh from the disk. One at a time in a process; `close` it before the next."""

    def __init__(self) -> None:
        loader = optional("espeakng_loader", package="espeakng-loader", extra="lite", purpose="speech synthesis")
        self.data = _data(Path(loader.get_data_path()))
        self.library = ctypes.CDLL(loader.get_library_path())
        rate = self.library.espeak_Initialize(_SYNCHRONOUS, 0, str(self.data).encode(), _PHONEME_EVENTS)
        if rate != _ESPEAK_RATE:
            raise RuntimeError(f"eSpeak NG did not start: sample rate {rate}")
        self.blocks: list[NDArray[np.int16]] = []
        self.events: list[tuple[int, int, str]] = []  # (sample, character of the text, phoneme)
        self._callback = _CALLBACK(self._receive)  # kept alive as long as the library may call it
        self.library.espeak_SetSynthCallback(self._callback)

    def close(self) -> None:
        """Unload the library, and its state with it."""
        self.library.espeak_Terminate()
        _ctypes.dlclose(self.library._handle)

    def _receive(self, wave: Any, count: int, events: Any) -> int:
        if wave and count > 0:
            self.blocks.append(np.ctypeslib.as_array(wave, (count,)).copy())
        index = 0
        while events[index].type != _EVENT_END:
            if events[index].type == _EVENT_PHONEME:
                phoneme = events[index].id.string.decode("utf-8", "replace")
                self.events.append((events[index].sample, events[index].text_position, phoneme))
            index += 1
        return 0

    def say(self, utterance: Utterance) -> tuple[NDArray[np.float32], list[tuple[int, int, str]]]:
        """Clean speech at 22,050 Hz and its phoneme events as eSpeak NG gives them."""
        # eSpeak NG itself takes an unknown variant for the plain voice.
        variants, variant = self.data / "voices" / "!v", utterance.voice
        if voices.is_drawn(variant):
            # In one file for all of them, since eSpeak NG takes no more than 350 voices.
            (variants / _DRAWN).write_text(voices.variant(variant), encoding="ascii")
            variant = _DRAWN
        if not (variants / variant).is_file() or self.library.espeak_SetVoiceByName(f"en-us+{variant}".encode()) != 0:
            raise RuntimeError(f"eSpeak NG has no voice '{utterance.voice}'")
        self.library.espeak_ng_SetRandSeed(ctypes.c_long(utterance.seed % 2**31))
        self.library.espeak_SetParameter(_RATE, utterance.rate, 0)
        self.library.espeak_SetParameter(_PITCH, utterance.pitch, 0)
        self.library.espeak_SetParameter(_PITCH_RANGE, utterance.pitch_range, 0)
        self.blocks.clear()
        self.events.clear()
        text = utterance.text.encode() + b"\0"
        self.library.espeak_Synth(text, len(text), 0, 0, 0, _UTF8 | _END_PAUSE, None, None)
        samples = np.concatenate(self.blocks) if self.blocks else np.zeros(0, np.int16)
        return (samples / np.float32(32768.0)).astype(np.float32), list(self.events)


def segments(
    events: list[tuple[int, int, str]], text: str, samples: int
) -> tuple[list[tuple[int, int, str]], list[tuple[int, int, str]]]:
    """Phones and words, each (start, end, name), in samples of the waveform that the events count in.

    Stress marks are stripped, pauses are called "" and merged, and a phone ends where the next event starts. Words are
    the runs of phones that eSpeak NG attributes to one position of the text; words it runs together stay one segment.
    """
    phones: list[tuple[int, int, str]] = []
    words: list[tuple[int, int, str]] = []
    if not events or events[0][0] > 0:
        events = [(0, 0, "_"), *events]
    last_position = -1
    for (start, position, phoneme), following in zip(events, [*events[1:], (samples, 0, "")], strict=True):
        end = min(following[0], samples)
        name = "" if phoneme.startswith("_") else phoneme.lstrip("',%=")
        if end <= start:
            continue
        if not name and phones and not phones[-1][2]:
            phones[-1] = (phones[-1][0], end, "")
        else:
            phones.append((start, end, name))
        if name and position == last_position:
            words[-1] = (words[-1][0], end, words[-1][2])
        elif name:
            words.append((start, end, text[position - 1 :].split()[0].strip(",.?")))
            last_position = position
    return phones, words


def render(utterance: Utterance) -> tuple[dict[str, Any], NDArray[np.int16]]:
    """An utterance as the microphone hears it: 16 kHz int16, with its phones and words in samples."""
    synthesiser = Synthesiser()
    clean, events = synthesiser.say(utterance)
    synthesiser.close()
    if acoustics.rms(clean) < 1e-4:
        raise RuntimeError(f"eSpeak NG is silent: {utterance}")
    before, after = (round(seconds * _ESPEAK_RATE) for seconds in (utterance.before, utterance.after))
    clean = np.pad(clean, (before, after))
    events = [(sample + before, position, phoneme) for sample, position, phoneme in events]
    ratio = acoustics.SAMPLE_RATE / _ESPEAK_RATE
    waveform = acoustics.resample(clean, up=320, down=441)  # 22,050 Hz * 320 / 441 = 16,000 Hz
    scaled = [(round(sample * ratio), position, phoneme) for sample, position, phoneme in events]
    phones, words = segments(scaled, utterance.text, len(waveform))
    rng = np.random.default_rng(utterance.seed)
    waveform = acoustics.set_level(waveform, -20.0)
    if utterance.t60 > 0:
        response = acoustics.room_impulse_response(utterance.t60, direct=utterance.direct, rng=rng)
        waveform = acoustics.reverberate(waveform, response)
    if utterance.snr is not None:
        waveform = acoustics.add_noise(waveform, utterance.snr, colour=utterance.noise_colour, rng=rng)
    waveform = acoustics.tilt(waveform, utterance.tilt)
    waveform = acoustics.set_level(waveform, utterance.level)
    return {"phones": phones, "words": words}, np.round(waveform * 32767.0).astype(np.int16)


def main() -> None:
    """Render every utterance on standard input."""
    for line in sys.stdin.readlines():
        header, samples = render(Utterance(**json.loads(line)))
        header["samples"] = len(samples)
        sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + samples.astype("<i2").tobytes())
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
