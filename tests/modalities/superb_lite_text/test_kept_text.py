"""What is made of the embedded text is read from the cache, and made again where it is another or damaged."""

import pytest

from superb_lite_text.corpus import cut
from superb_lite_text.kept import kept_texts, kept_tokenizer
from superb_lite_text.tokenizer import TextTokenizer, train_tokenizer

DOCUMENTS = ("他们在开会。今天天气好。", "The cat sat. A dog ran away, and nobody saw it.", "")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path))
    return tmp_path / "text"


class Makers:
    """Both makers; how often they were asked."""

    def __init__(self, documents=DOCUMENTS, size=6):
        self.documents, self.size, self.asked = documents, size, 0

    def train(self):
        self.asked += 1
        return train_tokenizer(self.documents)

    def cut(self):
        self.asked += 1
        return cut(self.documents, TextTokenizer(train_tokenizer(DOCUMENTS)), self.size)

    def kept(self):
        tokenizer = kept_tokenizer(self.documents, self.train)
        return tokenizer, kept_texts(self.documents, tokenizer, self.size, self.cut)


def test_what_is_kept_is_what_was_made(cache):
    made = Makers()
    first = made.kept()
    assert made.asked == 2
    assert made.kept() == first == (train_tokenizer(DOCUMENTS), made.cut())
    assert made.asked == 3
    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize("other", [Makers((*DOCUMENTS, "x")), Makers(("".join(DOCUMENTS),)), Makers(size=7)])
def test_what_is_made_of_something_else_is_another_entry(other):
    Makers().kept()
    other.asked = 0
    assert other.kept() == (train_tokenizer(other.documents), other.cut())
    assert other.asked == (2 if other.size == 7 else 3)  # and once to compare with


def test_texts_of_another_tokeniser_are_another_entry():
    made = Makers()
    kept_texts(DOCUMENTS, {"model": 1}, 6, made.cut)
    kept_texts(DOCUMENTS, {"model": 2}, 6, made.cut)
    assert made.asked == 2


@pytest.mark.parametrize("content", [b"", b"{", b"PK\x03\x04 nonsense"])
def test_a_damaged_file_is_made_again(cache, content):
    made = Makers()
    first = made.kept()
    for path in cache.iterdir():
        path.write_bytes(content)
    assert made.kept() == first
    assert made.asked == 4
    assert made.kept() == first
    assert made.asked == 4


def test_a_cache_that_cannot_be_written_refuses_nothing(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path / "file"))
    made = Makers()
    assert made.kept() == made.kept()
    assert made.asked == 4
