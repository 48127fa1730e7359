"""Evaluation by units gives what evaluation in this process gives, to the last bit, whatever disks are shared."""

import dataclasses
from pathlib import Path

import pytest

from superb_lite import plugins
from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.encoders.references import load_encoder
from superb_lite.errors import SuperbLiteError
from superb_lite.evaluation.run import Evaluator
from superb_lite.evaluation.timings import Timings
from superb_lite.executors import cluster, distributed, jobs
from superb_lite.executors.distributed import Asked, Settings, evaluate_on
from superb_lite.features.parts import FINISHED
from superb_lite.heads.training import SequenceSettings
from superb_lite.protocols import PROTOCOLS
from superb_lite.protocols.finetune import Finetune
from superb_lite.protocols.finetune_settings import FinetuneSettings
from superb_lite.protocols.frozen import Frozen
from superb_lite.results.store import ResultStore
from tests.superb_lite.executors.in_process import InProcess, WorkerDiedError

TASK = plugins.tasks("vision-lite/digits-5")[0]
PHONES = plugins.tasks("superb-lite/pr")[0]
SHORT = SequenceSettings(steps=6, linear_steps=6, epochs=1, looks=2, width=8)


@pytest.fixture(autouse=True)
def _short_training(monkeypatch):
    monkeypatch.setitem(PROTOCOLS, "frozen", Frozen(sequence=SHORT))
    monkeypatch.setitem(PROTOCOLS, "finetune", Finetune(FinetuneSettings(learning_rates=(1e-3,), epochs=1)))
    jobs._evaluators.clear()


COLUMNS = {"image": [(TASK, "frozen"), (TASK, "knn"), (TASK, "finetune")], "speech": [(PHONES, "frozen")]}
REFERENCES = ["random:image-simclr", "raw:pixels", "raw:log-mel"]


def asked(references=REFERENCES, columns=COLUMNS):
    return [Asked(each, f"the {each}", lambda encoder: columns[encoder.modality]) for each in references]


def on(executor, directory, wanted=None, **changes):
    """The results by encoder and column, and whether each was known."""
    settings = Settings(seeds=2, limit=20, feature_dir=directory / "features")
    store = ResultStore(directory / "results")
    found = {}
    for place, result, known in evaluate_on(
        executor, asked() if wanted is None else wanted, dataclasses.replace(settings, **changes), store
    ):
        assert place not in found
        found[place] = (plain(result), known)
    return dict(sorted(found.items()))


def plain(result):
    """Everything but how long it took."""
    return result.replace(seconds=0.0, cost=None).model_dump()


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    patch = pytest.MonkeyPatch()
    patch.setitem(PROTOCOLS, "frozen", Frozen(sequence=SHORT))
    patch.setitem(PROTOCOLS, "finetune", Finetune(FinetuneSettings(learning_rates=(1e-3,), epochs=1)))
    found = {}
    for number, each in enumerate(asked()):
        encoder = load_encoder(each.reference)
        directory = tmp_path_factory.mktemp("local")
        evaluator = Evaluator(encoder, reference=each.name, seeds=2, limit=20, feature_dir=directory)
        for place, result in enumerate(evaluator.evaluate(each.columns(encoder))):
            found[number, place] = plain(result)
    patch.undo()
    return found


@pytest.mark.parametrize("columns", [1, 8])
def test_units_give_what_this_process_gives(columns, expected, tmp_path):
    executor = InProcess(columns=columns)

    found = on(executor, tmp_path)

    assert {place: result for place, (result, _) in found.items()} == expected
    units = [name for name in executor.began if "look at" not in name]
    seeds = [name for name in units if " seed " in name]
    encoded = [name for name in units if name.endswith(": encode")]
    # Alone: fine-tuning and the heads on sequences, each of two seeds; eight columns are one unit an encoder.
    assert len(seeds) == {1: 4, 8: 0}[columns]
    assert len(encoded) == {1: 3, 8: 0}[columns]


def test_what_is_not_shared_is_sent(expected, tmp_path, monkeypatch):
    """Workers on another machine have caches of their own and see neither features nor results of this one."""
    monkeypatch.setattr(cluster, "_marks", _Unseen)
    monkeypatch.setattr(jobs, "feature_dir", lambda: tmp_path / f"cache {len(list(tmp_path.iterdir()))}")
    checkpoint = tmp_path / "here" / "checkpoint"
    save_checkpoint(load_encoder("random:image-simclr"), checkpoint, name="image-simclr", pretraining={})
    seen = []
    monkeypatch.setattr(
        jobs, "load_encoder", lambda ref, **options: (seen.append(ref), load_encoder(ref, **options))[1]
    )
    executor = InProcess()

    found = on(executor, tmp_path / "here", asked([str(checkpoint), "raw:pixels"]))

    alone = [_without_names(result) for result, _ in found.values()]
    same = [_without_names(expected[0, place]) for place in range(3)] + [
        _without_names(expected[1, place]) for place in range(3)
    ]
    assert alone == same
    assert all(str(checkpoint) not in ref for ref in seen)
    assert not list((tmp_path / "here" / "features").glob(f"*/{FINISHED}*"))


