"""Official releases in miniature: the formats are theirs, the sequences and labels are made up."""

import json
import random

DNA, PROTEIN = "ACGT", "ACDEFGHIKLMNPQRSTVWY"


def letters(rng, alphabet, length):
    return "".join(rng.choices(alphabet, k=length))


def write_splice(folder, rows=60):
    rng = random.Random(0)
    lines = [
        f"{('EI', 'IE', 'N')[n % 3]},{' ' * (n % 7)}TOY-{n // 2},   {' ' * (n % 5)}{letters(rng, DNA, 60)}\n"
        for n in range(rows)
    ]
    lines[4] = lines[4][:-4] + "DNR\n"  # letters that stand for several
    (folder / "splice.data").write_text("".join(lines) + lines[1] + "\n")


def tape_rows(column, rows, seed, **more):
    rng = random.Random(seed)
    return [
        {"id": str(n), "primary": letters(rng, PROTEIN, 20), "protein_length": 20, column: [rng.gauss(0, 1)], **more}
        for n in range(rows)
    ]


def write_tape(folder, name, column, **more):
    for seed, part in enumerate(("train", "valid", "test")):
        place = folder / name
        place.mkdir(exist_ok=True)
        (place / f"{name}_{part}.json").write_text(json.dumps(tape_rows(column, 6, seed, **more)))


def write_deeploc(folder, rows=60):
    rng = random.Random(0)
    places = ("Nucleus-U", "Cell.membrane-M", "Cytoplasm-S", "Lysosome/Vacuole-U", "Cytoplasm-Nucleus-U")
    lines = []
    for n in range(rows):
        sequence = letters(rng, PROTEIN, 90)
        lines.append(f">P{n} {places[n % 5]}{' test' if n % 3 == 0 else ''}\n{sequence[:60]}\n{sequence[60:]}\n")
    (folder / "deeploc_data.fasta").write_text("".join(lines))


def write_gue(folder, name, rows=6):
    rng = random.Random(0)
    place = folder / "GUE" / "EMP" / name
    place.mkdir(parents=True)
    for part in ("train", "dev", "test"):
        lines = "".join(f"{letters(rng, DNA, 50)},{n % 2}\r\n" for n in range(rows))
        (place / f"{part}.csv").write_text(f"sequence,label\r\n{lines}", newline="")
