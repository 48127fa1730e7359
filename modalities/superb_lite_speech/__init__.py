"""Speech: mono waveforms at 16 kHz."""

from superb_lite.modality import Modality, ObjectiveSpec

MODALITY = Modality(
    name="speech",
    item="mono float32 waveform at 16 kHz in [-1, 1] (numpy array)",
    encoders={
        "speech-masked": "superb_lite_speech.encoder:SpeechTransformerEncoder",
        "raw:log-mel": "superb_lite_speech.log_mel:LogMelEncoder",
    },
    objectives=(
        ObjectiveSpec(
            name="speech-masked",
            objective="superb_lite_speech.masked_prediction:MaskedPrediction",
            data="superb_lite_speech.corpus:SpeechCorpus",
            steps=300,
            quick_steps=30,
            seconds=45.0,
            summary="masked prediction of clustered frames (HuBERT, Hsu et al. 2021)",
            links=(("data.counts", "model.counts"), ("data.mels", "model.mels")),
        ),
    ),
    baseline="raw:log-mel",
    check="superb_lite_speech.items:check_item",
    prepare="superb_lite_speech.corpus:prepare",
    own_tasks={"audio": "superb_lite_speech.audio_files:audio_task"},
    own_items="superb_lite_speech.audio_files:read_items",
)
