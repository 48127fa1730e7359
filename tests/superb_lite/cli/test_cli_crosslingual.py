"""`superb-lite analyze crosslingual` from the command line: a tiny model of `transformers` with a word list, sentences
and tables of one's own, and what is refused in one line."""

from __future__ import annotations

import json
import random

import pytest
from typer.testing import CliRunner

from superb_lite.cli.app import app
from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.errors import SuperbLiteError
from tests.superb_lite.analysis.tiny_texts import tiny_bert

ENGLISH = ("fox", "dog", "hen", "cat", "cow", "owl", "book", "mat", "house", "river", "stone", "tree")
CHINESE = ("狐狸", "狗", "母鸡", "猫", "牛", "猫头鹰", "书", "垫子", "房子", "河", "石头", "树")


def run(*arguments: object):
    result = CliRunner().invoke(app, ["analyze", "crosslingual", *map(str, arguments)])
    if isinstance(result.exception, SuperbLiteError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A word list, sentences of either language, and tables of pairs of texts with labels, as those of XNLI."""
    folder, draw = tmp_path_factory.mktemp("words"), random.Random(0)
    rows = ["en\tzh", *(f"{a}\t{b}" for a, b in zip(ENGLISH, CHINESE, strict=True)), "sky\t"]
    (folder / "words.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for name, words, join in (("en", ENGLISH, " "), ("zh", CHINESE, "")):
        sentences = [join.join(draw.sample(words, 3)) for _ in range(60)]
        (folder / f"{name}.txt").write_text("\n".join(sentences) + "\n\n", encoding="utf-8")
        table = ["text_a\ttext_b\tlabel\tsplit"]
        for number in range(36):
            first = draw.sample(words, 3)
            label = ("entailment", "neutral", "contradiction")[number % 3]
            split = "train" if number < 18 else "val" if number < 24 else "test"
            table.append(f"{join.join(first)}\t{number} {first[number % 3]}\t{label}\t{split}")
        (folder / f"nli-{name}.tsv").write_text("\n".join(table) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A folder with a masked language model of `transformers`, a token for each word and each Chinese character."""
    transformers = pytest.importorskip("transformers")
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = dict.fromkeys([*special, *ENGLISH, *"".join(CHINESE), *map(str, range(36))])
    tokenizer = Tokenizer(models.WordPiece({piece: n for n, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(special)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        **{f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep", "mask")},
    )
    shape = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
    folder = tmp_path_factory.mktemp("hf")
    torch.manual_seed(0)
    made = transformers.BertForMaskedLM(transformers.BertConfig(vocab_size=len(pieces), **shape))
    made.save_pretrained(folder)
    fast.save_pretrained(folder)
    return f"hf:{folder}"


def own(files, **changes):
    """The options that say what the languages are."""
    given = {"words": files / "words.tsv", "en": files / "en.txt", "zh": files / "zh.txt", **changes}
    named = [f"--sentences={name}={given[name]}" for name in ("en", "zh", "fr") if given.get(name)]
    return ["--words", given["words"], *named, "--device", "cpu"]


def nli(files):
    return [f"--task=nli:{name}=tsv:{files / f'nli-{name}.tsv'}" for name in ("en", "zh")]


def test_a_model_of_transformers_with_words_sentences_and_tables_of_ones_own(model, files, tmp_path):
    out = tmp_path / "out"
    options = [
        "--protocol",
        "frozen",
        "--finetune",
        "en,zh",
        "--questions",
        8,
        "--alpha",
        "1,2",
        "--layers",
        "0,2",
        "--out",
        out,
    ]
    result = run(model, *own(files), *nli(files), *options, "--json")
    section = json.loads(result.stdout)
    tables = {table["name"]: table for table in section["tables"]}
    assert list(tables) == ["transfer", "alignment", "vector", "examples"]
    cells = {tuple(row[:4]) for row in tables["transfer"]["rows"]}
    assert cells == {
        ("nli", group, trained, tested)
        for group in ("none", "en, zh")
        for trained in ("en", "zh")
        for tested in ("en", "zh")
    }
    rows = [dict(zip(tables["alignment"]["columns"], row, strict=True)) for row in tables["alignment"]["rows"]]
    assert {row["words"] for row in rows} == {12}
    assert max(row["layer"] for row in rows) == 2
    assert {row[2] for row in tables["vector"]["rows"]} == {None, 0, 2}
    assert len(section["claims"]) == 4
    assert "tsv:" in section["command"]
    assert {path.name for path in out.iterdir()} >= {"report.html", "crosslingual.json", "crosslingual.vector.svg"}
    shown = run(model, *own(files), *nli(files), *options)  # from what was kept
    assert "pretrained on" in shown.stdout
    assert json.loads((out / "crosslingual.json").read_text(encoding="utf-8"))["tables"] == section["tables"]


@pytest.fixture
def checkpoint(tmp_path):
    save_checkpoint(tiny_bert(), tmp_path / "bert", name="text-bert", pretraining={"seed": 0})
    return tmp_path / "bert"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--parts", "alinement"], r"unknown part 'alinement'.*alignment"),
        (["--languages", "en,fr"], "unknown language 'fr'"),
        (["--languages", "en"], "--languages en: at least two are compared"),
        (["--finetune", "fr"], "unknown language 'fr'"),
        (["--sentences", "fr=x.txt"], "unknown language 'fr'"),
        (["--sentences", "en"], "--sentences 'en': write --sentences LANG=FILE"),
        (["--task", "nli=tsv:x.tsv"], "write --task KIND:LANG=TASK"),
        (["--task", "qa:en=squad/qa"], "'qa' has no task in 'zh': a transfer needs one in two languages"),
        (["--task", "qa:en=squad/qa", "--task", "qa:zh=clue-lite/pos"], "are not one task in two languages"),
        (["--task", "qa:en=squad/qa", "--task", "qa:zh=nope/qa"], "unknown task 'nope/qa'"),
        (["--alpha", "1,x"], "--alpha 'x': numbers with commas"),
        (["--alpha", "0"], "--alpha: factors above 0"),
        (["--layers", "1.5"], "--layers '1.5': numbers"),
        (["--parts", "vector", "--layers", "9"], "--layers 9: the encoder has layers 0 to 2"),
        (["--questions", "2"], "--questions 2: at least 4"),
        (["--most", "1"], "--most 1: at least 2 sentences"),
        (["--most", "4", "--parts", "alignment"], "words of 'en' and 'zh' stand in at least two sentences"),
        (["--source", "xtreme-lite"], "--source and --words both say"),
        (["--monolingual", "fr=random:text-bert"], "unknown language 'fr'"),
        (["--amount", "1=random:text-bert"], "--amount X=random:text-bert: it is none of the encoders"),
        (["--amount", "0=random:text-bert"], "--amount '0': a number above 0"),
    ],
)
def test_what_is_wrong_is_one_line(options, message, model, files):
    with pytest.raises(SuperbLiteError, match=message) as refusal:
        run(model, *own(files), *options)
    assert len(str(refusal.value)) <= 300
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("en\nfox\n", "row 1: one column, 'en': a word list has a column for each language"),
        ("en\ten\nfox\thund\n", "row 1: each column needs a name of its own"),
        ("en\tzh\nfox\t狐狸\nhen\n", r"row 3: 1 column\(s\), but row 1 has 2"),
        ("en\tzh\nfox\t\n", "no word of 'en' has a translation in 'zh'"),
        ("en\tzh\tfr\nfox\t狐狸\trenard\n", "--sentences fr=FILE is missing"),
    ],
)
def test_a_word_list_that_cannot_be_read_says_where(text, message, model, files, tmp_path):
    (tmp_path / "words.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(SuperbLiteError, match=message):
        run(model, *own(files, words=tmp_path / "words.tsv"))


def test_encoders_that_predict_no_masked_tokens_are_refused_before_anything_is_computed(files, checkpoint, tmp_path):
    for name, message in (
        ("random:text-gpt", "'random:text-gpt' does not predict masked tokens"),
        (checkpoint, "saved without what predicts masked tokens"),
    ):
        with pytest.raises(SuperbLiteError, match=message):
            run(name, *own(files), "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_has_no_masks_still_has_an_alignment(files, tmp_path):
    run("random:text-gpt", *own(files), "--parts", "alignment", "--out", tmp_path / "out")
    assert (tmp_path / "out" / "crosslingual-alignment.alignment.csv").exists()
