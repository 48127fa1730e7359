"""The whole experiment on planted encoders: what it keeps, what it says, and how sure it is."""

import dataclasses
import json

import pytest

from superb_lite.analysis.crosslingual.crossed import Kind
from superb_lite.analysis.crosslingual.experiment import Experiment
from superb_lite.analysis.crosslingual.groups import grouped, untrained
from superb_lite.analysis.crosslingual.measure import Material
from superb_lite.analysis.crosslingual.published import ROWS
from superb_lite.analysis.crosslingual.ranks import ALL, answers, mean_ranks, over_pairs, ranks
from superb_lite.analysis.crosslingual.section import section_of
from superb_lite.analysis.crosslingual.shifts import Shifts, best_setting
from superb_lite.analysis.crosslingual.tables import transfer_table
from superb_lite.analysis.crosslingual.transfer import Score
from superb_lite.analysis.kept import Kept
from superb_lite.analysis.writing import write_section
from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.errors import SuperbLiteError
from superb_lite.results.store import ResultStore
from superb_lite.tasks.languages import Languages
from tests.superb_lite.analysis.crosslingual.planted import LANGUAGES, SOURCE, WORDS, Planted, word
from tests.superb_lite.analysis.tiny_texts import strings_task, tiny_bert

SHARES = (0.125, 0.25, 0.5, 1.0)


def planted(share: float, seed: int) -> Planted:
    """Aligned once it has read half of the data."""
    made = Planted(seed=seed, layers=1, aligned=share >= 0.5)
    made.pretraining = {"options": {"data.share": share, "data.languages": "a, b, c"}, "steps": 10, "seed": seed}
    return made.eval()


def encoders():
    return {f"{share:g}-{seed}": planted(share, seed) for share in SHARES for seed in range(3)}


def experiment(**changes) -> Experiment:
    shifts = Shifts(Material(SOURCE, LANGUAGES), alphas=(0.5, 1.0), questions=12)
    values = {"groups": grouped(encoders(), LANGUAGES, {}), "none": None, "material": shifts.material, "shifts": shifts}
    return Experiment(**{**values, **changes})


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("crosslingual")


@pytest.fixture(scope="module")
def found(directory):
    return experiment().run(Kept(directory / "kept"), ResultStore(directory / "results"), device="cpu")


@pytest.fixture(scope="module")
def section(found):
    return section_of(experiment(), found, command="superb-lite analyze crosslingual")


def test_encoders_are_grouped_by_what_they_have_read():
    groups = experiment().groups
    assert [(g.amount, len(g.encoders)) for g in groups.several] == [(share, 3) for share in SHARES]
    assert groups.axis == "share of the pretraining data"
    assert groups.full.name == "a, b, c"
    one = planted(1.0, 0)
    one.pretraining = {"options": {"data.languages": "b"}}
    mixed = grouped({"x": planted(1.0, 0), "y": one, "z": planted(1.0, 1)}, LANGUAGES, {"z": "c"})
    assert [g.name for g in mixed.alone] == ["b alone", "c alone"]
    assert (list(mixed.full.encoders), mixed.axis) == (["x"], "")
    other = planted(1.0, 1)
    other.pretraining = {**other.pretraining, "budget": "hour"}
    with pytest.raises(SuperbLiteError, match="'x' and 'other' have other budget"):
        grouped({"x": planted(1.0, 0), "other": other, "y": planted(0.5, 0)}, LANGUAGES, {})
    told = grouped({"x": tiny_bert(0), "y": tiny_bert(1)}, LANGUAGES, {}, {"x": 30.0, "y": 5.0})
    assert [(g.amount, list(g.encoders)) for g in told.several] == [(5.0, ["y"]), (30.0, ["x"])]
    assert told.axis == "amount of pretraining data"


def test_translations_are_found_once_the_encoder_is_aligned(section):
    rows = section.table("alignment").records()
    for row in rows:
        if row["without_means"]:
            assert (row["rank"] == 1.0) == (row["amount"] >= 0.5)
        assert row["words"] == WORDS
    assert len(rows) == len(SHARES) * 3 * 2 * 2


def test_a_word_or_a_sentence_of_several_pairs_is_one_observation(found):
    full = experiment().groups.full
    assert len(mean_ranks(found.alignment, full, "raw", 0).clusters) == WORDS
    assert set(ranks(found.alignment, full, "b c", "raw", 0).clusters) == {f"a/{word('a', n)}" for n in range(WORDS)}
    several = {pair: answers(found.controls[pair], "", "converted", ALL) for pair in found.controls}
    texts = {question.text for a, b in several for question in experiment().shifts.asked(a, b)}
    assert set(over_pairs(several).clusters) == texts
    assert len(texts) < sum(len(each.clusters) for each in several.values())


