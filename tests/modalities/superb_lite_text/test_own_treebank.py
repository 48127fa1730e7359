"""`conllu:FILE` and `conllu:FOLDER`: a person's own treebank."""

from __future__ import annotations

from pathlib import Path

import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.features.data_checks import check_data

WORDS = (("cats", "NOUN"), ("see", "VERB"), ("dogs", "NOUN"), (".", "PUNCT"))


def write(path: Path, numbers: range, *, document: int = 0) -> Path:
    text = ""
    for n in numbers:
        text += f"# newdoc id = {n // document}\n" if document and n % document == 0 else ""
        rows = [(str(n), "NUM"), *WORDS]
        text += "".join(f"{i}\t{w}\t_\t{t}\t_\t_\t0\t_\t_\t_\n" for i, (w, t) in enumerate(rows, start=1)) + "\n"
    path.write_text(text, encoding="utf-8")
    return path


def test_of_a_file_a_fifth_is_tested(tmp_path: Path) -> None:
    (task,) = plugins.tasks(f"conllu:{write(tmp_path / 'a.conllu', range(50))}")
    check_data(task, task.data())
    assert (len(task.data().train), len(task.data().test)) == (40, 10)
    assert (task.form, task.labels) == ("tag", ("NOUN", "NUM", "PUNCT", "VERB"))
    assert task.data().items[task.data().test[0].items[0]].endswith(" cats see dogs .")


def test_documents_stay_together(tmp_path: Path) -> None:
    (task,) = plugins.tasks(f"conllu:{write(tmp_path / 'a.conllu', range(60), document=4)}")
    data = task.data()
    sides = [{int(data.items[e.items[0]].split()[0]) // 4 for e in part} for part in (data.train, data.test)]
    assert sides[0].isdisjoint(sides[1])
    assert (len(data.train), len(data.test)) == (48, 12)
    assert len({e.cluster for e in data.test}) == 3


def test_a_folder_has_its_own_split(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for part, numbers in (("train", range(22)), ("dev", range(20, 25)), ("test", range(24, 30))):
        write(tmp_path / f"x-ud-{part}.conllu", numbers)
    (task,) = plugins.tasks(f"conllu:{tmp_path}")
    check_data(task, task.data())
    assert [len(p) for p in (task.data().train, task.data().validation, task.data().test)] == [20, 4, 6]
    assert "3 sentences left out that another part holds, too" in capsys.readouterr().err


def test_the_version_comes_from_the_content(tmp_path: Path) -> None:
    versions = set()
    for n, tag in enumerate(("NOUN", "PROPN")):
        path = write(tmp_path / f"{n}.conllu", range(50))
        path.write_text(path.read_text().replace("cats\t_\tNOUN", f"cats\t_\t{tag}"))
        versions.add(plugins.tasks(f"conllu:{path}")[0].version)
    assert len(versions) == 2


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: folder / "none.conllu", "none.conllu"),
        (lambda folder: folder, r"holds no \*-train.conllu: give such files, or a single file"),
        (lambda folder: write(folder / "a.conllu", range(3)), "it has 3 different sentences: at least 5 are needed"),
        (lambda folder: [write(folder / f"{n}-ud-train.conllu", range(3)) for n in "ab"] and folder, "holds 2 files"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path: Path, make, words: str) -> None:
    with pytest.raises(SuperbLiteError, match=words) as caught:
        plugins.tasks(f"conllu:{make(tmp_path)}")
    assert len(str(caught.value)) <= 300
