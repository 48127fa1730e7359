"""vtab: real image data sets as torchvision reads them, from `--root DIR` or by download, under VTAB-1k's protocol.

800 labelled images train, 200 choose, then all 1,000 train what is tested on the whole official test split (Zhai et al.
2019, section 3.1). They are drawn once, as there, so evaluation seeds differ in the order of batches alone.
"""

from superb_lite.tasks.task import Task
from superb_lite.tasks.taskset import TaskSet


def _numbers(count: int) -> tuple[str, ...]:
    """Classes by their number in the official release, from 0."""
    return tuple(str(number) for number in range(count))


_HUB = {"cifar10": "uoft-cs/cifar10", "cifar100": "uoft-cs/cifar100", "svhn": "ufldl-stanford/svhn:cropped_digits"}
"""The data sets that their authors have on the Hugging Face hub."""


def _task(name: str, labels: tuple[str, ...], description: str, source: str, licence: str) -> Task:
    return Task(
        name=f"vtab/{name}",
        version=1,
        modality="image",
        form="classify",
        metrics=("accuracy",),
        labels=labels,
        load=f"superb_lite_vision.vtab_data:{name}",
        description=f"{description}; 800 + 200 labelled images",
        source=source,
        licence=licence,
        corpus=name,
        hub=_HUB.get(name, ""),
    )


VTAB = TaskSet(
    name="vtab",
    official=True,
    tasks=(
        _task(
            "cifar10",
            ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
            "CIFAR-10: objects and animals, 32x32",
            "Krizhevsky 2009",
            "none stated",
        ),
        _task("cifar100", _numbers(100), "CIFAR-100: objects and animals, 32x32", "Krizhevsky 2009", "none stated"),
        _task(
            "stl10",
            ("airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"),
            "STL-10: objects and animals, 96x96",
            "Coates, Lee and Ng 2011",
            "none stated; images from ImageNet",
        ),
        _task("svhn", _numbers(10), "SVHN: digits of house numbers, 32x32", "Netzer et al. 2011", "non-commercial use"),
        _task("flowers102", _numbers(102), "Flowers102: species", "Nilsback and Zisserman 2008", "none stated"),
        _task("pets", _numbers(37), "Oxford-IIIT Pets: breeds", "Parkhi et al. 2012", "CC BY-SA 4.0"),
        _task("dtd", _numbers(47), "DTD: textures by their attribute", "Cimpoi et al. 2014", "research only"),
        _task(
            "eurosat",
            (
                "annual crop",
                "forest",
                "herbaceous vegetation",
                "highway",
                "industrial",
                "pasture",
                "permanent crop",
                "residential",
                "river",
                "sea or lake",
            ),
            "EuroSAT: land use from Sentinel-2, 64x64; the test split is drawn by us, a fifth",
            "Helber et al. 2019",
            "MIT",
        ),
        _task("pcam", ("normal", "tumor"), "PatchCamelyon: lymph nodes, 96x96", "Veeling et al. 2018", "CC0"),
        _task(
            "caltech101",
            _numbers(101),
            "Caltech101: objects; 30 images a class are drawn by us, the rest is the test split",
            "Li et al. 2022 (2003)",
            "CC BY 4.0",
        ),
    ),
    description="Image classification on official releases, from --root DIR or by download, as VTAB-1k",
)
