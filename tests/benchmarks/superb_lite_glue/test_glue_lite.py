"""glue-lite as data: sizes, balance, what is held out, what no corpus holds."""

import hashlib
import re
from collections import Counter

import pytest

from superb_lite import plugins
from superb_lite.features.data_checks import check_data
from superb_lite_glue import GLUE_LITE
from superb_lite_glue.glue_lite import held_out
from superb_lite_glue.glue_lite.drafts import Draft, task_data
from superb_lite_sources import english
from superb_lite_sources.english import inflection

TASKS = {task.name.removeprefix("glue-lite/"): task for task in GLUE_LITE}

GLUE = {  # the metrics of GLUE (Wang et al. 2019, table 1) without F1, and how many texts an example has
    "acceptability": (("mcc",), 1),
    "sentiment": (("accuracy",), 1),
    "paraphrase": (("accuracy",), 2),
    "questions": (("accuracy",), 2),
    "similarity": (("pearson", "spearman"), 2),
    "nli": (("matched_accuracy", "mismatched_accuracy"), 2),
    "qnli": (("accuracy",), 2),
    "rte": (("accuracy",), 2),
    "pronoun": (("accuracy",), 2),
}


@pytest.fixture(params=TASKS)
def task(request):
    return TASKS[request.param]


def texts(task, part):
    data = task.data()
    return [data.items[key] for example in getattr(data, part) for key in example.items]


def key(text):
    return re.sub(r"[\W_]+", "", text).lower()


def test_it_has_the_shapes_and_metrics_of_glue():
    assert {name: (task.metrics, len(task.data().test[0].items)) for name, task in TASKS.items()} == GLUE


def test_it_is_registered_and_its_data_is_sound(task):
    assert plugins.tasks(task.name) == (task,)
    data = task.data()
    check_data(task, data)
    assert {key for e in (*data.train, *data.test) for key in e.items} == set(data.items)
    assert len(data.test) >= 1000
    assert len(data.train) >= 2000
    assert all(4 <= len(text) <= 200 for text in data.items.values())


def test_classes_are_balanced(task):
    if task.form == "classify":
        for part in ("train", "test"):
            counts = Counter(example.label for example in getattr(task.data(), part))
            assert len(set(counts.values())) == 1
            assert set(counts) == set(range(len(task.labels)))


def test_no_text_is_in_training_and_test_and_no_example_is_there_twice(task):
    assert {key(t) for t in texts(task, "train")}.isdisjoint({key(t) for t in texts(task, "test")})
    data = task.data()
    examples = [e.items for e in (*data.train, *data.test)]
    assert len(set(examples)) == len(examples)


@pytest.fixture(scope="module")
def corpus():
    """Each sentence of the corpus, without case and punctuation."""
    return {key(sentence) for document in english.corpus() for sentence in re.split(r"(?<=[.?!])\s+", document)}


def test_no_sentence_of_any_example_stands_in_the_corpus(task, corpus):
    assert len(corpus) > 20_000
    wanted = {key(part) for text in task.data().items.values() for part in re.split(r"(?<=[.?!])\s+", text)}
    assert wanted.isdisjoint(corpus)


@pytest.fixture(scope="module")
def grams():
    """All runs of GRAM words in a document of the corpus."""
    return {gram for document in english.corpus() for gram in runs(document)}


GRAM = 6
"""Test sentences have seven words in the mean, so the usual 13 (Brown et al. 2020, appendix C) would find nothing."""


def runs(text):
    words = re.findall(r"[\w'-]+", text.lower())
    return [tuple(words[start : start + GRAM]) for start in range(len(words) - GRAM + 1)]


def test_runs_of_words_that_stand_in_the_corpus_are_rare_in_test_texts(task, grams):
    found = [set(runs(text)) for text in texts(task, "test")]
    assert sum(2 * len(run & grams) >= max(1, len(run)) for run in found) < 0.02 * len(found)


def test_the_words_that_matter_in_the_test_are_in_no_training_text(task):
    """Whatever a relation of the lexicon holds for the test part, none of its words stands in a training text of the
    tasks that use this relation."""
    held = {word for relation in USED[task.name.removeprefix("glue-lite/")] for word in relation("test")}
    for_training = {word for relation in USED[task.name.removeprefix("glue-lite/")] for word in relation("train")}
    assert held.isdisjoint(for_training)
    trained = " " + " | ".join(re.sub(r"[^\w' -]", "", text).lower() for text in texts(task, "train")) + " "
    tested = " " + " | ".join(re.sub(r"[^\w' -]", "", text).lower() for text in texts(task, "test")) + " "
    assert [word for word in held if f" {word.lower()} " in trained] == []
    assert sum(f" {word.lower()} " in tested for word in held) > 0.6 * len(held)


def contrast_words(contrasts):
    return {word for contrast in contrasts for sense in (contrast.left, contrast.right) for word in sense.words}