def test_a_word_that_the_first_language_lacks_keeps_its_own_name():
    def known(a, b):
        return [("cat", "chat")] if (a, b) == ("en", "fr") else [("chat", "Katze"), ("chien", "Hund")]

    material = Material(Languages(("en", "fr", "de"), known, lambda language: ()), ("en", "fr", "de"))
    assert material.concepts("fr", ["chat", "chien"]) == ["en/cat", "fr/chien"]
    assert material.concepts("en", ["cat"]) == ["en/cat"]


def test_the_planted_jump_is_found(section):
    steps = section.table("jump").records()
    assert [step["share_of_gain"] for step in steps] == pytest.approx([0, 1, 0], abs=0.1)
    claim = next(c for c in section.claims if "jumps" in c.claim)
    assert claim.verdict == "holds"


def test_the_planted_vector_converts_and_translates_everything_at_factor_one(section):
    rows = section.table("vector").records()
    for row in rows:
        if row["alpha"] == 1.0:
            assert row["converted"] == row["translated"] == 1.0
        elif row["alpha"] == 0.0:
            assert row["converted"] == row["translated"] == 0.0
    assert {row["alpha"] for row in rows if row["chosen"]} == {1.0}
    assert [c.verdict for c in section.claims if "predictions" in c.claim] == ["holds", "holds"]


def test_examples_are_those_of_the_questions_that_chose_nothing(section):
    for row in section.table("examples").records():
        assert row["with"] == row["translation"]
        assert f"[{row['without']}]" in row["sentence"]


def test_the_language_is_told_until_its_mean_is_taken_away(section):
    for row in section.table("identity").records():
        assert row["before"] == 1.0
        if row["probe"] == "linear":
            assert row["after"] == pytest.approx(1 / 3, abs=0.35)


def test_without_any_transfer_no_claim_is_made_of_it(section):
    assert not any("Fine-tuned" in claim.claim for claim in section.claims)
    assert any("untrained twins" in note for note in section.notes)


def test_what_is_finished_is_not_computed_again(directory, found, monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("computed again")

    for name in ("measure_alignment", "Shifts.measure", "Shifts.control"):
        monkeypatch.setattr(f"superb_lite.analysis.crosslingual.experiment.{name}", refuse)
    again = experiment().run(Kept(directory / "kept"), ResultStore(directory / "results"), device="cpu")
    assert again == found


def test_other_sentences_are_measured_anew(directory, found, monkeypatch):
    fewer = dataclasses.replace(experiment().material, most=60)
    kept = Kept(directory / "kept")
    again = experiment(material=fewer, shifts=None).run(kept, ResultStore(directory / "results"), device="cpu")
    assert again.alignment != found.alignment


def test_the_section_is_written_with_its_pictures(section, tmp_path):
    names = {path.name for path in write_section(section, tmp_path)}
    name = "crosslingual-alignment-vector"  # nothing was fine-tuned, and a section with everything stays as it is
    assert {"report.html", f"{name}.json", f"{name}.amounts.svg", f"{name}.vector.svg"} <= names
    assert json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))["seeds"] == 3


def test_no_share_has_an_interval_beyond_what_can_be(section):
    for name in ("alignment", "identity", "vector"):
        for row in section.table(name).records():
            ends = [value for column, value in row.items() if column.endswith(("_low", "_high")) and value is not None]
            assert all(0 <= end <= 1 for end in ends), row


def test_alignment_without_a_shared_token_is_one_claim_where_that_is_so_of_all_pairs(found):
    aligned = dataclasses.replace(found, shifts={})

    def claims(shared):
        pairs = {
            name: {**each, "pairs": {p: {**v, "shared": shared[p]} for p, v in each["pairs"].items()}}
            for name, each in found.alignment.items()
        }
        told = section_of(experiment(), dataclasses.replace(aligned, alignment=pairs)).claims
        return [claim.claim for claim in told if "Translations lie" in claim.claim or "So do those" in claim.claim]

    names = list(next(iter(found.alignment.values()))["pairs"])
    apart = dict.fromkeys(names, 0.0)
    assert claims(apart) == [
        "Translations lie close to each other, without any alignment and without a shared token",
    ]
    assert claims({**apart, names[0]: 0.5}) == [
        "Translations lie close to each other, without any alignment",
        "So do those of languages without a shared token (a-c, b-c)",
    ]
    assert len(claims(dict.fromkeys(names, 0.5))) == 1


def test_the_answer_says_in_which_pairs_of_languages_pretraining_brought_translations_closer(found):
    groups = experiment().groups
    (first, *rest) = next(iter(found.alignment.values()))["pairs"]
    measured = dict(found.alignment)
    for name in groups.full.encoders:  # aligned in one pair alone
        own = found.alignment[name]["pairs"]
        least = found.alignment[next(iter(groups.several[0].encoders))]["pairs"]
        measured[name] = {**found.alignment[name], "pairs": {first: own[first], **{pair: least[pair] for pair in rest}}}
    told = section_of(experiment(none=groups.several[0]), dataclasses.replace(found, alignment=measured)).answer
    shown = [pair.replace(" ", "-") for pair in (first, *rest)]
    assert told.endswith(f"closer in {shown[0]}; not shown for {', '.join(shown[1:])}.")


