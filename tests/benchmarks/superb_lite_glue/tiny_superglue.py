"""A tiny SuperGLUE, written in the format of the official one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NAMES = ("Anna", "Boris", "Clara", "Dmitri")
ENTAILMENT = ("entailment", "not_entailment")


def row(folder: str, n: int) -> dict[str, Any]:
    """Line n of a part of a task, with its label."""
    text = f"{NAMES[n % 4]} went to town no. {n // 2}."
    if folder == "BoolQ":
        return {"question": f"did {NAMES[n % 4]} go", "passage": text, "idx": n, "label": n % 2 == 0}
    if folder in ("CB", "RTE"):
        label = ("entailment", "contradiction", "neutral")[n % 3] if folder == "CB" else ENTAILMENT[n % 2]
        return {"premise": text, "hypothesis": f"{NAMES[n % 3]} went", "label": label, "idx": n}
    if folder == "COPA":
        premise = f"The glass no. {n} broke."
        choices = {"choice1": "I dropped it.", "choice2": "It was full."}
        return {"premise": premise, **choices, "question": ("cause", "effect")[n % 2], "label": n % 2, "idx": n}
    if folder == "MultiRC":
        questions = [
            {
                "question": f"Who went, {q}?",
                "answers": [
                    {"text": NAMES[a], "idx": 6 * n + 3 * q + a, "label": int((a + n) % 3 == 0)} for a in range(3)
                ],
                "idx": 2 * n + q,
            }
            for q in range(2)
        ]
        return {"idx": n, "version": 1.1, "passage": {"text": text, "questions": questions}}
    if folder == "ReCoRD":
        where = {"start": 0, "end": len(NAMES[n % 4]) - 1}  # the last character, not the one after it
        answer = {**where, "text": NAMES[n % 4]}
        query = {"query": "It was @placeholder who went.", "answers": [answer], "idx": n}
        passage = {"text": text, "entities": [where]}
        return {"source": "Daily mail", "passage": passage, "qas": [query], "idx": n}
    if folder == "WiC":
        one, two = f"The bank no. {n} is closed.", "Two banks of a river."
        spans = {"start1": 4, "end1": 8, "start2": 4, "end2": 9}
        word = ("bank", "banks", "banking")[n % 3]
        return {
            "word": word,
            "sentence1": one,
            "sentence2": two,
            "idx": n,
            "label": n % 2 == 0,
            **spans,
            "version": 1.1,
        }
    if folder == "WSC":
        target = {"span1_text": NAMES[n % 4], "span1_index": 0, "span2_text": "she", "span2_index": 4}
        sentence = f"{NAMES[n % 4]} said no. {n} that She was here."
        return {"text": sentence, "target": target, "idx": n, "label": n % 2 == 0}
    if folder == "AX-b":
        return {"sentence1": text, "sentence2": text, "idx": n, "label": ENTAILMENT[n % 2], "logic": "Negation"}
    pronoun = ("she", "he")[n % 2]
    premise = f"The cook no. {n // 2} told the guest that {pronoun} was late."
    pair = {"label": ENTAILMENT[n // 2 % 2], "pair_id": n // 2}
    return {"premise": premise, "hypothesis": "The cook was late.", "idx": n, **pair}


def write_superglue(root: Path, *, above: str = "superglue", train: int = 40, dev: int = 12) -> Path:
    """All of SuperGLUE with its hidden test parts; returns the folder that holds those of the tasks."""
    for folder in ("BoolQ", "CB", "COPA", "MultiRC", "ReCoRD", "RTE", "WiC", "WSC"):
        for part, numbers in (("train", range(train)), ("val", range(1000, 1000 + dev))):
            write_lines(root / above / folder / f"{part}.jsonl", [row(folder, n) for n in numbers])
    for folder in ("AX-b", "AX-g"):
        write_lines(root / above / folder / f"{folder}.jsonl", [row(folder, n) for n in range(dev)])
    return root / above


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")


def write_tests(folder: Path, size: int = 5) -> None:
    """The test parts, whose labels are hidden; folder: that of `write_superglue`."""
    for name in ("BoolQ", "CB", "COPA", "MultiRC", "ReCoRD", "RTE", "WiC", "WSC"):
        rows = [row(name, n) for n in range(2000, 2000 + size)]
        for each in rows:
            each.pop("label", None)
            for question in each["passage"]["questions"] if name == "MultiRC" else ():
                for answer in question["answers"]:
                    del answer["label"]
            for query in each.get("qas", ()):
                del query["answers"]
        write_lines(folder / name / "test.jsonl", rows)
