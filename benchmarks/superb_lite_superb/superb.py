"""`superb`: the tasks of SUPERB (Yang et al. 2021) on the official releases, which lie below `--root`.

Splits, classes and metrics are SUPERB's; heads and training are this project's (docs/evaluation.md), so scores are near
those of the SUPERB leaderboard but not the same. Which folder each task needs: docs/data.md.
"""

from __future__ import annotations

from typing import Any

from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import TaskSet

UNKNOWN, SILENCE = "_unknown_", "_silence_"
COMMANDS = ("yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go", UNKNOWN, SILENCE)

FLUENT_INTENTS = (
    "activate|lamp|none", "activate|lights|bedroom", "activate|lights|kitchen", "activate|lights|none",
    "activate|lights|washroom", "activate|music|none", "bring|juice|none", "bring|newspaper|none", "bring|shoes|none",
    "bring|socks|none", "change language|Chinese|none", "change language|English|none", "change language|German|none",
    "change language|Korean|none", "change language|none|none", "deactivate|lamp|none", "deactivate|lights|bedroom",
    "deactivate|lights|kitchen", "deactivate|lights|none", "deactivate|lights|washroom", "deactivate|music|none",
    "decrease|heat|bedroom", "decrease|heat|kitchen", "decrease|heat|none", "decrease|heat|washroom",
    "decrease|volume|none", "increase|heat|bedroom", "increase|heat|kitchen", "increase|heat|none",
    "increase|heat|washroom", "increase|volume|none",
)  # fmt: skip
"""Action, object and location, all of which must be right. Here an intent is one class; SUPERB predicts its parts."""

CHARACTERS = (" ", "'", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ")

_VOWELS = ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
_CONSONANTS = (
    "B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "NG", "P", "R", "S", "SH", "T", "TH", "V", "W", "Y",
    "Z", "ZH",
)  # fmt: skip
STRESSED_PHONES = (*(f"{vowel}{stress}" for vowel in _VOWELS for stress in range(3)), *_CONSONANTS)
"""ARPAbet with stress, as in the lexicon of LibriSpeech."""

VOX_SPEAKERS = tuple(f"id{number}" for number in range(10001, 11252))
VERIFICATION_SPEAKERS = tuple(speaker for speaker in VOX_SPEAKERS if not "id10270" <= speaker <= "id10309")
"""The 40 speakers of the trials, id10270 to id10309, are not trained on."""

SNIPS_SLOTS = (
    "album", "artist", "best_rating", "city", "condition_description", "condition_temperature", "country", "cuisine",
    "current_location", "entity_name", "facility", "genre", "geographic_poi", "location_name", "movie_name",
    "movie_type", "music_item", "object_location_type", "object_name", "object_part_of_series_type", "object_select",
    "object_type", "party_size_description", "party_size_number", "playlist", "playlist_owner", "poi", "rating_unit",
    "rating_value", "restaurant_name", "restaurant_type", "served_dish", "service", "sort", "spatial_relation", "state",
    "timeRange", "track", "year",
)  # fmt: skip
SNIPS_SYMBOLS = (*CHARACTERS, *(f"{edge}-{slot}" for slot in SNIPS_SLOTS for edge in "BE"))

IEMOCAP_EMOTIONS = ("neutral", "happy", "angry", "sad")

_TERMS = {
    "speech_commands": ("Speech Commands v1 (Warden 2018)", "CC BY 4.0"),
    "fluent_speech_commands": ("Fluent Speech Commands (Lugosch et al. 2019)", "Fluent Speech Commands Public License"),
    "librispeech": ("LibriSpeech (Panayotov et al. 2015)", "CC BY 4.0"),
    "voxceleb1": ("VoxCeleb1 (Nagrani et al. 2017)", "as given by the VoxCeleb team"),
    "snips": ("Audio SNIPS (Lai et al. 2021)", "as given with the release"),
    "quesst14": ("QUESST 2014 (Anguera et al. 2015)", "as given with the release"),
    "libri2mix": ("Libri2Mix (Cosentino et al. 2020)", "CC BY 4.0, its noise CC BY-NC 4.0"),
    "iemocap": ("IEMOCAP (Busso et al. 2008)", "by agreement with USC's SAIL"),
}
"""By module of `corpora`: the source and its licence."""


_HUB = {"speech_commands": "google/speech_commands:v0.01", "librispeech": "openslr/librispeech_asr:clean"}
"""The data sets that their authors have on the Hugging Face hub."""


def _task(name: str, load: str, *, version: int = 1, **fields: Any) -> Task:
    corpus = load.partition(":")[0]
    source, licence = _TERMS[corpus]
    return Task(
        name=f"superb/{name}",
        version=version,
        modality="speech",
        load=f"superb_lite_superb.corpora.{load}",
        source=source,
        licence=licence,
        corpus=corpus,
        hub=_HUB.get(corpus, ""),
        **fields,
    )


SUPERB = TaskSet(
    name="superb",
    description="SUPERB on the official releases below --root, its ten tasks",
    official=True,
    published="superb_lite_superb.published:ROWS",
    tasks=(
        _task(
            "pr",
            "librispeech:pr",
            form="transcribe",
            metrics=("per",),
            labels=STRESSED_PHONES,
            description="phones with stress; train-clean-100, dev-clean, test-clean",
        ),
        _task(
            "asr",
            "librispeech:asr",
            form="transcribe",
            head="bilstm",
            metrics=("wer",),
            labels=CHARACTERS,
            description="characters, no language model; train-clean-100, dev-clean, test-clean",
        ),
        _task(
            "ks",
            "speech_commands:ks",
            form="classify",
            metrics=("accuracy",),
            labels=COMMANDS,
            description="ten words, any other word, or silence",
        ),
        _task(
            "sid",
            "voxceleb1:sid",
            form="classify",
            metrics=("accuracy",),
            labels=VOX_SPEAKERS,
            description="which of 1,251 speakers; the split of iden_split.txt",
        ),
        _task(
            "asv",
            "voxceleb1:asv",
            version=2,
            form="verify",
            head="xvector",
            metrics=("eer",),
            labels=VERIFICATION_SPEAKERS,
            description="are two recordings of one speaker? the trials of veri_test.txt, speakers unseen",
        ),
        _task(
            "sd",
            "libri2mix:sd",
            form="diarize",
            head="lstm",
            metrics=("der",),
            labels=("first", "second"),
            description="which of two speakers talks in each 20 ms; speakers unseen",
        ),
        _task(
            "qbe",
            "quesst14:qbe",
            form="search",
            metrics=("mtwv",),
            labels=("absent", "present"),
            description="is a query in an utterance? the English part; nothing is trained, dev chooses the layer",
        ),
        _task(
            "ic",
            "fluent_speech_commands:ic",
            form="classify",
            metrics=("accuracy",),
            labels=FLUENT_INTENTS,
            description="action, object and location of a command; test speakers unseen",
        ),
        _task(
            "sf",
            "snips:sf",
            form="transcribe",
            head="bilstm",
            metrics=("slot_f1", "slot_accuracy"),
            labels=SNIPS_SYMBOLS,
            description="what fills the slots of a command; test voices and sentences unseen",
        ),
        *(
            _task(
                f"er{number}",
                f"iemocap:er{number}",
                form="classify",
                metrics=("accuracy",),
                labels=IEMOCAP_EMOTIONS,
                description=f"neutral, happy, angry or sad; fold {number} of 5, session {number} is the test",
            )
            for number in range(1, 6)
        ),
    ),
)
