from pathlib import Path

import pytest

from tests.examples.sktime_stand_in import write_sktime


@pytest.fixture(scope="session")
def sktime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source tree of a package that holds files as sktime does."""
    return write_sktime(tmp_path_factory.mktemp("sktime"))
