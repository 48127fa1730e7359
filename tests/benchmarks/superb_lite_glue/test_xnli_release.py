"""`xnli`: official tables become tasks that are learnt in one language and tested in another."""

from __future__ import annotations

from pathlib import Path

import pytest

from superb_lite.analysis.crosslingual.crossed import Kind
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.features.data_checks import check_data
from superb_lite_glue import xnli
from superb_lite_glue.official import NLI
from superb_lite_glue.official_tables import Row, Rows
from superb_lite_glue.xnli_tasks import LANGUAGES, XNLI

TASKS = {task.name.removeprefix("xnli/"): task for task in XNLI}
PARSES = [f"sentence{n}_{kind}" for kind in ("binary_parse", "parse") for n in (1, 2)]
LABELS = [f"label{n}" for n in range(1, 6)]
ENDS = ["sentence1_tokenized", "sentence2_tokenized", "match"]
TEST = "XNLI-1.0/xnli.test.tsv"
TRAIN = "XNLI-MT-1.0/multinli/multinli.train.en.tsv"
COLUMNS = ["language", "gold_label", *PARSES, "sentence1", "sentence2", "promptID", "pairID", "genre", *LABELS, *ENDS]


def pair(language: str, n: int) -> tuple[str, str, str]:
    return f'{language} premise "{n // 3}', f"{language} says {NLI[n % 3]} {n}", NLI[n % 3]


def table(path: Path, size: int, first: int) -> None:
    lines = ["\t".join(COLUMNS)]
    for language in LANGUAGES:
        for n in range(first, first + size):
            one, two, label = pair(language, n)
            cells = {
                "language": language,
                "gold_label": label,
                "sentence1": one,
                "sentence2": two,
                "promptID": str(n // 3),
            }
            lines.append("\t".join(cells.get(column, "x") for column in COLUMNS))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(autouse=True)
def forget():
    xnli._train.cache_clear()
    xnli._table.cache_clear()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "XNLI-1.0").mkdir()
    table(tmp_path / "XNLI-1.0" / "xnli.dev.tsv", 6, 1000)
    table(tmp_path / "XNLI-1.0" / "xnli.test.tsv", 9, 2000)
    folder = tmp_path / "XNLI-MT-1.0" / "multinli"
    folder.mkdir(parents=True)
    for language in LANGUAGES:
        rows = [pair(language, n) for n in range(30)]
        words = {"contradiction": "contradictory"}
        lines = ["premise\thypo\tlabel", *("\t".join((a, b, words.get(c, c))) for a, b, c in rows)]
        (folder / f"multinli.train.{language}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["en", "zh", "sw", "zh-translate-train"])
def test_each_task_is_read_and_sound(root: Path, name: str) -> None:
    data = TASKS[name].data(root)
    check_data(TASKS[name], data)
    assert [len(part) for part in (data.train, data.validation, data.test)] == [30, 6, 9]
    language, learnt = name[:2], "zh" if name.endswith("train") else "en"
    for part, first, code in ((data.train, 0, learnt), (data.validation, 1000, learnt), (data.test, 2000, language)):
        example = part[2]
        assert [data.items[key] for key in example.items] == list(pair(code, first + 2)[:2])
        assert TASKS[name].labels[example.label] == pair(code, first + 2)[2]


def test_pairs_of_a_premise_are_a_cluster_in_all_languages(root: Path) -> None:
    clusters = {name: [e.cluster for e in TASKS[name].data(root).test] for name in ("fr", "en", "zh-translate-train")}
    assert clusters["fr"] == clusters["en"] == clusters["zh-translate-train"]
    assert clusters["fr"] == [f"xnli-test-{n // 3}" for n in range(2000, 2009)]


def test_there_are_fifteen_languages_and_fourteen_translations() -> None:
    assert (len(LANGUAGES), len(TASKS)) == (15, 29)
    assert all(task.language in LANGUAGES for task in XNLI)
    assert len(XNLI.average) == 15


def test_it_is_evaluated(root: Path) -> None:
    (result,) = evaluate(load_encoder("raw:bag-of-words"), "xnli/de", protocol="frozen", seeds=1, root=root)
    assert 0.0 <= result.score <= 1.0


def test_languages_can_be_crossed(root: Path) -> None:
    """`analyze crosslingual` trains in each language on its own translations."""
    kind = Kind("nli", {"en": TASKS["en"], "zh": TASKS["zh-translate-train"]})
    data = kind.crossed("zh").data(root)
    assert {data.items[key][:2] for e in data.train for key in e.items} == {"zh"}
    assert {data.items[key][:2] for e in data.test for key in e.items} == {"zh", "en"}


def test_the_hub_has_the_same_under_other_names(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hub(repository: str, config: str, split: str, columns: tuple[str, ...], layout: str) -> Rows:
        assert repository == "facebook/xnli"
        first, size = {"train": (0, 30), "validation": (1000, 6), "test": (2000, 9)}[split]
        cells = [dict(zip(columns, pair(config, n), strict=True)) for n in range(first, first + size)]
        return Rows(config, [Row(n, each) for n, each in enumerate(cells, start=1)], size)

    monkeypatch.setattr(xnli, "download", hub)
    here, there = TASKS["vi"].data(root), TASKS["vi"].data(None)
    for mine, other in ((here.train, there.train), (here.validation, there.validation), (here.test, there.test)):
        assert [e.label for e in mine] == [e.label for e in other]
        assert [here.items[e.items[1]] for e in mine] == [there.items[e.items[1]] for e in other]
    assert [e.cluster for e in there.test] == [f"xnli-test-hub-{n // 3}" for n in range(9)]
    assert [e.cluster for e in TASKS["sw"].data(None).test] == [e.cluster for e in there.test]


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (TEST, "en\tneutral", "en\tmaybe", "row 4, column 'gold_label': 'maybe' is not one of the labels"),
        (TEST, "th\t", "xx\t", "has no row whose column 'language' is 'th'"),
        (TEST, "language\t", "lang\t", "row 1: the column 'language' is missing; the columns are lang"),
        ("XNLI-1.0/xnli.dev.tsv", "en\tneutral\tx", "en\tneutral", r"row 2: 18 column\(s\) instead of 19"),
        (TRAIN, "\tcontradictory", "\tno", "row 4, column 'label': 'no' is not one"),
    ],
)
def test_what_is_wrong_is_one_line_with_file_and_row(root: Path, file: str, old: str, new: str, words: str) -> None:
    path = root / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(SuperbLiteError, match=words) as caught:
        TASKS["th" if "'th'" in words else "en"].data(root)
    assert f"'{path}'" in str(caught.value)


def test_empty_translations_are_counted(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = root / "XNLI-MT-1.0" / "multinli" / "multinli.train.zh.tsv"
    path.write_text(path.read_text().replace("zh says neutral 4\t", "\t"))
    assert len(TASKS["zh-translate-train"].data(root).train) == 29
    assert "30 rows, 29 kept; left out: 1 with an empty 'hypo' (first in row 6)" in capsys.readouterr().err


def test_what_is_missing_is_named(root: Path) -> None:
    (root / "XNLI-MT-1.0" / "multinli" / "multinli.train.zh.tsv").unlink()
    with pytest.raises(SuperbLiteError, match=r"holds no 'multinli.train.zh.tsv'"):
        TASKS["zh-translate-train"].data(root)
