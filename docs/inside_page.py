"""docs/inside.md: what `superb-lite analyze` found, from the sections in docs/inside.

    python docs/inside_page.py [--from DIR]...

--from: what an analysis wrote (its --out); its sections and their pictures are taken over, in the place of those of
the same name. The page is made of the sections alone: every figure of it is a number of a file in docs/inside, and a
section that is added there stands on the page. `PROSE` says how to read each analysis.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from superb_lite.analysis.claim import ENOUGH_SEEDS
from superb_lite.analysis.findings import Section, Table
from superb_lite.analysis.report.shown import shown_table, shown_value
from superb_lite.analysis.writing import FORMAT, read_sections
from superb_lite.errors import counted

DOCS = Path(__file__).parent
PAGE, SECTIONS, IMAGES = DOCS / "inside.md", DOCS / "inside", DOCS / "images"

MARK = "<!-- sections: python docs/inside_page.py -->\n"
END = "<!-- end of the sections -->\n"

MOST_ROWS = 40
"""Of a table on the page; a longer one is only in the section's file."""

DIGITS = 6
"""Significant digits of numbers in docs/inside."""

PROSE: Mapping[str, str] = {
    "embryology": "An encoder is probed at steps 0, 1, 2, 4, ... of its pretraining (Chiang et al. 2020). A curve "
    "is divided by its last value, so that all end at 1; what is *learnt* first is what reaches "
    "half, or 90%, of its final gain first. A probe may be good long before that, where random "
    "weights are good at it, too. The lecture says that the order is counter-intuitive, and leaves it to the paper: "
    "ALBERT learns words of different parts of speech at different speeds, and a later checkpoint is not better at "
    "everything. Of our small text encoders the order is what intuition says: marks first, which are frequent and "
    "stand in fixed places; then words of grammar, and nouns and verbs after them (that words of grammar come before "
    "those of content holds); names and what asks for meaning not at all in so few steps. Speech is the "
    "counter-intuitive one: words are told apart as early as phones are, and emotions worse by the trained encoder "
    "than by random weights. Of images texture alone has grown beyond noise; colour, shape, count and place would take "
    "more draws of labels (`--seeds`), more test examples (`--limit 0`) or more seeds.",
    "context": "The same word in several sentences has a vector for each. If context matters, two occurrences of "
    "one sense are nearer than two of different senses. Three controls: a random twin mixes a word with its "
    "neighbours, too; a static embedding (CBOW) has one vector for both; the company of a word is the mean of "
    "everything around it, whatever the word.",
    "crosslingual": "Languages of one small world share no token, and the encoder is never told which words are "
    "translations. Fine-tuned in one language and tested in another it is right only where it has "
    "found the correspondence by itself. In encoders of minutes that is the case, in the mean of three seeds, for "
    "English and its shifted copy alone, which differ in nothing but their letters, and the intervals do not exclude "
    "chance: published encoders have 110 million parameters and more.",
    "shots": "A language model is shown solved examples and asked for the next answer; no weight changes. "
    "Calibration divides by what it answers to an input without content.",
    "layers": "Every layer is probed by itself, and a head that may weigh all layers says where it looks. Random "
    "twins have the same architecture and were never trained: what they score is in the input.",
    "similarity": "Linear CKA is 1 where one space is the other turned around, and 0 where they are unrelated; "
    "the overlap of neighbours asks only which items lie close. Random twins read the same input "
    "and are alike for that reason alone, so that what pretraining did is the difference.",
    "scaling": "One objective at several widths, amounts of data and steps. A power law is fitted to the small "
    "runs and says what a larger one should give, before that one is run. In so short runs (300 steps at most) width "
    "and steps decide, and a tenth of the corpus is as good as all of it: the law of the data is flat before the "
    "larger run begins, so that being right about it is no merit.",
    "transfer": "Symbols of DNA, proteins and music are written as words ([transfer.md](transfer.md)).",
}
"""How to read each analysis, in the order of the page; others come after these."""


def main() -> None:
    """Take over what is named, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="taken", type=Path, action="append", default=[], metavar="DIR")
    for directory in parser.parse_args().taken:
        take(directory, SECTIONS, IMAGES)
    PAGE.write_text(with_sections(PAGE.read_text(encoding="utf-8"), ordered(read_sections(SECTIONS))), encoding="utf-8")


def take(directory: Path, sections: Path, images: Path) -> None:
    """Copy the sections of a directory and their pictures; names of folders of the machine are left out."""
    for section in read_sections(directory):
        values = {"format": FORMAT, **short_paths(rounded(section.to_dict()))}
        text = rows_as_lines(json.dumps(values, ensure_ascii=False, indent=1))
        sections.mkdir(exist_ok=True)
        (sections / f"{section.name}.json").write_text(text + "\n", encoding="utf-8")
        for picture in section.pictures:
            found = directory / f"{section.name}.{picture.name}.svg"
            shutil.copyfile(found, images / image(section, picture.name))


def rows_as_lines(text: str) -> str:
    """JSON with a line for each list that holds no other."""
    return re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda row: "[" + re.sub(r",\n\s+", ", ", row[1]) + "]", text)


def rounded(value: Any) -> Any:
    """Numbers to `DIGITS` significant digits, in whatever they stand."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, Mapping):
        return {name: rounded(part) for name, part in value.items()}
    return [rounded(part) for part in value] if isinstance(value, list | tuple) else value


