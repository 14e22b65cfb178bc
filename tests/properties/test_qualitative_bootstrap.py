"""The interval of agreement over interviews holds the true value about as often as it says; one over units does not."""

import importlib.util
from pathlib import Path

import pytest

SIMULATION = Path(__file__).parents[1] / "benchmarks" / "agreement_coverage.py"


@pytest.fixture(scope="module")
def simulation():
    spec = importlib.util.spec_from_file_location("agreement_coverage", SIMULATION)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("interviews", [12, 20])
def test_the_interval_over_interviews_covers_as_it_says(simulation, interviews):
    shares = simulation.coverage(interviews, 400, by_interview=True)
    assert all(0.93 <= share <= 0.97 for share in shares.values()), shares


def test_an_interval_over_units_falls_well_short(simulation):
    """Units of one interview resemble one another: drawn as if independent, they promise too much."""
    shares = simulation.coverage(12, 60, by_interview=False)
    assert all(share < 0.85 for share in shares.values()), shares