def said_of():
    """What training sentences say something of; that it is said of a bride does not tell what a bride is."""
    return {noun for contrast in held_out.adjectives("train") for noun in contrast.about}


def adjectives(part):
    return contrast_words(held_out.adjectives(part)) - said_of()


def verbs(part):
    return contrast_words(held_out.verbs(part))


def nouns(part):
    return contrast_words(held_out.nouns(part)) - said_of()


def contrasts(part):
    """Verbs and nouns, of which some are also what verbs are done to, and adjectives, which nouns have beside them."""
    kinds = (held_out.verbs, held_out.nouns, held_out.adjectives)
    about = {n for kind in kinds for c in kind("train") for n in c.about}
    trained = {word for kind in kinds for word in contrast_words(kind("train"))}
    trained |= {form(verb) for verb in verbs("train") for form in (inflection.past, inflection.participle)}
    return (
        {word for kind in kinds for word in contrast_words(kind(part))} - about - (trained if part == "test" else set())
    )


def roles(part):
    return {role for couple in held_out.couples(part) for role in couple}


def opinions(part):
    return {*held_out.praise(part), *held_out.blame(part)}


def animals(part):
    return set(held_out.members(part, "animal"))


def things(part):
    return set(held_out.members(part))


def pictured(part):
    return set(held_out.members(part, "animal", "food", "object", "plant", "house"))


def tools(part):
    return set(held_out.members(part, "object"))


def phrases(part):
    return {*held_out.spots(part), *held_out.times(part)}


def places(part):
    return {name for c in held_out.countries(part) for name in (c.name, *c.cities)}


def jobs(part):
    return {word for job in held_out.professions(part) for word in (job.name, job.place)}


USED = {
    "acceptability": (roles, animals, held_out.deeds),
    "sentiment": (opinions,),
    "paraphrase": (contrasts,),
    "questions": (contrasts,),
    "similarity": (pictured,),
    "nli": (adjectives,),
    "qnli": (phrases, roles, tools),
    "rte": (places, jobs, things),
    "pronoun": (roles, animals),
}


def test_clusters_hold_what_shares_words_and_there_are_enough_of_them():
    """Their number decides how wide intervals are."""
    for name, task in TASKS.items():
        clusters = Counter(example.cluster or example.id for example in task.data().test)
        assert len(clusters) >= 25, name
        assert max(clusters.values()) < 0.1 * len(task.data().test), name
        trained = {example.cluster for example in task.data().train} - {""}
        assert trained.isdisjoint(clusters), name


def test_half_of_nli_is_of_the_genre_of_training():
    data = TASKS["nli"].data()
    assert Counter(example.group for example in data.test) == {g: len(data.test) / 2 for g in ("matched", "mismatched")}
    assert {example.group for example in data.train} == {""}
    spoken = re.compile(r"\b(I|we|our|your|me|my)\b", re.IGNORECASE)
    for example in data.test:
        found = any(spoken.search(data.items[key]) for key in example.items)
        assert found == (example.group == "mismatched")


def test_similarity_has_every_degree():
    labels = Counter(example.label for example in TASKS["similarity"].data().test)
    assert sorted(labels) == [round(5 * points / 6, 4) for points in range(7)]
    assert sum(labels.elements()) / labels.total() == pytest.approx(2.5, abs=0.1)


def test_the_data_is_the_same_on_every_machine(task):
    """A change of the grammar that changes a task raises its version."""
    assert (task.version, task.data().content_hash()[:12]) == CONTENT[task.name.removeprefix("glue-lite/")]


def test_so_is_the_corpus():
    assert hashlib.sha256("\n".join(english.corpus()).encode()).hexdigest()[:12] == CORPUS


CONTENT = {
    "acceptability": (1, "3b342097fc59"),
    "sentiment": (2, "c6f64babc4f6"),
    "paraphrase": (2, "5543a20b4c03"),
    "questions": (2, "b6213756563b"),
    "similarity": (2, "f3944aa198f0"),
    "nli": (2, "e4c8c5548886"),
    "qnli": (2, "4923047ac6fc"),
    "rte": (3, "6b31c51187f6"),
    "pronoun": (2, "d2f8b3fca2ce"),
}
CORPUS = "6aa1c9082f13"


def test_a_grammar_that_is_too_small_is_refused():
    from superb_lite.errors import SuperbLiteError

    def draw(part):
        return lambda rng: [Draft((f"Only {rng.randrange(9)} sentences.",), 0, "")]

    with pytest.raises(SuperbLiteError, match="has only 9 of 1200 examples"):
        task_data("small", draw)


def test_a_family_that_quotes_the_corpus_is_left_out():
    quoted = english.sentences(english.corpus()[0])[0]

    def draw(part):
        return lambda rng: [Draft((rng.choice((quoted, f"Number {rng.randrange(10**6)} of {part}.")),), 0, "")]

    assert quoted not in task_data("quoting", draw).items.values()
