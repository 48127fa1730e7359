"""What pretraining brought: the paired difference from the random twin, in values, in the terminal and on the page."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import synthetic_results
from board_pages import page_of
from scipy import stats
from synthetic_results import BOARD, entry_results

from superb_lite.encoders.checkpoint import save_checkpoint
from superb_lite.encoders.references import load_encoder
from superb_lite.results.result import Architecture, Result
from superb_lite.results.text import signed
from superb_lite_leaderboard.board import resolve_columns
from superb_lite_leaderboard.entry import Entry
from superb_lite_leaderboard.pages.figure import difference_axis
from superb_lite_leaderboard.ranking.ranking import Standings, is_twin, rank
from superb_lite_text.cbow import CbowEncoder
from superb_lite_text.corpus import lite_tokenizer
from tests.superb_lite.made_up_results import architecture, made_up

TWIN = {"smell": "random:nose", "touch": "random:skin"}
PRETRAINED = {"smell": "out/checkpoints/nose", "touch": "elsewhere/skin"}
OTHER = {"smell": "raw:air", "touch": "out/checkpoints/hand"}


def entry(name: str, accuracy: float, encoders: dict[str, str]) -> Entry:
    """Its encoders are of one architecture a modality, but for the raw ones."""
    return synthetic_results.entry(
        name,
        tuple(
            r.replace(
                encoder=encoders[r.modality],
                architecture=architecture(
                    "hand" if encoders[r.modality] in OTHER.values() else r.modality,
                    untrained=encoders[r.modality].startswith("random:"),
                ),
            )
            for r in entry_results(accuracy, label=name)
        ),
    )


def standings(*entries: Entry) -> Standings:
    return rank(entries, BOARD, resolve_columns(BOARD))


@pytest.fixture
def entries() -> tuple[Entry, ...]:
    return entry("random twins", 0.5, TWIN), entry("other", 0.6, OTHER), entry("pretrained", 0.8, PRETRAINED)


@pytest.fixture
def shown(entries: tuple[Entry, ...]) -> Standings:
    return standings(*entries)


def one_result(*, untrained: bool, layers: int = 2, kind: str = "text") -> Result:
    """A result of an encoder that is named alike whatever it is."""
    return made_up(
        values=np.eye(3, 20), encoder="text-bert", architecture=architecture(f"{kind}-{layers}", untrained=untrained)
    )


def test_a_twin_has_the_same_class_and_configuration_and_is_untrained() -> None:
    pretrained = one_result(untrained=False)
    assert is_twin(one_result(untrained=True), pretrained)
    # Once a checkpoint of six layers was paired with `random:text-bert`, of two, as both were called text-bert.
    assert not is_twin(one_result(untrained=True, layers=6), pretrained)
    assert not is_twin(one_result(untrained=True, kind="image"), pretrained)
    assert not is_twin(one_result(untrained=False), pretrained)
    assert not is_twin(one_result(untrained=True), one_result(untrained=True))
    assert not is_twin(one_result(untrained=True).replace(architecture=None), pretrained)
    assert not is_twin(one_result(untrained=True), pretrained.replace(architecture=None))


def test_the_twin_of_a_checkpoint_is_random_with_its_directory(tmp_path: Path) -> None:
    small = CbowEncoder(lite_tokenizer(), width=8)
    save_checkpoint(small, tmp_path / "text-cbow", name="text-cbow", pretraining={})

    def of(reference: str) -> Result:
        return one_result(untrained=False).replace(architecture=Architecture.of(load_encoder(reference)))

    checkpoint = of(str(tmp_path / "text-cbow"))
    assert is_twin(of(f"random:{tmp_path / 'text-cbow'}"), checkpoint)
    assert not is_twin(of("random:text-cbow"), checkpoint)


def test_a_gain_is_the_paired_difference(shown: Standings) -> None:
    assert [(g.entry, g.key) for g in shown.gains] == [("pretrained", column.key) for column in shown.columns]
    assert {g.twin for g in shown.gains} == set(TWIN.values())
    rows = {row.name: row for row in shown.rows}
    for gain in shown.gains:
        mine: Result = rows["pretrained"].tasks[gain.key].result
        twin: Result = rows["random twins"].tasks[gain.key].result
        assert gain.difference == pytest.approx(mine.score - twin.score)
        assert gain.ci[0] < gain.difference < gain.ci[1]
        # The noise of seeds is small here, so a paired t test over clusters comes close.
        paired = np.mean(mine.sample().values, axis=0) - np.mean(twin.sample().values, axis=0)
        half = stats.t.ppf(0.975, len(paired) - 1) * stats.sem(paired)
        assert half * 0.99 <= gain.ci[1] - gain.difference <= 1.5 * half


def test_without_a_twin_there_is_no_gain() -> None:
    assert standings(entry("other", 0.6, OTHER), entry("pretrained", 0.8, PRETRAINED)).gains == ()
    assert standings().gains == ()


def test_a_column_that_only_one_of_the_two_has_is_left_out() -> None:
    twin = entry("random twins", 0.5, TWIN)
    twin = dataclasses.replace(twin, results=twin.results[1:])
    found = standings(twin, entry("pretrained", 0.8, PRETRAINED)).gains
    assert [g.key for g in found] == [c.key for c in resolve_columns(BOARD)][1:]


def test_the_page_shows_gains(shown: Standings, entries: tuple[Entry, ...]) -> None:
    html = page_of(shown, entries)
    assert 'id="gains"' in html
    assert "minus random:nose" in html
    for gain in shown.gains:
        assert f'<data class="score" value="{gain.difference}">{signed(100 * gain.difference)}</data>' in html
        assert f'<data value="{gain.ci[0]}">{signed(100 * gain.ci[0])}</data>' in html
    numbers = [f"Table {i}." for i in range(1, 5)]
    assert [html.count(number) for number in numbers] == [1, 1, 1, 1]
    assert 'id="gains"' not in page_of(standings(entries[1]), entries[1:2])


def test_an_axis_of_differences_shows_zero_and_every_interval() -> None:
    shown = difference_axis([(-3.0, 12.0), (20.0, 31.0)])
    assert shown.inside(31.0)
    assert shown.inside(-3.0)
    assert shown.ticks == (-10, 0, 10, 20, 30)
