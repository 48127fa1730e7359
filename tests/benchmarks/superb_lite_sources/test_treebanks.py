"""Sentences in CoNLL-U: where words stand in the raw text, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite_sources import treebanks
from tests.benchmarks.superb_lite_sources.tiny_treebank import line, sentence

FRENCH = "\n".join(
    [
        "# text = Il parle du chat, 10 000 fois",
        line(1, "Il", "PRON"),
        line(2, "parle", "VERB"),
        line("3-4", "du"),
        line(3, "de", "ADP"),
        line(4, "le", "DET"),
        line(5, "chat", "NOUN", "SpaceAfter=No"),
        line(6, ",", "PUNCT"),
        line(7, "10 000", "NUM"),
        line(8, "fois", "NOUN"),
        "",
    ]
)


def read(tmp_path: Path, text: str) -> list[treebanks.Sentence]:
    path = tmp_path / "a.conllu"
    path.write_text(text, encoding="utf-8")
    return treebanks.read(path)


def shown(found: treebanks.Sentence) -> list[tuple[str, str]]:
    return [(found.text[word.start : word.end], word.tag) for word in found.words]


def test_words_are_stretches_of_the_raw_text(tmp_path: Path) -> None:
    (found,) = read(tmp_path, sentence(7))
    assert found.text == "Boris 7 can't see."
    tags = ("PROPN", "NUM", "AUX", "PART", "VERB", "PUNCT")
    assert shown(found) == list(zip(("Boris", "7", "ca", "n't", "see", "."), tags, strict=True))
    assert (found.left_out, found.line) == (0, 3)


def test_words_that_are_not_the_letters_of_their_token_are_left_out(tmp_path: Path) -> None:
    (found,) = read(tmp_path, FRENCH)
    assert [text for text, _ in shown(found)] == ["Il", "parle", "chat", ",", "10 000", "fois"]
    assert found.left_out == 2


def test_without_a_text_words_are_joined_by_space_after(tmp_path: Path) -> None:
    for text in (sentence(7), FRENCH):
        (with_text,) = read(tmp_path, text)
        (without,) = read(tmp_path, "\n".join(row for row in text.split("\n") if not row.startswith("# text")))
        assert without.text == with_text.text
        assert without.words == with_text.words


def test_documents_go_on_until_the_next(tmp_path: Path) -> None:
    text = sentence(0, comments="\n# newdoc id = a") + sentence(1) + sentence(2, comments="\n# newdoc") + sentence(3)
    first, second, third, fourth = (found.document for found in read(tmp_path, text.replace("\n", "\r\n")))
    assert first == second == "a"
    assert third == fourth == "line 24"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no sentence"),
        ("# text = x\n\n", "line 1: comments without a sentence"),
        ("1\tI\tI\tPRON\n", r"line 1: 4 column\(s\) with tabs between them, not 10"),
        (sentence(1) + line("x", "I", "PRON"), "the sentence at line 12: .*'x' is not a valid ID"),
        (sentence(1) + "# text = I\n" + line(1, "I", "PRN"), "line 13: 'PRN' is no universal part of speech: ADJ, "),
        (sentence(1) + "# text = I\n" + line("_", "I", "PRON"), "line 13: the column ID is empty"),
        (sentence(1) + line(1, "I", "PRON", misc=""), "line 12: the column MISC is empty"),
        (sentence(1) + "# text = I\n" + line(1, "I"), "line 13: '_' is no universal part of speech"),
        (
            sentence(1) + "# text = I am\n" + line(1, "I", "PRON") + "\n" + line(2, "was", "AUX"),
            "line 14: 'was' is not at character 2",
        ),
    ],
)
def test_what_is_wrong_is_one_line_with_file_and_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SuperbLiteError, match=words) as caught:
        read(tmp_path, text)
    assert f"'{tmp_path / 'a.conllu'}'" in str(caught.value)
    assert len(str(caught.value)) <= 300
