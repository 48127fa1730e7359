"""Images: a timm backbone pretrained with SimCLR or BYOL, and the pixels themselves as a baseline."""

from superb_lite.modality import Modality, OwnCells

MODALITY = Modality(
    name="image",
    item="uint8 array (3, H, W), or (1, H, W) for grey",
    objective="image-simclr",
    baselines=("raw:pixels", "raw:hog", "raw:colour-histogram"),
    extra_references=("timm:resnet18,size=64",),
    probes=(
        "vision-lite/texture",
        "vision-lite/colour",
        "vision-lite/shape",
        "vision-lite/count",
        "vision-lite/location",
    ),
    check="superb_lite_image.items:check_item",
    show="superb_lite_image.show:show",
    onnx="superb_lite_image.onnx:OnnxImageEncoder",
    own_tasks={"folder": "superb_lite_image.folder:image_task"},
    own_cells=OwnCells(
        column="image",
        noun="image",
        read="superb_lite_image.folder:read_bytes",
        suffixes=("bmp", "gif", "jpeg", "jpg", "png", "ppm", "tif", "tiff", "webp"),
        feature="Image",
    ),
    own_items="superb_lite_image.folder:read_items",
)
