"""A person's own files as a task: labels, splits, duplicates and what is refused, whatever the modality."""

from __future__ import annotations

import collections
import random
from pathlib import Path

import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite.tasks.own_split import Row
from superb_lite.tasks.own_tasks import own_task

HERE = Path("here.txt")


def rows(labels="abc", *, each=20, copies=1) -> list[Row]:
    """`each` different contents a class, every one `copies` times."""
    names = [(label, i, copy) for label in labels for i in range(each) for copy in range(copies)]
    return [Row(f"{label}{i}.{copy}", (f"{label}{i}.{copy}",), f"{label}{i}", label) for label, i, copy in names]


def made(found: list[Row]):
    return own_task("x:here", HERE, modality="m", rows=found, items={}, noun="text")


def sides(task) -> dict[str, str]:
    """Example id -> part."""
    data = task.data()
    return {e.id: part for part in ("train", "validation", "test") for e in getattr(data, part)}


def test_a_fifth_of_every_class_is_tested() -> None:
    task = made(rows())
    counts = collections.Counter((key[0], part) for key, part in sides(task).items())
    assert counts == {(label, part): n for label in "abc" for part, n in (("train", 16), ("test", 4))}
    assert task.labels == ("a", "b", "c")
    assert "20% of the different items of each class" in task.description
    assert task.name == "x:here"


def test_the_split_is_a_matter_of_content_alone() -> None:
    found = rows()
    shuffled = random.Random(1).sample(found, len(found))
    assert sides(made(found)) == sides(made(shuffled))


def test_duplicates_stay_together_and_count_as_one() -> None:
    task = made(rows(copies=3))
    where = sides(task)
    for label in "abc":
        for i in range(20):
            assert len({where[f"{label}{i}.{copy}"] for copy in range(3)}) == 1
    assert len({e.cluster for e in task.data().test}) == 12
    for seed in range(3):
        train, validation = task.train(seed)
        assert {e.cluster for e in train}.isdisjoint(e.cluster for e in validation)


def test_a_content_with_two_labels_lies_on_one_side() -> None:
    found = [*rows(), *(Row(f"again{i}", (f"again{i}",), f"a{i}", "b") for i in range(20))]
    where = sides(made(found))
    assert all(where[f"a{i}.0"] == where[f"again{i}"] for i in range(20))


def test_the_version_changes_with_the_content_only() -> None:
    found = rows()
    assert made(found).version == made(list(found)).version
    assert made(found).version != made(rows(each=21)).version
    assert made(found).version != made([*found[:-1], Row("c19.0", ("c19.0",), "other", "c")]).version


def test_numbers_as_labels_are_sorted_as_numbers() -> None:
    found = [Row(f"{n}-{i}", ("k",), f"{n}-{i}", str(n)) for n in (10, 9, 1) for i in range(5)]
    assert made(found).labels == ("1", "9", "10")


def with_parts(*parts: tuple[str, str, str]) -> list[Row]:
    """(content, label, part) triples."""
    return [Row(f"row-{i}", (f"row-{i}",), content, label, part) for i, (content, label, part) in enumerate(parts)]


SPLIT = [("p", "a", "train"), ("q", "a", "train"), ("r", "b", "train"), ("s", "b", "train"), ("t", "a", "test")]


def test_a_given_split_is_used() -> None:
    task = made(with_parts(*SPLIT, ("u", "b", "val")))
    assert list(sides(task).values()) == ["train"] * 4 + ["validation", "test"]
    assert [e.id for e in task.data().validation] == ["row-5"]
    assert task.train(0)[1] == task.data().validation
    assert "the split is the given one" in task.description


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (rows("a"), "1 class.* found: at least two"),
        ([Row(str(i), (), str(i), str(i / 7)) for i in range(1200)], "1200 different labels, at most 1000 classes"),
        (rows(each=4), "class 'a' has 4 different text.*at least 5 are needed, or a split"),
        (rows(each=2, copies=5), "class 'a' has 2 different text"),
        (with_parts(*SPLIT[:4]), "nothing is in the part 'test'"),
        (with_parts(*SPLIT, ("u", "c", "test")), "class 'c' has 0 text.* in 'train': at least 2"),
        (with_parts(*SPLIT, ("p", "a", "test")), "'row-0' in 'train' and 'row-5' in 'test' are the same text"),
    ],
)
def test_what_makes_no_task(found: list[Row], words: str) -> None:
    with pytest.raises(SuperbLiteError, match=words) as caught:
        made(found)
    assert str(caught.value).startswith("'here.txt': ")


def test_schemes_are_task_names() -> None:
    assert {"tsv", "audio", "folder"} <= set(plugins.own_task_schemes())
    with pytest.raises(UnknownNameError, match="did you mean 'tsv:PATH'"):
        plugins.tasks("tsx:PATH")
    with pytest.raises(SuperbLiteError, match=r"cannot read '/no/such\.tsv'"):
        plugins.tasks("tsv:/no/such.tsv")
