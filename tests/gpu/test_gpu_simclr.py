"""What `make gpu` measures of SimCLR, on the CPU and small."""

import importlib.util

from tests.gpu import simclr

SMALL = (
    *("--backbone=resnet10t", "--image_size=32", "--data.batch_size=4", "--data.workers=0"),
    *("--trainer.sync_batchnorm=false", "--trainer.precision=32-true"),
)


def test_steps_of_the_recipe_are_timed_and_counted(tmp_path):
    pictures = simclr.write_pictures(tmp_path / "pictures", count=8, side=48)

    found = simclr.ours(tmp_path, pictures, accelerator="cpu", arguments=SMALL)

    assert found.steps_per_second > 0
    assert found.flops > 0
    assert simclr.row(found, None)[2:4] == ["", ""]
    assert simclr.row(found, 2 * found.steps_per_second)[3] == "0.50"
    assert len(simclr.row(found, None)) == len(simclr.HEADER)


def test_lightly_is_measured_where_it_is_there(tmp_path):
    pictures = simclr.write_pictures(tmp_path / "pictures", count=8, side=48)

    rate = simclr.theirs(pictures, device="cpu", backbone="resnet10t", size=32, batch=4, workers=0)

    assert (rate is None) == (importlib.util.find_spec("lightly") is None)
    assert rate is None or rate > 0
