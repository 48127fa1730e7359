"""The whole analysis on encoders whose answer is known: words as one-hot vectors, and words with their company."""

import hashlib
import itertools
import re

import pytest
import torch
from torch import nn

from superb_lite import plugins
from superb_lite.analysis.context import measure
from superb_lite.analysis.context.measure import split_words
from superb_lite.analysis.context.run import context
from superb_lite.analysis.context.vectors import occurrence_vectors
from superb_lite.analysis.context.words import Word
from superb_lite.analysis.writing import write_section
from superb_lite.encoders.encoder import Encoder, Features
from superb_lite.errors import SuperbLiteError
from superb_lite.tasks.occurrences import ContextSource, Occurrence
from tests.superb_lite.analysis.tiny_texts import tiny_bert

WIDTH = 64


class Company(Encoder):
    """Layer 0: the word by itself. Layer 1: the word and the mean of the words around it."""

    modality = "text"
    spans = True

    def __init__(self, split: str = "", seed: int = 0) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.table = nn.Parameter(torch.randn(97, WIDTH))
        self.split = split

    def config(self):
        return {"split": self.split}

    def _pieces(self, text):
        for found in re.finditer(r"\w+", text):
            start, end = found.span()
            cuts = [start, start + 2, end] if found.group() == self.split else [start, end]
            yield from itertools.pairwise(cuts)

    def collate(self, items):
        pieces = [list(self._pieces(item)) for item in items]
        longest = max(map(len, pieces))
        ids = torch.full((len(items), longest), -1)
        spans = torch.zeros(len(items), longest, 2, dtype=torch.long)
        for row, (item, found) in enumerate(zip(items, pieces, strict=True)):
            for column, (start, end) in enumerate(found):
                ids[row, column] = int(hashlib.sha256(item[start:end].lower().encode()).hexdigest(), 16) % 97
                spans[row, column] = torch.tensor([start, end])
        return {"id": ids, "spans": spans, "item": torch.arange(len(items))}

    def forward(self, batch):
        mask = batch["id"] >= 0
        words = self.table[batch["id"].clamp(min=0)] * mask[..., None]
        mean = words.sum(dim=1, keepdim=True) / mask.sum(dim=1)[:, None, None]
        spans = batch["spans"] if self.spans else None
        return Features((words, words + 8 * mean), mask, batch["item"], spans)


COMPANY = {"money": "loan credit cash", "river": "water fish shore"}


class Still(Company):
    """Both layers are the word by itself."""

    def forward(self, batch):
        found = super().forward(batch)
        return Features((found.layers[0],) * 2, found.mask, found.item, found.spans)


def occurrences(word="bank"):
    for sense, company in COMPANY.items():
        for number, other in enumerate(company.split() * 2):
            text = f"{other} and the {word} with {company}"
            where = (len(other) + 9, len(other) + 9 + len(word))
            yield Occurrence(f"{word}-{sense}-{number}", text, where, word, sense)


def two_words():
    return [*occurrences(), *occurrences("bark")]


def kinds():
    for kind, words in (("fruit", "pear apple plum"), ("tool", "saw axe drill")):
        for word in words.split():
            yield Occurrence(word, f"see {word}", (4, 4 + len(word)), word, kind)


@pytest.fixture
def sources(monkeypatch):
    found = (
        ContextSource("w", "text", "senses", "two words", f"{__name__}:two_words", note="About the words."),
        ContextSource("k", "text", "categories", "things", f"{__name__}:kinds", note="About the things."),
    )
    monkeypatch.setattr(plugins, "contexts", lambda modality: found if modality == "text" else ())


def ask(tmp_path, encoders, **options):
    return context(encoders, command="superb-lite analyze context", kept=tmp_path / "kept", **options)


def seeds(**options):
    return {f"seed {n}": Company(seed=n, **options) for n in range(3)}


def test_company_tells_the_senses_apart_and_a_static_vector_does_not(sources, tmp_path):
    section = ask(tmp_path, seeds(), static={"cbow": Company(seed=9)})
    rows = {row["at"]: row for row in section.table("layers").records()}
    assert list(rows) == ["static: cbow", "company", "layer 0", "layer 1"]
    for still in ("static: cbow", "layer 0"):
        assert rows[still]["gap"] == pytest.approx(0, abs=1e-5)
        assert rows[still]["within"] == pytest.approx(1, abs=1e-5)
        assert rows[still]["nearest"] == 0.5
    assert rows["layer 1"]["gap"] > 0.2
    assert rows["layer 1"]["gap_low"] > 0
    assert rows["layer 1"]["nearest"] == 1
    assert {row["p"] for row in section.table("words").records()} < {n / 1000 for n in range(1, 51)}
    senses, beyond, kinds = section.claims
    assert senses.verdict == "holds"
    assert kinds.verdict != "holds"
    # the company tells the senses, too: that a layer does, is no merit of it
    assert rows["company"]["nearest"] == 1
    assert rows["company"]["beyond_company"] is None
    assert rows["layer 0"]["beyond_company"] == -0.5
    assert (beyond.value, beyond.verdict) == (0, "does not hold")
    assert section.notes[:2] == ("About the words.", "About the things.")
    assert [note.partition(":")[0] for note in section.notes[2:]] == ["No random twins"]
    for picture in section.pictures:
        assert picture.draw().axes


def test_one_pretraining_seed_decides_nothing(sources, tmp_path):
    section = ask(tmp_path, {"one": Company()})
    assert [claim.verdict for claim in section.claims] == ["not decided"] * 3
    assert section.claims[0].needs.startswith("at least 3 pretraining seeds")


