"""The objectives of speech encoders, as they are listed."""

from superb_lite.modality import ObjectiveSpec, lite_recipes

_FRONT_END = (
    ("data.front_end", "model.encoder.front_end"),
    ("data.mels", "model.encoder.mels"),
    ("data.normalised", "model.encoder.normalised"),
    ("data.voiced", "model.encoder.voiced"),
)

MASKED = ObjectiveSpec(
    name="speech-masked",
    modality="speech",
    encoder="speech-masked",
    objective="superb_lite_speech.masked_prediction:MaskedPrediction",
    data="superb_lite_speech.clustered_corpus:ClusteredSpeechCorpus",
    recipes=lite_recipes("superb_lite_speech", "speech-masked"),
    summary="masked prediction of clustered frames (HuBERT, Hsu et al. 2021)",
    links=(("data.counts", "model.counts"), *_FRONT_END),
)

HUBERT = ObjectiveSpec(
    name="speech-hubert",
    modality="speech",
    encoder="speech-hubert",
    objective="superb_lite_speech.hubert:Hubert",
    data="superb_lite_speech.hubert_corpus:HubertCorpus",
    recipes=lite_recipes("superb_lite_speech", "speech-hubert", "paper", "paper-second"),
    summary="masked prediction of hidden units from raw waveforms (HuBERT, Hsu et al. 2021)",
    links=(("data.classes", "model.classes"),),
)

RECONSTRUCTION = ObjectiveSpec(
    name="speech-reconstruction",
    modality="speech",
    encoder="speech-reconstruction",
    objective="superb_lite_speech.reconstruction:Reconstruction",
    data="superb_lite_speech.corpus:SpeechCorpus",
    recipes=lite_recipes("superb_lite_speech", "speech-reconstruction", "paper"),
    summary="reconstruction of frames altered in time, channel and magnitude (TERA, Liu et al. 2021)",
    links=_FRONT_END,
)

NEXT_FRAME = ObjectiveSpec(
    name="speech-next-frame",
    modality="speech",
    encoder="speech-next-frame",
    objective="superb_lite_speech.next_frame:NextFrame",
    data="superb_lite_speech.corpus:SpeechCorpus",
    recipes=lite_recipes("superb_lite_speech", "speech-next-frame", "paper"),
    summary="prediction of a later frame from the past (APC, Chung et al. 2019)",
    links=_FRONT_END,
)
