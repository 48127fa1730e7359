"""Small copies of the official folder layouts, with a few eSpeak NG utterances for speech."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import soundfile
import torch
import torchaudio

from superb_lite_sources import espeak
from superb_lite_sources.sentences import sentences
from superb_lite_sources.utterance import Utterance
from superb_lite_superb.spoken import spoken_part
from superb_lite_superb.superb import COMMANDS, SILENCE, UNKNOWN


def tone(path: Path, number: int, *, seconds: float = 0.3, rate: int = 16_000, channels: int = 1) -> None:
    """A tone of its own pitch for each number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    time = np.arange(int(seconds * rate)) / rate
    wave = 0.3 * np.sin(2 * np.pi * (200 + 37 * number) * time)
    soundfile.write(path, np.stack([wave] * channels, axis=1), rate)


@functools.cache
def utterances() -> list[np.ndarray]:
    """24 utterances, (samples,) at 16 kHz, from their first phone on."""
    voices = ("Andy", "Henrique", "Hugo", "Lee", "RicishayMax2", "edward", "iven4", "john")
    said = [Utterance(text=text, voice=voices[n % 8]) for n, text in enumerate(sentences("train", 24, seed=9))]
    return [s.waveform[spoken_part(s)[0] :] for s in espeak.synthesise(said, name="test-layouts")]


