"""The tables of docs/transfer.md: measure them (`make transfer`), or take them from a report that is there.

    python docs/transfer_page.py [--report DIR] [--out DIR] [--seeds N] [--budget B] [--tasks TASK|SET|GLOB]...

--report: the folder that `superb-lite analyze transfer --out` wrote. Without it, encoders of texts and of sequences are
pretrained under several seeds, and the experiment is run; what lies in --out already is used again.
"""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

from superb_lite.paths import CONFIG

PAGE = Path(__file__).with_name("transfer.md")

MARK = "<!-- tables: python docs/transfer_page.py -->\n"
END = "<!-- end of the tables -->\n"

TASKS = ("splice-decoy", "splice-count", "ars", "amp", "composer", "measures")
"""Of sequence-lite: two or three of each kind."""


def main() -> None:
    """Measure where nothing is given, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--report", type=Path, help="of an experiment that was run already")
    parser.add_argument("--out", type=Path, default=Path("superb-lite-out/transfer-page"))
    parser.add_argument("--seeds", type=int, default=3, help="pretraining seeds")
    parser.add_argument("--budget", default="minute")
    parser.add_argument("--tasks", nargs="+", default=[f"sequence-lite/{name}" for name in TASKS])
    options = parser.parse_args()
    report = options.report or measured(options.out, options.seeds, options.budget, options.tasks)
    found = (report / "transfer.md").read_text(encoding="utf-8")
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")


def measured(out: Path, seeds: int, budget: str, tasks: list[str]) -> Path:
    """Pretrain, run the experiment; returns its folder."""
    encoders = {
        objective: [out / f"{objective}-{seed}" for seed in range(seeds)]
        for objective in ("text-bert", "sequence-masked")
    }
    for objective, folders in encoders.items():
        for seed, folder in enumerate(folders):
            if not (folder / CONFIG).exists():
                command = ["pretrain", objective, "--budget", budget, "--seed_everything", str(seed)]
                subprocess.run(["superb-lite", *command, "--out", str(folder)], check=True)
    specific = [part for folder in encoders["sequence-masked"] for part in ("--specific", str(folder))]
    folders = [*encoders["text-bert"], *encoders["sequence-masked"]]
    named = [part for folder in folders for part in ("--as", folder.name)]
    chosen = [part for task in tasks for part in ("--tasks", task)]
    command = ["analyze", "transfer", *map(str, encoders["text-bert"]), *specific, *named, *chosen]
    subprocess.run(["superb-lite", *command, "--out", str(out / "transfer")], check=True)
    return out / "transfer"


def with_tables(page: str, tables: str) -> str:
    """The page with the tables between its marks."""
    before, _, rest = page.partition(MARK)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError("the page has no place for the tables")
    return f"{before}{MARK}\n{tables}\n{END}{after}"


if __name__ == "__main__":
    main()