def test_a_note_says_how_all_encoders_were_pretrained(found):
    tried = experiment()
    for group in tried.groups.several:
        for encoder in group.encoders.values():
            encoder.pretraining = {**encoder.pretraining, "objective": "text-mbert", "budget": "minute"}
    (note,) = [note for note in section_of(tried, found).notes if "pretrained by" in note]
    assert note.startswith("All encoders were pretrained by text-mbert of minute for 10 steps, so that a smaller share")
    next(iter(tried.groups.full.encoders.values())).pretraining["steps"] = 11
    assert not any("pretrained by" in note for note in section_of(tried, found).notes)


def test_every_encoder_is_fine_tuned_in_each_language_and_compared_with_its_twin(tmp_path):
    tasks = {"a": strings_task(letters="ACGT"), "b": strings_task("toy/others", letters="XYZ")}
    kind = Kind("strings", {name: dataclasses.replace(task, modality="text") for name, task in tasks.items()})
    for seed in range(2):
        about = {"objective": "text-bert", "seed": seed}
        save_checkpoint(tiny_bert(seed), tmp_path / f"bert-{seed}", name="text-bert", pretraining=about)
    groups = grouped({str(tmp_path / f"bert-{seed}"): tiny_bert(seed) for seed in range(2)}, LANGUAGES, {})
    tried = experiment(
        groups=groups,
        none=untrained(groups.full),
        kinds=(kind,),
        trained=("a",),
        shifts=None,
        transfer={"protocol": "frozen", "limit": 10},
    )
    assert tried.cells() == 4
    done = []
    results = ResultStore(tmp_path)
    found = tried.run(Kept(tmp_path), results, parts=("transfer",), device="cpu", finished=done.append)
    assert len(done) == 4
    assert {(s.group, s.trained, s.tested, s.zero_shot) for s in found.transfer} == {
        (group, "a", tested, tested == "b") for group in ("none", "a, b, c") for tested in ("a", "b")
    }
    assert all(score.sample.values.shape == (2, 10) for score in found.transfer)
    section = section_of(tried, found)
    assert [claim.claim[-19:] for claim in section.claims] == ["without pretraining"]
    assert [table.name for table in section.tables] == ["transfer"]
    assert section.name == "crosslingual-transfer"
    write_section(section, tmp_path / "out")


def test_published_rows_stand_in_the_table_of_what_they_can_be_compared_with(found):
    sample = ranks(found.alignment, experiment().groups.full, "a b", "raw", 0)
    scores = [
        Score("all", "qa", "a", tested, metric, sample)
        for tested in ("a", "b")
        for metric in ("exact_match", "char_f1")
    ]
    rows = transfer_table(dataclasses.replace(found, transfer=scores)).records()
    assert [row["task"] for row in rows] == ["qa"] * 2 + [f"published, {row.model}" for row in ROWS]
    assert rows[1]["exact_match"] == pytest.approx(100 * sample.estimate)
    assert rows[1]["char_f1_high"] <= 100
    zero_shot = rows[5]
    assert (zero_shot["finetuned_in"], zero_shot["zero_shot"]) == ("en", True)
    assert (zero_shot["exact_match"], zero_shot["char_f1"], zero_shot["char_f1_low"]) == (63.3, 78.8, None)
    other = [dataclasses.replace(score, metric="accuracy") for score in scores]
    assert len(transfer_table(dataclasses.replace(found, transfer=other)).rows) == 2


def test_the_setting_is_chosen_on_every_other_question():
    seen = {"converted": [1, 0] * 3, "translated": [1, 0] * 3}
    rest = {"converted": [0, 1] * 3, "translated": [0, 1] * 3}
    assert best_setting([{"depth": 2, "0": seen, "0 1": rest, "1 2.5": seen}]) == (1, 2.5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"alphas": (0.0,)}, "--alpha: factors above 0"),
        ({"questions": 3}, "--questions 3: at least 4"),
    ],
)
def test_settings_that_say_nothing_are_refused(changes, message):
    with pytest.raises(SuperbLiteError, match=message):
        Shifts(Material(SOURCE, LANGUAGES), **changes)


def test_a_layer_that_is_not_there_and_too_few_words_are_one_line(tmp_path):
    shifts = Shifts(Material(SOURCE, LANGUAGES), layers=(7,))
    with pytest.raises(SuperbLiteError, match="--layers 7: the encoder has layers 0 to 1"):
        shifts.measure(planted(1.0, 0), "a", "b", name="planted")
    few = dataclasses.replace(experiment(shifts=None).material, most=8)
    with pytest.raises(SuperbLiteError, match="only 2 words of 'a' and 'b' stand in at least two sentences"):
        experiment(material=few, shifts=None).run(
            Kept(tmp_path), ResultStore(tmp_path), parts=("alignment",), device="cpu"
        )
