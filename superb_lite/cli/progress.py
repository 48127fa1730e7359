"""Progress on standard error: bars with the time left on a terminal, one line per finished task elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from rich.table import Table
from rich.text import Text

from superb_lite.errors import one_line, printable

if TYPE_CHECKING:
    from superb_lite.features.store import Progress
    from superb_lite.results.result import Result
    from superb_lite.tasks.task import Task


class LineConsole(Console):
    """A console that shows the control characters and square brackets in names; only line ends are obeyed."""

    def __init__(self, **options: Any) -> None:
        # Markup would turn a name such as "[/x]" into an error.
        super().__init__(markup=False, emoji=False, **options)

    def render_str(self, text: str, **options: Any) -> Text:
        """A string, printed or in a cell of a table, as text that can be shown."""
        return super().render_str("\n".join(map(printable, text.split("\n"))), **options)


stderr = LineConsole(stderr=True, highlight=False, soft_wrap=True)

LONGEST_LINE = 1000
"""Characters of what is said in one line."""


def say(text: str = "") -> None:
    """One line on standard error, whatever the names in it hold: nothing is markup, control characters are escaped."""
    stderr.print(one_line(text, LONGEST_LINE))


def stdout() -> Console:
    """Where tables go: as wide as the terminal, or as wide as they need to be in a file or a pipe."""
    console = LineConsole()
    return console if console.is_terminal else LineConsole(width=100)


class EvaluationProgress:
    """A bar over all (task, protocol) columns and one over the steps of the current column."""

    def __init__(self, title: str, columns: int) -> None:
        self._computing = False
        self._bars = RichProgress(
            TextColumn("{task.description:<44}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=stderr,
            transient=True,
            disable=not stderr.is_terminal,
        )
        self._all = self._bars.add_task(one_line(title), total=columns)
        self._current = self._bars.add_task("", total=None, visible=False)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def start(self, task: Task, protocol: str) -> Progress:
        """A column begins; the returned function takes (done, total)."""
        self._computing = True
        self._bars.reset(self._current, description=one_line(f"  {task.name} {protocol}"), total=None, visible=True)
        return lambda done, total: self._bars.update(self._current, completed=done, total=total)

    def expect(self, columns: int) -> None:
        """How many columns there are, where that was not known at the beginning."""
        self._bars.update(self._all, total=columns)

    def finished(self, result: Result, *, last: bool = True, name: str = "", known: bool | None = None) -> None:
        """A result is there; one whose column never began was finished by an earlier run.

        last: of its column. name: of the encoder, where there are several. known: whether it was finished by an earlier
        run, where columns do not begin here.
        """
        computed = self._computing if known is None else not known
        note = f"{result.seconds:6.1f} s" if computed else "  known"
        if last:
            self._computing = False
            self._bars.update(self._current, visible=False)
            self._bars.advance(self._all)
        line = f"  {result.task:<22} {result.protocol:<9} {percent(result)}"
        say(f"{line:<58} {note}" + (f"  {name}" if name else ""))


def counter(description: str) -> tuple[RichProgress, Progress]:
    """A single bar, and the function of (done, total) that moves it."""
    bars = RichProgress(
        TextColumn("{task.description:<44}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=stderr,
        transient=True,
        disable=not stderr.is_terminal,
    )
    bar = bars.add_task(one_line(description), total=None)
    return bars, lambda done, total: bars.update(bar, completed=done, total=total)


def report_timings(timings: Mapping[str, float]) -> None:
    """Where the time went, phase by phase; nothing where no time went."""
    total = sum(timings.values())
    if total < 0.1:
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    for phase, seconds in timings.items():
        table.add_row(phase, f"{seconds:.1f} s", f"{100 * seconds / total:.0f}%")
    say("where the time went")
    stderr.print(table)


def percent(result: Result) -> str:
    """The score with its interval, in percent."""
    return f"{100 * result.score:5.1f}  [{100 * result.ci[0]:.1f}, {100 * result.ci[1]:.1f}]"


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    def __str__(self) -> str:
        return duration(time.perf_counter() - self._start)
