"""No label of glue-lite can be read off words, lengths or positions: simple models of these stay near chance."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler

from superb_lite.metrics import metric
from superb_lite_glue import GLUE_LITE

TASKS = {task.name.removeprefix("glue-lite/"): task for task in GLUE_LITE}

CHANCE = {"mcc": 0.0, "accuracy": 0.5, "pearson": 0.0, "spearman": 0.0}
CHANCE |= {"matched_accuracy": 1 / 3, "mismatched_accuracy": 1 / 3}


def score(task, features, name):
    """The metric on all test examples of a linear model fitted on all training examples.

    features: (training texts, test texts) -> two matrices; the texts of each place of the examples.
    """
    data = task.data()

    def texts(part):
        examples = getattr(data, part)
        return [[data.items[e.items[place]] for e in examples] for place in range(len(examples[0].items))]

    train, test = features(texts("train"), texts("test"))
    labels = np.array([e.label for e in data.train])
    linear = Ridge(10.0) if task.form == "regress" else LogisticRegression(C=0.1, max_iter=300)
    predicted = make_pipeline(MaxAbsScaler(), linear).fit(train, labels).predict(test)
    kind = float if task.form == "regress" else int
    return metric(name).score(data.test, [kind(p) for p in predicted], task.labels)


def bags(train, test):
    """The bag of each text, and of pairs also the words that both or only one have, and how large these bags are."""
    vectorizer = CountVectorizer(binary=True, token_pattern=r"\b\w+\b").fit([t for place in train for t in place])

    def matrix(texts):
        counted = [vectorizer.transform(place).astype(float) for place in texts]
        if len(counted) == 2:
            one, other = counted
            both = one.multiply(other)
            counted += [both, abs(one - other), sparse.csr_matrix(both.sum(axis=1))]
        return sparse.hstack([*counted, lengths(texts)]).tocsr()

    return matrix(train), matrix(test)


def only_lengths(train, test):
    return lengths(train), lengths(test)


def lengths(texts):
    columns = [[measure(t) for t in place] for place in texts for measure in (len, lambda t: len(t.split()))]
    columns += [[a - b for a, b in zip(columns[0], columns[-2], strict=True)]]
    matrix = np.array(columns, dtype=float).T
    return sparse.csr_matrix(np.concatenate([matrix, matrix**2, np.abs(matrix)], axis=1))


def first_and_last_words(train, test):
    vectorizer = CountVectorizer(binary=True, token_pattern=r"\S+")

    def ends(texts):
        return [
            " ".join(f"{place}{k}={text.split()[k].lower()}" for place, text in enumerate(row) for k in (0, 1, -2, -1))
            for row in zip(*texts, strict=True)
        ]

    return vectorizer.fit_transform(ends(train)).astype(float), vectorizer.transform(ends(test)).astype(float)


@pytest.mark.parametrize("features", [bags, only_lengths, first_and_last_words], ids=lambda f: f.__name__)
@pytest.mark.parametrize("name", TASKS)
def test_shortcuts_stay_near_chance(name, features):
    for of in TASKS[name].metrics:
        assert abs(score(TASKS[name], features, of) - CHANCE[of]) < 0.08, of


def test_the_model_of_bags_is_no_straw_man():
    """On the words that it was trained on it tells praise from blame."""
    task = TASKS["sentiment"]
    data = task.data()
    texts = [data.items[e.items[0]] for e in data.train]
    train, held = bags([texts[:2000]], [texts[2000:]])
    labels = [e.label for e in data.train]
    fitted = LogisticRegression(C=0.1, max_iter=300).fit(train, labels[:2000])
    assert fitted.score(held, labels[2000:]) > 0.75
