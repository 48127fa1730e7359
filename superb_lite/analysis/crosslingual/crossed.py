"""Crossed tasks: trained and validated on in one language, tested in several.

Nothing of another language is seen before the test: neither labels nor the choice of a learning rate or an epoch.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.evaluation.problems import limited
from superb_lite.evaluation.scoring import score_predictions
from superb_lite.metrics.statistics import Sample
from superb_lite.results.result import Result
from superb_lite.tasks.labels import Example, TaskData
from superb_lite.tasks.task import Task


@dataclass(frozen=True)
class Kind:
    """Tasks of several languages that ask the same."""

    name: str
    """What they ask, as "qa"."""
    tasks: Mapping[str, Task]
    """By language. Raises `SuperbLiteError` unless all have one form, one modality, the same labels and metrics."""

    def __post_init__(self) -> None:
        (first, one), *others = self.tasks.items()
        for language, other in others:
            for what in ("form", "modality", "labels"):
                mine, theirs = getattr(one, what), getattr(other, what)
                if mine != theirs:
                    raise SuperbLiteError(
                        f"'{one.name}' ({first}) and '{other.name}' ({language}) are not one task in two languages: "
                        f"their {what} differ: {one_line(str(mine), 40)} and {one_line(str(theirs), 40)}"
                    )

    def crossed(self, language: str, limit: int | None = None) -> Task:
        """Trained on in one language, tested in all, with at most `limit` test examples of each."""
        own = self.tasks[language]
        return dataclasses.replace(
            own,
            name=f"crosslingual/{self.name}-{language}",
            load=_Crossed(self, language, limit),
            description=f"{own.name}, tested as {', '.join(task.name for task in self.tasks.values())}",
            corpus="",
            hub="",
            language="",
        )

    def tests(self, language: str, root: Path | None, limit: int | None = None) -> tuple[Example, ...]:
        """The test examples of a language under the names that they have in a crossed task."""
        return tuple(_renamed(e, language) for e in limited(self.tasks[language].data(root).test, limit))

    def score(self, result: Result, language: str, metric: str, root: Path | None, limit: int | None = None) -> Sample:
        """What a result of a crossed task says of one language by one metric: a row for each evaluation seed."""
        tests = self.tests(language, root, limit)
        seeds = [
            {example.id: result.predictions[example.id][number] for example in tests}
            for number in range(len(result.seeds))
        ]
        scores = score_predictions(dataclasses.replace(self.tasks[language], metrics=(metric,)), tests, seeds, None)
        return Sample(scores.score, np.array(scores.pseudo_values), scores.clusters)


@dataclass(frozen=True, eq=False)
class _Crossed:
    """Loads the data of `Kind.crossed`."""

    kind: Kind
    language: str
    limit: int | None

    def __call__(self, root: Path | None) -> TaskData:
        own = self.kind.tasks[self.language].data(root)
        items = {f"{self.language}/{key}": own.items[key] for e in (*own.train, *own.validation) for key in e.items}
        tests: list[Example] = []
        for other, task in self.kind.tasks.items():
            found, data = self.kind.tests(other, root, self.limit), task.data(root)
            tests += found
            items.update({key: data.items[key.removeprefix(f"{other}/")] for e in found for key in e.items})
        return TaskData(
            items=items,
            train=tuple(_renamed(e, self.language) for e in own.train),
            validation=tuple(_renamed(e, self.language) for e in own.validation),
            test=tuple(tests),
        )


def _renamed(example: Example, language: str) -> Example:
    """The example under names that no other language's has."""
    cluster = example.cluster
    return dataclasses.replace(
        example,
        id=f"{language}/{example.id}",
        items=tuple(f"{language}/{key}" for key in example.items),
        cluster=tuple(f"{language}/{name}" for name in cluster)
        if isinstance(cluster, tuple)
        else (f"{language}/{cluster}" if cluster else ""),
    )
