"""The files for GLUE's server."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tiny_releases import write_glue

from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite_glue.submission import main, write_submission
from superb_lite_glue.submission import test_tables as official_tables

WORDS = {
    "CoLA.tsv": {"0", "1"},
    "SST-2.tsv": {"0", "1"},
    "MRPC.tsv": {"0", "1"},
    "QQP.tsv": {"0", "1"},
    "MNLI-m.tsv": {"entailment", "neutral", "contradiction"},
    "MNLI-mm.tsv": {"entailment", "neutral", "contradiction"},
    "AX.tsv": {"entailment", "neutral", "contradiction"},
    "QNLI.tsv": {"entailment", "not_entailment"},
    "RTE.tsv": {"entailment", "not_entailment"},
    "WNLI.tsv": {"0", "1"},
}
"""The names of the files and the labels that the server knows; STS-B.tsv holds numbers from 0 to 5."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    write_glue(folder, test=7)
    return folder


@pytest.fixture(scope="module")
def written(root: Path) -> dict[str, list[list[str]]]:
    paths = write_submission(load_encoder("raw:characters"), root, root / "out", name="x")
    return {path.name: [line.split("\t") for line in path.read_text().splitlines()] for path in paths}


def test_there_is_a_file_for_each_test_table(written: dict[str, list[list[str]]]) -> None:
    assert set(written) == {*WORDS, "STS-B.tsv"}


@pytest.mark.parametrize("name", [*WORDS, "STS-B.tsv"])
def test_header_index_and_labels(written: dict[str, list[list[str]]], name: str) -> None:
    header, *rows = written[name]
    assert header == ["index", "prediction"]
    assert [row[0] for row in rows] == [str(i) for i in range(7)]
    if name == "STS-B.tsv":
        assert all(0 <= float(row[1]) <= 5 for row in rows)
        assert len({row[1] for row in rows}) > 1
    else:
        assert {row[1] for row in rows} <= WORDS[name]


def test_the_predictions_are_those_of_the_task(root: Path, written: dict[str, list[list[str]]]) -> None:
    """The tiny MNLI can be read off the last words of the second sentence; test row i is number 2000 + i."""
    right = [("entailment", "neutral", "contradiction")[(2000 + i) % 3] for i in range(7)]
    assert sum(row[1] == word for row, word in zip(written["MNLI-m.tsv"][1:], right, strict=True)) >= 5


def test_a_row_without_text_gets_an_answer_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_glue(tmp_path)
    path = folder / "SST-2" / "test.tsv"
    path.write_text("index\tsentence\n0\tgood\n1\t \n2\tbad\n")
    train = folder / "SST-2" / "train.tsv"
    train.write_text("sentence\tlabel\n" + "".join(f"s{i}\t{int(i % 4 > 0)}\n" for i in range(40)))
    write_submission(load_encoder("raw:characters"), tmp_path, tmp_path / "out", name="x", protocol_name="knn")
    lines = (tmp_path / "out" / "SST-2.tsv").read_text().splitlines()
    assert [line.split("\t")[0] for line in lines] == ["index", "0", "1", "2"]
    assert lines[2] == "1\t1"  # the most frequent label of the training set
    assert f"'{path}': 3 rows, 2 kept; left out: 1 with an empty 'sentence'" in capsys.readouterr().err


def test_a_row_that_is_cut_in_two_is_refused_since_it_would_shift_the_index(tmp_path: Path) -> None:
    folder = write_glue(tmp_path, test=2000)
    path = folder / "CoLA" / "test.tsv"
    path.write_text(path.read_text().replace("2001\t", "2001\n", 1))
    with pytest.raises(SuperbLiteError, match=r"test.tsv', row 3: 1 column\(s\) instead of 2"):
        write_submission(load_encoder("raw:characters"), tmp_path, tmp_path / "out", name="x", protocol_name="knn")
    assert not (tmp_path / "out").exists()


def test_an_encoder_that_changes_while_it_is_used_is_refused(root: Path, tmp_path: Path) -> None:
    encoder = load_encoder("raw:characters")
    encoder.register_buffer("calls", torch.zeros(1))
    encoder.register_forward_hook(lambda module, *arguments: module.calls.add_(1) and None)
    with pytest.raises(SuperbLiteError, match="its weights or buffers changed while it was evaluated"):
        write_submission(encoder, root, tmp_path / "out", name="x", protocol_name="knn")
    assert not (tmp_path / "out").exists()


def test_the_diagnostic_table_is_not_needed_but_the_others_are(tmp_path: Path) -> None:
    folder = write_glue(tmp_path, above="")
    assert [table.file for table in official_tables(tmp_path)][-2:] == ["WNLI.tsv", "AX.tsv"]
    (folder / "diagnostic" / "diagnostic.tsv").rename(folder / "AX.tsv")
    assert official_tables(tmp_path)[-1].path == folder / "AX.tsv"
    (folder / "AX.tsv").unlink()
    assert official_tables(tmp_path)[-1].file == "WNLI.tsv"
    (folder / "QQP" / "test.tsv").unlink()
    with pytest.raises(SuperbLiteError, match=r"QQP' holds no 'test.tsv'; found: dev.tsv, train.tsv"):
        official_tables(tmp_path)


def test_the_command(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path / "cache"))
    main(["raw:characters", "--root", str(root), "--out", str(tmp_path / "out"), "--protocol", "knn"])
    assert [Path(line).name for line in capsys.readouterr().out.splitlines()][-1] == "AX.tsv"
    with pytest.raises(SystemExit, match="2"):
        main(["raw:characters", "--root", str(tmp_path), "--out", str(tmp_path / "out")])
    assert capsys.readouterr().err.startswith(f"superb-lite: --root '{tmp_path}': expected DIR/glue/CoLA/train.tsv")
    for option, value, words in [
        ("--batch-size", "0", "--batch-size 0: at least 1 item is needed"),
        ("--device", "gpu", "unknown device 'gpu': it is auto, cpu"),
    ]:
        with pytest.raises(SystemExit, match="2"):
            main(["raw:characters", "--root", str(root), "--out", str(tmp_path / "out"), option, value])
        assert capsys.readouterr().err.startswith(f"superb-lite: {words}")
