"""Zero-shot transfer: every encoder is fine-tuned in one language and tested in all (`crossed.py`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from superb_lite.analysis.crosslingual.crossed import Kind
from superb_lite.analysis.crosslingual.groups import Group
from superb_lite.analysis.estimate import stacked
from superb_lite.analysis.transfer.samples import mean_over_tasks
from superb_lite.evaluation.run import Evaluator, TaskProgress
from superb_lite.metrics.statistics import Sample
from superb_lite.results.result import Result
from superb_lite.results.store import ResultStore
from superb_lite.tasks.task import Task


@dataclass(frozen=True)
class Score:
    """Of a group of encoders, fine-tuned in one language and tested in another."""

    group: str
    kind: str
    trained: str
    """The language of the labels."""
    tested: str
    metric: str
    sample: Sample
    """A row for each encoder."""

    @property
    def zero_shot(self) -> bool:
        """Whether no label of the language that it is tested in was seen."""
        return self.trained != self.tested


@dataclass(frozen=True)
class Transfer:
    """What is measured, and how."""

    groups: Sequence[Group]
    kinds: Sequence[Kind]
    trained: Sequence[str]
    """The languages that are fine-tuned in; each kind has a task in those that it can be."""
    protocol: str = "finetune"
    limit: int | None = None
    """Test examples of each language; None: all."""
    root: Path | None = None

    def cells(self) -> Iterator[tuple[Group, str, Kind, str]]:
        """A group, one of its encoders, a kind of task and the language that is fine-tuned in."""
        for kind in self.kinds:
            for language in self.trained:
                if language in kind.tasks:
                    for group in self.groups:
                        for name in group.encoders:
                            yield group, name, kind, language

    def run(
        self,
        results: ResultStore,
        *,
        device: str = "auto",
        batch_size: int = 32,
        progress: TaskProgress | None = None,
        finished: Callable[[Result], None] | None = None,
        only: Collection[int] | None = None,
    ) -> list[Score]:
        """All scores; finished cells are in the store.

        Each encoder has one evaluation seed, that of its place in the group, so that the spread of a group has what
        draws of labels are worth in it.

        finished: given the result of each cell, over all languages that it is tested in. only: the numbers of cells, in
        their order; None: all.
        """
        tasks: dict[tuple[str, str], Task] = {}
        samples: dict[tuple[str, str, str, str, str], list[Sample]] = {}
        for number, (group, name, kind, language) in enumerate(self.cells()):
            if only is not None and number not in only:
                continue
            task = tasks.setdefault((kind.name, language), kind.crossed(language, self.limit))
            evaluator = Evaluator(
                group.encoders[name],
                reference=name,
                device=device,
                batch_size=batch_size,
                seeds=1,
                first_seed=list(group.encoders).index(name),
                root=self.root,
                results=results,
                progress=progress,
            )
            (result,) = evaluator.evaluate([(task, self.protocol)])
            for tested, other in kind.tasks.items():
                for metric in other.metrics:
                    key = (group.name, kind.name, language, tested, metric)
                    samples.setdefault(key, []).append(kind.score(result, tested, metric, self.root, self.limit))
            if finished is not None:
                finished(result)
        return [Score(*key, sample=stacked(each)) for key, each in samples.items()]


def paired(scores: Sequence[Score], group: str, other: str, kind: str) -> Sample | None:
    """Zero-shot, one group minus another: the mean over all pairs of languages and metrics, paired by example.

    None where the two have no pair of languages in common.
    """
    table: dict[tuple[str, ...], dict[str, Sample]] = {}
    for score in scores:
        if score.zero_shot and score.kind == kind:
            table.setdefault((score.trained, score.tested, score.metric), {})[score.group] = score.sample
    both = [row for row in table.values() if group in row and other in row]
    return mean_over_tasks([row[group].minus(row[other]) for row in both]) if both else None
