"""The task set `superb` on small copies of the official layouts."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from corpus_folders import LAYOUTS, tone, write

from superb_lite.cli import main
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.features.data_checks import check_data
from superb_lite.tasks.labels import Diarization, Turn
from superb_lite_superb.corpora import files, iemocap, snips
from superb_lite_superb.superb import (
    COMMANDS,
    FLUENT_INTENTS,
    SNIPS_SLOTS,
    SNIPS_SYMBOLS,
    STRESSED_PHONES,
    SUPERB,
    VERIFICATION_SPEAKERS,
    VOX_SPEAKERS,
)

TASKS = {task.name.partition("/")[2]: task for task in SUPERB}


@pytest.fixture
def root(tmp_path):
    """A folder with all corpora."""
    for layout in set(LAYOUTS.values()):
        layout(tmp_path)
    return tmp_path


def data(name, root):
    found = TASKS[name].data(root)
    check_data(TASKS[name], found)
    return found


def said(name, example):
    return "".join(TASKS[name].labels[symbol] for symbol in example.label)


def test_the_sizes_are_the_published_ones():
    assert len(FLUENT_INTENTS) == len(set(FLUENT_INTENTS)) == 31
    assert (len(VOX_SPEAKERS), len(VERIFICATION_SPEAKERS)) == (1251, 1211)
    assert len(STRESSED_PHONES) == 15 * 3 + 24
    assert len(SNIPS_SLOTS) == len(set(SNIPS_SLOTS)) == 39
    assert len(COMMANDS) == 12
    assert set(TASKS) == set(LAYOUTS)


def test_speech_commands(root):
    found = data("ks", root)
    # 12 words of one speaker each for validation, of two for training; 6 whole seconds of noise, 2 of them validate.
    assert (len(found.train), len(found.validation), len(found.test)) == (24 + 4, 12 + 2, 24)
    names = [COMMANDS[e.label] for e in found.train]
    assert names.count("_unknown_") == 4
    assert names.count("_silence_") == 4
    assert {len(found.items[e.items[0]]) for e in found.train if COMMANDS[e.label] == "_silence_"} == {16_000}
    assert not any("00000003_nohash" in key for key in found.items)  # the training release's own test list
    assert {e.cluster for e in found.test} == {"00000008", "00000009", ""}  # nobody speaks in silence


def test_fluent_speech_commands(root):
    found = data("ic", root)
    assert [len(part) for part in (found.train, found.validation, found.test)] == [4, 2, 4]
    assert [FLUENT_INTENTS[e.label] for e in found.test[:2]] == ["activate|lights|kitchen", "bring|juice|none"]
    assert [e.cluster for e in found.test] == ["d", "d", "e", "e"]


def test_librispeech(root):
    characters, phones = data("asr", root), data("pr", root)
    for found in (characters, phones):
        assert [len(part) for part in (found.train, found.validation, found.test)] == [4, 2, 4]
        assert {e.cluster for e in found.test} == {"61", "121"}
    assert said("asr", characters.test[1]) == "THE WORLD'S END"
    assert characters.test[1].id == "121-198-0001"
    # The first pronunciation of HELLO counts, and the g2p lexicon knows WORLD'S.
    spoken = [" ".join(STRESSED_PHONES[p] for p in example.label) for example in phones.test[:2]]
    assert spoken == ["HH AH0 L OW1 W ER1 L D", "DH AH0 W ER1 L D Z EH1 N D"]


def test_voxceleb1_identification(root):
    found = data("sid", root)
    assert [len(part) for part in (found.train, found.validation, found.test)] == [8, 8, 8]
    assert {VOX_SPEAKERS[e.label] for e in found.test} == {"id10001", "id10002", "id10270", "id10271"}
    assert found.train[0].cluster == "id10001/video0"


def test_voxceleb1_verification(root):
    found = data("asv", root)
    assert [len(e.items) for e in (found.train[0], found.validation[0], found.test[0])] == [1, 2, 2]
    assert {VERIFICATION_SPEAKERS[e.label] for e in found.train} == {"id10001", "id10002"}
    assert [e.label for e in found.test] == [1, 0, 1, 0]
    assert [e.cluster for e in found.test] == [tuple(key.partition("/")[0] for key in e.items) for e in found.test]
    assert [e.cluster[0] for e in found.test] == ["id10270", "id10270", "id10271", "id10271"]
    for pair in found.validation:
        first, second = (key.partition("/")[0] for key in pair.items)
        assert pair.label == (first == second)
    assert {e.items[0] for e in found.train}.isdisjoint(key for pair in found.validation for key in pair.items)


def test_audio_snips(root):
    found = data("sf", root)
    assert [len(part) for part in (found.train, found.validation, found.test)] == [6, 3, 6]
    # Voices of other parts are left out.
    assert {e.id.partition("-")[0] for e in found.train} == {"Ivy", "Joey"}
    assert {e.id.partition("-")[0] for e in found.test} == {"Emma", "Russell"}
    assert len({e.cluster for e in found.test}) == 3
    symbols = [SNIPS_SYMBOLS[s] for s in found.test[0].label]
    assert symbols == [*"PLAY ", "B-artist", *"MOTLEY CRUE", "E-artist", *" IN ", "B-state", *"OHIO", "E-state"]
    # 22,050 Hz in the file, 16 kHz here.
    assert len(found.items[found.test[0].items[0]]) == pytest.approx(0.3 * 16_000, abs=2)


def test_words_lose_accents_and_signs():
    assert snips.normal("Crüe") == "CRUE"
    assert snips.normal("don't") == "DON'T"
    assert snips.normal("?!") == ""
    assert snips.normal("&") == "AND"


@pytest.mark.parametrize("number", range(1, 6))
def test_iemocap_folds(root, number):
    found = data(f"er{number}", root)
    assert (len(found.train), len(found.test)) == (4 * 10, 10)
    assert all(e.id.startswith(f"Ses0{number}F") for e in found.test)
    assert not any(e.id.startswith(f"Ses0{number}F") for e in found.train)
    # neu, hap + exc, ang, sad; frustration and undecided turns are left out.
    assert [e.label for e in found.test[:5]] == [0, 1, 1, 2, 3]
    assert len({e.cluster for e in found.test}) == 2


def test_quesst14(root):
    found = data("qbe", root)
    assert found.train == ()
    assert [len(part) for part in (found.validation, found.test)] == [2 * 5, 2 * 5]  # English queries and utterances
    assert {e.items for e in found.test if e.label} == {
        ("quesst14_eval_0001", "quesst14_00001"),
        ("quesst14_eval_0002", "quesst14_00002"),
    }
    assert {e.cluster for e in found.test} == {"quesst14_eval_0001", "quesst14_eval_0002"}
    assert len(found.items["quesst14_dev_0001"]) == pytest.approx(4_800, abs=2)  # of 8 kHz


def test_libri2mix(root):
    found = data("sd", root)
    assert [len(part) for part in (found.train, found.validation, found.test)] == [6, 2, 3]
    label = found.test[0].label
    assert label == Diarization(320, 4_800, (Turn(0, 2_400, 0), Turn(1_600, 4_800, 1)))  # 0.31 s is beyond the end
    assert found.test[2].cluster == ("test0", "test2")  # sorted; the second one talks first
    assert [turn.speaker for turn in found.test[2].label.turns] == [1, 0]


def test_a_mixture_of_speakers_that_nobody_names_is_silence(root):
    segments = root / "Libri2Mix/test/segments"
    write(segments, *[line for line in segments.read_text().splitlines() if " 1-a_1-b " not in line])
    assert [len(e.label.turns) for e in TASKS["sd"].data(root).test] == [2, 0, 2]


def test_iemocap_is_found_under_either_name(root):
    (root / "IEMOCAP_full_release").rename(root / "IEMOCAP")
    assert len(iemocap.er1(root).test) == 10


@pytest.mark.parametrize("name", TASKS)
def test_a_missing_release_is_one_line_with_the_layout_and_what_was_found(name, tmp_path):
    (tmp_path / "holiday").mkdir()
    with pytest.raises(SuperbLiteError, match=r"expected DIR/.+/ with .+found holiday$") as caught:
        TASKS[name].data(tmp_path)
    assert "\n" not in str(caught.value)
    assert f"superb/{name}" in str(caught.value)
    with pytest.raises(SuperbLiteError, match="--root DIR; expected DIR/"):
        TASKS[name].data(None)
    with pytest.raises(SuperbLiteError, match="is not a directory"):
        TASKS[name].data(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("ks", "speech_commands_v0.01/testing_list.txt"),
        ("ks", "speech_commands_test_set_v0.01/_silence_"),
        ("ic", "fluent_speech_commands_dataset/data/valid_data.csv"),
        ("pr", "LibriSpeech/dev-clean"),
        ("asv", "VoxCeleb1/veri_test.txt"),
        ("sid", "VoxCeleb1/iden_split.txt"),
        ("sf", "SNIPS/all.iob.snips.txt"),
        ("er3", "IEMOCAP_full_release/Session4/dialog/EmoEvaluation"),
        ("qbe", "quesst14Database/scoring/groundtruth_quesst14_eval/quesst14_eval.rttm"),
        ("sd", "Libri2Mix/dev/segments"),
    ],
)
def test_a_part_that_is_missing_is_named(root, name, gone):
    path = root / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(SuperbLiteError, match=rf"'{path}' is missing; expected DIR/.+; found "):
        TASKS[name].data(root)


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("ic", "fluent_speech_commands_dataset/wavs/speakers/d/6.wav"),
        ("asr", "LibriSpeech/test-clean/61/198/61-198-0001.flac"),
        ("sid", "VoxCeleb1/dev/wav/id10002/video2/00001.wav"),
        ("asv", "VoxCeleb1/test/wav/id10271/video2/00000.wav"),
        ("qbe", "quesst14Database/eval_queries/quesst14_eval_0002.wav"),
        ("sd", "Libri2Mix/wav16k/max/test/1-a_1-b.wav"),
        ("er1", "IEMOCAP_full_release/Session2/sentences/wav/Ses02F_impro01/Ses02F_impro01_F003.wav"),
    ],
)
def test_a_recording_that_a_list_names_and_is_not_there_is_named(root, name, gone):
    (root / gone).unlink()
    with pytest.raises(SuperbLiteError, match=r"names .+missing|names .+neither") as caught:
        TASKS[name].data(root)
    assert Path(gone).name in str(caught.value)


@pytest.mark.parametrize(
    ("name", "file", "line", "what"),
    [
        ("ic", "fluent_speech_commands_dataset/data/train_data.csv", "0,path,a,hello,sing,song,none", "row 6.*'sing"),
        ("asr", "LibriSpeech/dev-clean/84/198/84-198.trans.txt", "84-198-0002 CAFÉ", "line 3: 'É'"),
        ("asr", "LibriSpeech/dev-clean/84/198/84-198.trans.txt", "84-198-0002", "'84-198-0002' has no words"),
        ("pr", "LibriSpeech/dev-clean/84/198/84-198.trans.txt", "84-198-0002 GOODBYE", "'GOODBYE' is in no"),
        ("pr", "LibriSpeech/librispeech-lexicon.txt", "FOO F UU9", "line 6: 'FOO F UU9'"),
        ("sid", "VoxCeleb1/iden_split.txt", "4 id10001/video0/00000.wav", "line 25"),
        ("sid", "VoxCeleb1/iden_split.txt", "1 id20001/video0/00000.wav", "line 25"),
        ("asv", "VoxCeleb1/veri_test.txt", "2 id10270/a.wav id10270/b.wav", "line 5"),
        ("asv", "VoxCeleb1/veri_test.txt", "1 id10001/a.wav id10270/b.wav", "line 5: a speaker"),
        (
            "qbe",
            "quesst14Database/scoring/language_key_dev.lst",
            "a.wav nnenglish",
            "line 4: .* is not 'FOLDER/PATH LANG",
        ),
        ("qbe", "quesst14Database/scoring/language_key_dev.lst", "a/../b.wav nnenglish", "line 4"),
        ("qbe", "quesst14Database/scoring/groundtruth_quesst14_dev/quesst14_dev.rttm", "LEXEME a 1", "line 8"),
        (
            "sd",
            "Libri2Mix/test/wav.scp",
            "rec sox a.wav -t wav - |",
            "line 4: 'rec' asks for a command, and none is run",
        ),
        ("sd", "Libri2Mix/test/wav.scp", "rec", "line 4: 'rec' names no file"),
        ("sd", "Libri2Mix/test/segments", "u 0-a_0-b 1.0 x", "line 7: .* is not 'utterance recording start end'"),
        ("sd", "Libri2Mix/test/segments", "test0_0-a_0-b 0-a_0-b 1.0 0.5", "line 7: .* ends before it starts"),
        ("sd", "Libri2Mix/test/segments", "u 0-a_0-b 0.1 0.2", "the speaker of 'u' is nowhere"),
        ("sd", "Libri2Mix/test/segments", "test0_0-a_0-b r 0.1 0.2", "the recording 'r' is nowhere"),
        ("sd", "Libri2Mix/test/segments", "test2_1-a_1-b 0-a_0-b 0.1 0.2", "'0-a_0-b' has 3 speakers"),
        ("sd", "Libri2Mix/test/utt2spk", "a b c", "line 7: 'a b c' is not 'utterance speaker'"),
        ("sf", "SNIPS/all.iob.snips.txt", "Amy-snips-valid-9 BOS HI EOS", "it is not 'NAME BOS words EOS'"),
        ("sf", "SNIPS/all.iob.snips.txt", "Amy-snips-valid-9 BOS HI EOS\tO greeting Hello", "'greeting' is not one"),
    ],
)
def test_a_bad_line_of_a_list_is_named(root, name, file, line, what):
    with (root / file).open("a", encoding="utf-8") as stream:
        stream.write(f"{line}\n")
    with pytest.raises(SuperbLiteError, match=what) as caught:
        TASKS[name].data(root)
    assert Path(file).name in str(caught.value)


def test_other_faults_are_named(root):
    tone(root / "SNIPS/test/Emma-snips-test-77.wav", 1)
    with pytest.raises(SuperbLiteError, match=r"Emma-snips-test-77.wav' has no line in"):
        TASKS["sf"].data(root)
    table = root / "fluent_speech_commands_dataset/data/test_data.csv"
    write(table, "path,speaker,action,object,location")
    with pytest.raises(SuperbLiteError, match="has no column 'speakerId'"):
        TASKS["ic"].data(root)
    for lexicon in (root / "LibriSpeech").glob("librispeech-lexicon*"):
        lexicon.unlink()
    with pytest.raises(SuperbLiteError, match=r"no librispeech-lexicon\*.txt in"):
        TASKS["pr"].data(root)
    shutil.rmtree(root / "speech_commands_v0.01" / "yes")
    with pytest.raises(SuperbLiteError, match="no train recording of yes"):
        TASKS["ks"].data(root)


def test_a_recording_that_is_no_audio_is_named_when_it_is_used(root):
    path = root / "speech_commands_v0.01/yes/00000000_nohash_0.wav"
    path.write_bytes(b"RIFF")
    found = TASKS["ks"].data(root)
    with pytest.raises(SuperbLiteError, match=r"cannot read the audio file '.*00000000_nohash_0.wav'"):
        check_data(TASKS["ks"], found)


def test_audio_is_read_when_it_is_used_and_becomes_mono_at_16_khz(tmp_path):
    tone(tmp_path / "a.wav", 1, seconds=0.5, rate=44_100, channels=2)
    recordings = files.read_when_used({"a": files.Recording(tmp_path / "a.wav")})
    assert list(recordings) == ["a"]
    wave = recordings["a"]
    assert (wave.dtype, wave.ndim) == (np.float32, 1)
    assert len(wave) == 8000
    spectrum = np.abs(np.fft.rfft(wave))
    assert np.argmax(spectrum) / 0.5 == pytest.approx(237, abs=2)
    soundfile.write(tmp_path / "a.wav", np.zeros(100), 16_000)
    assert len(recordings["a"]) == 100


def test_official_data_are_evaluated(root):
    names = ["superb/ic", "superb/asv", "superb/er2", "superb/qbe"]
    results = evaluate("raw:log-mel", names, seeds=1, root=root)
    assert [result.task for result in results] == names
    assert all(0 <= result.score <= 1 and result.normalised is None for result in results)
    assert not any(result.in_domain for result in results)


def test_the_command_line_says_what_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        sys, "argv", ["superb-lite", "evaluate", "raw:log-mel", "--tasks", "superb/ks", "--root", str(tmp_path)]
    )
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "out"))
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert "superb/ks: no speech_commands_v0.01 in" in error
    assert "validation_list.txt" in error
