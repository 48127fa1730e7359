"""Tasks that are trained on in one language and tested in several, out of tasks that know nothing of it."""

import dataclasses
import json

import pytest

from superb_lite.analysis.crosslingual.crossed import Kind
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import evaluate
from superb_lite.plugins import tasks
from tests.superb_lite.analysis.tiny_texts import strings_task, tiny_bert


def kind():
    found = {"a": strings_task(letters="ACGT"), "x": strings_task("toy/others", letters="XYZ")}
    return Kind("strings", {language: dataclasses.replace(task, modality="text") for language, task in found.items()})


def test_one_language_is_trained_on_and_all_are_tested():
    own, other = kind().tasks["a"].data(), kind().tasks["x"].data()
    crossed = kind().crossed("a")
    data = crossed.data()
    assert [e.id for e in data.train] == [f"a/{e.id}" for e in own.train]
    assert [e.id for e in data.test] == [f"a/{e.id}" for e in own.test] + [f"x/{e.id}" for e in other.test]
    for example in data.test:
        language, _, key = example.items[0].partition("/")
        assert data.items[example.items[0]] == kind().tasks[language].data().items[key]
    train, validation = crossed.train(0)
    assert {e.id[0] for e in (*train, *validation)} == {"a"}
    assert len({e.id for e in (*train, *validation)} & {e.id for e in data.test}) == 0


def test_a_result_is_scored_by_language():
    tasks_of = kind()
    (result,) = evaluate(tiny_bert(), [tasks_of.crossed("a")], protocol="frozen", seeds=2, device="cpu")
    for language in ("a", "x"):
        sample = tasks_of.score(result, language, "accuracy", None)
        tests = tasks_of.tests(language, None)
        right = [[result.predictions[e.id][s] == e.label for e in tests] for s in range(2)]
        assert sample.estimate == pytest.approx(sum(map(sum, right)) / 2 / len(tests))
        assert sample.values.shape == (2, len(tests))
    both = [tasks_of.score(result, language, "accuracy", None).estimate for language in ("a", "x")]
    assert sum(both) / 2 == pytest.approx(result.score)


def test_a_limit_is_of_each_language():
    data = kind().crossed("a", 5).data()
    assert [e.id[0] for e in data.test] == ["a"] * 5 + ["x"] * 5


def test_tasks_that_ask_something_else_are_refused():
    other = dataclasses.replace(strings_task("toy/others"), labels=("no", "yes"))
    with pytest.raises(SuperbLiteError, match=r"'toy/strings' \(a\) and 'toy/others' \(x\) are not one task in two"):
        Kind("strings", {"a": strings_task(), "x": other})


def write_questions(path, word, questions):
    rows = []
    for n in range(questions):
        context = f"{word} {n} {word}{word}"
        rows.append(
            {
                "title": f"t{n}",
                "id": f"t{n}",
                "paragraphs": [
                    {
                        "context": context,
                        "id": f"p{n}",
                        "qas": [
                            {
                                "id": f"{word}{n}",
                                "question": f"{word}?",
                                "answers": [{"text": str(n), "answer_start": context.index(str(n))}],
                            }
                        ],
                    }
                ],
            }
        )
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"data": rows}, ensure_ascii=False), encoding="utf-8")


def test_squad_in_english_is_tested_on_drcd_in_chinese(tmp_path):
    for part in ("train", "dev"):
        write_questions(tmp_path / "squad" / f"{part}-v1.1.json", "fox", 12)
    for part in ("training", "dev", "test"):
        write_questions(tmp_path / "drcd" / f"DRCD_{part}.json", "狐狸", 6)
    qa = Kind("qa", {"en": tasks("squad/qa")[0], "zh": tasks("drcd/qa")[0]})
    data = qa.crossed("en").data(tmp_path)
    assert {e.id.partition("/")[0] for e in (*data.train, *data.validation)} == {"en"}
    assert [e.id.partition("/")[0] for e in data.test] == ["en"] * 12 + ["zh"] * 6
    (result,) = evaluate(tiny_bert(), [qa.crossed("en")], protocol="frozen", seeds=1, root=tmp_path, device="cpu")
    for language in ("en", "zh"):
        for metric in qa.tasks[language].metrics:
            assert 0 <= qa.score(result, language, metric, tmp_path).estimate <= 1