def short_paths(value: Any) -> Any:
    """Absolute paths without their folders, in whatever they stand."""
    if isinstance(value, str):
        return re.sub(r"(?<![\w./])(?:/[\w.-]+)+/(?=[\w.-])", "", value)
    if isinstance(value, Mapping):
        return {name: short_paths(part) for name, part in value.items()}
    return [short_paths(part) for part in value] if isinstance(value, list | tuple) else value


def ordered(sections: Sequence[Section]) -> list[Section]:
    """In the order of `PROSE`, others by name."""
    known = list(PROSE)
    place = {name: number for number, name in enumerate(known)}
    return sorted(sections, key=lambda section: (place.get(section.analysis, len(known)), section.name))


def with_sections(page: str, sections: Sequence[Section]) -> str:
    """The page with all sections between its marks."""
    before, mark, rest = page.partition(MARK)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError("the page has no place for the sections")
    parts = [claims(sections), *(of_section(section) for section in sections)]
    whole = "\n".join(parts)
    return f"{before}{MARK}\n{whole}\n{END}{after}"


def claims(sections: Sequence[Section]) -> str:
    """One table of the claims of all sections."""
    rows = [
        (
            f"{escaped(claim.claim)} ({escaped(claim.source)})",
            escaped(claim.measured),
            shown_value(claim),
            f"**{claim.verdict}**",
            f"[{section.analysis}](#{section.name}), {counted(section.seeds, 'seed')}",
        )
        for section in sections
        for claim in section.claims
    ]
    return "## The claims\n\n" + grid(("claim", "measured", "value", "verdict", "analysis"), rows)


def of_section(section: Section) -> str:
    """Pictures with what they say, the main table, and the command."""
    lines = [f'## <a id="{section.name}"></a>{escaped(section.title)}\n', f"*{escaped(section.question)}*\n"]
    if prose := PROSE.get(section.analysis):
        lines.append(f"{prose}\n")
    if section.answer:
        lines.append(f"{escaped(section.answer)}\n")
    if section.seeds < ENOUGH_SEEDS:
        few = counted(section.seeds, "pretraining seed")
        lines.append(f"**{few}: another one may say something else; a finding needs at least {ENOUGH_SEEDS}.**\n")
    for picture in section.pictures:
        lines.append(f"![{escaped(picture.title)}](images/{image(section, picture.name)})\n")
        lines.append(f"**{escaped(picture.title)}.** {escaped(picture.caption)}\n")
    for table in section.tables[:1]:
        lines.append(main_table(section, table))
    lines += [f"- {with_code(note)}" for note in section.notes]
    if missing := needs(section):
        lines += ["", f"To decide what is open: {missing}."]
    lines.append(f"\n```bash\n{section.command}\n```\n")
    return "\n".join(lines)


def main_table(section: Section, table: Table) -> str:
    """The table, or where it is."""
    shown = shown_table(table)
    if len(shown.rows) > MOST_ROWS:
        return f"Its {len(shown.rows)} rows are in [{section.name}.json](inside/{section.name}.json).\n"
    note = f"{escaped(table.title)}. {escaped(table.note)}".strip()
    return f"{note}\n\n{grid(shown.columns, [[escaped(cell) for cell in row] for row in shown.rows])}"


def needs(section: Section) -> str:
    """What would decide the claims that do not hold, each once."""
    return "; ".join(dict.fromkeys(escaped(c.needs) for c in section.claims if c.needs and c.verdict != "holds"))


def grid(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def image(section: Section, picture: str) -> str:
    """The file of a picture in docs/images."""
    return f"inside-{section.name}-{picture}.svg"


def escaped(text: str) -> str:
    """Text in a table of Markdown, which it cannot end or turn into markup."""
    plain = re.sub(r"([|*_<>`\\])", r"\\\1", " ".join(text.split()))
    return plain.replace("](", "]\\(")


def with_code(text: str) -> str:
    """Text outside a table, in which what stands between two backticks is code and stays as it is."""
    return re.sub(r"\\`(.+?)\\`", lambda code: "`" + re.sub(r"\\(.)", r"\1", code[1]) + "`", escaped(text))


if __name__ == "__main__":
    main()
