"""The task set sequence reads official releases, whatever is odd about them, and keeps repeats on one side."""

import json

import pytest
import small_releases as small

from superb_lite.errors import SuperbLiteError
from superb_lite_sequence_lite import official_data
from superb_lite_sequence_lite.official import LOCATIONS, SEQUENCE


def sequences(data, examples):
    return [data.items[key] for example in examples for key in example.items]


def test_splice_junctions(tmp_path):
    small.write_splice(tmp_path)
    data = official_data.splice(tmp_path)
    everything = (*data.train, *data.validation, *data.test)
    assert len(everything) == 61
    assert {len(sequence) for sequence in data.items.values()} == {60}
    assert any(sequence.endswith("DNR") for sequence in data.items.values())
    by_line = {int(e.id.split("-")[1]): e for e in everything}
    assert [by_line[line].label for line in (1, 2, 3)] == [0, 1, 2]
    assert by_line[2].cluster == by_line[61].cluster != by_line[1].cluster
    assert by_line[2].id.split("-")[0] == by_line[61].id.split("-")[0]  # a repeat is in the same part
    parts = [set(sequences(data, part)) for part in (data.train, data.validation, data.test)]
    assert len(set.union(*parts)) == sum(map(len, parts))


@pytest.mark.parametrize(("name", "column"), [("stability", "stability_score"), ("fluorescence", "log_fluorescence")])
def test_tape(tmp_path, name, column):
    small.write_tape(tmp_path, name, column)
    data = getattr(official_data, name)(tmp_path)
    rows = json.loads((tmp_path / name / f"{name}_test.json").read_text())
    assert sequences(data, data.test) == [row["primary"] for row in rows]
    assert [e.label for e in data.test] == [row[column][0] for row in rows]
    assert (len(data.train), len(data.validation)) == (6, 6)


def test_records_of_one_parent_are_a_cluster(tmp_path):
    small.write_tape(tmp_path, "stability", "stability_score", parent="TOY.pdb")
    assert {e.cluster for e in official_data.stability(tmp_path).test} == {"TOY.pdb"}


def test_pickles_are_refused_and_the_json_of_the_same_data_is_named(tmp_path):
    (tmp_path / "fluorescence" / "fluorescence_train.lmdb").mkdir(parents=True)
    with pytest.raises(SuperbLiteError, match=r"train.lmdb' holds pickles.*data_raw/fluorescence.tar.gz"):
        official_data.fluorescence(tmp_path)


def test_deeploc_leaves_out_proteins_of_two_places_and_says_so(tmp_path, capsys):
    small.write_deeploc(tmp_path)
    data = official_data.localization(tmp_path)
    assert len(data.test) == 16
    assert len(data.train) + len(data.validation) == 32
    assert "12 proteins of several locations left out" in capsys.readouterr().err
    named = {LOCATIONS[e.label] for e in (*data.train, *data.test)}
    assert named == {"Nucleus", "Cell membrane", "Cytoplasm", "Lysosome/Vacuole"}
    assert {len(sequence) for sequence in data.items.values()} == {90}


@pytest.mark.parametrize("name", ["H3", "H4", "H3K9ac"])
def test_gue_with_windows_line_ends(tmp_path, name):
    small.write_gue(tmp_path, name)
    data = getattr(official_data, name.lower())(tmp_path)
    assert [e.label for e in data.test] == [0, 1, 0, 1, 0, 1]
    assert {len(sequence) for sequence in data.items.values()} == {50}
    assert (len(data.train), len(data.validation)) == (6, 6)


@pytest.mark.parametrize("task", SEQUENCE.tasks, ids=lambda task: task.name)
def test_without_root_and_in_an_empty_folder_one_line_says_what_is_expected(tmp_path, task):
    with pytest.raises(SuperbLiteError, match=r"--root DIR .*DIR/") as error:
        task.data(None)
    assert len(str(error.value)) < 300
    with pytest.raises(SuperbLiteError, match=r"expected.*DIR/"):
        task.data(tmp_path)


def test_an_incomplete_release_is_refused(tmp_path):
    small.write_gue(tmp_path, "H3")
    (tmp_path / "GUE/EMP/H3/test.csv").write_text("sequence,label\n")
    with pytest.raises(SuperbLiteError, match="no records in the part 'test'"):
        official_data.h3(tmp_path)
    (tmp_path / "GUE/EMP/H3/test.csv").unlink()
    with pytest.raises(SuperbLiteError, match=r"holds no 'test.csv'; found: dev.csv, train.csv"):
        official_data.h3(tmp_path)
