"""The architectures of speech encoders, as they are listed."""

from superb_lite.modality import EncoderSpec

MASKED = EncoderSpec("speech-masked", "speech", "superb_lite_speech.encoder:SpeechTransformerEncoder")
HUBERT = EncoderSpec("speech-hubert", "speech", "superb_lite_speech.hubert_encoder:HubertEncoder")
RECONSTRUCTION = EncoderSpec("speech-reconstruction", "speech", "superb_lite_speech.encoder:SpeechTransformerEncoder")
NEXT_FRAME = EncoderSpec("speech-next-frame", "speech", "superb_lite_speech.causal_encoder:CausalSpeechEncoder")
LOG_MEL = EncoderSpec("raw:log-mel", "speech", "superb_lite_speech.log_mel:LogMelEncoder")
LOG_MEL_STATISTICS = EncoderSpec(
    "raw:log-mel-statistics", "speech", "superb_lite_speech.log_mel_statistics:LogMelStatisticsEncoder"
)
