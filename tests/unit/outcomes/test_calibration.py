"""The simulation behind the calibration table, and the committed table itself."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from vises_methods.catalogue import LANGUAGES, has_text
from vises_methods.outcomes.calibration import BLOCK, calibrate, write_table
from vises_methods.outcomes.design import REACHABLE
from vises_methods.outcomes.scenarios import PLANTED, SCENARIOS, truth

TABLE = Path(__file__).parents[3] / "data" / "reference" / "calibration.csv"
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
SLICE = ("paired_skew_skewed", "paired_sites", "differences_few", "differences_people")


def test_the_same_seed_gives_the_same_table_whatever_the_number_of_processes():
    one, two = (calibrate(2 * BLOCK, 1, [BY_NAME["after_shares"]], jobs=jobs) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one, two)


def test_the_committed_table_is_what_the_command_makes(tmp_path):
    """A slice of it is made again: the first block of some scenarios, to the digit."""
    kept = pd.read_csv(TABLE).set_index("scenario")
    again = calibrate(BLOCK, 0, [BY_NAME[name] for name in SLICE]).set_index("scenario")
    assert again["first_block"].to_dict() == kept.loc[list(SLICE), "first_block"].to_dict()
    write_table(again.reset_index(), tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_bytes().endswith(b"\n")


def test_the_committed_table_rests_on_at_least_two_thousand_studies_a_scenario():
    kept = pd.read_csv(TABLE)
    assert set(kept["scenario"]) <= set(BY_NAME)
    assert kept["studies"].min() >= 2000
    assert kept["coverage_error"].max() < 0.012


@pytest.mark.parametrize("name", ["paired_skew_skewed", "paired_skew"])
def test_the_intervals_that_notebooks_use_hold_the_truth(name):
    """Student's t holds it in 90 % of studies of 12 skewed people."""
    kept = pd.read_csv(TABLE).set_index("scenario")["coverage"]
    assert 0.93 <= kept[name] <= 0.975
    assert kept["paired_t_skewed"] < 0.93


def test_every_design_with_an_interval_is_simulated_and_every_scenario_named():
    simulated = {design for scenario in SCENARIOS for design in scenario.designs}
    assert simulated == set(REACHABLE) - {"outputs_only", "one_wave"} | {"portfolio"}
    assert all(has_text(f"outcomes.calibration.{name}", lang) for name in BY_NAME for lang in LANGUAGES)


def test_no_difference_is_a_probability_of_one_half_and_no_change():
    assert truth(BY_NAME["after_ordinal"], 0.0) == pytest.approx(0.5)
    assert 0.6 < truth(BY_NAME["after_ordinal"]) < 0.7
    assert truth(BY_NAME["paired_skew_ordinal"], 0.0) == pytest.approx(0.0)
    assert truth(BY_NAME["paired_t"]) == PLANTED
    assert truth(replace(BY_NAME["after_shares"], clusters=2), 0.0) == pytest.approx(0.0)
