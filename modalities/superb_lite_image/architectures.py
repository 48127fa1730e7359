"""The architectures of image encoders, as they are listed."""

from superb_lite.modality import EncoderSpec

SIMCLR = EncoderSpec("image-simclr", "image", "superb_lite_image.encoder:TimmEncoder")
BYOL = EncoderSpec("image-byol", "image", "superb_lite_image.encoder:TimmEncoder")
PIXELS = EncoderSpec("raw:pixels", "image", "superb_lite_image.pixels:PixelEncoder")
HOG = EncoderSpec("raw:hog", "image", "superb_lite_image.hog:HogEncoder")
COLOUR_HISTOGRAM = EncoderSpec(
    "raw:colour-histogram", "image", "superb_lite_image.colour_histogram:ColourHistogramEncoder"
)
