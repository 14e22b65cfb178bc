"""The simulation behind the calibration table, and the committed table itself."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vises_methods.catalogue import LANGUAGES, has_text
from vises_methods.outcomes import interrupted_series, paired_change, pool
from vises_methods.outcomes.calibration import BLOCK, calibrate, write_table
from vises_methods.outcomes.design import REACHABLE
from vises_methods.outcomes.known_coverage import HELD, known_narrow
from vises_methods.outcomes.known_coverage import SCENARIOS as SCENARIOS_OF
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
    assert list(kept["scenario"]) == list(BY_NAME)
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


def test_what_is_known_to_be_too_narrow_is_told_with_the_number_of_the_table():
    kept = pd.read_csv(TABLE).set_index("scenario")["coverage"]
    assert {name: round(kept[row], 2) for name, row in SCENARIOS_OF.items()} == HELD
    told = set(SCENARIOS_OF.values())
    assert set(kept[kept < 0.93].index) == told
    assert all(has_text(known_narrow(name).code, lang) for name in HELD for lang in LANGUAGES)


def codes(result):
    return {notice.code.rsplit(".", 1)[1] for notice in result.notices if "known_narrow" in notice.code}


def test_each_of_them_is_told_where_it_applies_and_nowhere_else():
    skewed, straight = np.exp(np.linspace(0, 4, 12)), np.linspace(0, 4, 12)
    before = pd.Series(straight)
    assert codes(paired_change(before, before + skewed)) == {"skewed_few"}
    assert codes(paired_change(before, before + skewed, interval="skew")) == set()
    assert codes(paired_change(before, before + straight)) == set()
    gone = np.where(np.arange(12) < 3, np.nan, before + straight)
    assert codes(paired_change(before, gone)) == {"leaving"}
    period = np.arange(36)
    series = pd.DataFrame({"indicator": "y", "period": period, "value": period % 5 * 1.0, "event": period >= 24})
    assert codes(interrupted_series(series, errors="HAC")) == {"newey_west"}
    assert codes(interrupted_series(series, errors="AR1")) == set()
    assert codes(pool([0.1, 0.4, 0.3], [0.1, 0.2, 0.1])) == {"normal_pooling"}
    assert codes(pool([0.1, 0.4, 0.3], [0.1, 0.2, 0.1], test="knha")) == set()
