"""The simulation behind the calibration table."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from vises_methods.outcomes.calibration import PLANTED, SCENARIOS, _truth, calibrate, main


def test_the_same_seed_gives_the_same_table():
    one, two = (calibrate(3, 1, SCENARIOS[:2]) for _ in range(2))
    assert one.equals(two)


def test_every_scenario_gives_intervals():
    table = calibrate(2)
    assert len(table) == len(SCENARIOS)
    assert table["width"].gt(0).all()


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    plain = replace(SCENARIOS[6], people=1, clusters=30)
    table = calibrate(150, 0, [plain])
    assert table["coverage"].iloc[0] == pytest.approx(0.95, abs=0.06)
    assert table["size"].iloc[0] == pytest.approx(0.05, abs=0.06)


def test_no_difference_is_a_probability_of_one_half():
    assert _truth("ordinal", 0.0) == pytest.approx(0.5)
    assert 0.6 < _truth("ordinal", PLANTED) < 0.7


def test_the_command_writes_a_table():
    written = CliRunner().invoke(main, ["--studies", "1"])
    assert written.exit_code == 0
    assert written.output.startswith("design,clusters")
    assert written.output.count("\n") == len(SCENARIOS) + 1
