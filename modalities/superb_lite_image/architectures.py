"""The architectures of image encoders, as they are listed."""

from superb_lite.modality import EncoderSpec

SIMCLR = EncoderSpec("image-simclr", "image", "superb_lite_image.encoder:TimmEncoder")
BYOL = EncoderSpec("image-byol", "image", "superb_lite_image.encoder:TimmEncoder")
PIXELS = EncoderSpec("raw:pixels", "image", "superb_lite_image.pixels:PixelEncoder")
