"""Images: a timm backbone pretrained with SimCLR or BYOL, and the pixels themselves as a baseline."""

from superb_lite.modality import Modality, ObjectiveSpec

MODALITY = Modality(
    name="image",
    item="uint8 array (3, H, W), or (1, H, W) for grey",
    encoders={
        "image-simclr": "superb_lite_image.encoder:TimmEncoder",
        "image-byol": "superb_lite_image.encoder:TimmEncoder",
        "raw:pixels": "superb_lite_image.pixels:PixelEncoder",
    },
    objectives=(
        ObjectiveSpec(
            name="image-simclr",
            objective="superb_lite_image.simclr:SimCLR",
            data="superb_lite_image.corpus:ImageCorpus",
            steps=420,
            quick_steps=40,
            seconds=45.0,
            summary="SimCLR: contrast two augmented views of each image (Chen et al. 2020)",
            links=(("data.image_size", "model.image_size"),),
        ),
        ObjectiveSpec(
            name="image-byol",
            objective="superb_lite_image.byol:BYOL",
            data="superb_lite_image.corpus:ImageCorpus",
            steps=420,
            quick_steps=40,
            seconds=60.0,
            summary="BYOL: predict what a slowly moving target network makes of another view (Grill et al. 2020)",
            links=(("data.image_size", "model.image_size"),),
        ),
    ),
    baseline="raw:pixels",
    beside=("timm:resnet18,size=64",),
    check="superb_lite_image.items:check_item",
    own_tasks={"folder": "superb_lite_image.folder:image_task"},
    own_items="superb_lite_image.folder:read_items",
)
