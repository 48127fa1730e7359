"""Tiny official releases, written in the formats of the real ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HEADERS = {
    "CoLA": "",
    "SST-2": "sentence label",
    "MRPC": "Quality|#1 ID|#2 ID|#1 String|#2 String",
    "STS-B": "index genre filename year old_index source1 source2 sentence1 sentence2 score",
    "QQP": "id qid1 qid2 question1 question2 is_duplicate",
    "MNLI": "index promptID pairID genre sentence1_binary_parse sentence2_binary_parse sentence1_parse sentence2_parse "
    "sentence1 sentence2 label1 gold_label",
    "QNLI": "index question sentence label",
    "RTE": "index sentence1 sentence2 label",
    "WNLI": "index sentence1 sentence2 label",
}
"""The columns of the training tables."""

TEST_HEADERS = {
    "CoLA": "index sentence",
    "SST-2": "index sentence",
    "MRPC": "index|#1 ID|#2 ID|#1 String|#2 String",
    "STS-B": "index genre filename year old_index source1 source2 sentence1 sentence2",
    "QQP": "id question1 question2",
    "MNLI": "index promptID pairID genre sentence1_binary_parse sentence2_binary_parse sentence1_parse sentence2_parse "
    "sentence1 sentence2",
    "QNLI": "index question sentence",
    "RTE": "index sentence1 sentence2",
    "WNLI": "index sentence1 sentence2",
    "AX": "index sentence1 sentence2",
}
WORDS: dict[str, Sequence[str]] = {
    **dict.fromkeys(HEADERS, ("0", "1")),
    "STS-B": ("0.500", "1.25", "3.8", "5.000"),
    "MNLI": ("entailment", "neutral", "contradiction"),
    "QNLI": ("entailment", "not_entailment"),
    "RTE": ("entailment", "not_entailment"),
}
SUBJECTS = ("the cat", "a dog", "my old friend", "nobody", 'the "new" king', "this book", "every child", "rain")
VERBS = ("sees", "likes", "'s bought", "follows", "forgets", "is")


def columns(header: str) -> list[str]:
    return header.split("|" if "|" in header else None)


def sentence(number: int, label: int = 0) -> str:
    end = ("well .", "badly !", "perhaps ?", "never ...")[label]
    return f"{SUBJECTS[number % 8]} {VERBS[number % 6]} {SUBJECTS[(number // 3) % 8]} no. {number} {end}"


def cell(folder: str, column: str, number: int) -> str:
    label = number % len(WORDS[folder])
    if column in ("label", "Quality", "score", "is_duplicate", "gold_label", "label1"):
        return WORDS[folder][label]
    if column in ("sentence1", "#1 String", "question1", "question"):
        return sentence(number // 2)
    if column in ("sentence", "sentence2", "#2 String", "question2"):
        return sentence(number, label)
    return str(number)


def write_table(path: Path, folder: str, header: str, numbers: Sequence[int], *, with_header: bool = True) -> None:
    names = columns(header)
    lines = ["\t".join(names)] if with_header else []
    lines += ["\t".join(cell(folder, column, number) for column in names) for number in numbers]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_glue(root: Path, *, train: int = 40, dev: int = 12, test: int = 5, above: str = "glue") -> Path:
    """All of GLUE; returns the folder that holds those of the data sets."""
    for folder, header in HEADERS.items():
        place = root / above / folder
        parts = {"train": range(train)}
        for part, size, first in (("dev", dev, 1000), ("test", test, 2000)):
            which = ("_matched", "_mismatched") if folder == "MNLI" else ("",)
            parts |= {f"{part}{w}": range(first + 100 * i, first + 100 * i + size) for i, w in enumerate(which)}
        for part, numbers in parts.items():
            if part.startswith("test"):
                write_table(place / f"{part}.tsv", folder, TEST_HEADERS[folder], numbers)
            elif folder == "CoLA":
                write_table(place / f"{part}.tsv", folder, "source label mark sentence", numbers, with_header=False)
            else:
                write_table(place / f"{part}.tsv", folder, header, numbers)
    # The table that Microsoft distributes begins with a byte order mark, which GLUE's download keeps.
    mrpc = root / above / "MRPC" / "train.tsv"
    mrpc.write_bytes(b"\xef\xbb\xbf" + mrpc.read_bytes())
    write_table(root / above / "diagnostic" / "diagnostic.tsv", "RTE", TEST_HEADERS["AX"], range(3000, 3000 + test))
    return root / above


def clue_row(name: str, number: int) -> dict[str, Any]:
    text = f"第{number}个{'好' if number % 2 else '坏'}例子，它很{'新' if number % 3 else '旧'}。"
    if name in ("tnews", "iflytek"):
        label = ("100", "116")[number % 2] if name == "tnews" else str(number % 2 * 118)
        return {"label": label, "label_des": "x", "sentence": text, "keywords": ""}
    if name == "csl":
        return {"id": number, "abst": text, "keyword": ["例子", f"词{number}"], "label": str(number % 2)}
    if name == "cluewsc2020":
        at = text.index("它")
        target = {"span1_index": text.index("例子"), "span1_text": "例子", "span2_index": at, "span2_text": "它"}
        return {"target": target, "idx": number, "label": ("false", "true")[number % 2], "text": text}
    label = str(number % 2) if name == "afqmc" else ("neutral", "entailment", "contradiction", "-")[number % 4]
    return {"sentence1": text, "sentence2": f"例子{number}", "label": label}


def write_clue(root: Path, *, train: int = 40, dev: int = 12, suffix: str = "_public") -> None:
    for name in ("tnews", "iflytek", "afqmc", "cmnli", "ocnli", "csl", "cluewsc2020"):
        folder = root / f"{name}{suffix}"
        folder.mkdir(parents=True)
        for part, numbers in (("train", range(train)), ("dev", range(1000, 1000 + dev))):
            file = folder / f"{'train.50k' if name == 'ocnli' and part == 'train' else part}.json"
            lines = [json.dumps(clue_row(name, n), ensure_ascii=False) for n in numbers]
            file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def squad(articles: int, *, first: int = 0, questions: int = 3) -> dict[str, Any]:
    """A file in the format of SQuAD 1.1 and DRCD."""
    data = []
    for a in range(first, first + articles):
        context = f"在{1900 + a}年，第{a}城的人口是{10 * a + 7}万，  市长住在北京。"
        qas = []
        for q in range(questions):
            text = (f"{1900 + a}年", f"第{a}城", "北京")[q % 3]
            answers = [{"id": "1", "text": text, "answer_start": context.index(text)}]
            qas.append({"id": f"{a}-1-{q}", "question": f"第{q}个问题是什么？", "answers": answers * 2})
        data.append({"title": f"城{a}", "id": str(a), "paragraphs": [{"context": context, "id": f"{a}-1", "qas": qas}]})
    return {"version": "1.1", "data": data}


def write_squad(root: Path) -> None:
    for name, size, first in (("train-v1.1", 20, 0), ("dev-v1.1", 4, 100)):
        write_json(root / "squad" / f"{name}.json", squad(size, first=first))


def write_drcd(root: Path) -> None:
    for part, size, first in (("training", 20, 0), ("dev", 3, 100), ("test", 4, 200)):
        write_json(root / "drcd" / f"DRCD_{part}.json", squad(size, first=first))


def write_json(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
