"""The objectives of image encoders, as they are listed."""

from superb_lite.modality import ObjectiveSpec, lite_recipes

SIMCLR = ObjectiveSpec(
    name="image-simclr",
    modality="image",
    encoder="image-simclr",
    objective="superb_lite_image.simclr:SimCLR",
    data="superb_lite_image.corpus:ImageCorpus",
    recipes=lite_recipes("superb_lite_image", "image-simclr", "paper", "cifar"),
    summary="SimCLR: contrast two augmented views of each image (Chen et al. 2020)",
    links=(("data.image_size", "model.encoder.image_size"),),
)

BYOL = ObjectiveSpec(
    name="image-byol",
    modality="image",
    encoder="image-byol",
    objective="superb_lite_image.byol:BYOL",
    data="superb_lite_image.corpus:ImageCorpus",
    recipes=lite_recipes("superb_lite_image", "image-byol", "paper", "cifar"),
    summary="BYOL: predict what a slowly moving target network makes of another view (Grill et al. 2020)",
    links=(("data.image_size", "model.encoder.image_size"),),
)
