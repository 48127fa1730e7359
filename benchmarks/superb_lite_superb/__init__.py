"""SUPERB-like speech tasks."""

from superb_lite.task import Task, TaskSet

KEYWORDS = ("cat", "tack", "came", "make", "kiss", "sick", "name", "main", "net", "ten", "pat", "tap")
"""Each with a partner of the same sounds in reverse order: the mean of their spectra is nearly the same."""

SPEAKERS = (
    "Andy", "Henrique", "Hugo", "Lee", "RicishayMax2", "edward", "iven4", "john", "kaukovalta", "klatt4", "m2",
    "norbert", "Marco", "Mike", "RicishayMax", "announcer", "david", "ian", "iven2", "klatt3", "m3", "m6", "m8",
    "michel", "paul", "pedro", "sandro", "victor",
)  # fmt: skip
"""All low-pitched voices that no encoder was pretrained on."""

PHONES = (
    "SIL", "P", "B", "T", "D", "K", "G", "CH", "JH", "F", "V", "TH", "DH", "S", "Z", "SH", "ZH", "HH", "M", "N", "NG",
    "L", "R", "W", "Y", "IH", "IY", "EH", "AE", "AA", "AO", "AH", "AX", "UH", "UW", "ER", "EY", "AY", "AW", "OW", "OY",
)  # fmt: skip

_SOURCE = "English speech synthesised by eSpeak NG (package espeakng-loader)"
_LICENCE = "eSpeak NG is GPL-3; speech that it synthesises carries no licence"

SUPERB_LITE = TaskSet(
    name="superb-lite",
    description="English speech of synthetic voices with noise and reverberation",
    calibration="superb_lite_superb:calibration.json",
    prepare="superb_lite_superb.superb_lite:prepare",
    tasks=(
        Task(
            name="superb-lite/ks",
            version=1,
            modality="speech",
            form="classify",
            metrics=("accuracy",),
            labels=KEYWORDS,
            load="superb_lite_superb.superb_lite:ks",
            budget=40,
            description="which of 12 words is spoken, half of them others in reverse; test voices unseen; 40 a class",
            source=_SOURCE,
            licence=_LICENCE,
            corpus="espeak-ng",
        ),
        Task(
            name="superb-lite/sid",
            version=1,
            modality="speech",
            form="classify",
            metrics=("accuracy",),
            labels=SPEAKERS,
            load="superb_lite_superb.superb_lite:sid",
            budget=20,
            description="which of 28 low-pitched voices says a few words; test words and channels unseen; 20 a class",
            source=_SOURCE,
            licence=_LICENCE,
            corpus="espeak-ng",
        ),
        Task(
            name="superb-lite/phone",
            version=1,
            modality="speech",
            form="tag",
            metrics=("unit_accuracy",),
            labels=PHONES,
            load="superb_lite_superb.superb_lite:phone",
            budget=150,
            description="the phone spoken in each 10 ms; test voices and words unseen; 150 labelled utterances",
            source=_SOURCE,
            licence=_LICENCE,
            corpus="espeak-ng",
        ),
    ),
)
