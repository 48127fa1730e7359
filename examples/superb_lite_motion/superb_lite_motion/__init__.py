"""The modality `motion`: recordings of several channels, of any length."""

from superb_lite import EncoderSpec, Modality, ObjectiveSpec

MODALITY = Modality(
    name="motion",
    item="float32 array (T, C): T samples of C channels",
    objective="motion-masked",
    baselines=("raw:motion-statistics",),
    check="superb_lite_motion.recordings:check_item",
    show="superb_lite_motion.recordings:show",
)
PATCHES = EncoderSpec("motion-patches", "motion", "superb_lite_motion.encoders:PatchEncoder")
STATISTICS = EncoderSpec("raw:motion-statistics", "motion", "superb_lite_motion.encoders:StatisticsEncoder")
MASKED = ObjectiveSpec(
    name="motion-masked",
    modality="motion",
    encoder="motion-patches",
    objective="superb_lite_motion.masked:MaskedPatches",
    data="superb_lite_motion.corpus:MotionCorpus",
    recipes={budget: f"superb_lite_motion:{budget}.yaml" for budget in ("quick", "minute")},
    summary="hidden patches are told from each other by what stands around them (wav2vec 2.0, arXiv:2006.11477)",
)
