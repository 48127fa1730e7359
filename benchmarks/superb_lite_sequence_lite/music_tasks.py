"""The tasks of sequence-lite on music."""

from superb_lite.tasks.task import Task

_ESSEN = (
    "Folk songs of the Essen collection (H. Schaffrath 1995; in ABC by S. Shlien) in the corpus "
    "of the package music21 (Cuthbert and Ariza 2010, ISMIR)"
)
_ESSEN_TERMS = "non-commercial use (music21's corpus/essenFolksong/license.txt); read from the installed package"
_RESEARCH = "for research, not commercial: music21's corpus/license.txt; read from the installed package"

PHRASE = Task(
    name="sequence-lite/phrase",
    version=1,
    modality="sequence",
    form="tag",
    metrics=("span_f1",),
    labels=("O", "B-END"),
    load="superb_lite_sequence_lite.melodies:phrase",
    budget=200,
    description="Which notes of a folk song end a phrase, F1; 200 labelled songs, no variant of which is tested",
    source=_ESSEN,
    licence=_ESSEN_TERMS,
    corpus="music",
)

DEGREE = Task(
    name="sequence-lite/degree",
    version=1,
    modality="sequence",
    form="tag",
    metrics=("unit_accuracy",),
    labels=("1", "b2", "2", "b3", "3", "4", "#4", "5", "b6", "6", "b7", "7"),
    load="superb_lite_sequence_lite.melodies:degree",
    budget=100,
    description="The scale degree of each of the first 16 notes of a folk song in any key; 100 labelled songs",
    source=_ESSEN,
    licence=_ESSEN_TERMS,
    corpus="music",
)

MEASURES = Task(
    name="sequence-lite/measures",
    version=1,
    modality="sequence",
    form="classify",
    metrics=("accuracy",),
    labels=("shuffled", "in order"),
    load="superb_lite_sequence_lite.melodies:measures",
    budget=250,
    description="Whether eight bars of a tune are in their order or shuffled; 250 labelled tunes a class",
    source="Tunes of the Essen collection, O'Neill's, Aird's and Ryan's, in ABC, in the corpus of the package music21",
    licence=_RESEARCH,
    corpus="music",
)

NEXT = Task(
    name="sequence-lite/next",
    version=1,
    modality="sequence",
    form="classify",
    metrics=("accuracy",),
    labels=("another tune", "follows"),
    load="superb_lite_sequence_lite.phrase_pairs:next_phrase",
    budget=250,
    description="Whether a phrase follows another in its song or is of a song in the same metre; 250 pairs a class",
    source=_ESSEN,
    licence=_ESSEN_TERMS,
    corpus="music",
)

COMPOSER = Task(
    name="sequence-lite/composer",
    version=1,
    modality="sequence",
    form="classify",
    metrics=("accuracy",),
    labels=("Bach", "Monteverdi", "Palestrina", "trecento"),
    load="superb_lite_sequence_lite.composers:composer",
    budget=20,
    description="Who composed 12 notes of melody and 12 of the bass, pitches only; 20 excerpts a class, works of the "
    "test are new",
    source="Chorales (jsbchorales.net), masses (J. Miller), madrigals, music of the trecento (M. S. Cuthbert) in the "
    "corpus of the package music21",
    licence=_RESEARCH,
    corpus="music",
)

TASKS = (PHRASE, DEGREE, MEASURES, NEXT, COMPOSER)
