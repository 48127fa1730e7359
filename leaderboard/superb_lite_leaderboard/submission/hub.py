"""The scores of an entry as the Hugging Face Hub reads them: files of `.eval_results`, and the older "model-index".

A file of `.eval_results` is for data sets on the Hub (https://huggingface.co/docs/hub/eval-results); the Hub shows what
is in it where the data set is registered as a benchmark. A model-index has room for tasks that are nowhere on the Hub.
Values are in percent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from superb_lite import plugins
from superb_lite.errors import NAME_LIMIT, SuperbLiteError, counted, one_line
from superb_lite.results.text import number
from superb_lite.tasks.taskset import Board
from superb_lite_leaderboard.submission.cards import LINK, check_publishable
from superb_lite_leaderboard.views.entry import EntryView
from superb_lite_leaderboard.views.of_task import OfTask

DECIMALS = 4
"""Of percent."""


def eval_results(view: EntryView) -> tuple[str, str]:
    """A file of `.eval_results` in YAML, and a line that says which tasks were left out and why, "" for none.

    Each task and protocol has an entry with its score, the mean where there are several metrics. Raises
    `SuperbLiteError` where no task has a data set on the Hub, or nothing can be published.
    """
    check_publishable(view)
    ids = {task.task: _hub(task.task) for task in view.tasks}
    missing = [name for name, found in ids.items() if not found]
    names = one_line(", ".join(missing), NAME_LIMIT)
    if len(missing) == len(ids):
        raise SuperbLiteError(
            f"'{one_line(view.ref, NAME_LIMIT)}': none of its tasks ({names}) is a data set on the Hugging Face Hub, "
            "as .eval_results wants it: take --model-index"
        )
    entries = [_entry(view, task, ids[task.task]) for task in view.tasks if ids[task.task]]
    why = f"left out {counted(len(missing), 'task')} without a data set on the Hugging Face Hub: {names}"
    return _yaml(entries), why if missing else ""


def _hub(name: str) -> str:
    try:
        return plugins.tasks(name)[0].hub
    except SuperbLiteError:  # of a package that is not installed here
        return ""


def _entry(view: EntryView, task: OfTask, hub: str) -> dict[str, Any]:
    identifier, _, name = hub.partition(":")
    what = " and ".join(task.metrics)
    source = {"source": {"url": view.about.url, "name": view.name}} if LINK.fullmatch(view.about.url) else {}
    return {
        "dataset": {"id": identifier, "task_id": name or "default"},
        "value": _value(task.score),
        "date": view.submitted[:10],
        **source,
        "notes": f"superb-lite {task.task} version {task.version}, {task.protocol}: {what} in %, 95% interval "
        f"{number(task.lo)} to {number(task.hi)}, {counted(len(task.seeds), 'seed')}, {task.tier.label}",
    }


def _yaml(value: Any) -> str:
    text: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=120)
    return text


def model_index(view: EntryView, board: Board) -> str:
    """The results as metadata of a model card, the "model-index" of the Hugging Face Hub, in YAML.

    Values are in percent. A task has one result, with the metrics of each of its protocols; a task of several metrics
    has their mean, "score", besides. The interval is that of the score. Raises `SuperbLiteError` as `model_card`.
    """
    check_publishable(view)
    groups: dict[tuple[str, int], list[OfTask]] = {}
    for task in view.tasks:
        groups.setdefault((task.task, task.version), []).append(task)
    results = [_result(name, version, board, tasks) for (name, version), tasks in groups.items()]
    if view.scores:
        means = [
            {
                "type": "normalised_score",
                "value": _value(score.score),
                "name": f"{score.name}, 0 is the floor and 100 the ceiling of a task",
                "config": score.name,
                "args": {"interval_95": [_value(score.lo), _value(score.hi)], "checked": view.tier.label},
            }
            for score in view.scores
        ]
        results.append(_of_dataset(f"superb-lite board {board.name}", board.name, {"version": board.version}, means))
    return _yaml({"model-index": [{"name": view.name, "results": results}]})


def _result(name: str, version: int, board: Board, tasks: Sequence[OfTask]) -> dict[str, Any]:
    metrics = []
    for task in tasks:
        values = dict(task.metrics) if len(task.metrics) == 1 else {"score": task.score, **task.metrics}
        score = next(iter(values), "")
        for metric, value in values.items():
            interval = {"interval_95": [_value(task.lo), _value(task.hi)]} if metric == score else {}
            metrics.append(
                {
                    "type": metric,
                    "value": _value(value),
                    "name": f"{metric} ({task.protocol}), %",
                    "config": task.protocol,
                    "args": {**interval, "seeds": len(task.seeds), "items": task.n_test, "checked": task.tier.label},
                }
            )
    return _of_dataset(name, name, {"version": version, "board": board.name, "board_version": board.version}, metrics)


def _of_dataset(name: str, kind: str, args: dict[str, Any], metrics: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "task": {"type": "feature-extraction"},
        "dataset": {"name": name, "type": kind, "split": "test", "args": args},
        "metrics": metrics,
    }


def _value(percent: float) -> float:
    return round(float(percent), DECIMALS)
