"""The architectures of sequence encoders, as they are listed."""

from superb_lite.modality import EncoderSpec

MASKED = EncoderSpec("sequence-masked", "sequence", "superb_lite_sequence.encoder:SequenceEncoder")
K_MERS = EncoderSpec("raw:k-mers", "sequence", "superb_lite_sequence.k_mers:KMersEncoder")
SYMBOLS = EncoderSpec("raw:symbols", "sequence", "superb_lite_sequence.k_mers:SymbolsEncoder")
