"""What a card beside weights declares is taken as data, whatever else stands in it."""

from pathlib import Path

import pytest

from superb_lite.encoders.model_card import declared_corpora, pretraining_of


def card(folder: Path, text: str) -> Path:
    (folder / "README.md").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("datasets:\n- nyu-mll/glue\n- bookcorpus\n- bookcorpus", ["nyu-mll/glue", "bookcorpus"]),
        ("license: mit\ndatasets: wikipedia", ["wikipedia"]),
        ("datasets: [1, {a: b}, '', ok, null]", ["ok"]),
        ("datasets:\n  a: b", []),
        ("license: mit", []),
        ("- a\n- b", []),
        ("", []),
        (f"datasets: ['{'x' * 101}', 'a\\u0007']", ["a\\u0007"]),
        ('datasets: ["a\\u0007", b]', ["b"]),
        ("a: &a [x]\nb: &b [*a, *a]\ndatasets: [*b, *b, y]", ["y"]),
    ],
)
def test_its_data_sets_are_read(tmp_path: Path, head: str, expected: list[str]) -> None:
    assert declared_corpora(card(tmp_path, f"---\n{head}\n---\n# A model\ndatasets: [no]\n")) == expected
    assert declared_corpora(card(tmp_path, f"\ufeff---\r\n{head}\r\n---\r\n")) == expected


def test_hugging_face_reads_the_same(tmp_path: Path) -> None:
    hub = pytest.importorskip("huggingface_hub")
    card(tmp_path, "---\nlanguage: en\ndatasets:\n- bookcorpus\n- wikipedia\n---\ntext\n")
    assert declared_corpora(tmp_path) == hub.ModelCard.load(tmp_path / "README.md").data.datasets


@pytest.mark.parametrize("text", ["# A model\n", "---\ndatasets: [x]\n", "", "text\n---\ndatasets: [x]\n---\n"])
def test_a_card_without_metadata_says_nothing(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert declared_corpora(card(tmp_path, text)) == []
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "head", ["a: [", "!!python/object/apply:os.system ['x']", "a: " + "[" * 3000, "datasets: !x y", "a: *b"]
)
def test_metadata_that_cannot_be_read_is_one_line(
    tmp_path: Path, head: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert declared_corpora(card(tmp_path, f"---\n{head}\n---\n")) == []
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "nobody knows its data sets" in said
    assert len(said) <= 320


def test_what_is_no_file_of_text_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "README.md").write_bytes(b"---\n\xff\n---\n")
    assert declared_corpora(tmp_path) == []
    assert capsys.readouterr().err.count("\n") == 1
    assert declared_corpora(tmp_path / "nowhere") == []
    (tmp_path / "README.md").unlink()
    (tmp_path / "README.md").mkdir()
    assert declared_corpora(tmp_path) == []


def test_a_card_is_never_the_whole_of_it(tmp_path: Path) -> None:
    assert pretraining_of("timm", tmp_path) == {"source": "timm"}
    found = pretraining_of("timm", card(tmp_path, "---\ndatasets: [imagenet-1k]\n---\n"))
    assert found == {"source": "timm", "corpora": ["imagenet-1k"], "corpora_complete": False}
