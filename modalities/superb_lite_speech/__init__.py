"""Speech: mono waveforms at 16 kHz."""

from superb_lite.modality import Modality, ObjectiveSpec

_FRONT_END = (
    ("data.front_end", "model.front_end"),
    ("data.mels", "model.mels"),
    ("data.normalised", "model.normalised"),
)

MODALITY = Modality(
    name="speech",
    item="mono float32 waveform at 16 kHz in [-1, 1] (numpy array)",
    encoders={
        "speech-masked": "superb_lite_speech.encoder:SpeechTransformerEncoder",
        "speech-reconstruction": "superb_lite_speech.encoder:SpeechTransformerEncoder",
        "speech-next-frame": "superb_lite_speech.causal_encoder:CausalSpeechEncoder",
        "raw:log-mel": "superb_lite_speech.log_mel:LogMelEncoder",
    },
    objectives=(
        ObjectiveSpec(
            name="speech-masked",
            objective="superb_lite_speech.masked_prediction:MaskedPrediction",
            data="superb_lite_speech.clustered_corpus:ClusteredSpeechCorpus",
            steps=300,
            quick_steps=30,
            seconds=45.0,
            summary="masked prediction of clustered frames (HuBERT, Hsu et al. 2021)",
            links=(("data.counts", "model.counts"), ("data.mels", "model.mels")),
        ),
        ObjectiveSpec(
            name="speech-reconstruction",
            objective="superb_lite_speech.reconstruction:Reconstruction",
            data="superb_lite_speech.corpus:SpeechCorpus",
            steps=300,
            quick_steps=30,
            seconds=45.0,
            summary="reconstruction of frames altered in time, channel and magnitude (TERA, Liu et al. 2021)",
            links=_FRONT_END,
        ),
        ObjectiveSpec(
            name="speech-next-frame",
            objective="superb_lite_speech.next_frame:NextFrame",
            data="superb_lite_speech.corpus:SpeechCorpus",
            steps=400,
            quick_steps=40,
            seconds=45.0,
            summary="prediction of a later frame from the past (APC, Chung et al. 2019)",
            links=_FRONT_END,
        ),
    ),
    baseline="raw:log-mel",
    check="superb_lite_speech.items:check_item",
    prepare="superb_lite_speech.corpus:prepare",
    own_tasks={"audio": "superb_lite_speech.audio_files:audio_task"},
    own_items="superb_lite_speech.audio_files:read_items",
)