class _Unseen:
    def __init__(self, directories):
        self.paths = [Path("/no/such/disk") / str(number) for number, _ in enumerate(directories)]

    def __enter__(self):
        return self.paths

    def __exit__(self, *_):
        return None


def _without_names(result):
    origin = ("encoder", "encoder_hash", "architecture", "pretraining", "in_domain")
    return {key: value for key, value in result.items() if key not in origin}


def test_what_is_finished_is_kept_as_it_comes_and_not_computed_again(tmp_path):
    columns = {"image": COLUMNS["image"][:2]}
    wanted = asked(["raw:pixels"], columns)
    first = on(InProcess(), tmp_path, wanted, limit=None)
    executor = InProcess()

    again = on(executor, tmp_path, wanted, limit=None)

    assert [known for _, known in first.values()] == [False, False]
    assert [known for _, known in again.values()] == [True, True]
    assert {p: r for p, (r, _) in first.items()} == {p: r for p, (r, _) in again.items()}
    assert [name for name in executor.began if "look at" not in name] == []
    store = ResultStore(tmp_path / "results")
    local = Evaluator(load_encoder("raw:pixels"), reference="x", seeds=2, results=store)
    assert all(local.stored(*column) is not None for column in columns["image"])


def test_a_death_costs_one_unit(expected, tmp_path):
    killed = []

    def dies(unit):
        if "knn" in unit.name and not killed:
            killed.append(unit.name)
            raise WorkerDiedError

    executor = InProcess(dies=dies)

    found = on(executor, tmp_path, asked(["random:image-simclr"]))

    assert {place: result for place, (result, _) in found.items()} == {
        place: result for place, result in expected.items() if place[0] == 0
    }
    counts = {name: executor.began.count(name) for name in executor.began}
    assert [name for name, count in counts.items() if count > 1] == killed


def test_data_of_tasks_over_the_same_items_are_sent_once(tmp_path):
    keyword, speaker = (plugins.tasks(f"superb-lite/{name}")[0] for name in ("ks", "sid"))
    same = keyword.data().items is speaker.data().items
    executor = InProcess()
    plan = distributed._Plan(
        executor, Settings(seeds=1, limit=4, feature_dir=tmp_path), ResultStore(tmp_path), "cpu", frozenset()
    )

    plan._tasks = {keyword: None, speaker: None}
    sent = plan._data_of([(keyword, "frozen"), (speaker, "frozen"), (keyword, "knn")])

    assert len(sent) == executor.puts == (1 if same else 2)
    assert plan._data_of([(speaker, "frozen")])[0] in sent
    executor.store = False
    assert plan._data_of([(keyword, "frozen")]) == []


def test_seconds_of_all_workers_are_added_up(tmp_path):
    timings, counted = Timings(), []
    wanted = asked(["raw:pixels"], {"image": COLUMNS["image"][:1]})
    settings = Settings(seeds=1, limit=4, feature_dir=tmp_path / "features")

    list(evaluate_on(InProcess(), wanted, settings, ResultStore(tmp_path), timings=timings, planned=counted.append))

    assert {"encoder", "heads", "scores"} <= timings.keys()
    assert counted == [1]


def test_machines_must_be_alike(tmp_path, monkeypatch):
    described = cluster.describe

    def other(**changes):
        monkeypatch.setattr(cluster, "describe", described)
        monkeypatch.setattr(cluster, "_check_alike", cluster._check_alike)
        node = described("cpu", ())
        return dataclasses.replace(node, name="node-7", **changes)

    with pytest.raises(SuperbLiteError, match=r"'node-7' has torch 1\.0 and this machine .*: install the same there"):
        cluster._check_alike(other(versions={**other().versions, "torch": "1.0"}))
    with pytest.raises(SuperbLiteError, match="'node-7' has another state of superb_lite's code"):
        cluster._check_alike(other(code_sha256="0" * 64))


def test_an_encoder_that_changed_meanwhile_is_refused(tmp_path):
    encoder = load_encoder("random:image-simclr")
    evaluator = Evaluator(encoder, reference="x")
    job = jobs.EncoderJob(
        reference="raw:pixels",
        name="x",
        fingerprint=evaluator.fingerprint,
        trust_code=False,
        device="cpu",
        batch_size=32,
        seeds=1,
        limit=4,
        root=None,
        feature_dir=tmp_path,
        results=None,
    )

    with pytest.raises(SuperbLiteError, match="'x' has other content on the worker"):
        jobs.evaluate(job, [(TASK, "frozen")], ())


def test_a_machine_that_does_not_answer_is_one_line(tmp_path):
    def dies(unit):
        raise WorkerDiedError("the node is unreachable")

    with pytest.raises(
        SuperbLiteError, match=r"^a machine of the cluster does not answer: \w+: the node is unreachable"
    ):
        list(evaluate_on(InProcess(dies=dies), asked(), Settings(feature_dir=tmp_path), ResultStore(tmp_path)))
