"""What may follow --executor, and what is refused in one line before anything starts."""

import sys

import pytest

from superb_lite.errors import SuperbLiteError
from superb_lite.executors.named import check_executor, opened


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("dask", "unknown executor 'dask': known: local, ray, submitit"),
        ("rai", "unknown executor 'rai': did you mean 'ray'?"),
        ("local:workers=2", "'local' has no settings"),
        ("ray:workers", "write ray:KEY=VALUE,KEY=VALUE"),
        ("ray:workers=", "write ray:KEY=VALUE,KEY=VALUE"),
        ("ray:worker=2", "unknown setting of --executor ray 'worker': did you mean 'workers'?"),
        ("ray:workers=two", "workers must be a whole number, not 'two'"),
        ("ray:gpus=half", "gpus must be a number, not 'half'"),
        ("ray:cpus=1,cpus=2", "'cpus' is given twice"),
        ("ray:cpus=0", "cpus is at least 1"),
        ("ray:address=auto,workers=2", "a cluster at an address has its workers"),
        ("submitit:cluster=pbs", "cluster is slurm or local, not 'pbs'"),
        ("submitit:minutes=0", "minutes and columns are at least 1"),
    ],
)
def test_words_that_name_no_executor_are_refused(word, message):
    with pytest.raises(SuperbLiteError) as refused:
        check_executor(word)

    assert message in str(refused.value)


@pytest.mark.parametrize("word", ["local", "ray", "ray:workers=2,cpus=4,gpus=0.5", "submitit:cluster=local,columns=2"])
def test_words_that_name_one_start_nothing(word):
    check_executor(word)

    with opened("local") as nothing:
        assert nothing is None


@pytest.mark.parametrize(("word", "package", "extra"), [("ray", "ray", "ray"), ("submitit", "submitit", "slurm")])
def test_a_missing_package_is_one_line_that_installs_it(word, package, extra, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)

    install = rf"needs the package '{package}': pip install 'superb-lite\[{extra}\]'"
    with pytest.raises(SuperbLiteError, match=install), opened(word):
        pass


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("nonsense", "'nonsense' is no address: HOST:PORT, ray://HOST:PORT or auto"),
        ("host:99999", "is no address"),
        ("127.0.0.1:9", "nothing answers at '127.0.0.1:9'"),
        ("ray://127.0.0.1:9", "nothing answers at 'ray://127.0.0.1:9'"),
        ("no-such-host.invalid:6379", "nothing answers at 'no-such-host.invalid:6379'"),
    ],
)
def test_an_address_that_nothing_answers_at_is_one_line(address, message):
    with pytest.raises(SuperbLiteError) as refused, opened(f"ray:address={address}"):
        pass

    assert message in str(refused.value)


def test_slurm_that_is_not_here_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    where = "run this where `sbatch` is, or write submitit:cluster=local"
    with pytest.raises(SuperbLiteError, match=where), opened(f"submitit:folder={tmp_path}"):
        pass


def test_commands_refuse_an_executor_before_anything_is_loaded(superb_lite_command):
    code, out, err = superb_lite_command("evaluate", "raw:pixels", "--executor", "rai")

    assert (code, out) == (2, "")
    assert err == "superb-lite: unknown executor 'rai': did you mean 'ray'?\n"
