import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError, UnknownNameError
from superb_lite.pretraining.options import choose_encoder, full_names

OPTIONS = (
    "--seed_everything",
    "--model.encoder",
    "--model.encoder.layers",
    "--model.encoder.window",
    "--model.window",
    "--model.mask_rate",
    "--data.batch_size",
    "--data.mels",
    "--trainer.max_steps",
)


def test_short_names_stand_for_the_one_option_that_ends_like_them():
    arguments = ["--layers=4", "--model.layers", "5", "--encoder.layers=6", "--batch_size", "2", "--mask_rate=0.1"]
    assert [full_names([argument], OPTIONS)[0] for argument in arguments] == [
        "--model.encoder.layers=4",
        "--model.encoder.layers",
        "5",
        "--model.encoder.layers=6",
        "--data.batch_size",
        "2",
        "--model.mask_rate=0.1",
    ]


def test_full_names_values_and_what_is_unknown_stay():
    arguments = [
        "--model.window=3",
        "--trainer.max_steps",
        "-1",
        "--max_steps=3",
        "--data.layers=3",
        "stray",
        "layers=4",
    ]
    assert full_names(arguments, OPTIONS) == arguments


def test_a_short_name_of_two_options_is_refused_with_both():
    words = "--window is short for --model.encoder.window and --model.window: write which one is meant"
    with pytest.raises(SuperbLiteError, match=words):
        full_names(["--window=3"], OPTIONS)


def test_an_architecture_is_chosen_by_its_name():
    spec = plugins.objective("speech-masked")
    default, rest = choose_encoder(spec, ["--layers", "2", "--model.encoder={width: 8}"])
    assert (default.name, rest) == ("speech-masked", ["--layers", "2", "--model.encoder={width: 8}"])
    for arguments in (["--model.encoder=speech-next-frame"], ["--model.encoder", "speech-next-frame"]):
        chosen, rest = choose_encoder(spec, [*arguments, "--width=8"])
        assert (chosen.name, rest) == ("speech-next-frame", ["--width=8"])


def test_an_architecture_that_does_not_go_is_refused_with_those_that_do():
    with pytest.raises(UnknownNameError, match="unknown text architecture 'speech-masked'"):
        choose_encoder(plugins.objective("text-bert"), ["--model.encoder=speech-masked"])
    words = "objective 'speech-next-frame' cannot train 'speech-masked': choose among speech-next-frame"
    with pytest.raises(SuperbLiteError, match=words):
        choose_encoder(plugins.objective("speech-next-frame"), ["--model.encoder=speech-masked"])
    with pytest.raises(SuperbLiteError, match="cannot train 'raw:characters'"):
        choose_encoder(plugins.objective("text-cbow"), ["--model.encoder=raw:characters"])