def speak(path: Path, number: int, *, rate: int = 16_000) -> None:
    """0.3 s of an utterance of its own for each number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    wave = utterances()[number % 24][: round(0.3 * 16_000)] * (0.5 + number / 50_000)
    soundfile.write(path, torchaudio.functional.resample(torch.from_numpy(wave), 16_000, rate).numpy(), rate)


def write(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def speech_commands(root: Path) -> None:
    training, test = root / "speech_commands_v0.01", root / "speech_commands_test_set_v0.01"
    validated, tested = [], []
    for number, word in enumerate([*COMMANDS[:10], "bed", "cat"]):
        for speaker in range(4):
            name = f"{word}/{speaker:08x}_nohash_0.wav"
            speak(training / name, number)
            if speaker == 2:
                validated.append(name)
            if speaker == 3:
                tested.append(name)
    write(training / "validation_list.txt", *validated)
    write(training / "testing_list.txt", *tested)
    tone(training / "_background_noise_" / "white_noise.wav", 99, seconds=6.5)
    for number, name in enumerate(COMMANDS):
        for speaker in range(2):
            speak(test / name / f"{speaker + 8:08x}_nohash_0.wav", number)
    assert {UNKNOWN, SILENCE} <= {path.name for path in test.iterdir()}


def fluent_speech_commands(root: Path) -> None:
    folder = root / "fluent_speech_commands_dataset"
    number = 0
    for table, speakers in (("train", "ab"), ("valid", "c"), ("test", "de")):
        rows = [",path,speakerId,transcription,action,object,location"]
        for speaker in speakers:
            for intent, said in (
                ("activate,lights,kitchen", '"Lights on, kitchen"'),
                ("bring,juice,none", "Get me juice"),
            ):
                path = f"wavs/speakers/{speaker}/{number}.wav"
                speak(folder / path, number)
                rows.append(f"{number},{path},{speaker},{said},{intent}")
                number += 1
        write(folder / "data" / f"{table}_data.csv", *rows)


def librispeech(root: Path) -> None:
    folder = root / "LibriSpeech"
    for split, speakers in (("train-clean-100", (19, 26)), ("dev-clean", (84,)), ("test-clean", (61, 121))):
        for speaker in speakers:
            chapter = folder / split / str(speaker) / "198"
            write(
                chapter / f"{speaker}-198.trans.txt",
                f"{speaker}-198-0000 HELLO WORLD",
                f"{speaker}-198-0001 THE WORLD'S END",
            )
            for n in range(2):
                speak(chapter / f"{speaker}-198-000{n}.flac", speaker + n)
    write(
        folder / "librispeech-lexicon.txt",
        "HELLO  HH AH0 L OW1",
        "HELLO  HH EH0 L OW1",
        "WORLD  W ER1 L D",
        "THE    DH AH0",
        "END    EH1 N D",
    )
    write(folder / "librispeech-lexicon-200k-g2p.txt", "WORLD'S\tW ER1 L D Z")


def voxceleb1(root: Path) -> None:
    folder = root / "VoxCeleb1"
    split = []
    for number, speaker in enumerate(("id10001", "id10002", "id10270", "id10271")):
        side = "test" if speaker >= "id10270" else "dev"
        for video in range(3):
            for n in range(2):
                key = f"{speaker}/video{video}/0000{n}.wav"
                speak(folder / side / "wav" / key, 10 * number + video)
                split.append(f"{video + 1} {key}")
    write(folder / "iden_split.txt", *split)
    write(
        folder / "veri_test.txt",
        "1 id10270/video0/00000.wav id10270/video1/00000.wav",
        "0 id10270/video0/00000.wav id10271/video1/00000.wav",
        "1 id10271/video0/00001.wav id10271/video2/00000.wav",
        "0 id10271/video0/00001.wav id10270/video2/00000.wav",
    )


def snips(root: Path) -> None:
    folder = root / "SNIPS"
    rows = []
    for part, voices in (
        ("train", ("Ivy", "Joey", "Brian")),
        ("valid", ("Amy",)),
        ("test", ("Emma", "Russell", "Ivy")),
    ):
        for number in range(3):
            for voice in voices:
                name = f"{voice}-snips-{part}-{number}"
                speak(folder / part / f"{name}.wav", number, rate=22_050)
                rows.append(f"{name} BOS PLAY MÖTLEY CRÜE , IN OHIO EOS\tO O artist artist O O state PlayMusic")
    write(folder / "all.iob.snips.txt", *rows)


def iemocap(root: Path) -> None:
    folder = root / "IEMOCAP_full_release"
    for session in range(1, 6):
        for scene in ("impro01", "script02_1"):
            dialogue = f"Ses0{session}F_{scene}"
            rows = ["% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]", ""]
            for n, emotion in enumerate(("neu", "hap", "exc", "ang", "sad", "fru", "xxx")):
                name = f"{dialogue}_F00{n}"
                speak(folder / f"Session{session}/sentences/wav/{dialogue}/{name}.wav", 7 * session + n)
                rows.append(f"[{n}.2901 - {n}.8572]\t{name}\t{emotion}\t[2.5000, 2.5000, 2.5000]")
                rows.append("C-E2:\tNeutral;\t()")
            write(folder / f"Session{session}/dialog/EmoEvaluation/{dialogue}.txt", *rows)


def quesst14(root: Path) -> None:
    folder = root / "quesst14Database"
    rows = []
    for number in range(1, 7):
        speak(folder / f"Audio/quesst14_{number:05d}.wav", number, rate=8_000)
        rows.append(f"quesst14Database/Audio/quesst14_{number:05d}.wav {'nnenglish' if number < 6 else 'basque'}")
    write(folder / "scoring/language_key_utterances.lst", *rows)
    for split in ("dev", "eval"):
        rows, matches = [], []
        for number in range(1, 4):
            name = f"quesst14_{split}_{number:04d}"
            speak(folder / f"{split}_queries/{name}.wav", number, rate=8_000)
            rows.append(f"quesst14Database/{split}_queries/{name}.wav {'nnenglish' if number < 3 else 'czech'}")
            for utterance in (number, 6):
                matches.append(f"LEXEME quesst14_{utterance:05d} 1 0.00 0.30 {name} lex T1 <NA>")
        write(folder / f"scoring/language_key_{split}.lst", *rows)
        truth = f"scoring/groundtruth_quesst14_{split}/quesst14_{split}.rttm"
        write(folder / truth, "SPKR-INFO quesst14_00001 1 <NA> <NA> <NA> unknown", *matches)


def libri2mix(root: Path) -> None:
    folder = root / "Libri2Mix"
    for split, count in (("train", 6), ("dev", 2), ("test", 3)):
        audio, segments, speakers = [], [], []
        for number in range(count):
            name, who = f"{number}-a_{number}-b", (f"{split}{number}", f"{split}{(number + 1) % count}")
            speak(folder / f"wav16k/max/{split}/{name}.wav", number + 3 * count)
            path = f"wav16k/max/{split}/{name}.wav"
            audio.append(f"{name} {folder / path if split == 'train' else path}")
            for speaker, (start, end) in zip(who, ((0.0, 0.15), (0.1, 0.31)), strict=True):
                segments.append(f"{speaker}_{name} {name} {start:.2f} {end:.2f}")
                speakers.append(f"{speaker}_{name} {speaker}")
        write(folder / split / "wav.scp", *audio)
        write(folder / split / "segments", *segments)
        write(folder / split / "utt2spk", *speakers)


LAYOUTS = {
    "ks": speech_commands,
    "ic": fluent_speech_commands,
    "pr": librispeech,
    "asr": librispeech,
    "sid": voxceleb1,
    "asv": voxceleb1,
    "sf": snips,
    "qbe": quesst14,
    "sd": libri2mix,
    **{f"er{number}": iemocap for number in range(1, 6)},
}
"""What each task reads."""
