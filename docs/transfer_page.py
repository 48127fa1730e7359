"""Tables and pictures of docs/transfer.md: measure them (`make transfer`), or take them from reports that are there.

    python docs/transfer_page.py [--reports DIR] [--seeds N] [--budget B]

--reports: where pretrained encoders and reports lie, a folder for each of `EXPERIMENTS`; what is missing is measured.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from superb_lite.paths import CONFIG

PAGE = Path(__file__).with_name("transfer.md")
IMAGES = Path(__file__).with_name("images")

MARK = "<!-- tables: python docs/transfer_page.py -->\n"
END = "<!-- end of the tables -->\n"

HOUR, SENTENCES = "text-bert-hour", "hf:sentence-transformers/all-MiniLM-L6-v2"
PUBLISHED = "### Published"


@dataclass(frozen=True)
class Experiment:
    """A run of `superb-lite analyze transfer`; tasks are those of sequence-lite."""

    name: str
    title: str
    tasks: tuple[str, ...]
    options: tuple[str, ...]
    texts: tuple[str, ...] = ()
    """Empty: those of the budget, one for each pretraining seed."""
    specific: bool = False


FEW, ALL = "few", "all"
SPLICE = ("splice-decoy", "splice-count")
EXPERIMENTS = (
    Experiment(
        FEW,
        "Few labels: as many as each task gives",
        (*SPLICE, "amp", "composer", "degree"),
        ("--mappings", "3"),
        specific=True,
    ),
    Experiment(ALL, "Whole training sets", ("splice-decoy", "amp", "composer", "degree"), ("--labels", "all")),
    Experiment("hour", "Text-bert of an hour", SPLICE, ("--mappings", "3"), (HOUR,)),
    Experiment("sentences", SENTENCES, SPLICE[1:], ("--mappings", "1", "--epochs", "6"), (SENTENCES,)),
)
"""The first two are shown in full, the others as a line for each task."""


def main() -> None:
    """Measure what is not there, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=Path, default=Path("superb-lite-out/transfer-page"))
    parser.add_argument("--seeds", type=int, default=3, help="pretraining seeds")
    parser.add_argument("--budget", default="minute")
    options = parser.parse_args()
    for each in EXPERIMENTS:
        if not (options.reports / each.name / "transfer.json").exists():
            measure(each, options.reports, options.seeds, options.budget)
    tables = page_tables({each.name: options.reports / each.name for each in EXPERIMENTS})
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8"), tables), encoding="utf-8")
    for picture in ("transfer", "losses"):
        for name in (FEW, ALL):
            shutil.copyfile(options.reports / name / f"{picture}.svg", IMAGES / f"{picture}-{name}.svg")


def measure(each: Experiment, out: Path, seeds: int, budget: str) -> None:
    """Pretrain what it needs, and run it."""
    texts = [pretrained(out, "text-bert", budget, seed) for seed in range(seeds)]
    if each.texts:
        texts = [pretrained(out, "text-bert", "hour", 0) if name == HOUR else name for name in each.texts]
    specific = [pretrained(out, "sequence-masked", budget, seed) for seed in range(seeds)] if each.specific else []
    command = ["superb-lite", "analyze", "transfer", *texts]
    command += [part for name in specific for part in ("--specific", name)]
    command += [part for name in (*texts, *specific) for part in ("--as", name if ":" in name else Path(name).name)]
    command += [part for task in each.tasks for part in ("--tasks", f"sequence-lite/{task}")]
    subprocess.run([*command, *each.options, "--out", str(out / each.name)], check=True)


def pretrained(out: Path, objective: str, budget: str, seed: int) -> str:
    """The folder of an encoder, which is pretrained unless it is there."""
    folder = out / f"{objective}-{budget}-{seed}"
    if not (folder / CONFIG).exists():
        command = ["pretrain", objective, "--budget", budget, "--seed_everything", str(seed)]
        subprocess.run(["superb-lite", *command, "--out", str(folder)], check=True)
    return str(folder)


def page_tables(folders: dict[str, Path]) -> str:
    """All tables: those of the whole reports, what was published once, and the sizes."""
    lines, published = [], ""
    for each in EXPERIMENTS[:2]:
        found = (folders[each.name] / "transfer.md").read_text(encoding="utf-8")
        ours, _, rest = found.partition(PUBLISHED)
        table, _, notes = rest.partition("\n- ")
        published = f"{PUBLISHED}{table}"
        pictures = "".join(f"![{kind}](images/{kind}-{each.name}.svg)\n\n" for kind in ("transfer", "losses"))
        lines.append(f"## {each.title}\n\n{ours}{pictures}- {notes}\n")
    reports = [(each, read(folders[each.name])) for each in EXPERIMENTS]
    return "".join(lines) + sizes(reports) + "\n" + published.rstrip() + "\n"


def read(folder: Path) -> dict[str, Any]:
    """A report."""
    found: dict[str, Any] = json.loads((folder / "transfer.json").read_text(encoding="utf-8"))
    return found


def sizes(reports: Sequence[tuple[Experiment, dict[str, Any]]]) -> str:
    """BERT - rand of every experiment and task, small encoders first."""
    lines = ["## By size: BERT − rand\n\n"]
    lines.append("| encoder | parameters | experiment | task | BERT | rand | BERT − rand | runs × mappings |\n")
    lines.append("|---|---|---|---|---|---|---|---|\n")
    for each, report in sorted(reports, key=lambda pair: pair[1]["parameters"][0]):
        scores = {(score["row"], score["task"]): 100 * score["value"] for score in report["scores"]}
        for found in report["differences"]:
            if (found["a"], found["b"]) != ("BERT", "rand") or found["task"] is None:
                continue
            task = found["task"]
            value, low, high = (f"{100 * v:+.1f}".replace("-", "−") for v in (found["value"], *found["ci"]))
            cells = (
                ", ".join(report["texts"]),
                f"{report['parameters'][0] / 1e6:.1f} million",
                each.name,
                task.partition("/")[2],
                f"{scores['BERT', task]:.1f}",
                f"{scores['rand', task]:.1f}",
                f"{value} [{low}, {high}]",
                f"{len(report['texts'])} × {report['mappings']}",
            )
            lines.append(f"| {' | '.join(cells)} |\n")
    lines.append(
        "\n95% intervals over pretraining seeds; of one seed over its mappings, of one run over test examples.\n"
    )
    return "".join(lines)


def with_tables(page: str, tables: str) -> str:
    """The page with the tables between its marks."""
    before, _, rest = page.partition(MARK)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError("the page has no place for the tables")
    return f"{before}{MARK}\n{tables}\n{END}{after}"


if __name__ == "__main__":
    main()