def test_a_named_word_is_drawn_with_the_numbers_behind_it(sources, tmp_path):
    section = ask(tmp_path, seeds(), words=["bank"])
    assert section.name == "context-text-bank"
    assert section.title == "Meaning in context: text, 'bank'"
    records = section.table("map-1").records()
    assert len(records) == 2 * 10 * 10
    assert {row["sense"] for row in records} == {"money", "river"}
    (picture,) = [picture for picture in section.pictures if picture.table == "map-1"]
    assert len(picture.draw().axes) == 2
    (word,) = section.table("words").records()
    assert word["gap"] > 0.2


def test_a_word_may_have_odd_characters(tmp_path):
    written = tmp_path / "own.tsv"
    written.write_text("".join(f"{sense}\tand a/b: {sense} {n}\n" for n in range(3) for sense in COMPANY))
    section = ask(tmp_path, seeds(), words=["a/b:"], sentences=written, pieces=True)
    assert section.title == "Meaning in context: text, 'a/b:' in own sentences"
    paths = write_section(section, tmp_path / "out")
    assert all(path.parent == tmp_path / "out" for path in paths)
    assert section.name.startswith("context-text-a-b-own-sentences-x")


def test_own_sentences_with_a_built_in_word_are_told_from_the_built_in_ones(sources, tmp_path):
    built_in = ask(tmp_path, seeds(), words=["bank"])
    path = tmp_path / "mine.tsv"
    path.write_text("".join(f"{sense}\tthe bank {n} of {sense}\n" for n in range(3) for sense in ("money", "river")))
    own = ask(tmp_path, seeds(), words=["bank"], sentences=path)
    assert own.title == f"{built_in.title} in own sentences"
    assert own.name.startswith(f"{built_in.name}-own-sentences-x")
    assert own.notes[0] == "The sentences are those of mine.tsv, in the place of the built-in ones with 'bank'."
    assert own.settings["sentences"] == "mine.tsv"
    assert {row["words"] for row in own.table("words").records()} == {"own sentences"}
    assert own.table("words").records()[0]["occurrences"] == 6
    path.write_text(path.read_text().replace("bank", "pond"))
    assert ask(tmp_path, seeds(), words=["pond"], sentences=path).notes[0] == "The sentences are those of mine.tsv."


def test_gaps_are_judged_against_random_twins(sources, tmp_path):
    alone = ask(tmp_path, seeds())
    alike = ask(tmp_path, seeds(), twins={f"random:{name}": each for name, each in seeds().items()})
    rows = {row["at"]: row for row in alike.table("layers").records()}
    assert list(rows) == ["company", "random twin", "layer 0", "layer 1"]
    assert rows["random twin"]["gap"] == rows["layer 1"]["gap"]
    assert rows["random twin"]["beyond_company"] is None
    assert (alone.claims[0].verdict, alike.claims[0].verdict) == ("holds", "does not hold")
    assert alike.claims[0].value == 0
    assert "in random twins 0." in alike.claims[0].measured
    assert "twin" not in alone.claims[0].measured
    still = {f"random:{n}": Still(seed=n) for n in range(3)}
    found = ask(tmp_path, seeds(), twins=still).claims[0]
    assert found.verdict == "holds"
    assert found.value == pytest.approx(alone.claims[0].value, abs=1e-5)


def test_what_is_known_is_not_encoded_again(sources, tmp_path, monkeypatch):
    passes = []
    monkeypatch.setattr(measure, "occurrence_vectors", lambda *given: passes.append(1) or occurrence_vectors(*given))
    first, again, other = (
        ask(tmp_path, {"one": tiny_bert()}, words=[word], pieces=True) for word in ("bank", "bank", "bark")
    )
    assert len(passes) == 2
    assert first == again != other


def test_a_word_that_is_split_is_left_out_refused_or_averaged(sources, tmp_path):
    section = ask(tmp_path, seeds(split="bark"))
    assert [row["word"] for row in section.table("words").records()] == ["bank"]
    assert "Left out, since a tokeniser splits them (--pieces takes the mean): bark." in section.notes
    with pytest.raises(SuperbLiteError, match="the tokeniser of seed 0 splits 'bark' into 2 pieces: --pieces takes"):
        ask(tmp_path, seeds(split="bark"), words=["bark"])
    section = ask(tmp_path, seeds(split="bark"), words=["bark"], pieces=True)
    assert section.table("words").records()[0]["gap"] > 0.1


def test_a_word_is_split_where_any_of_its_occurrences_is():
    plain, capital = list(occurrences("bark")), list(occurrences("Bark"))
    words = [Word("bark", "w", (*plain, *capital)), Word("bank", "w", tuple(occurrences()))]
    assert split_words(Company(split="Bark"), words, name="x") == {("w", "bark"): 2}
    assert split_words(Company(), words, name="x") == {}


def test_bad_input_is_one_line(sources, tmp_path):
    with pytest.raises(SuperbLiteError, match="no sentences with 'bnk'"):
        ask(tmp_path, seeds(), words=["bnk"])
    blind = Company()
    blind.spans = False
    with pytest.raises(SuperbLiteError, match="does not say which characters its positions cover"):
        ask(tmp_path, {"blind": blind}, words=["bank"])
    deaf = Company()
    type(deaf).modality, before = "speech", type(deaf).modality
    try:
        with pytest.raises(SuperbLiteError, match="no package registers words in context for speech"):
            ask(tmp_path, {"deaf": deaf})
    finally:
        type(deaf).modality = before
