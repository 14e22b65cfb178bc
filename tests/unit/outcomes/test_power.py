"""Smallest detectable difference, and power."""

import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import detection_power, smallest_detectable


@pytest.mark.parametrize(("served", "comparison"), [(12, None), (30, 30), (40, 8)])
def test_the_smallest_detectable_difference_has_the_power_asked_for(served, comparison):
    found = smallest_detectable(served, comparison, power=0.9).value
    assert detection_power(found, served, comparison) == pytest.approx(0.9, abs=1e-9)


def test_it_grows_with_the_spread_and_with_what_sites_share():
    alone = smallest_detectable(60, 60, sd=1).value
    assert smallest_detectable(60, 60, sd=4).value == pytest.approx(4 * alone)
    sites = {"clusters_served": 6, "clusters_comparison": 6}
    found = [smallest_detectable(60, 60, icc=icc, **sites).value for icc in (0.0, 0.05, 0.2)]
    assert [alone, *found] == sorted([alone, *found])


def test_sites_count_as_the_degrees_of_freedom():
    assert smallest_detectable(60, 60, clusters_served=4, clusters_comparison=3, icc=0.1).estimates["df"].iloc[0] == 5


def test_one_person_detects_nothing():
    assert smallest_detectable(1).not_estimable.code == "outcomes.reasons.few_people"


@pytest.mark.parametrize("options", [{"power": 80}, {"level": 95}, {"icc": 2}])
def test_shares_are_between_nought_and_one(options):
    with pytest.raises(InputError):
        smallest_detectable(20, 20, **options)
