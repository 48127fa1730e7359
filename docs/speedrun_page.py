"""Write the table of docs/speedrun.md from the records in docs/speedrun/, in the order of their names."""

from __future__ import annotations

from pathlib import Path

from superb_lite.evaluation.speedrun import Record, read_record

PAGE = Path(__file__).with_name("speedrun.md")
RECORDS = Path(__file__).with_name("speedrun")
MARK = "<!-- records: python docs/speedrun_page.py -->\n"
HEAD = """| objective | measure | target | reached by (mean of seeds) | p | steps | CPU seconds | cores | what is new |
|---|---|---|---|---|---|---|---|---|
"""


def table(records: list[Record]) -> str:
    """One row for each record; one that does not hold says so."""
    return HEAD + "".join(map(row, records))


def row(record: Record) -> str:
    """A record as a row of the table."""
    count = len(record.values)
    mean, cpu = sum(record.values) / count, sum(record.cpu_seconds) / count
    p = f"{record.p:.1g}" if record.holds else f"{record.p:.1g}: not reached"
    options = " ".join(f"`--{name} {value}`" for name, value in record.changed.items())
    new = f"{record.note}: {options}" if options else record.note
    cells = (
        f"`{record.objective}` ({record.budget})",
        record.measure,
        f"{record.target:.3f}",
        f"{mean:.3f} ({count})",
        p,
        str(record.steps),
        f"{cpu:.0f}",
        str(record.machine["threads"]),
        new,
    )
    return f"| {' | '.join(cells)} |\n"


def page(text: str, records: list[Record]) -> str:
    """The page with its table made anew."""
    before, mark, _ = text.partition(MARK)
    return before + mark + table(records)


def main() -> None:
    """Write the page."""
    records = [read_record(path) for path in sorted(RECORDS.glob("*.json"))]
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), records), encoding="utf-8")


if __name__ == "__main__":
    main()
