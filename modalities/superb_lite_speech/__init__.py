"""Speech: mono waveforms at 16 kHz."""

from superb_lite.modality import Modality, OwnCells

MODALITY = Modality(
    name="speech",
    item="mono float32 waveform at 16 kHz in [-1, 1] (numpy array)",
    objective="speech-masked",
    baselines=("raw:log-mel", "raw:log-mel-statistics"),
    probes=("superb-lite/phone", "superb-lite/sid", "superb-lite/ks", "superb-lite/er"),
    check="superb_lite_speech.items:check_item",
    show="superb_lite_speech.show:show",
    prepare="superb_lite_speech.corpus:prepare",
    onnx="superb_lite_speech.onnx:OnnxSpeechEncoder",
    own_tasks={
        "audio": "superb_lite_speech.audio_files:audio_task",
        "hear": "superb_lite_speech.hear_tasks:hear_task",
    },
    own_cells=OwnCells(
        column="audio",
        noun="recording",
        read="superb_lite_speech.audio_files:read_bytes",
        suffixes=("aiff", "flac", "mp3", "ogg", "opus", "wav"),
        feature="Audio",
    ),
    own_items="superb_lite_speech.audio_files:read_items",
)
