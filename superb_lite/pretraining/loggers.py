"""Loggers of a run by their names, beside the CSV file that is always written: those of Lightning, and trackio's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lightning.fabric.utilities.rank_zero import rank_zero_only
from lightning.pytorch.loggers import Logger

from superb_lite.errors import MissingPackageError, UnknownNameError

PROJECT = "superb-lite"
"""The project, or experiment, that runs are in."""

_LIGHTNING = "lightning.pytorch.loggers"
_PACKAGES = {
    "tensorboard": ("tensorboard", "tensorboardX"),
    "wandb": ("wandb",),
    "mlflow": ("mlflow",),
    "trackio": ("trackio",),
}
"""The packages of each, of which one is needed."""

LOGGERS = tuple(_PACKAGES)


def logger_options(name: str, directory: Path) -> dict[str, Any]:
    """What the Trainer's option `logger` takes: the class of a logger and its arguments.

    directory: of the run, by whose name the run is called; files of tensorboard and wandb go into it. Where those of
    mlflow and trackio go, where a service listens, and who writes, say the environment variables of their packages.

    Raises `UnknownNameError`, and `MissingPackageError` where its package is not installed.
    """
    if name not in _PACKAGES:
        raise UnknownNameError("logger", name, _PACKAGES)
    if not any(find_spec(package) for package in _PACKAGES[name]):
        raise MissingPackageError(_PACKAGES[name][0], name, f"--logger {name}")
    run, place = directory.resolve().name, str(directory)
    of_class: dict[str, tuple[str, dict[str, Any]]] = {
        "tensorboard": (f"{_LIGHTNING}.TensorBoardLogger", {"save_dir": place, "name": "", "version": "tensorboard"}),
        "wandb": (f"{_LIGHTNING}.WandbLogger", {"name": run, "save_dir": place, "project": PROJECT}),
        "mlflow": (f"{_LIGHTNING}.MLFlowLogger", {"experiment_name": PROJECT, "run_name": run}),
        "trackio": (f"{__name__}.TrackioLogger", {"name": run}),
    }
    path, arguments = of_class[name]
    return {"class_path": path, "init_args": arguments}


class TrackioLogger(Logger):
    """Writes to trackio (https://github.com/gradio-app/trackio), which Lightning has no logger of.

    Args:
        name: of the run.
        project: that it is in.
    """

    def __init__(self, name: str, project: str = PROJECT) -> None:
        super().__init__()
        self._name = name
        self._project = project
        self._options: dict[str, Any] = {}
        self._run: Any = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def version(self) -> str:
        return ""

    @rank_zero_only
    def log_hyperparams(self, params: Any, *arguments: Any, **options: Any) -> None:
        self._options = dict(params)

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        trackio = import_module("trackio")
        if self._run is None:
            self._run = trackio.init(project=self._project, name=self._name, config=self._options)
        trackio.log(dict(metrics), step=step)

    @rank_zero_only
    def finalize(self, status: str) -> None:
        if self._run is not None:
            import_module("trackio").finish()
            self._run = None


def check_loggers(names: Sequence[str]) -> None:
    """Raise `SuperbLiteError` for a logger that is not known, or whose package is not installed."""
    for name in names:
        logger_options(name, Path())
